"""One round of questions: a listing where it pays, then what it left in groups, and when to leave the product alone."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refresh_watch.errors import AskAgain
from refresh_watch.observation import Answer
from refresh_watch.products.calling import OutOfTime
from refresh_watch.products.polling.asking import Asking, Group, Remaining
from refresh_watch.products.polling.observations import unanswered
from refresh_watch.products.polling.plan import How
from refresh_watch.products.refusals import ends_look
from refresh_watch.watch import WatchedItem

PROBE_AFTER = 2
"""After so many groups without an answer in a row the next is taken from the other end of the turn: does the product
not answer, or only not about these?"""

GIVE_UP_AFTER = 3
"""After so many in a row the product is taken for unreachable until the next look."""

MOST_LISTINGS = 2
"""In one look: the second one only where the tasks turned out to be older than was thought."""

SAMPLE_CALLS = 4
"""Calls that find out whether ids that a listing did not show are not there yet, or outside of its time."""

logger = logging.getLogger("refresh_watch.products")


@dataclass
class Round:
    """Covers the items of one look. A listing that had no answer counts as one group without an answer."""

    asking: Asking
    _failed: int = 0  # groups without an answer, in a row

    def cover(self, items: Sequence[WatchedItem]) -> None:
        """Ask about the items; raises RefusedForGood and BadInput when whoever asks is refused."""
        left = list(items)
        for _ in range(MOST_LISTINGS):
            if not left or not self._by_window(left):
                break
            try:
                remaining = self.asking.by_window(left)
            except OutOfTime:
                return
            left = list(remaining.items)
            if remaining.error is not None:
                self._failed = 1
                if ends_look(remaining.error):
                    self._give_up([tuple(left)], remaining.error)
                    return
                break
            lags = self._lags(remaining.running, behind=left)
            older = lags is not None and self._older(remaining, behind=left)
            if lags is None or older is None:
                return
            left = [item for item in items if item.item not in self.asking.observations]
            if lags or not older:
                break
        self._ask(left)

    def _lags(self, running: Sequence[WatchedItem], behind: Sequence[WatchedItem]) -> bool | None:
        """Whether most of a sample of what is listed as running has ended: then they all are to be asked directly.

        None when the round is over.
        """
        sample = self.asking.sample(running, self.asking.check_calls)
        # every other time twice: an answer can be one question old, and for an id the listing may have been none
        for _ in range(1 + self.asking.questions.watch.looks % 2):
            if not self._ask(sample, behind):
                return None
        direct = [self.asking.observations[item.item] for item in sample]
        ended = sum(observed.answer is Answer.SEEN and observed.running == 0 for observed in direct)
        if ended * 2 <= len(sample):
            return False
        fields = {"ended": ended, "of": len(sample), "listed_as_running": len(running)}
        logger.info("the listing lags", extra={"fields": fields})
        checked = {item.item for item in sample}
        for item in running:
            if item.item not in checked:
                del self.asking.observations[item.item]
        return True

    def _older(self, remaining: Remaining, behind: Sequence[WatchedItem]) -> bool | None:
        """Whether some of those that nobody has seen were created outside of the time that was listed.

        A sample tells. If none of it was, the others are only not there yet, and the listing has answered for them.
        None when the round is over.
        """
        asking, absent, window = self.asking, remaining.absent, remaining.window
        if window is None or asking.direct_calls(absent) <= SAMPLE_CALLS:
            return False
        sample = asking.sample(absent, SAMPLE_CALLS)
        if not self._ask(sample, behind):
            return None
        answers = {item.item: asking.observations[item.item].answer for item in sample}
        shown = [task_id for task_id, answer in answers.items() if answer is Answer.SEEN]
        older = not all(asking.questions.learning.created_in(window, task_id) for task_id in shown)
        if not older and set(answers.values()) <= {Answer.SEEN, Answer.NOT_SEEN}:
            asking.not_seen([item for item in absent if item.item not in answers])
        return older

    def _by_window(self, items: Sequence[WatchedItem]) -> bool:
        choice = self.asking.choose(items)
        watch = self.asking.questions.watch
        fields = {"watch_id": watch.id, "how": choice.how.value, "why": choice.why, "expected": choice.expected}
        logger.info("plan", extra={"fields": fields})
        return choice.how is How.WINDOW

    def _ask(self, items: Sequence[WatchedItem], behind: Iterable[WatchedItem] = ()) -> bool:
        """Ask about these directly, group by group. False when the round is over, for those `behind` too."""
        turn = deque(self.asking.groups(items))
        while turn:
            group = turn.popleft() if self._failed < PROBE_AFTER else turn.pop()
            try:
                self.asking.about(group)
            except OutOfTime:
                return False
            except AskAgain as error:
                self._failed += 1
                if ends_look(error) or self._failed >= GIVE_UP_AFTER:
                    self._give_up([group, *turn, tuple(behind)], error)
                    return False
                self._give_up([group], error)
            else:
                self._failed = 0
        return True

    def _give_up(self, groups: Iterable[Group], error: AskAgain) -> None:
        for item in (item for group in groups for item in group):
            self.asking.observations.setdefault(item.item, unanswered(item.item, error))
