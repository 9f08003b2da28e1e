"""The core: (watch, observation, now) to (watch, effects). Pure; a verdict is never taken back.

Never "complete" on a guess: an item settles by its objects only when every row was read and every row is final. An
empty answer means "not seen". Never `overdue` without two late answers some seconds apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import MAX_SAMPLES, FailedObject, Kind, Note, Reason, Refusal
from refresh_watch.observation import Answer, ItemObservation, Observation
from refresh_watch.report import Report
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.pace import update_pace
from refresh_watch.watching.reporting import bounded_samples, final_report, interim_report, outcome_of, samples_of
from refresh_watch.watching.schedule import CONFIRM_AFTER, QUERY_WINDOW, deadline_of, next_look

APPEARS_WITHIN: Seconds = 60
"""A new task may be absent for so long; until then a "malformed id" may mean "not known yet"."""

NO_ANSWER_GRACE: Seconds = 3600
"""How long past the deadline an API that gives no usable answer is polled."""

THROTTLED_GRACE: Seconds = 86400
"""The same where the quota is the cause: throttling delays a verdict and never changes it."""

MAX_SAMPLE_BYTES = 6000
"""Of the failed objects in a watch's state: its payload must stay far below 64 KB."""

MAX_NOTES = 5


@dataclass(frozen=True)
class Publish:
    """Publish this report: its id makes it happen once."""

    report: Report


@dataclass(frozen=True)
class LookAgain:
    """Start the next hop."""

    after: Seconds


Effect = Publish | LookAgain


@dataclass(frozen=True)
class Step:
    """The watch after a look, and the effects in their order: reports first, then the successor."""

    watch: Watch
    effects: tuple[Effect, ...]


def advance(watch: Watch, observation: Observation, now: Instant, *, late_by: Seconds = 0.0) -> Step:
    """Take one look into account. `now` is the instant after the look, in seconds since 1970 UTC.

    `late_by`: how much later than planned it began, because looks of other watches came first.
    """
    is_open = {item.item for item in watch.open_items}
    observations = {observed.item: observed for observed in observation.items if observed.item in is_open}
    watch = _add_observation(watch, observation)
    began_at = watch.next_item
    late = observation.started_at >= deadline_of(watch)
    items = tuple(
        _settle(watch, item, observations[item.item], now, late=late) if item.item in observations else item
        for item in watch.items
    )
    samples, next_item = _samples(watch, observations), _next_item(watch, observations)
    watch = replace(watch, items=items, samples=samples, next_item=next_item)
    if not watch.open_items:
        return Step(watch, (Publish(final_report(watch, now)),))
    effects: list[Effect] = []
    if not watch.interim_published and any(item.failed for item in watch.items):
        watch = replace(watch, interim_published=True)
        effects.append(Publish(interim_report(watch, now)))
    answers = {observed.answer for observed in observations.values()}
    answered = bool(answers - {Answer.NO_ANSWER, Answer.NOT_REACHED})
    # after one round it pauses: a watch that never fits into one look would be polled without a pause
    unfinished = answered and Answer.NOT_REACHED in answers and watch.next_item > began_at
    after = next_look(
        watch, now, cost=observation.cost, late_by=late_by, unfinished=unfinished, late_unanswered=not answered
    )
    effects.append(LookAgain(after))
    return Step(watch, tuple(effects))


def stop_watch(watch: Watch, now: Instant, who: str) -> Watch:
    """The watch when a person ends it: what is open is unverifiable."""
    refusal = Refusal(Reason.STOPPED, "", f"stopped by {who}")
    items = tuple(_unverifiable(item, now, Reason.STOPPED) if item.is_open else item for item in watch.items)
    notes = (Note("stopped_by", (("who", who),)), *watch.notes)
    return replace(watch, items=items, refusal=refusal, notes=notes[:MAX_NOTES])


def latest_end(watch: Watch) -> Instant:
    """The instant by which a look ends every watch, whatever the API does."""
    return max(deadline_of(watch) + THROTTLED_GRACE, watch.started_at + QUERY_WINDOW)


def abandon_watch(watch: Watch, now: Instant) -> Watch:
    """The watch when no look has ended for too long: what was seen is overdue, the rest unverifiable."""
    problem = watch.problem or "refresh-watch itself could not look any more"
    items = tuple(_without_answer(item, now) if item.is_open else item for item in watch.items)
    return replace(watch, items=items, problem=problem)


def _add_observation(watch: Watch, observation: Observation) -> Watch:
    kind = watch.kind
    if kind is Kind.UNKNOWN:
        kind = next((s.kind for s in observation.items if s.kind is not Kind.UNKNOWN), kind)
    refusals = [s.refusal for s in observation.items if s.refusal is not None]
    problems = [s.problem for s in observation.items if s.problem]
    notes = [*watch.notes, *(note for note in observation.notes if note not in watch.notes)]
    return replace(
        watch,
        kind=kind,
        looks=watch.looks + 1,
        api_calls=watch.api_calls + observation.api_calls,
        refusal=refusals[-1] if refusals else watch.refusal,
        problem=problems[-1] if problems else watch.problem,
        request_id=observation.request_id or watch.request_id,
        notes=tuple(notes[:MAX_NOTES]),
        hints=observation.hints,
        pace=update_pace(watch, observation, observation.started_at - watch.started_at),
    )


