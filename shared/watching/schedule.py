"""When to look next, and until when: pure functions of the time since submission.

A refresh "typically takes effect within 5 to 6 minutes", a prefetch within 5 to 30 (Alibaba's documents, 2024-2026):
looks are dense where tasks end and sparse where they do not.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from shared.errors import BadInput
from shared.instants import Instant, Seconds
from shared.model import Kind, Watch

QUERY_WINDOW: Seconds = 3 * 86400
"""The product APIs show tasks of the last 3 days only (all four documents)."""

DEFAULT_DEADLINE = {Kind.REFRESH: 30 * 60.0, Kind.PREFETCH: 2 * 3600.0, Kind.UNKNOWN: 30 * 60.0}

CONFIRM_AFTER: Seconds = 5
"""Two late looks stand at least this far apart: asking updates a task's status, so an answer can be one look old."""

LONGEST_WAIT: Seconds = 3599
"""Function Compute's `x-fc-async-delay` takes less than 3,600 s."""


@dataclass(frozen=True)
class Schedule:
    """Looks at `at` (seconds since submission), then every `then` seconds."""

    at: tuple[Seconds, ...]
    then: Seconds
    slows: bool = True  # past the default deadline the steps grow with age, up to ten minutes

    def next(self, elapsed: Seconds, *, slow_from: Seconds = 0) -> Seconds:
        """The first look later than `elapsed`, both in seconds since submission."""
        for at in self.at:
            if at > elapsed:
                return at
        last = self.at[-1] if self.at else 0.0
        if self.slows and elapsed > slow_from:
            return elapsed + min(600.0, self.then + 0.05 * (elapsed - slow_from))
        steps = int((elapsed - last) / self.then) + 1
        return last + steps * self.then


DEFAULT_SCHEDULE = {
    Kind.REFRESH: Schedule((0, 15, 45, 90, 150, 210, 240), 15),
    Kind.PREFETCH: Schedule((0, 30, 90, 180, 300), 30),
    Kind.UNKNOWN: Schedule((0, 15, 45, 90, 150, 210, 240), 15),
}


def read_schedule(text: str, field: str = "schedule") -> Schedule:
    """Read ``0,15,45,90;15``: seconds since submission to look at, then every n seconds.

    Raises BadInput.
    """
    allowed = "rising seconds, a semicolon and a step of at least 0.1 s, such as 0,15,45,90,150,210,240;15"
    looks, semicolon, step = text.partition(";")
    try:
        at = tuple(float(word) for word in looks.split(",") if word.strip())
        then = float(step)
    except ValueError:
        raise BadInput(field, text, allowed) from None
    rising = all(earlier < later for earlier, later in itertools.pairwise(at))
    if not semicolon or not at or not rising or not 0 <= at[0] <= at[-1] <= QUERY_WINDOW or not 0.1 <= then <= 86400:
        raise BadInput(field, text, allowed)
    return Schedule(at, then, slows=False)


def deadline_of(watch: Watch) -> Instant:
    """The instant from which a watch is late: counted from acceptance."""
    return watch.accepted_at + (watch.request.deadline or DEFAULT_DEADLINE[watch.kind])


def next_look(watch: Watch, now: Instant, *, unfinished: bool, late_unanswered: bool) -> Seconds:
    """How long to wait before the next look, in seconds.

    `unfinished`: the last look's budget ended before every item was asked: go on at once. `late_unanswered`: past the
    deadline the API gave no answer, so there is nothing to confirm yet. The last regular look falls on the deadline.
    """
    if unfinished:
        return 0.0
    request = watch.request
    schedule = read_schedule(request.schedule) if request.schedule else DEFAULT_SCHEDULE[watch.kind]
    elapsed = now - watch.started_at
    regular = schedule.next(elapsed, slow_from=DEFAULT_DEADLINE[watch.kind]) - elapsed
    deadline = deadline_of(watch)
    if now < deadline:
        return min(regular, deadline - now, LONGEST_WAIT)
    if late_unanswered:
        return min(max(regular, CONFIRM_AFTER), 300.0)
    return CONFIRM_AFTER
