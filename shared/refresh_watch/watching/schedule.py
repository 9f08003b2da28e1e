"""When to look next, and until when: pure functions of the time since submission, the cost of a look and the pace.

Checking for an end whose time is known only as a distribution is the inspection problem (Barlow, Hunter and Proschan
1963): look often where tasks end, rarely where they do not, and less often the more a look costs; for small gaps their
length grows with the square root of the cost (Keller 1974). A refresh "typically takes effect within 5 to 6
minutes", a prefetch within 5 to 30 (Alibaba's documents, 2024-2026). The times below are that problem's solution, by
dynamic programming, for a log-normal refresh (median 330 s, sigma 0.15) of which 15 % are quick (median 40 s, sigma
0.6), and a log-normal prefetch (median 720 s, sigma 0.6). `make bench` compares them with the optimum.
"""

from __future__ import annotations

import itertools
import math
import zlib
from dataclasses import dataclass

from refresh_watch.errors import BadInput
from refresh_watch.instants import Instant, Seconds
from refresh_watch.limits import LONGEST_DELAY
from refresh_watch.model import Kind
from refresh_watch.watch import Watch
from refresh_watch.watching.pace import AGAIN_AFTER, SHORTEST_STEP, step_by_progress

QUERY_WINDOW: Seconds = 3 * 86400
"""The product APIs show tasks of the last 3 days only (all four documents)."""

DEFAULT_DEADLINE = {Kind.REFRESH: 30 * 60.0, Kind.PREFETCH: 2 * 3600.0, Kind.UNKNOWN: 30 * 60.0}

CONFIRM_AFTER: Seconds = 5
"""Between two late looks, at least: asking updates a task's status, so an answer can be one look old."""

LONGEST_STEP: Seconds = 600
"""Of a schedule as it grows, and of a wait for an end that is estimated from progress."""

LEAST_STEP: Seconds = 0.1
MOST_STEP: Seconds = 86400
"""Of a user's own schedule."""

CHEAP_LOOK: Seconds = 0.2
"""Of the account's quota (one list call at 5 a second): a look that costs more is made less often."""

USUAL_DELAY: Seconds = 3
"""How late a look may begin without other watches being the cause: cold starts, late timers."""

DELAY_COST: Seconds = 0.5
"""Of further delay: it counts as much as a cheap look."""

SPREAD = 0.5
"""Of the gap between two looks: over so much of it the looks of watches that were submitted together are spread."""


@dataclass(frozen=True)
class Schedule:
    """Look number n falls on `at[n]`, in seconds since submission; later ones follow `then` seconds apart.

    With `growth` those steps grow by so many seconds a second, up to ten minutes. A fraction of a number falls between
    the times of its neighbours, so that a schedule can be stretched.
    """

    at: tuple[Seconds, ...]
    then: Seconds
    growth: float = 0.0

    def next(self, elapsed: Seconds, *, phase: float = 0.0, stretch: float = 1.0) -> Seconds:
        """The time of the look after `elapsed`, both in seconds since submission.

        `phase` shifts each look towards the next by that share of the gap; with a `stretch` of 2 every second look is
        left out. A look that comes later than half a gap replaces the next one. A time before the submission (its
        clock may differ from ours) counts as the submission itself.
        """
        elapsed = max(0.0, elapsed)
        number = max(0, math.floor(self.number_at(elapsed) / stretch) - 1)
        while True:
            at, gap = self._look(number, phase, stretch)
            if at > elapsed and at - elapsed >= gap / 2:
                return at
            number += 1

    def time_of(self, number: float) -> Seconds:
        """When look `number` falls, in seconds since submission."""
        last = len(self.at) - 1
        if number < 0:
            return max(0.0, self.at[0] * (1 + number))
        if number < last:
            whole = int(number)
            return self.at[whole] + (number - whole) * (self.at[whole + 1] - self.at[whole])
        steps = number - last
        if not self.growth:
            return self.at[last] + steps * self.then
        grown = min(steps, self._steps_until_longest)
        beyond = self.at[last] + self.then / self.growth * math.expm1(self.growth * grown)
        return beyond + (steps - grown) * LONGEST_STEP

    def number_at(self, elapsed: Seconds) -> float:
        """The number whose look falls on `elapsed`."""
        if elapsed < self.at[0]:
            return elapsed / self.at[0] - 1
        for number, (earlier, later) in enumerate(itertools.pairwise(self.at)):
            if elapsed < later:
                return number + (elapsed - earlier) / (later - earlier)
        last, beyond = len(self.at) - 1, elapsed - self.at[-1]
        if not self.growth:
            return last + beyond / self.then
        steps = math.log1p(beyond * self.growth / self.then) / self.growth
        most = self._steps_until_longest
        return last + (steps if steps <= most else most + (elapsed - self.time_of(last + most)) / LONGEST_STEP)

    @property
    def _steps_until_longest(self) -> float:
        return math.log(LONGEST_STEP / self.then) / self.growth

    def _look(self, number: int, phase: float, stretch: float) -> tuple[Seconds, Seconds]:
        """When a look falls, and how long after the one before it."""
        earlier, at, later = (self.time_of((number + offset) * stretch) for offset in (-1, 0, 1))
        return at + phase * min(at - earlier, later - at), at - earlier


