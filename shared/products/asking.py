"""Which questions cover a group of items: ten ids in one by-id call where that is possible, else the paged list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared.errors import AskAgain
from shared.model import Answer, ListQuery, ObjectRow, Sighting, Watch, WatchedItem
from shared.products.api import ProductApi
from shared.products.calling import Caller
from shared.products.reading import read_all
from shared.products.refusals import RefusedForGood, concerns_one_item, ends_look
from shared.products.sightings import may_be_cut, refused, rows_of_path, seen, unanswered

Group = tuple[WatchedItem, ...]


@dataclass
class Asking:
    """Asks about groups of one watch's items and gathers the sightings.

    `about` raises what `Caller.call` raises when a whole group has no sighting from it; what was learned before that
    is kept in `sightings`.
    """

    api: ProductApi
    watch: Watch
    caller: Caller
    sightings: dict[str, Sighting] = field(default_factory=dict)

    def groups(self, items: Sequence[WatchedItem]) -> list[Group]:
        """The items as they are asked about together, in their order."""
        size = self.api.ids_per_call if self._by_id else 1
        return [tuple(items[i : i + size]) for i in range(0, len(items), size)]

    def about(self, group: Group) -> None:
        """Ask about a group."""
        if self._by_id:
            self._ask_by_id([item.item for item in group])
        else:
            for item in group:
                self.sightings[item.item] = self._by_list(item)

    @property
    def _by_id(self) -> bool:
        # the by-id operations know no filter, so a watch that has one asks the list
        request = self.watch.request
        filters = request.domain_name or request.object_type or request.resource_group_id
        return bool(self.api.ids_per_call and request.task_ids and not filters)

    def _ask_by_id(self, ids: list[str]) -> None:
        try:
            page = self.caller.call(self.api.by_id_operation, lambda: self.api.by_ids(ids))
        except RefusedForGood as error:
            if not concerns_one_item(error.refusal):
                raise
            if len(ids) == 1:
                self.sightings[ids[0]] = refused(ids[0], error.refusal)
                return
            # one bad id spoils the call: alone, each answers for itself
            for task_id in ids:
                self._ask_by_id([task_id])
            return
        certain = not may_be_cut(page, ids)
        for task_id in ids:
            rows = [row for row in page.rows if row.task_id == task_id]
            sighting = seen(task_id, rows, whole=certain)
            if not certain and sighting.running == 0:
                sighting = self._confirmed(sighting)
            self.sightings[task_id] = sighting

    def _confirmed(self, shown: Sighting) -> Sighting:
        """What the list says of an id that a perhaps cut answer shows as settled or not at all."""
        try:
            listed = self._by_list(WatchedItem(shown.item))
        except AskAgain as error:
            if ends_look(error):
                raise
            return shown if shown.answer is Answer.SEEN else unanswered(shown.item, error)
        fewer = listed.complete + listed.failed + listed.running < shown.complete + shown.failed
        return replace(shown, whole=False) if fewer else listed

    def _by_list(self, item: WatchedItem) -> Sighting:
        request = self.watch.request
        by_path = not request.task_ids
        ids = item.task_ids if by_path else (item.item,)
        query = ListQuery(
            task_id=ids[0] if len(ids) == 1 else "",
            object_path=item.item if by_path else "",
            domain_name=request.domain_name,
            object_type=request.object_type,
            resource_group_id=request.resource_group_id,
            page_size=self.api.page_size,
        )

        def belongs(row: ObjectRow) -> bool:
            # only one document says that id and path combine as AND: under OR these rows are as much an answer
            return row.task_id in ids or (by_path and row.object_path == item.item)

        try:
            reading = read_all(
                lambda number: self.caller.call(
                    self.api.list_operation, lambda: self.api.list_page(replace(query, page_number=number))
                ),
                belongs,
            )
        except RefusedForGood as error:
            if not concerns_one_item(error.refusal):
                raise
            return refused(item.item, error.refusal)
        rows = rows_of_path(reading.rows, item, request) if by_path else reading.rows
        return seen(item.item, rows, whole=reading.whole)
