"""Takes due tasks from the queue and runs them: retries, age, destinations, limits, stopping.

One thread waits for the next thing that is due; each run has a thread of its own.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from refresh_watch.errors import RefreshWatchError
from refresh_watch.instants import Instant, Seconds
from refresh_watch_emulator.engine.crash import Crashes, CrashPoint
from refresh_watch_emulator.engine.environment import Keys, request_head
from refresh_watch_emulator.engine.manifest import Function, Manifest
from refresh_watch_emulator.engine.settling import Case, RetryAt
from refresh_watch_emulator.engine.store import Store
from refresh_watch_emulator.engine.switches import EngineSwitches
from refresh_watch_emulator.engine.task import Ending, StoredTask, TaskState
from refresh_watch_emulator.engine.worker import Instance, LogLine, RunOutcome, RunResult, failed
from refresh_watch_emulator.engine.workers import Workers

LONGEST_PAUSE: Seconds = 60
"""The dispatcher looks up at least so often: to let idle instances go, and because clocks can be set."""
IDLE: Seconds = 300
PURGE_EVERY: Seconds = 3600


class AtLimit(Exception):
    """The function runs as often as it may."""


class Dispatcher:
    """Runs what is due. ``most_running`` bounds all functions together, as an account's limit does."""

    def __init__(
        self,
        manifest: Manifest,
        store: Store,
        workers: Workers,
        switches: EngineSwitches,
        crashes: Crashes,
        *,
        keys: Callable[[], Keys],
        clock: Callable[[], Instant],
        most_running: int,
        log: Callable[[LogLine], None],
    ) -> None:
        """Make it; `start` begins."""
        self._manifest = manifest
        self._store = store
        self._workers = workers
        self._switches = switches
        self._crashes = crashes
        self._keys = keys
        self._clock = clock
        self._most_running = most_running
        self._log = log
        self._changed = threading.Condition()
        self._closing = False
        self._running: Counter[str] = Counter()  # by function name, sync calls among them
        self._runs: dict[int, Instance | None] = {}  # by task number
        self._purged_at: Instant = 0
        self._thread = threading.Thread(target=self._loop, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Give back to the queue what the last engine had under way, and begin."""
        self._store.recover(self._clock())
        self._thread.start()

    def wake(self) -> None:
        """Something was added, stopped or has ended, or the clock was set: look again."""
        with self._changed:
            self._changed.notify_all()

    def close(self, grace: Seconds) -> None:
        """Take nothing more from the queue, let runs end for ``grace`` seconds, then kill them; they stay Running in
        the file, and the next engine runs them again.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._running.total(), grace)
        self._workers.close()
        with self._changed:
            self._changed.wait_for(lambda: not self._running.total(), grace + 5)
        self._thread.join()

    def wait_idle(self, timeout: Seconds, within: Seconds | None) -> bool:
        """Wait until nothing runs and nothing is to start (in the next ``within`` seconds, if given)."""

        def idle() -> bool:
            until = None if within is None else self._clock() + within
            return not self._running.total() and not self._store.unsettled(until)

        with self._changed:
            return self._changed.wait_for(idle, timeout)

    def invoke(self, function: Function, request_id: str, event: bytes) -> RunResult:
        """Run a function now and wait for it. Raises AtLimit."""
        if not self._enter(function):
            raise AtLimit(function.name)
        try:
            with self._lent(function) as instance:
                return self._call(instance, function, request_id, "", event)
        finally:
            self._leave(function)

    def stop(self, function: Function, task_id: str) -> StoredTask | None:
        """Stop a task; None when there is none. One that runs is killed; one that has ended stays as it is."""
        with self._changed:
            task = self._store.stop(function.name, task_id, self._clock())
            if task is not None and task.status is TaskState.STOPPING:
                instance = self._runs.get(task.number)
                if instance is not None:
                    instance.stop()
            self._changed.notify_all()
        return task

    def _loop(self) -> None:
        while not self._closing:
            self._survives("dispatcher", self._round)

    def _survives(self, who: str, action: Callable[[], None]) -> bool:
        """Whether the queue could be used; when not (a full disk), nothing was changed, and it can be tried again."""
        try:
            action()
        except sqlite3.Error as error:
            self._log(LogLine(who, "-", f"the queue cannot be used: {error}"))
            time.sleep(1)
            return False
        return True

    def _round(self) -> None:
        self._tidy()
        with self._changed:
            now = self._clock()
            room = self._most_running - self._running.total()
            tasks = self._store.due(now, room) if room > 0 else []
            if not tasks and not self._closing:
                self._changed.wait(self._pause(now) if room > 0 else LONGEST_PAUSE)
        for task in tasks:
            self._take_up(task)

    def _tidy(self) -> None:
        self._workers.retire(IDLE)
        now = self._clock()
        if now - self._purged_at >= PURGE_EVERY:
            self._purged_at = now
            self._store.purge(now)

    def _pause(self, now: Instant) -> Seconds:
        due = self._store.next_due()
        return LONGEST_PAUSE if due is None else min(max(due - now, 0.001), LONGEST_PAUSE)

    def _take_up(self, task: StoredTask) -> None:
        now = self._clock()
        function = self._manifest.named(task.function)
        if function is None:  # s.yaml has changed since it was accepted
            self._end(task, Ending(TaskState.INVALID, "the function does not exist"), now)
            return
        case = self._case(task, function, now)
        old = case.too_old()
        if old is not None:
            self._end(task, old, now)
        elif not self._enter(function):
            self._throttle(case)
        elif self._store.dequeue(task.number, now):
            self._crashes.passing(CrashPoint.DEQUEUED, task.task_id)
            threading.Thread(target=self._run, args=(task, function), daemon=True).start()
        else:
            self._leave(function)

    def _throttle(self, case: Case) -> None:
        step = case.throttled()
        if self._closing:
            return
        if isinstance(step, Ending):
            self._end(case.task, step, case.now)
        else:
            self._store.postpone(case.task.number, step, case.now)

    def _run(self, task: StoredTask, function: Function) -> None:
        try:
            with self._lent(function) as instance:
                if not self._started(task, instance):
                    return
                result = self._call(instance, function, task.request_id, task.task_id, task.event)
                self._crashes.passing(CrashPoint.FINISHED, task.task_id)
                self._settle(replace(task, runs=task.runs + 1), function, result)
        finally:
            self._leave(function)

    @contextmanager
    def _lent(self, function: Function) -> Iterator[Instance | None]:
        """Lend an instance; None when no process can be started."""
        instance = None
        try:
            instance = self._workers.take(function)
        except OSError as error:
            self._log(LogLine(function.name, "-", f"no process can be started: {error}"))
        try:
            yield instance
        finally:
            if instance is not None:
                self._workers.give_back(instance)

    def _started(self, task: StoredTask, instance: Instance | None) -> bool:
        """Note that the handler starts; False when the task was stopped meanwhile."""

        started = False

        def start() -> None:
            nonlocal started
            with self._changed:
                started = self._store.start(task.number, instance.id if instance else "", self._clock())
                if started:
                    self._runs[task.number] = instance

        while not self._survives(task.function, start) and not self._closing:
            pass
        return started

    def _call(
        self, instance: Instance | None, function: Function, request_id: str, task_id: str, event: bytes
    ) -> RunResult:
        if instance is None:
            return failed("SystemError", "no process can be started")
        try:
            keys = self._keys()
        except RefreshWatchError as error:
            return failed(type(error).__name__, str(error))
        if instance.gate is not None:
            instance.gate.begin(task_id, instance.crash)
        return instance.run(request_head(function, request_id, keys), event, function.timeout)

    def _settle(self, task: StoredTask, function: Function, result: RunResult) -> None:
        def record() -> None:
            with self._changed:
                self._record(task, function, result)
                self._runs.pop(task.number, None)  # before the task can be taken up again

        while not self._survives(function.name, record) and not self._closing:
            pass

    def _record(self, task: StoredTask, function: Function, result: RunResult) -> None:
        now = self._clock()
        if self._store.stopped(task.number, now):
            return
        if result.outcome is RunOutcome.STOPPED:
            return  # the engine ends; the next one runs it again
        step = self._case(task, function, now).after_run(result)
        if isinstance(step, Ending):
            self._end(task, step, now)
        elif isinstance(step, RetryAt):
            self._store.retry(task.number, step.ending, step.due_at, now)
        else:
            self._store.redeliver(task.number, now)

    def _case(self, task: StoredTask, function: Function, now: Instant) -> Case:
        return Case(task, function, self._manifest.named(function.on_failure), self._switches, now)

    def _end(self, task: StoredTask, ending: Ending, now: Instant) -> None:
        self._store.end(task.number, ending, now)
        self.wake()

    def _enter(self, function: Function) -> bool:
        with self._changed:
            limit = function.reserved_concurrency
            if self._closing or (limit is not None and self._running[function.name] >= limit):
                return False
            self._running[function.name] += 1
            return True

    def _leave(self, function: Function) -> None:
        with self._changed:
            self._running[function.name] -= 1
            self._changed.notify_all()
