"""Each question that a watch asks of a product's API, tried with these credentials. Nothing is changed by any."""

from __future__ import annotations

from collections.abc import Iterator

from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import Retryable
from refresh_watch.instants import Seconds
from refresh_watch.model import Product, Reason
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.api import ProductApi
from refresh_watch.products.connect import connect
from refresh_watch.products.permission_probes import Question, questions_of
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch_cli.doctor.check import DoctorContext, Finding, bad, ok, skipped, warning

QUESTION_SECONDS: Seconds = 15.0
NEEDED_FOR = "watch and list"


def check_products(context: DoctorContext) -> Iterator[Finding]:
    """One finding a question; a product that is not open or not reached is asked no more."""
    if context.credentials is None:
        yield skipped("products", "not asked without credentials")
        return
    for product in context.products:
        api = connect(product, context.settings, context.credentials)
        for question in questions_of(spec_of(product)):
            finding, goes_on = _tried(product, question, api, context)
            yield finding
            if not goes_on:
                break


def _tried(product: Product, question: Question, api: ProductApi, context: DoctorContext) -> tuple[Finding, bool]:
    """What became of a question, and whether the product's next one can have another answer."""
    action = question.action
    try:
        within(QUESTION_SECONDS, lambda: question.ask(api))
    except RefusedForGood as error:
        return _refused(product, action, error, context)
    except Retryable as error:
        if error.throttled:
            said = f"not known: the quota is used up at the moment ({error.code})"
            return warning(action, said, "run doctor again in a minute"), True
        if error.code.startswith("InvalidTimeStamp"):
            return bad(action, f"refused: {error}", "set this machine's clock (see Clock below)"), False
        return _unreached(product, action, str(error)), False
    except DeadlinePassed as error:
        return _unreached(product, action, str(error)), False
    return ok(action, "allowed"), True


def _refused(product: Product, action: str, error: RefusedForGood, context: DoctorContext) -> tuple[Finding, bool]:
    refusal = error.refusal
    if refusal.reason is Reason.MALFORMED_ID:  # an answer that only an allowed caller gets
        return ok(action, "allowed"), True
    if refusal.reason is Reason.NO_PERMISSION:
        missing = refusal.action or action
        said = f"RAM refuses it ({refusal.code}): {missing} is needed for {NEEDED_FOR}"
        return bad(action, said, f"grant {missing} on * to {context.whom}"), True
    if refusal.reason is Reason.NOT_OPENED:
        said = f"{product} is not open in this account: {refusal.message}"
        return warning(action, said, f"open the service, or leave {product} out with --product"), False
    if refusal.reason is Reason.OVERDUE_PAYMENT:
        return bad(action, f"{product} is suspended: {refusal.message}", "pay what is due in the console"), False
    if refusal.reason is Reason.BAD_KEY:
        return bad(action, f"the key is refused: {error}", "see Credentials above"), False
    return warning(action, f"refused for another reason: {error}", f"ask by hand: refresh-watch list {product}"), True


def _unreached(product: Product, action: str, why: str) -> Finding:
    return bad(
        action,
        f"no answer: {why}",
        f"see whether this machine reaches the endpoint of {spec_of(product).service} (Endpoints, proxy, firewall)",
    )
