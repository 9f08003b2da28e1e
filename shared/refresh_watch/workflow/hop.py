"""watch: one hop. Look, advance, carry out the effects, end; between hops nothing runs."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import cache

from refresh_watch.clock import Clock
from refresh_watch.credentials import Credentials
from refresh_watch.errors import NoCredentials
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import LONGEST_DELAY
from refresh_watch.model import Reason, Refusal
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.report import ReportKind
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch
from refresh_watch.watching.advance import Effect, Publish, advance
from refresh_watch.watching.hop_payload import Hop
from refresh_watch.watching.quota import Quota
from refresh_watch.workflow.effects import publish, start_hop
from refresh_watch.workflow.task_ids import NOTIFY, final_id, hop_id

log = logging.getLogger("refresh_watch.watch")

LOOK_SHARE = 2 / 3
"""Of the function's time-out: a look's budget. The rest is for the effects."""

TURN_PATIENCE: Seconds = 0.02
"""So long a hop waits for its turn in the quota; else it ends, and its successor comes when it is its turn.

A hop that waits is billed, and keeps the instance from others, which Function Compute then puts off by doubling pauses.
"""


ROUNDED_FROM: Seconds = 2
"""Shorter waits are rounded up: what is due in half a second is not to come at once, again and again."""


def run_hop(hop: Hop, *, look: Callable[[Watch], Observation], engine: Engine, clock: Clock) -> str:
    """Carry out one hop. Answers what is next, for the log.

    What the product or the network does never ends a hop: `look` puts it into the observation. Raises EngineError when
    an effect could not be started: Function Compute then runs the hop again, and what has happened answers "already".
    A look whose turn in the quota comes later is put off until then.
    """
    watch = hop.watch
    began = clock.now()
    due = began if hop.due is None else hop.due
    observation = look(watch)
    if observation.turn_in is not None:
        successor = Hop(watch, hop.number + 1, due=due, booked=True)
        _start(successor, min(observation.turn_in, LONGEST_DELAY), engine)
        return "waits for its turn"
    step = advance(watch, observation, clock.now(), late_by=max(0.0, began - due))
    log.info(
        "advanced",
        extra={
            "hop": hop.number,
            "api_calls": observation.api_calls,
            "open": len(step.watch.open_items),
            "of": len(watch.items),
            "held": round(began - due, 1),
            "progress": step.watch.pace.progress,
            "lags": step.watch.pace.lags,
            "again": step.watch.pace.again,
        },
    )
    for effect in step.effects:
        _carry_out(effect, step.watch, hop.number, engine, clock.now())
    return "settled" if not step.watch.open_items else "looks again"


def look_at(
    watch: Watch,
    *,
    settings: Settings,
    find_credentials: Callable[[], Credentials],
    clock: Clock,
    until: Instant,
    quota: Quota | None = None,
    patience: Seconds = math.inf,
    booked: bool = False,
) -> Observation:
    """Ask the product's API about the open items, as `products.look` does; imports only the SDK of that product."""
    from refresh_watch.products.connect import connect
    from refresh_watch.products.polling.look import look

    try:
        api = connect(watch.request.product, settings, find_credentials())
    except NoCredentials as error:
        return _refused(watch, Refusal(Reason.BAD_KEY, "NoCredentials", str(error)), clock.now())
    quota = quota or quota_of_instance(settings)
    return look(api, watch, quota=quota, clock=clock, until=until, patience=patience, booked=booked)


def quota_of_instance(settings: Settings) -> Quota:
    """The share of the account's quota that this process keeps to, in all the hops that it runs."""
    return _quota_of_instance(settings.quota, settings.instances)


@cache
def _quota_of_instance(quota: tuple[tuple[str, float], ...], instances: int) -> Quota:
    return Quota(dict(quota), instances)


def _refused(watch: Watch, refusal: Refusal, now: Instant) -> Observation:
    observations = tuple(ItemObservation(item.item, Answer.REFUSED, refusal=refusal) for item in watch.open_items)
    return Observation(observations, started_at=now, ended_at=now)


def _carry_out(effect: Effect, watch: Watch, number: int, engine: Engine, now: Instant) -> None:
    if isinstance(effect, Publish):
        if effect.report.kind is ReportKind.INTERIM and engine.task(NOTIFY, final_id(watch.id)) is not None:
            return  # another run of this hop has seen the end: its verdict is not followed by older news
        started = publish(effect.report, engine)
        log.info(started.value, extra={"effect": effect.report.id, "outcome": str(effect.report.outcome)})
    else:
        after = whole_seconds(effect.after)
        _start(Hop(watch, number + 1, due=now + after), after, engine)


def whole_seconds(after: Seconds) -> Seconds:
    """Function Compute delays by whole seconds, and never less than asked. A look may come half a second early."""
    return float(math.ceil(after) if after < ROUNDED_FROM else round(after))


def _start(successor: Hop, after: Seconds, engine: Engine) -> None:
    started = start_hop(successor, after, engine)
    log.info(started.value, extra={"effect": hop_id(successor.watch.id, successor.number), "after": round(after, 1)})
