"""A look: one round of questions about a watch's open items, and what it showed."""

from __future__ import annotations

import logging
import math
import re
from collections import Counter

from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Reason, Refusal
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.products.api import ProductApi
from refresh_watch.products.calling import Caller, TurnLater
from refresh_watch.products.polling.asking import Asking
from refresh_watch.products.polling.hints import Learning
from refresh_watch.products.polling.observations import refused
from refresh_watch.products.polling.questions import Questions
from refresh_watch.products.polling.round import Round
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.advance import APPEARS_WITHIN
from refresh_watch.watching.quota import Quota
from refresh_watch.watching.schedule import deadline_of

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

    Every open item has a sighting: NOT_REACHED when time ended first, NO_ANSWER when its question had no usable answer
    or the product gave none at all, REFUSED when it is refused for good. A refusal that concerns whoever asks is put on
    every item that has not settled in this look.

    `patience`: how long the first question waits for its place in the quota; where that is not enough, nothing is asked
    and `turn_in` says when to come back, `booked`.
    """
    started_at = clock.now()
    caller = Caller(quota, clock, until, patience=patience, booked=booked)
    learning = Learning(watch.hints, watch.request.task_ids)
    late = started_at >= deadline_of(watch)
    early = started_at < watch.started_at + APPEARS_WITHIN
    questions = Questions(api, watch, caller, learning, late=late, early=early)
    asking = Asking(questions, started_at)
    askable = []
    for item in watch.turn:
        if _can_be_asked(watch, item):
            askable.append(item)
        else:
            refusal = Refusal(Reason.MALFORMED_ID, "", "not asked: a task id is digits, and a path is not empty")
            asking.observations[item.item] = refused(item.item, refusal)
    turn_in: Seconds | None = None
    try:
        Round(asking).cover(askable)
    except TurnLater as later:
        turn_in = later.seconds
    except RefusedForGood as error:
        _refuse_all(watch, asking.observations, error.refusal)
    except BadInput as error:
        _refuse_all(watch, asking.observations, Refusal(Reason.REFUSED, "", str(error)))
    observations = tuple(
        asking.observations.get(item.item, ItemObservation(item.item, Answer.NOT_REACHED)) for item in watch.open_items
    )
    answers = Counter(observed.answer.name.lower() for observed in observations)
    fields = {"watch_id": watch.id, "product": api.product.value, "calls": caller.calls, **answers}
    logger.info("looked", extra={"fields": fields})
    return Observation(
        items=observations,
        started_at=started_at,
        ended_at=clock.now(),
        api_calls=caller.calls,
        request_id=caller.request_id,
        notes=caller.notes,
        cost=caller.cost,
        hints=learning.hints([observed.item for observed in observations if not observed.is_settled]),
        turn_in=turn_in,
    )


def _refuse_all(watch: Watch, observations: dict[str, ItemObservation], refusal: Refusal) -> None:
    for item in watch.open_items:
        known = observations.get(item.item)
        if known is None or not known.is_settled:
            observations[item.item] = refused(item.item, refusal)


def _can_be_asked(watch: Watch, item: WatchedItem) -> bool:
    """An empty TaskId with an empty ObjectPath would show the account's other tasks: it never leaves our side."""
    return bool(item.item) if not watch.request.task_ids else re.fullmatch("[0-9]+", item.item) is not None
