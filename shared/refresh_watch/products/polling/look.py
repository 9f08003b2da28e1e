"""A look: one round of questions about a watch's open items, and what it showed.

`plan` puts the next steps into the state, `_carry_out` calls the product's API, `fold` takes in what that showed.
"""

from __future__ import annotations

import logging
import math
import re
from collections import Counter

from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput, Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Reason, Refusal
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import ApiCaller, TurnLater
from refresh_watch.products.polling.cost import Choice, Means
from refresh_watch.products.polling.hints import LookHints
from refresh_watch.products.polling.observations import refused
from refresh_watch.products.polling.plan import StepResult, fold, plan
from refresh_watch.products.polling.state import LookState, LookStep
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.quota import Quota

logger = logging.getLogger("refresh_watch.products")


def look(
    api: ProductApi,
    watch: Watch,
    *,
    quota: Quota,
    clock: Clock,
    until: Instant,
    patience: Seconds = math.inf,
    booked: bool = False,
) -> Observation:
    """Ask about the watch's open items in their turn until `until`; raises nothing of the product's or the network's.

    Every open item has an observation: NOT_REACHED when time ended first, NO_ANSWER when its question had no usable
    answer or the product gave none at all, REFUSED when it is refused for good. A refusal that concerns the account is
    put on every item that has not settled in this look.

    `patience`: how long the first question waits for its place in the quota; where that is not enough, nothing is asked
    and `turn_in` says when to come back, `booked`.
    """
    started_at = clock.now()
    caller = ApiCaller(api, quota, clock, until, patience=patience, booked=booked)
    state, turn_in = _begin(api, watch, started_at, caller.list_calls_left()), None
    try:
        state = _carried_out(state, caller)
    except TurnLater as later:
        turn_in = later.seconds
    items = [state.shown.get(it.item, ItemObservation(it.item, Answer.NOT_REACHED)) for it in watch.open_items]
    answers = Counter(observed.answer.name.lower() for observed in items)
    fields = {"watch_id": watch.id, "product": api.spec.product.value, "calls": caller.calls, **answers}
    logger.info("looked", extra={"fields": fields})
    still_open = [observed.item for observed in items if not observed.is_settled]
    return Observation(
        items=tuple(items),
        started_at=started_at,
        ended_at=clock.now(),
        api_calls=caller.calls,
        request_id=next((page.request_id for page in reversed(caller.pages) if page.request_id), ""),
        notes=tuple(dict.fromkeys(page.note for page in caller.pages if page.note)),
        cost=caller.cost,
        hints=state.hints.for_next_look(still_open, by_id_cut=state.means.by_id_cut),
        turn_in=turn_in,
    )


def _begin(api: ProductApi, watch: Watch, now: Instant, list_calls_left: float) -> LookState:
    request = watch.request
    # the by-id operation knows no filter, so a watch that has one asks the list
    filters = request.domain_name or request.object_type or request.resource_group_id
    by_id = request.task_ids and not filters
    not_asked = Refusal(Reason.MALFORMED_ID, "", "not asked: a task id is digits, and a path is not empty")
    return LookState(
        watch,
        tuple(item for item in watch.turn if _can_be_asked(watch, item)),
        Means(api.spec.list.page_size, api.spec.ids_per_call if by_id else 0, watch.hints.by_id_cut),
        now,
        LookHints(watch.hints, frozenset(request.task_ids)),
        list_calls_left,
        shown={item.item: refused(item.item, not_asked) for item in watch.turn if not _can_be_asked(watch, item)},
    )


def _can_be_asked(watch: Watch, item: WatchedItem) -> bool:
    """An empty TaskId with an empty ObjectPath would show the account's other tasks: it never leaves our side."""
    return bool(item.item) if not watch.request.task_ids else re.fullmatch("[0-9]+", item.item) is not None


def _carried_out(state: LookState, caller: ApiCaller) -> LookState:
    """The state when the look is over."""
    while True:
        planned = plan(state)
        if planned.choice is not None and planned.choice is not state.choice:
            _log(planned.watch, planned.choice)
        if not planned.steps:
            return planned
        state = fold(planned, _carry_out(planned.steps[0], caller))


def _carry_out(step: LookStep, caller: ApiCaller) -> StepResult:
    """Make the step's calls, each in its turn in the quota. Raises TurnLater where a look's first call has to wait."""
    answer, error, before = None, None, len(caller.pages)
    try:
        answer = step.ask(caller)
    except (Retryable, RefusedForGood) as raised:
        error = raised
    except BadInput as raised:
        error = RefusedForGood(Refusal(Reason.REFUSED, "", str(raised)))
    rows = tuple(row for page in caller.pages[before:] for row in page.rows)
    return StepResult(answer, error, rows, caller.list_calls_left())


def _log(watch: Watch, choice: Choice) -> None:
    fields = {"watch_id": watch.id, "how": choice.how.value, "why": choice.why, "expected": choice.expected}
    logger.info("plan", extra={"fields": fields})
