"""A listing of the time in which many items' tasks were created, page by page, as long as that pays."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace

from refresh_watch.errors import BadInput, Retryable
from refresh_watch.model import ListQuery, ObjectRow, Page
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.products.polling.all_pages import Key, key_of, read_all_pages
from refresh_watch.products.polling.cost import Means, direct_calls, known_of
from refresh_watch.products.polling.state import Group, LookState, LookStep, Stage
from refresh_watch.products.polling.window import Ended, Window, WindowListing, is_enough
from refresh_watch.products.refusals import RefusedForGood, ends_look


@dataclass(frozen=True)
class ListWindow(LookStep):
    """A listing of a window of time. `late`: the look is."""

    query: ListQuery
    window: Window
    items: Group
    means: Means
    late: bool

    def ask(self, caller: ApiCaller) -> WindowListing:
        """Ask for page 1, 2, … as long as there is time for the rest, and it costs less than asking directly.

        Whole by the rules of `read_all_pages`: as many rows as TotalCount, the same on every page, and each of that
        time. A row of another time ends it at once: an API that ignores the question may have left out what was asked.
        A listing that is refused refuses no item.
        """
        window, reading = self.window, _Reading(self, caller)
        try:
            read = read_all_pages(reading.page, window.holds)
        except (RefusedForGood, BadInput):
            return WindowListing(window, Ended.UNUSABLE)
        except _Stop as stop:
            return WindowListing(window, stop.ended, reading.total, by_id=reading.by_id)
        except Retryable as error:
            return WindowListing(window, Ended.NO_ANSWER, by_id=reading.by_id, error=error)
        if not read.whole:
            return WindowListing(window, Ended.UNSTEADY, reading.total, by_id=reading.by_id)
        by_id = defaultdict(list)  # an object that was submitted twice counts twice
        for row in read.rows:
            by_id[row.task_id].append(row)
        return WindowListing(window, Ended.WHOLE, reading.total, read.rows, by_id)

    def answered(self, state: LookState, answer: WindowListing) -> LookState:
        """Take what it shows for certain. One that had no answer counts as a group without one."""
        shows = {item.item: answer.shows(item, late=self.late) for item in self.items}
        state = replace(state, hints=replace(state.hints, listing=answer), stage=Stage.CHECK)
        state = state.with_shown(observed for observed in shows.values() if observed is not None)
        if isinstance(answer.error, OutOfTime):
            return state.over()
        if answer.error is not None:
            state = replace(state, failures=1, stage=Stage.ASK)
            return state.without_answer(state.items, answer.error).over() if ends_look(answer.error) else state
        running = tuple(item for item in self.items if (observed := shows[item.item]) and observed.running)
        absent: Group = ()
        if answer.read_through and not self.window.narrow and not self.late:
            absent = tuple(item for item in state.left if not known_of(item) and not answer.by_id.get(item.item))
        return replace(state, running=running, absent=absent)


class _Stop(Exception):
    def __init__(self, ended: Ended) -> None:
        self.ended = ended


@dataclass
class _Reading:
    step: ListWindow
    caller: ApiCaller
    total: int = 0
    by_id: dict[str, list[ObjectRow]] = field(default_factory=lambda: defaultdict(list))
    _read: list[int] = field(default_factory=list)  # rows, in each pass
    _page_of: dict[Key, tuple[int, int]] = field(default_factory=dict)

    def page(self, number: int) -> Page:
        if self._read:
            self._stop_unless_it_pays(number)
        if number == 1:
            self._read.append(0)
        page = self.caller.list_page(replace(self.step.query, page_number=number))
        self.total = page.total
        self._read[-1] += len(page.rows)
        this = (len(self._read), number)
        for row in page.rows:  # what stood on an earlier page has shifted: it counts once
            if self._page_of.setdefault(key_of(row), this) == this:
                self.by_id[row.task_id].append(row)
        if not all(map(self.step.window.holds, page.rows)):
            raise _Stop(Ended.UNUSABLE)
        return page

    def _stop_unless_it_pays(self, number: int) -> None:
        again = len(self._read) > 1 or number == 1  # all pages have been read, and did not hold still
        rows = self.total if number == 1 else max(0, self.total - self._read[-1])
        pages = math.ceil(rows / self.step.means.page_size)
        to_ask = (it for it in self.step.items if not is_enough(it, self.by_id[it.item], read_through=again))
        left_to_ask = self.step.items if self.step.late else tuple(to_ask)
        if pages > self.caller.list_calls_left():
            raise _Stop(Ended.UNSTEADY if again else Ended.TOO_SLOW)
        if pages > direct_calls([known_of(item) for item in left_to_ask], self.step.means):
            raise _Stop(Ended.UNSTEADY if again else Ended.NOT_WORTH_IT)
