"""Asking by id, ten ids a call, and confirming what may be cut: no document says how many rows an answer can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from refresh_watch.errors import AskAgain
from refresh_watch.model import ObjectRow, Page
from refresh_watch.observation import Answer, ItemObservation
from refresh_watch.products.polling.by_list import ByList
from refresh_watch.products.polling.observations import CUT_FROM_ROWS, may_be_cut, objects_of, refused, seen, unanswered
from refresh_watch.products.polling.plan import packs
from refresh_watch.products.polling.questions import Questions
from refresh_watch.products.polling.reading import key_of
from refresh_watch.products.refusals import RefusedForGood, concerns_one_item, ends_look


@dataclass
class ById:
    """Asks by id and puts what it learns into `observations`, which may be some of the ids when `about` raises.

    `known`: how many objects of each id have been seen before.
    """

    questions: Questions
    by_list: ByList
    known: Mapping[str, int]
    observations: dict[str, ItemObservation]
    _not_cut: int = 0  # so many rows of one id were shown, and the list has no more
    _floor: dict[str, ItemObservation] = field(default_factory=dict)  # what a first answer of this look showed

    def about(self, ids: Sequence[str]) -> None:
        """One by-id call, and for the ids that `_doubtful` names as little more as makes them certain.

        Ids of few rows are asked by id again, so few together that no answer is cut; the others by the list. Raises
        what `Caller.call` raises.
        """
        try:
            page = self.questions.by_ids(ids)
        except RefusedForGood as error:
            if not concerns_one_item(error.refusal):
                raise
            if len(ids) == 1:
                self.observations[ids[0]] = refused(ids[0], error.refusal)
                return
            # one bad id spoils the call: alone, each answers for itself
            for task_id in ids:
                self.about([task_id])
            return
        certain = not may_be_cut(page, ids)
        rows = {task_id: [row for row in page.rows if row.task_id == task_id] for task_id in ids}
        shown = {task_id: seen(task_id, rows[task_id], whole=certain) for task_id in ids}
        doubtful = [] if certain else [task_id for task_id in ids if self._doubtful(page, shown[task_id])]
        for task_id in ids:
            if task_id not in doubtful:
                self._put(shown[task_id])
        few = [task_id for task_id in doubtful if max(objects_of(shown[task_id]), self.known[task_id]) < CUT_FROM_ROWS]
        for pack in self._packs(few, shown):
            # asked alone or in the same company again, the same answer would come
            if len(pack) == len(ids):
                for task_id in pack:
                    self._confirm(shown[task_id], rows[task_id])
            else:
                self._ask_again(pack, shown)
        for task_id in doubtful:
            if task_id not in few:
                self._confirm(shown[task_id], rows[task_id])

    def _doubtful(self, page: Page, shown: ItemObservation) -> bool:
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
        objects, known = objects_of(shown), self.known[shown.item]
        if shown.running == 0 or objects < known or self.questions.late:
            return True
        cut = len(page.rows) != page.total or objects >= CUT_FROM_ROWS
        return known == 0 and cut and objects > self._not_cut

    def _packs(self, ids: Sequence[str], shown: Mapping[str, ItemObservation]) -> list[list[str]]:
        weights = [max(objects_of(shown[task_id]), self.known[task_id]) for task_id in ids]
        made = packs(weights, self.questions.api.ids_per_call, CUT_FROM_ROWS)
        return [[ids[index] for index in pack] for pack in made]

    def _ask_again(self, ids: Sequence[str], shown: Mapping[str, ItemObservation]) -> None:
        self._floor.update({task_id: shown[task_id] for task_id in ids})
        try:
            self.about(ids)
        except AskAgain as error:
            if ends_look(error):
                raise
            for task_id in ids:
                if task_id not in self.observations:
                    self._put(unanswered(task_id, error))

    def _confirm(self, shown: ItemObservation, rows: Sequence[ObjectRow]) -> None:
        """Ask the list's page 1, whose TotalCount says whether there are more rows; if so, go on from there."""
        self._floor[shown.item] = shown
        try:
            self._put(self._confirmed(shown, rows))
        except AskAgain as error:
            if ends_look(error):
                raise
            self._put(unanswered(shown.item, error))
        except RefusedForGood as error:
            if not concerns_one_item(error.refusal):
                raise
            self._put(refused(shown.item, error.refusal))

    def _confirmed(self, shown: ItemObservation, rows: Sequence[ObjectRow]) -> ItemObservation:
        first = self.by_list.page_one(shown.item)
        objects = objects_of(shown)
        if first.total > objects > 0:
            self.questions.learning.by_id_cut = True
        elif first.total == objects:
            self._not_cut = max(self._not_cut, objects)
        running_listed = any(not row.status.is_final for row in first.rows)
        more_pages = first.total > self.questions.api.page_size
        if first.total == objects and more_pages and len({key_of(row) for row in rows}) == objects:
            # by id every row was shown; a page that knows better keeps the id open
            return seen(shown.item, rows, whole=shown.running > 0 or not running_listed)
        if first.total < objects:
            return shown
        return self.by_list.from_page_one(shown.item, first, running_shown=shown.running > 0, spent=2)

    def _put(self, observed: ItemObservation) -> None:
        """Keep a sighting, unless an earlier answer of this look showed more: then that one, and never as the whole."""
        before = self._floor.get(observed.item)
        if before is not None and before.answer is Answer.SEEN and objects_of(observed) < objects_of(before):
            observed = replace(before, whole=False)
        self.observations[observed.item] = observed
