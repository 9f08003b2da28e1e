"""What the rows of a listing say of the items of a watch, and of which of them they say enough. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refresh_watch.model import ObjectRow
from refresh_watch.products.polling.plan import known_of
from refresh_watch.products.polling.reading import Key, key_of
from refresh_watch.products.polling.window import Window
from refresh_watch.watch import WatchedItem


class Shown:
    """Gathers the rows of each item, page by page. `late`: the look is."""

    def __init__(self, items: Sequence[WatchedItem], window: Window, *, late: bool) -> None:
        """`items`: those that are asked about."""
        self.items = tuple(items)
        self.rows: dict[str, list[ObjectRow]] = {item.item: [] for item in items}
        self._window = window
        self._late = late
        self._running: set[str] = set()
        self._pages: dict[Key, int] = {}
        self._page = 0

    def add(self, rows: Iterable[ObjectRow]) -> None:
        """The rows of one more page, other people's too. What stood on an earlier page has shifted: it counts once."""
        self._page += 1
        for row in rows:
            if row.task_id in self.rows and self._pages.setdefault(key_of(row), self._page) == self._page:
                self._gather(row)

    def take(self, rows: Iterable[ObjectRow]) -> None:
        """Every row of the window, in place of what was gathered: an object that was submitted twice counts twice."""
        self.rows = {item.item: [] for item in self.items}
        self._running.clear()
        for row in rows:
            self._gather(row)

    def still_to_ask(self, *, read_through: bool) -> list[int]:
        """The known objects of each item that would have to be asked about if no more page came."""
        return [known_of(item) for item in self.items if not self._runs(item, read_through=read_through)]

    def answer(self, item: WatchedItem, *, whole: bool, read_through: bool) -> tuple[Sequence[ObjectRow], bool] | None:
        """The rows of an item, and whether they are certain to be all; None when it needs a question of its own.

        `whole`: every row of the window was read, for certain; `read_through`: it was read to its end. All rows of an
        id are certain to be in the window when none is near an end of it and no fewer are shown than are known. What
        is not certain is enough while it runs; in a late look, which may say that it is overdue, not even the whole is.
        """
        rows = self.rows[item.item]
        if self._late and item.item in self._running:
            return None
        if whole and rows and len(rows) >= known_of(item) and all(map(self._window.holds_clearly, rows)):
            return rows, True
        return (rows, False) if self._runs(item, read_through=read_through) else None

    def _runs(self, item: WatchedItem, *, read_through: bool) -> bool:
        known = known_of(item)
        enough = len(self.rows[item.item]) >= known and (read_through or known > 0)
        return enough and not self._late and item.item in self._running

    def _gather(self, row: ObjectRow) -> None:
        if row.task_id in self.rows:
            self.rows[row.task_id].append(row)
            if not row.status.is_final:
                self._running.add(row.task_id)
