"""Virtual time in which many run at once: the code of each is the project's own and sleeps wherever it likes.

One thread runs at a time. Whoever sleeps drives the queue of events on until its own turn has come, or hands over to the
one whose turn it is: so the order of events is theirs by instant, then by when they were put in, and a run repeats.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from random import Random

from refresh_watch.instants import Instant, Seconds


class _Turn:
    """One that waits for its instant."""

    def __init__(self) -> None:
        self._gate = threading.Semaphore(0)

    def come(self) -> None:
        self._gate.release()

    def wait(self) -> None:
        self._gate.acquire()


class Timeline:
    """A `refresh_watch.clock.Clock`, with events and with actors that sleep beside each other."""

    def __init__(self, at: Instant, seed: int = 1) -> None:
        """Begin at that instant."""
        self._at = at
        self._dice = Random(seed)
        self._events: list[tuple[Instant, int, Callable[[], None] | _Turn]] = []
        self._order = 0
        self._main = _Turn()
        self._actors: list[Actor] = []
        self._failure: BaseException | None = None

    def now(self) -> Instant:
        """The instant it is."""
        return self._at

    def chance(self) -> float:
        """A number from 0 up to, not including, 1."""
        return self._dice.random()

    def sleep(self, seconds: Seconds) -> None:
        """Return after that long; what is due until then happens first."""
        until = self._at + max(0.0, seconds)
        if not self._events or self._events[0][0] > until:
            self._at = until
            return
        turn = _Turn()
        self._put(until, turn)
        self._drive(turn)

    def at(self, instant: Instant, event: Callable[[], None]) -> None:
        """Let something happen then. It must not sleep."""
        self._put(instant, event)

    def run(self) -> None:
        """Until nothing is to happen any more. Raises what an event or an actor raised."""
        self._drive(self._main)
        for actor in self._actors:
            actor.end()
        if self._failure is not None:
            raise self._failure

    def _put(self, instant: Instant, what: Callable[[], None] | _Turn) -> None:
        self._order += 1
        heapq.heappush(self._events, (max(instant, self._at), self._order, what))

    def _drive(self, mine: _Turn) -> None:
        while self._events and self._failure is None:
            self._at, _, what = heapq.heappop(self._events)
            if what is mine:
                return
            if isinstance(what, _Turn):
                what.come()
                mine.wait()
                return
            try:
                what()
            except Exception as error:  # not raised in the actor that sleeps: the project's code may swallow it
                self._failure = error
        if mine is not self._main:
            self._main.come()
            mine.wait()


class Actor:
    """Does one job after the other, each in virtual time; it sleeps without stopping the others."""

    def __init__(self, timeline: Timeline) -> None:
        """Idle until its first job."""
        self._timeline = timeline
        self._turn = _Turn()
        self._job: Callable[[], None] | None = None
        timeline._actors.append(self)
        threading.Thread(target=self._live, daemon=True).start()

    def give(self, job: Callable[[], None]) -> None:
        """Let it do that, from now on; it must be idle."""
        self._job = job
        self._timeline._put(self._timeline.now(), self._turn)

    def end(self) -> None:
        """No job will come any more."""
        self._job = None
        self._turn.come()

    def _live(self) -> None:
        self._turn.wait()
        while self._job is not None:
            job, self._job = self._job, None
            try:
                job()
            except Exception as error:
                self._timeline._failure = error
            self._timeline._drive(self._turn)
