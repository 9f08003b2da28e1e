"""Which questions cover a group of items: ten ids in one by-id call where that is possible, else the paged list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared.errors import AskAgain
from shared.model import Answer, ListQuery, ObjectRow, Page, Sighting, Watch, WatchedItem
from shared.products.api import ProductApi
from shared.products.calling import Caller
from shared.products.reading import read_all
from shared.products.refusals import RefusedForGood, concerns_one_item, ends_look
from shared.products.sightings import CUT_FROM_ROWS, may_be_cut, objects_of, refused, rows_of_path, seen, unanswered

Group = tuple[WatchedItem, ...]


@dataclass
class Asking:
    """Asks about groups of one watch's items and gathers the sightings.

    `about` raises what `Caller.call` raises when a whole group has no sighting from it; what was learned before that
    is kept in `sightings`. `late`: the look began at or after the watch's deadline.
    """

    api: ProductApi
    watch: Watch
    caller: Caller
    late: bool
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
        """One by-id call; where its answer may be cut, the paged list as well for each id that `_doubtful` names."""
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
            if not certain and self._doubtful(page, sighting):
                sighting = self._confirmed(sighting)
            self.sightings[task_id] = sighting

    def _doubtful(self, page: Page, shown: Sighting) -> bool:
        """Whether what a perhaps cut answer shows of an id is worth the pages of its list.

        (a) The id looks settled or is not shown: that would be, or become, a verdict. (b) The answer holds other than
        TotalCount rows, or CUT_FROM_ROWS and more of this very id: rows are missing, or as many are shown as a cut
        would leave. (c) The look is late: what it shows is what the final report says.

        Ten running ids of three rows each come as 30 rows under a TotalCount of 30. No point holds, so a regular look
        at them costs one call. Of one id of 130 objects, cut at 20, TotalCount says 130 or 20: by (b) either costs the
        list's two pages of 100 more, and a failure among the 110 hidden objects is told while the others still run.
        Ten ids of three rows, cut at 20 with a TotalCount of 20, show six ids whole, two rows of the seventh and none
        of three: those three are asked by (a), the seventh once it looks settled or, by (c), at the deadline.
        """
        missing = len(page.rows) != page.total
        return shown.running == 0 or missing or objects_of(shown) >= CUT_FROM_ROWS or self.late

    def _confirmed(self, shown: Sighting) -> Sighting:
        """What the list says of an id; what was shown where the list knows less, or gives no answer."""
        try:
            listed = self._by_list(WatchedItem(shown.item))
        except AskAgain as error:
            if ends_look(error):
                raise
            return shown if shown.answer is Answer.SEEN else unanswered(shown.item, error)
        return replace(shown, whole=False) if objects_of(listed) < objects_of(shown) else listed

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
        rows = rows_of_path(reading.rows, item, self.watch) if by_path else reading.rows
        return seen(item.item, rows, whole=reading.whole)
