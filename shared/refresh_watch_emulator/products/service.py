"""The form of one service: its operations, what their parameters may hold, and how often an account may call them.

Written from the documents and not from `refresh_watch/product_specs`: a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ListTasks:
    """An operation that lists tasks. `older`: the one that was renamed; the switches say what has become of it."""

    object_types: tuple[str, ...]  # of the filter ObjectType, in small letters
    older: bool = False


@dataclass(frozen=True)
class TasksById:
    """An operation that shows the tasks of the given ids."""


@dataclass(frozen=True)
class SubmitTasks:
    """An operation that starts tasks. `answer_key` holds the comma-joined ids in its answer.

    `object_types` are those of a refresh; a prefetch has none.
    """

    answer_key: str
    object_types: tuple[str, ...] = ()
    most_urls: int = 1000
    most_directories: int = 100
    most_domains: int | None = None

    @property
    def is_prefetch(self) -> bool:
        """It fills caches instead of emptying them."""
        return not self.object_types


AnyOperation = ListTasks | TasksById | SubmitTasks


@dataclass(frozen=True)
class Service:
    """One service. Calls a second and account are by kind of operation: list, by_id, submit."""

    name: str
    version: str
    host: str
    operations: Mapping[str, AnyOperation]
    calls_per_second: Mapping[str, float]
    rows_in: str = "Task"  # the key of a list answer that holds the rows
    most_per_page: int = 50
    longest_path: int | None = None  # of the list's ObjectPath
    malformed_id: str = "Specified TaskId is malformed."
    older_name: str = ""  # how watches call it that use the older list operation

    @property
    def names(self) -> tuple[str, ...]:
        """Every word by which `World` finds its tasks."""
        return (self.name, self.older_name) if self.older_name else (self.name,)
