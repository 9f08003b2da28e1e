"""What the watch function's role may ask of the products' APIs, tried harmlessly as that role. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import RefreshWatchError, Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Page, Product, Reason
from refresh_watch.product_specs.registry import all_specs
from refresh_watch.products.connect import connect
from refresh_watch.products.permission_probes import Question, questions_of
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.settings import Settings
from refresh_watch.workflow.probing.grants import TRY_SECONDS, GrantResult, GrantTry

_ENDS = (GrantResult.NOT_OPENED, GrantResult.NO_ANSWER)
"""The product's next question would be answered the same."""


def try_products(
    settings: Settings, find_credentials: Callable[[], Credentials], clock: Clock, until: Instant
) -> Iterator[GrantTry]:
    """Try every question once; a product that is not open or not reached is asked no more."""

    def ask(product: Product, question: Question) -> Page:
        return question.ask(connect(product, settings, find_credentials()))

    for spec in all_specs():
        result, code = GrantResult.OK, ""
        for question in questions_of(spec):
            if result not in _ENDS:
                result, code = _tried(partial(ask, spec.product, question), min(TRY_SECONDS, until - clock.now()))
            yield GrantTry(question.action, spec.product.value, result, code)


def _tried(ask: Callable[[], Page], seconds: Seconds) -> tuple[GrantResult, str]:
    try:
        within(seconds, ask)
    except RefusedForGood as error:
        return _of(error.refusal.reason), error.refusal.code
    except Retryable as error:
        return GrantResult.NO_ANSWER, error.code or type(error).__name__
    except DeadlinePassed:
        return GrantResult.NO_ANSWER, "DeadlinePassed"
    except RefreshWatchError as error:
        return GrantResult.NO_ANSWER, type(error).__name__
    return GrantResult.OK, ""


def _of(reason: Reason) -> GrantResult:
    return {
        Reason.NO_PERMISSION: GrantResult.REFUSED,
        Reason.NOT_OPENED: GrantResult.NOT_OPENED,
        # the API answers an unknown id so; a caller without the permission is refused before that
        Reason.MALFORMED_ID: GrantResult.OK,
    }.get(reason, GrantResult.NO_ANSWER)
