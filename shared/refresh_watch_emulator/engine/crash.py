"""Places where the engine or a worker dies on request, by SIGKILL, so that tests can show that nothing is lost."""

from __future__ import annotations

import fnmatch
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from refresh_watch.errors import BadInput
from refresh_watch.model import Word

VARIABLE = "REFRESH_WATCH_ENGINE_CRASH"


class CrashPoint(Word):
    """Where the engine's process can be told to kill itself."""

    STORED = "stored"
    """The row behind a 202 is committed, the 202 not yet sent."""
    DEQUEUED = "dequeued"
    """A task was claimed from the queue, its handler not yet started."""
    FINISHED = "finished"
    """A handler has ended, its result (the acknowledgement) not yet stored."""


@dataclass(frozen=True)
class Crash:
    """Kill the engine the ``nth`` time that a task whose id matches the glob ``tasks`` passes ``point``; once."""

    point: CrashPoint
    nth: int = 1
    tasks: str = "*"

    @property
    def mark(self) -> str:
        """Its name in the engine's file: a restarted engine that finds it there goes on."""
        return f"crash:{self.point}:{self.nth}:{self.tasks}"


@dataclass(frozen=True)
class KillWorker:
    """Kill the worker that runs a task whose id matches the glob ``tasks``, right after the engine has carried out the
    ``after_calls``-th API call of this run, before the answer arrives (so that no further effect slips in); once.
    """

    tasks: str
    after_calls: int


def read_crashes(text: str) -> tuple[Crash, ...]:
    """Read REFRESH_WATCH_ENGINE_CRASH: ``<point>[:n[:glob of task ids]]``, several separated by commas."""
    return tuple(_crash(part.strip()) for part in text.split(",") if part.strip())


def _crash(text: str) -> Crash:
    point, _, rest = text.partition(":")
    nth, _, tasks = rest.partition(":")
    points = [known.value for known in CrashPoint]
    if point not in points or not (nth or "1").isdecimal() or int(nth or "1") < 1:
        raise BadInput(VARIABLE, text, f"<point>[:n[:glob of task ids]], point one of {', '.join(points)}, n from 1")
    return Crash(CrashPoint(point), int(nth or "1"), tasks or "*")


class Crashes:
    """Counts who passes which point and kills this process when it is time."""

    def __init__(self, crashes: tuple[Crash, ...], first_time: Callable[[str], bool]) -> None:
        """``first_time`` writes a mark durably; False when it stood there already."""
        self._crashes = crashes
        self._first_time = first_time
        self._passed = dict.fromkeys(crashes, 0)
        self._lock = threading.Lock()

    def passing(self, point: CrashPoint, task_id: str) -> None:
        """Die here, or return."""
        for crash in self._crashes:
            if crash.point is point and fnmatch.fnmatchcase(task_id, crash.tasks):
                with self._lock:
                    self._passed[crash] += 1
                    due = self._passed[crash] == crash.nth
                if due and self._first_time(crash.mark):
                    os.kill(os.getpid(), signal.SIGKILL)


class WorkerKills:
    """Which run's worker is to be killed after which of its calls."""

    def __init__(self, kills: tuple[KillWorker, ...]) -> None:
        """Each is carried out once."""
        self._open = list(kills)
        self._lock = threading.Lock()

    @property
    def armed(self) -> bool:
        """Whether any is left."""
        return bool(self._open)

    def due(self, task_id: str, calls: int) -> bool:
        """Whether the worker of that run, which has made that many calls, is to die now."""
        with self._lock:
            for kill in self._open:
                if calls == kill.after_calls and fnmatch.fnmatchcase(task_id, kill.tasks):
                    self._open.remove(kill)
                    return True
        return False
