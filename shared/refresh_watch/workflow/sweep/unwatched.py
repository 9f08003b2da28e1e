"""Which failed rows no watch follows, and the watches that report them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refresh_watch.model import Kind, ObjectRow, Product, WatchRequest
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.polling.all_pages import Key, key_of
from refresh_watch.products.polling.observations import CLOCK_SLACK
from refresh_watch.watch import Watch
from refresh_watch.watching.request import MAX_IDS
from refresh_watch.watching.schedule import deadline_of

LABEL = "sweep"

MOST_REPORTED = 2000
"""Tasks of a product that one sweep reports: their ids go into one payload. The others are left to the next sweep."""


class Unwatched:
    """The rows of one product that failed, less those that a watch was found for."""

    def __init__(self, product: Product, failed: Iterable[ObjectRow]) -> None:
        """`failed` are rows with a CreationTime."""
        self.product = product
        self._rows = {key_of(row): row for row in failed}
        self._by_id: dict[str, list[Key]] = {}
        self._by_path: dict[str, list[Key]] = {}
        for key, row in self._rows.items():
            self._by_id.setdefault(row.task_id, []).append(key)
            self._by_path.setdefault(row.object_path, []).append(key)

    @property
    def rows(self) -> tuple[ObjectRow, ...]:
        """What is left."""
        return tuple(self._rows.values())

    @property
    def task_ids(self) -> tuple[str, ...]:
        """Of what is left: a task of which one failed row is watched and another is not belongs to it."""
        return tuple(dict.fromkeys(row.task_id for row in self._rows.values()))

    def named_by(self, watch: Watch) -> list[ObjectRow]:
        """The rows that a watch follows, as far as its request says; a path may be bound to another task since."""
        request = watch.request
        if spec_of(request.product).service is not self.product:
            return []
        if request.task_ids:
            return list(self._of(self._by_id, request.task_ids))
        first, last = watch.started_at - CLOCK_SLACK, deadline_of(watch)
        return [
            row
            for row in self._of(self._by_path, request.object_paths)
            if first <= (row.created_at or 0.0) <= last
            and (Kind.UNKNOWN in (request.kind, row.kind) or request.kind is row.kind)
        ]

    def take_out(self, rows: Iterable[ObjectRow]) -> None:
        """A watch follows these."""
        for row in rows:
            self._rows.pop(key_of(row), None)

    def requests(self) -> list[WatchRequest]:
        """What to watch, so that it is reported: one request a kind, for at most MAX_ITEMS tasks each.

        The same rows are the same requests, whichever sweep found them.
        """
        made: list[WatchRequest] = []
        left = MOST_REPORTED
        for kind in (Kind.REFRESH, Kind.PREFETCH, Kind.UNKNOWN):
            created: dict[str, float] = {}
            for row in self._rows.values():
                if row.kind is kind:
                    at = row.created_at or 0.0
                    created[row.task_id] = min(at, created.get(row.task_id, at))
            ids = sorted(created, key=lambda task_id: (created[task_id], task_id))[:left]
            left -= len(ids)
            for first in range(0, len(ids), MAX_IDS):
                some = tuple(ids[first : first + MAX_IDS])
                made.append(WatchRequest(self.product, some, kind=kind, submitted_at=created[some[0]], label=LABEL))
        return made

    def _of(self, index: dict[str, list[Key]], names: Iterable[str]) -> Iterator[ObjectRow]:
        for name in names:
            for key in index.get(name, ()):
                if key in self._rows:
                    yield self._rows[key]


def bound_to(watch: Watch, rows: Iterable[ObjectRow]) -> list[ObjectRow]:
    """Of rows that a watch by path names, those of the tasks that it was bound to, as its newest state has it.

    A path that is bound to none yet may still be bound to any of them.
    """
    bound = {item.item: item.task_ids for item in watch.items}
    return [row for row in rows if not bound.get(row.object_path) or row.task_id in bound[row.object_path]]
