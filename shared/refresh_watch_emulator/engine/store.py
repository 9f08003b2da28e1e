"""The queue: every asynchronous task in one SQLite file, each change of state a committed transaction.

A file belongs to one engine at a time (SQLite's exclusive lock), so a kill -9 leaves nothing to tidy but what was
under way, and `recover` gives that back to the queue.
"""

# ruff: noqa: S608 - only constants of this file are put into SQL text; values go as parameters
from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from refresh_watch.errors import BadInput
from refresh_watch.instants import Instant
from refresh_watch.limits import RECORD_KEPT
from refresh_watch_emulator.engine.tables import COLUMNS, FIND, SCHEMA, SOON
from refresh_watch_emulator.engine.task import (
    UNDER_WAY,
    WAITING,
    Ending,
    NewTask,
    StoredTask,
    TaskEvent,
    TaskQuery,
    TaskState,
)


class Store:
    """The SQLite file. Every method is one transaction and may be called by any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises BadInput when that cannot be, or another engine holds it."""
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=0.5)
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise BadInput("file", str(path), f"an SQLite file that no other engine uses ({error})") from None

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._connection.close()

    def add(self, task: NewTask) -> bool:
        """Keep a task; False when its function has one of that id already."""
        with self._transaction():
            return self._insert(task)

    def get(self, function: str, task_id: str) -> StoredTask | None:
        """Find a task that can be asked for."""
        with self._lock:
            rows = self._tasks("function = ? AND task_id = ? AND listed", (function, task_id))
            return self._with_events(rows[0]) if rows else None

    def find(self, listing: TaskQuery) -> tuple[list[StoredTask], int | None]:
        """Give one page of tasks, and the number to go on after (None: that was all)."""
        values = {
            "function": listing.function,
            "prefix": listing.prefix,
            "status": listing.status.value if listing.status else None,
            "accepted_from": listing.accepted_from,
            "accepted_until": listing.accepted_until,
            "after": listing.after,
            "seen_at": listing.seen_at,
            "limit": listing.limit + 1,
        }
        sql = FIND.format(compare="<" if listing.newest_first else ">", order="DESC" if listing.newest_first else "ASC")
        with self._lock:
            rows = [_task(row) for row in self._connection.execute(sql, values)]
            page = [self._with_events(task, listing.seen_at) for task in rows[: listing.limit]]
        return page, page[-1].number if len(rows) > listing.limit else None

    def due(self, now: Instant, limit: int) -> list[StoredTask]:
        """Give waiting tasks that are to start now or have grown too old, the longest due first."""
        where = f"status IN ({_words(WAITING)}) AND {SOON} <= ?"
        with self._lock:
            return self._tasks(where, (now,), f"ORDER BY due_at, number LIMIT {limit}")

    def next_due(self) -> Instant | None:
        """When the next waiting task needs attention."""
        with self._lock:
            sql = f"SELECT MIN({SOON}) FROM task WHERE status IN ({_words(WAITING)})"
            row = self._connection.execute(sql).fetchone()
            return None if row[0] is None else float(row[0])

    def unsettled(self, until: Instant | None) -> int:
        """Count the tasks under way and those waiting (for something that is due by ``until``, if given)."""
        sql = (
            f"SELECT COUNT(*) FROM task WHERE status IN ({_words(UNDER_WAY)})"
            f" OR (status IN ({_words(WAITING)}) AND (:until IS NULL OR {SOON} <= :until))"
        )
        with self._lock:
            return int(self._connection.execute(sql, {"until": until}).fetchone()[0])

    def dequeue(self, number: int, now: Instant) -> bool:
        """Take a waiting task out of the queue; False when it waits no more."""
        return self._move(number, WAITING, TaskState.DEQUEUED, now)

    def start(self, number: int, instance_id: str, now: Instant) -> bool:
        """Note that the handler starts; False when the task was stopped meanwhile."""
        changes = {"instance_id": instance_id}
        return self._move(number, (TaskState.DEQUEUED,), TaskState.RUNNING, now, counted="runs", **changes)

    def postpone(self, number: int, due_at: Instant, now: Instant) -> bool:
        """Put a waiting task off because its function is at its limit. Its state stays; this is no retry."""
        with self._transaction():
            sql = (
                f"UPDATE task SET due_at = ?, throttles = throttles + 1, throttled_since = COALESCE(throttled_since, ?)"
                f" WHERE number = ? AND status IN ({_words(WAITING)})"
            )
            return self._connection.execute(sql, (due_at, now, number)).rowcount == 1

    def retry(self, number: int, ending: Ending, due_at: Instant, now: Instant) -> bool:
        """Note a failed attempt that will be followed by another."""
        changes: dict[str, Any] = {
            "due_at": due_at,
            "error": ending.error,
            "result": ending.result,
            "duration": ending.duration,
        }
        return self._move(
            number, (TaskState.RUNNING,), TaskState.RETRYING, now, ending.error, counted="retries", **changes
        )

    def redeliver(self, number: int, now: Instant) -> bool:
        """Give a task back to the queue although its handler has run: its acknowledgement was lost."""
        detail = "delivered again"
        return self._move(number, (TaskState.RUNNING,), TaskState.ENQUEUED, now, detail, due_at=now)

    def end(self, number: int, ending: Ending, now: Instant) -> bool:
        """End a task for good and store what follows from it; False when it was stopped before."""
        with self._transaction():
            from_states = (*WAITING, TaskState.DEQUEUED, TaskState.RUNNING)
            ended = self._move(
                number,
                from_states,
                ending.status,
                now,
                ending.error,
                ended_at=now,
                error=ending.error,
                result=ending.result,
                duration=ending.duration,
                destination_status=ending.destination_status,
            )
            if ended and ending.follow_up is not None:
                self._insert(ending.follow_up)
            return ended

    def stop(self, function: str, task_id: str, now: Instant) -> StoredTask | None:
        """Stop a task that waits; mark a running one as Stopping. Gives it as it stands now."""
        with self._transaction():
            task = self.get(function, task_id)
            if task is None:
                return None
            if not self._move(task.number, (TaskState.RUNNING,), TaskState.STOPPING, now):
                self._move(task.number, (*WAITING, TaskState.DEQUEUED), TaskState.STOPPED, now, ended_at=now)
            return self.get(function, task_id)

    def stopped(self, number: int, now: Instant) -> bool:
        """Note that a task that was being stopped has ended; False when it was not being stopped."""
        return self._move(number, (TaskState.STOPPING,), TaskState.STOPPED, now, ended_at=now)

    def recover(self, now: Instant) -> int:
        """Give back to the queue what was under way when the last engine died; how many those are."""
        with self._transaction():
            for row in self._connection.execute(f"SELECT number FROM task WHERE status = '{TaskState.STOPPING}'"):
                self.stopped(row[0], now)
            rows = self._connection.execute(f"SELECT number FROM task WHERE status IN ({_words(UNDER_WAY)})").fetchall()
            for (number,) in rows:
                self._move(number, UNDER_WAY, TaskState.ENQUEUED, now, "the engine was restarted", due_at=now)
            return len(rows)

    def purge(self, now: Instant) -> None:
        """Forget the tasks that ended over seven days ago, and their ids."""
        with self._transaction():
            gone = "SELECT number FROM task WHERE ended_at < ?"
            self._connection.execute(f"DELETE FROM step WHERE number IN ({gone})", (now - RECORD_KEPT,))
            self._connection.execute("DELETE FROM task WHERE ended_at < ?", (now - RECORD_KEPT,))

    def mark(self, name: str) -> bool:
        """Write a mark; False when it stands there already."""
        with self._transaction():
            return self._connection.execute("INSERT OR IGNORE INTO mark VALUES (?)", (name,)).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            if self._connection.in_transaction:  # part of a larger one
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _insert(self, task: NewTask) -> bool:
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO task (function, task_id, request_id, event, listed, accepted_at, due_at, expires_at,"
            " status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(task.function, task.task_id, task.request_id, task.event, task.listed),
                *(task.accepted_at, task.due_at, task.expires_at, TaskState.ENQUEUED.value),
            ),
        )
        if cursor.rowcount != 1:
            return False
        self._step(int(cursor.lastrowid or 0), task.accepted_at, TaskState.ENQUEUED, "")
        return True

    def _move(
        self,
        number: int,
        sources: tuple[TaskState, ...],
        status: TaskState,
        now: Instant,
        detail: str = "",
        *,
        counted: str = "",
        **changes: float | str | None,
    ) -> bool:
        """Change the state if it is one of ``sources``; ``counted`` names a column that goes up by one."""
        assignments = ["status = ?", *(f"{column} = ?" for column in changes)]
        if counted:
            assignments.append(f"{counted} = {counted} + 1")
        sql = f"UPDATE task SET {', '.join(assignments)} WHERE number = ? AND status IN ({_words(sources)})"
        with self._transaction():
            moved = self._connection.execute(sql, (status.value, *changes.values(), number)).rowcount == 1
            if moved:
                self._step(number, now, status, detail)
            return moved

    def _step(self, number: int, now: Instant, status: TaskState, detail: str) -> None:
        sql = "INSERT INTO step (number, at, status, detail) VALUES (?, ?, ?, ?)"
        self._connection.execute(sql, (number, now, status.value, detail[:1000]))

    def _tasks(self, where: str, values: tuple[Any, ...], rest: str = "") -> list[StoredTask]:
        sql = f"SELECT {COLUMNS} FROM task WHERE {where} {rest}"
        return [_task(row) for row in self._connection.execute(sql, values)]

    def _with_events(self, task: StoredTask, seen_at: Instant | None = None) -> StoredTask:
        sql = "SELECT at, status, detail FROM step WHERE number = :number AND (:at IS NULL OR at <= :at) ORDER BY id"
        rows = self._connection.execute(sql, {"number": task.number, "at": seen_at})
        events = tuple(TaskEvent(at, TaskState(status), detail) for at, status, detail in rows)
        return replace(task, events=events)


def _words(states: tuple[TaskState, ...]) -> str:
    return ", ".join(f"'{status}'" for status in states)


def _task(row: tuple[Any, ...]) -> StoredTask:
    values = list(row)
    values[8] = TaskState(values[8])
    return StoredTask(*values)
