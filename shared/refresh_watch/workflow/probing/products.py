"""What the watch function's role may ask of the products' APIs, tried harmlessly as that role. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant
from refresh_watch.model import Page, Product, Reason
from refresh_watch.product_specs.registry import all_specs
from refresh_watch.products.connect import connect
from refresh_watch.products.permission_probes import Question, questions_of
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.settings import Settings
from refresh_watch.workflow.probing.grants import GrantResult, GrantTry, tried

_RESULTS = {
    Reason.NO_PERMISSION: GrantResult.REFUSED,
    Reason.NOT_OPENED: GrantResult.NOT_OPENED,
    # the API answers an unknown id so; a caller without the permission is refused before that
    Reason.MALFORMED_ID: GrantResult.OK,
}

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
                result, code = tried(partial(ask, spec.product, question), clock, until, _refusal)
            yield GrantTry(question.action, spec.product.value, result, code)


def _refusal(error: Exception) -> tuple[GrantResult, str]:
    if isinstance(error, RefusedForGood):
        return _RESULTS.get(error.refusal.reason, GrantResult.NO_ANSWER), error.refusal.code
    return GrantResult.NO_ANSWER, error.code if isinstance(error, Retryable) else ""
