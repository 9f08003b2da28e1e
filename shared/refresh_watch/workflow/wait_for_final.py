"""Waiting for the end of a watch: polled from Function Compute's record, which costs nothing but requests.

The newest hop's payload says when the next look is due, and nothing is learned before that: so it is asked when a look
should have ended, and once a minute in between, since a watch can be stopped by hand. A look that takes longer is asked
after with growing pauses. One question is one GetAsyncTask; a round has two, or four where a look is late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput, EngineError, NoCredentials, NoSuchWatch, RefreshWatchError
from refresh_watch.function_compute.tasks import Engine, Task
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.limits import LONGEST_DELAY
from refresh_watch.report import Report
from refresh_watch.reports.from_wire import decode
from refresh_watch.settings import Settings
from refresh_watch.watch import Watch
from refresh_watch.watching.advance import latest_end
from refresh_watch.watching.hop_payload import Hop, read_hop
from refresh_watch.workflow.guard import GIVES_UP_AFTER
from refresh_watch.workflow.task_ids import NOTIFY, WATCH, broken_id, final_id, hop_id

FIRST_PAUSE: Seconds = 2
"""After a look is due: it has begun by then, and a warm one has ended."""

GROWTH = 1.5
LONGEST_POLL_PAUSE: Seconds = 30

WHILE_NOTHING_IS_DUE: Seconds = 60

LATE: Seconds = 30
"""So long after a look was due it is asked whether something broke."""

UNANSWERED_FOR: Seconds = 600
"""So long Function Compute may be out of reach."""

UNKNOWN_FOR: Seconds = 120
"""So long after a start its record may show nothing of the watch."""

NOT_STARTED_FOR: Seconds = 20
"""So long it may show nothing of a watch that was started elsewhere: a start is on record as soon as it is answered."""


def _say_nothing(*_: object) -> None:
    """The default of a listener."""


class WaitingEnded(EngineError):
    """Nothing is gained by asking again: nothing can be learned of the watch any more, which goes on by itself."""


class StillWatched(WaitingEnded):
    """It had not settled in the time that was given for waiting; it goes on, and can be waited for again."""


@dataclass(frozen=True)
class Listener:
    """Called with what happens while a caller waits."""

    stands: Callable[[Watch, Instant | None], None] = _say_nothing
    """A new hop: the watch as it was given it, and when its look is due."""
    broke: Callable[[Report], None] = _say_nothing
    """A `broken` report, once; a final one may still follow."""
    unanswered: Callable[[str], None] = _say_nothing
    """Function Compute did not answer: called once, until it does again."""


def wait_for_final(
    watch_id: str,
    *,
    settings: Settings,
    connect: Callable[[], Engine],
    clock: Clock,
    listener: Listener,
    is_started: bool = True,
    seconds: Seconds | None = None,
) -> Report:
    """Return the final report of a watch as soon as it is committed; at once where it was before.

    `connect` is called for each round, since credentials may end sooner than a watch. Raises StillWatched after
    `seconds`; WaitingEnded, whose line says that the watch itself goes on, when the record refuses to be read, shows
    nothing of a watch that `is_started`, is out of reach for UNANSWERED_FOR, or has no final report long after the
    latest end of the watch; NoSuchWatch for one of which nothing is known; NoCredentials.
    """
    until = None if seconds is None else clock.now() + seconds
    return _Waiting(watch_id, settings, connect, clock, listener, until, is_started, began=clock.now()).wait()


@dataclass
class _Waiting:
    watch_id: str
    settings: Settings
    connect: Callable[[], Engine]
    clock: Clock
    listener: Listener
    until: Instant | None
    is_started: bool
    began: Instant
    hop: Hop | None = None
    number: int = -1  # of the newest hop that was seen
    has_broken: bool = False
    has_answered: bool = False
    unanswered_since: Instant | None = None

    def wait(self) -> Report:
        pause = FIRST_PAUSE
        while True:
            number = self.number
            final = self._ask()
            if final is not None:
                return final
            self._check_end()
            late = self._late()
            if late < 0:
                pause = FIRST_PAUSE
                self._sleep(min(FIRST_PAUSE - late, WHILE_NOTHING_IS_DUE))
            else:
                pause = FIRST_PAUSE if self.number != number else min(LONGEST_POLL_PAUSE, pause * GROWTH)
                self._sleep(pause)

    def _sleep(self, seconds: Seconds) -> None:
        """Pause, and once more ask at the end of the time that was given. Raises StillWatched after that."""
        if self.until is None:
            self.clock.sleep(seconds)
            return
        left = self.until - self.clock.now()
        if left <= 0:
            raise StillWatched(
                f"watch {self.watch_id} has not settled in the time that was given; "
                "it goes on, and can be waited for again"
            )
        self.clock.sleep(min(seconds, left))

    def _ask(self) -> Report | None:
        try:
            final = self._round(self.connect())
        except NoCredentials as error:
            if not self.has_answered:
                raise
            self._bear(error, None)  # such as a metadata service that stumbles
            return None
        except EngineError as error:
            if isinstance(error, WaitingEnded):
                raise
            self._bear(error, error.status)
            return None
        self.has_answered = True
        self.unanswered_since = None
        return final

    def _round(self, engine: Engine) -> Report | None:
        kept = engine.task(NOTIFY, final_id(self.watch_id))
        if kept is not None:
            return self._report(kept)
        number = self.number
        self._follow(engine)
        if self.number == number and self.hop is not None and self._late() > LATE:
            self._look_after(engine)
        return None

    def _follow(self, engine: Engine) -> None:
        """Find the newest hop: by one, then by ever larger steps, for a watch that has long been going on."""
        first, step, newest, missed = self.number, 1, None, False
        while step:
            task = engine.task(WATCH, hop_id(self.watch_id, self.number + step))
            if task is None:
                missed = True
            else:
                newest = task
                self.number += step
            step = step // 2 if missed else max(1, self.number - max(first, 0))
        if newest is None:
            return
        self.hop = _read(newest) or self.hop
        if self.hop is not None:
            self.listener.stands(self.hop.watch, self.hop.due)

    def _look_after(self, engine: Engine) -> None:
        """A look is late: has something broken, or has the record been lost?"""
        broken = None if self.has_broken else engine.task(NOTIFY, broken_id(self.watch_id))
        if broken is not None:
            self.has_broken = True
            self.listener.broke(self._report(broken))
        if engine.task(WATCH, hop_id(self.watch_id, self.number)) is None:
            self._end("shows nothing of it any more")

    def _late(self) -> Seconds:
        """How long ago the look was due; less than 0 where it still is to come."""
        if self.hop is None or self.hop.due is None:
            return 0.0
        return self.clock.now() - self.hop.due

    def _check_end(self) -> None:
        now = self.clock.now()
        if self.hop is None:
            limit = UNKNOWN_FOR if self.is_started or self.number >= 0 else NOT_STARTED_FOR
            if self.unanswered_since is not None or now - self.began < limit:
                return
            if self.number >= 0:
                found, question = "nothing of it that can be read here", "are the functions of this version?"
            elif self.is_started:
                found, question = "nothing of it", "is task mode on?"
            else:
                raise NoSuchWatch(
                    f"watch_id: '{self.watch_id}' is not known in {self.settings.region or 'this deployment'} with "
                    f"the prefix {self.settings.prefix}; allowed: a watch of the last 7 days"
                )
            self._end(f"shows {found} after {format_duration(limit)} ({question})")
        elif now >= latest_end(self.hop.watch) + GIVES_UP_AFTER + 2 * LONGEST_DELAY:
            self._end("has no final report of it, although its latest end has passed")

    def _bear(self, error: RefreshWatchError, status: int | None) -> None:
        """Ask again later, unless that would be answered the same. Raises EngineError."""
        if status in (401, 403):
            names = " and ".join(self.settings.function_name(folder) for folder in (NOTIFY, WATCH))
            self._end(f"does not let it be read: allow fc:GetAsyncTask on the async-tasks of {names} ({error})")
        if status is not None and status < 500 and status != 429:
            self._end(f"does not let it be read ({error})")
        now = self.clock.now()
        if self.unanswered_since is None:
            self.unanswered_since = now
            self.listener.unanswered(str(error))
        elif now - self.unanswered_since >= UNANSWERED_FOR:
            self._end(f"has not answered for {format_duration(UNANSWERED_FOR)} ({error})")

    def _report(self, task: Task) -> Report:
        try:
            return decode(task.payload or b"")
        except BadInput:
            self._end(f"keeps no payload of {task.id}")

    def _end(self, what: str) -> NoReturn:
        raise WaitingEnded(
            f"watch {self.watch_id} is not waited for any more, but goes on: Function Compute's record {what}"
        )


def _read(task: Task) -> Hop | None:
    try:
        return read_hop(task.payload or b"")
    except BadInput:
        return None
