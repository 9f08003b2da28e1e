"""The by-id operation: many ids in one call, and what is asked again since the answer may be cut.

No document says how many rows a by-id answer can hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from refresh_watch.errors import Retryable
from refresh_watch.model import ObjectRow, Page, Refusal
from refresh_watch.observation import ItemObservation
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.products.polling.all_pages import key_of
from refresh_watch.products.polling.by_list import ReadPages
from refresh_watch.products.polling.cost import MOST_COUNT_CALLS, known_of, packs
from refresh_watch.products.polling.observations import (
    CUT_FROM_ROWS,
    all_final,
    may_be_cut,
    objects_of,
    or_before,
    refused,
    seen,
    unanswered,
)
from refresh_watch.products.polling.state import Group, ItemStep, LookState, LookStep
from refresh_watch.watch import WatchedItem


@dataclass(frozen=True)
class AskByIds(LookStep):
    """One by-id call. `before`: what an earlier answer of this look showed of each item, where that left a doubt."""

    items: Group
    before: Mapping[str, ItemObservation] = field(default_factory=dict)

    def ask(self, caller: ApiCaller) -> Page:
        """All ids at once."""
        return caller.by_ids([item.item for item in self.items])

    def answered(self, state: LookState, answer: Page) -> LookState:
        """Take what is certain, and ask as little as makes certain what `_is_doubtful` names.

        Ids of few rows are asked by id again, so few together that no answer is cut; the others by the list.
        """
        certain = not may_be_cut(answer, [item.item for item in self.items])
        rows = {item.item: tuple(row for row in answer.rows if row.task_id == item.item) for item in self.items}
        shown = {task_id: seen(task_id, own, whole=certain) for task_id, own in rows.items()}

        def weight(item: WatchedItem) -> int:
            return max(objects_of(shown[item.item]), known_of(item))

        def confirm(item: WatchedItem) -> Confirm:
            query = replace(state.query, task_id=item.item)
            return Confirm(item, query, shown[item.item], rows[item.item], before=shown[item.item])

        doubtful = [] if certain else [it for it in self.items if _is_doubtful(state, answer, it, shown[it.item])]
        sure = (item.item for item in self.items if item not in doubtful)
        few = [item for item in doubtful if weight(item) < CUT_FROM_ROWS]
        steps: list[LookStep] = []
        for group in packs(few, weight, state.means.ids_per_call, CUT_FROM_ROWS):
            # asked alone or in the same company again, the same answer would come
            if len(group) == len(self.items):
                steps += map(confirm, group)
            else:
                steps.append(AskByIds(group, {item.item: shown[item.item] for item in group}))
        steps += [confirm(item) for item in doubtful if item not in few]
        return state.with_shown(or_before(shown[item], self.before.get(item)) for item in sure).then(*steps)

    def refused(self, state: LookState, refusal: Refusal) -> LookState:
        """One bad id spoils the call: alone, each answers for itself."""
        if len(self.items) == 1:
            return state.with_shown([refused(self.items[0].item, refusal)])
        return state.then(*(AskByIds((item,), self.before) for item in self.items))

    def unanswered(self, state: LookState, error: Retryable) -> LookState | None:
        """What an earlier answer showed."""
        if not self.before or isinstance(error, OutOfTime):
            return None
        items = (item.item for item in self.items if item.item not in state.shown)
        return state.with_shown(or_before(unanswered(item, error), self.before[item]) for item in items)


def _is_doubtful(state: LookState, page: Page, item: WatchedItem, shown: ItemObservation) -> bool:
    """Whether what a perhaps cut answer shows of an id is worth another call.

    (a) The id looks settled or is not shown: that would be, or become, a verdict. (b) It shows fewer rows than are
    known. (c) It is seen for the first time, and rows are missing, or it has as many as a cut would leave: is it
    cut? (d) The look is late: what it shows is what the final report says.

    Ten running ids of three rows each come as 30 rows under a TotalCount of 30. No point holds, so a regular look
    at them costs one call. Of one id of 130 objects, cut at 20, TotalCount says 130 or 20: by (c) either costs one
    page of the list, whose TotalCount says 130; from then on the id is asked by the list. Ten ids of three rows,
    cut at 20 with a TotalCount of 20, show six ids whole, two rows of the seventh and none of three: those three
    are asked again by (a), the seventh once it looks settled or, by (d), at the deadline.
    """
    objects, known = objects_of(shown), known_of(item)
    if shown.running == 0 or objects < known or state.late:
        return True
    cut = len(page.rows) != page.total or objects >= CUT_FROM_ROWS
    return known == 0 and cut and objects > state.not_cut


@dataclass(frozen=True)
class Confirm(ItemStep):
    """The list's page 1 of an id, whose TotalCount says whether there are more rows than were shown by id."""

    shown: ItemObservation
    rows: tuple[ObjectRow, ...]

    def ask(self, caller: ApiCaller) -> Page:
        """One call."""
        return caller.list_page(replace(self.query, page_number=1))

    def answered(self, state: LookState, answer: Page) -> LookState:
        """Go on from there if there are."""
        objects = objects_of(self.shown)
        if answer.total > objects > 0:
            state = replace(state, means=replace(state.means, by_id_cut=True))
        elif answer.total == objects:
            state = replace(state, not_cut=max(state.not_cut, objects))
        running = self.shown.running > 0
        more_pages = answer.total > state.means.page_size
        if answer.total == objects and more_pages and len({key_of(row) for row in self.rows}) == objects:
            # by id every row was shown; a page that knows better keeps the id open
            return self.shows(state, seen(self.item.item, self.rows, whole=running or all_final(answer.rows)))
        if answer.total < objects:
            return self.shows(state, self.shown)
        calls = 0 if state.late else MOST_COUNT_CALLS - 2
        return state.then(ReadPages(self.item, self.query, answer, calls, running, before=self.before))