def _settle(watch: Watch, item: WatchedItem, observed: ItemObservation, now: Instant, *, late: bool) -> WatchedItem:
    if observed.answer is Answer.SEEN:
        return _seen(item, observed, now, late=late)
    if observed.answer is Answer.NOT_SEEN:
        return _not_seen(watch, item, now, Reason.NEVER_SEEN, late=late)
    if observed.answer is Answer.REFUSED and observed.refusal is not None:
        return _refused(watch, item, observed.refusal, now, late=late)
    return _unanswered(watch, item, observed, now)


def _seen(item: WatchedItem, observed: ItemObservation, now: Instant, *, late: bool) -> WatchedItem:
    settled = observed.whole and observed.running == 0 and observed.complete + observed.failed > 0
    complete, failed, status_word = observed.complete, observed.failed, observed.status_word
    # rows that were not read count as running
    running = 0 if settled else max(1, observed.running)
    if not observed.whole:
        # a part of the rows takes nothing back: no object disappears, and none that has ended runs again
        known, shown = item.complete + item.failed + item.running, complete + failed + running
        complete, failed = max(item.complete, complete), max(item.failed, failed)
        running = max(1, max(known, shown) - complete - failed)
        status_word = item.status_word if shown < known else status_word
    item = replace(
        item,
        complete=complete,
        failed=failed,
        running=running,
        status_word=status_word,
        task_ids=item.task_ids or observed.task_ids,
        reasons=observed.reasons if observed.failed == failed else item.reasons,
    )
    if settled:
        return replace(item, outcome=outcome_of(complete=item.complete, failed=item.failed), settled_at=now)
    return _late(item, now, _overdue) if late else item


def _not_seen(watch: Watch, item: WatchedItem, now: Instant, reason: Reason, *, late: bool) -> WatchedItem:
    if item.seen:
        return _late(item, now, _overdue) if late else item
    if now - watch.started_at > QUERY_WINDOW:
        return _unverifiable(item, now, Reason.TOO_OLD)
    return _late(item, now, lambda it, at: _unverifiable(it, at, reason)) if late else item


def _refused(watch: Watch, item: WatchedItem, refusal: Refusal, now: Instant, *, late: bool) -> WatchedItem:
    if refusal.reason is not Reason.MALFORMED_ID:
        return _unverifiable(item, now, refusal.reason)
    if item.seen or now - watch.started_at < APPEARS_WITHIN:
        return _not_seen(watch, item, now, Reason.MALFORMED_ID, late=late)
    return _unverifiable(item, now, Reason.MALFORMED_ID)


def _unanswered(watch: Watch, item: WatchedItem, observed: ItemObservation, now: Instant) -> WatchedItem:
    until = deadline_of(watch) + (THROTTLED_GRACE if observed.throttled else NO_ANSWER_GRACE)
    if observed.answer is Answer.NOT_REACHED:
        # our own budget ended first: wait until the end of the query window
        until = max(until, watch.started_at + QUERY_WINDOW)
    if now < until:
        return item
    return _without_answer(item, now)


def _without_answer(item: WatchedItem, now: Instant) -> WatchedItem:
    return _overdue(item, now) if item.seen else _unverifiable(item, now, Reason.NO_ANSWER)


def _late(item: WatchedItem, now: Instant, end: Callable[[WatchedItem, Instant], WatchedItem]) -> WatchedItem:
    if item.late_since is None:
        return replace(item, late_since=now)
    return end(item, now) if now - item.late_since >= CONFIRM_AFTER else item


def _overdue(item: WatchedItem, now: Instant) -> WatchedItem:
    running = max(1, item.running)
    outcome = outcome_of(complete=item.complete, failed=item.failed, overdue=running)
    return replace(item, outcome=outcome, running=running, settled_at=now)


def _unverifiable(item: WatchedItem, now: Instant, reason: Reason) -> WatchedItem:
    outcome = outcome_of(complete=item.complete, failed=item.failed, unverifiable=1)
    running = max(1, item.running) if item.seen else 0
    return replace(item, outcome=outcome, reason=reason, running=running, settled_at=now)


def _samples(watch: Watch, observations: dict[str, ItemObservation]) -> tuple[tuple[str, FailedObject], ...]:
    fresh: list[tuple[str, FailedObject]] = []
    for item in watch.items:
        observed = observations.get(item.item)
        shown = observed.failures if observed is not None and observed.answer is Answer.SEEN else ()
        known = samples_of(watch, item.item)
        # a part of the rows may show fewer failures than an earlier look: the earlier samples stay
        whole = observed is not None and observed.answer is Answer.SEEN and observed.whole
        fresh.extend((item.item, failure) for failure in (shown if whole or len(shown) >= len(known) else known))
    return bounded_samples(fresh, MAX_SAMPLES, MAX_SAMPLE_BYTES)


def _next_item(watch: Watch, observations: dict[str, ItemObservation]) -> int:
    for item in watch.turn:
        observed = observations.get(item.item)
        if observed is not None and observed.answer is Answer.NOT_REACHED:
            return next(i for i, other in enumerate(watch.items) if other.item == item.item)
    return watch.next_item