# fmt: off
REFRESH = Schedule(
    (35, 64, 109, 245, 269, 283, 296, 307, 318, 328, 338, 347, 356, 363, 371, 380, 387, 394, 401, 408, 414, 420, 427,
     434, 439, 445, 453, 461, 467, 473, 479, 485, 491, 497), then=6, growth=0.05,
)
PREFETCH = Schedule((225, 281, 330, 374, 414, 452, 488, 524, 558, 592, 626, 660), then=32, growth=0.005)
# fmt: on

DEFAULT_SCHEDULE = {Kind.REFRESH: REFRESH, Kind.PREFETCH: PREFETCH, Kind.UNKNOWN: REFRESH}


def read_schedule(text: str, field: str = "schedule") -> Schedule:
    """Read ``0,15,45,90;15``: seconds since submission to look at, then every n seconds.

    Raises BadInput.
    """
    steps = f"a step of {LEAST_STEP} to {MOST_STEP} s"
    allowed = f"rising seconds from 0 to {QUERY_WINDOW}, a semicolon and {steps}, such as 0,15,45,90;15"
    looks, semicolon, step = text.partition(";")
    try:
        at = tuple(float(word) for word in looks.split(",") if word.strip())
        then = float(step)
    except ValueError:
        raise BadInput(field, text, allowed) from None
    rising = all(earlier < later for earlier, later in itertools.pairwise(at))
    in_bounds = bool(at) and 0 <= at[0] <= at[-1] <= QUERY_WINDOW and LEAST_STEP <= then <= MOST_STEP
    if not (semicolon and rising and in_bounds):
        raise BadInput(field, text, allowed)
    return Schedule(at, then)


def deadline_of(watch: Watch) -> Instant:
    """The instant from which a watch is late: counted from acceptance."""
    return watch.accepted_at + (watch.request.deadline or DEFAULT_DEADLINE[watch.kind])


def first_look(watch: Watch, now: Instant) -> Seconds:
    """How long a watch that was just accepted waits for its first look: none if the schedule's first lies behind."""
    elapsed = now - watch.started_at
    if watch.request.schedule:
        first = read_schedule(watch.request.schedule).at[0]
    else:
        schedule = DEFAULT_SCHEDULE[watch.kind]
        first = schedule.next(0.0, phase=phase_of(watch.id))
    return max(0.0, min(first - elapsed, deadline_of(watch) - now, LONGEST_DELAY))


def next_look(
    watch: Watch,
    now: Instant,
    *,
    cost: Seconds = 0.0,
    late_by: Seconds = 0.0,
    unfinished: bool = False,
    late_unanswered: bool = False,
) -> Seconds:
    """How long to wait before the next look, in seconds.

    `cost`: what the last look took of the account's quota; `late_by`: how much later than planned it began.
    `unfinished`: its budget ended before every item was asked about: go on at once. `late_unanswered`: past the
    deadline the API gave no answer, so there is nothing to confirm yet. The last regular look falls on the deadline.
    """
    if unfinished:
        return 0.0
    regular = _regular(watch, now - watch.started_at, stretch_of(cost, late_by=late_by, lags=bool(watch.pace.lags)))
    deadline = deadline_of(watch)
    if now < deadline:
        return min(regular, deadline - now, LONGEST_DELAY)
    if late_unanswered:
        return min(max(regular, CONFIRM_AFTER), 300.0)
    return CONFIRM_AFTER


def _regular(watch: Watch, elapsed: Seconds, stretch: float) -> Seconds:
    """The step of the user's schedule; by default that of the pair, of the estimated end, or of our schedule."""
    if watch.request.schedule:
        return read_schedule(watch.request.schedule).next(elapsed) - elapsed
    pace = watch.pace
    if pace.again:
        return AGAIN_AFTER
    step = step_by_progress(pace, elapsed)
    if step is not None:
        return max(min(step, LONGEST_STEP), stretch * SHORTEST_STEP)
    schedule = DEFAULT_SCHEDULE[watch.kind]
    return schedule.next(elapsed, phase=phase_of(watch.id), stretch=stretch) - elapsed


def stretch_of(cost: Seconds, *, late_by: Seconds, lags: bool) -> float:
    """By what factor to look less often: the square root of what this look costs, in cheap looks.

    Where answers lag each look is made twice, so it costs twice. A delay adds to the cost: so thousands of watches that
    share nothing slow down together until all of them get through.
    """
    dearer = max(1.0, cost / CHEAP_LOOK) + max(0.0, late_by - USUAL_DELAY) / DELAY_COST
    return math.sqrt(dearer * (2 if lags else 1))


def phase_of(watch_id: str) -> float:
    """From 0 up to SPREAD, the same for every hop of a watch."""
    return zlib.crc32(watch_id.encode()) / 2**32 * SPREAD
