"""A look: one round of questions about a watch's open items, and what it showed."""

from __future__ import annotations

import logging
import re
from collections import Counter, deque

from shared.clock import Clock
from shared.errors import AskAgain, BadInput
from shared.instants import Instant
from shared.model import Answer, Observation, Reason, Refusal, Sighting, Watch, WatchedItem
from shared.products.api import ProductApi
from shared.products.asking import Asking, Group
from shared.products.calling import Caller, OutOfTime
from shared.products.refusals import RefusedForGood, ends_look
from shared.products.sightings import is_settled, refused, unanswered
from shared.watching.quota import Quota
from shared.watching.schedule import deadline_of

PROBE_AFTER = 2
"""After so many groups without an answer in a row the next is taken from the other end of the turn: does the product
not answer, or only not about these?"""

GIVE_UP_AFTER = 3
"""After so many in a row the product is taken for unreachable until the next look."""

logger = logging.getLogger("refresh_watch.products")


def look(api: ProductApi, watch: Watch, *, quota: Quota, clock: Clock, until: Instant) -> Observation:
    """Ask about the watch's open items in their turn until `until`; raises nothing of the product's or the network's.

    Every open item has a sighting: NOT_REACHED when time ended first, NO_ANSWER when its question had no usable answer
    or the product gave none at all, REFUSED when it is refused for good. A refusal that concerns whoever asks is put on
    every item that has not settled in this look.
    """
    started_at = clock.now()
    caller = Caller(quota, clock, until)
    asking = Asking(api, watch, caller, late=started_at >= deadline_of(watch))
    askable = []
    for item in watch.turn:
        if _can_be_asked(watch, item):
            askable.append(item)
        else:
            refusal = Refusal(Reason.MALFORMED_ID, "", "not asked: a task id is digits, and a path is not empty")
            asking.sightings[item.item] = refused(item.item, refusal)
    try:
        _ask(asking, deque(asking.groups(askable)))
    except RefusedForGood as error:
        _refuse_all(watch, asking.sightings, error.refusal)
    except BadInput as error:
        _refuse_all(watch, asking.sightings, Refusal(Reason.REFUSED, "", str(error)))
    sightings = tuple(
        asking.sightings.get(item.item, Sighting(item.item, Answer.NOT_REACHED)) for item in watch.open_items
    )
    answers = Counter(sighting.answer.name.lower() for sighting in sightings)
    fields = {"watch_id": watch.id, "product": api.product.value, "calls": caller.calls, **answers}
    logger.info("looked", extra={"fields": fields})
    return Observation(
        sightings=sightings,
        started_at=started_at,
        ended_at=clock.now(),
        api_calls=caller.calls,
        request_id=caller.request_id,
        notes=caller.notes,
    )


def _ask(asking: Asking, turn: deque[Group]) -> None:
    failed = 0
    while turn:
        group = turn.popleft() if failed < PROBE_AFTER else turn.pop()
        try:
            asking.about(group)
        except OutOfTime:
            return
        except AskAgain as error:
            failed += 1
            dark = [group, *turn] if ends_look(error) or failed >= GIVE_UP_AFTER else [group]
            for item in (item for part in dark for item in part):
                asking.sightings.setdefault(item.item, unanswered(item.item, error))
            if len(dark) > 1:
                return
        else:
            failed = 0


def _refuse_all(watch: Watch, sightings: dict[str, Sighting], refusal: Refusal) -> None:
    for item in watch.open_items:
        if not is_settled(sightings.get(item.item)):
            sightings[item.item] = refused(item.item, refusal)


def _can_be_asked(watch: Watch, item: WatchedItem) -> bool:
    """An empty TaskId with an empty ObjectPath would show the account's other tasks: it never leaves our side."""
    return bool(item.item) if not watch.request.task_ids else re.fullmatch("[0-9]+", item.item) is not None
