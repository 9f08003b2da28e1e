"""Asks about the items of one watch in one look: directly, in groups, or all at once by the time of their creation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from refresh_watch.errors import AskAgain, BadInput
from refresh_watch.instants import Instant
from refresh_watch.model import Page
from refresh_watch.observation import Answer, ItemObservation
from refresh_watch.products.calling import OutOfTime
from refresh_watch.products.polling.by_id import ById
from refresh_watch.products.polling.by_list import ByList
from refresh_watch.products.polling.observations import seen
from refresh_watch.products.polling.plan import Choice, Means, Situation, direct_calls, known_of, packs, plan
from refresh_watch.products.polling.questions import Questions
from refresh_watch.products.polling.window import Ended, Listing, Window, read_window, window_of
from refresh_watch.products.polling.window_rows import Shown
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watch import WatchedItem

Group = tuple[WatchedItem, ...]


@dataclass(frozen=True)
class Remaining:
    """What a listing left to ask.

    `running`: what it showed of these is enough while they run, if it is up to date. `absent`: of these `items` it
    showed no row, though it was read to its end, and no look ever has. `window`: the time that was listed. `error`: why
    it had no answer.
    """

    items: tuple[WatchedItem, ...]
    running: tuple[WatchedItem, ...] = ()
    absent: tuple[WatchedItem, ...] = ()
    window: Window | None = None
    error: AskAgain | None = None


@dataclass
class Asking:
    """Gathers one look's sightings. `started_at`: of the look, for all its listings the latest instant that counts."""

    questions: Questions
    started_at: Instant
    observations: dict[str, ItemObservation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set up the ways."""
        self._by_list = ByList(self.questions)
        known = {item.item: known_of(item) for item in self.questions.watch.items}
        self._by_id = ById(self.questions, self._by_list, known, self.observations)

    def choose(self, items: Sequence[WatchedItem]) -> Choice:
        """The way that covers these items in the fewest calls."""
        window = self._window(items)
        return plan(
            Situation(
                rows=tuple(known_of(item) for item in items),
                means=self._means,
                window_rows=self.questions.learning.window_rows,
                by_path=not self.questions.watch.request.task_ids,
                window=window is not None,
                unseen_outside=window is not None and window.narrow,
                fits=self.questions.caller.fits(self.questions.api.list_operation),
                late=self.questions.late,
            )
        )

    def direct_calls(self, items: Sequence[WatchedItem]) -> int:
        """What asking about these directly is expected to cost."""
        return direct_calls([known_of(item) for item in items], self._means)

    def groups(self, items: Sequence[WatchedItem]) -> list[Group]:
        """The items as they are asked about together, in their order."""
        means = self._means
        shared = [item for item in items if means.together(known_of(item))]
        indices = packs([known_of(item) for item in shared], means.ids_per_call, means.rows_below)
        made = [tuple(shared[index] for index in pack) for pack in indices]
        made += [(item,) for item in items if not means.together(known_of(item))]
        place = {item.item: index for index, item in enumerate(items)}
        return sorted(made, key=lambda group: place[group[0].item])

    def about(self, group: Group) -> None:
        """Ask about a group directly.

        Raises what `Caller.call` raises; what was learned before that is kept in `observations`.
        """
        if len(group) > 1 or self._means.together(known_of(group[0])):
            self._by_id.about([item.item for item in group])
            return
        by_path = not self.questions.watch.request.task_ids
        for item in group:
            self.observations[item.item] = (
                self._by_list.about_path(item) if by_path else self._by_list.about_id(item.item)
            )

    def by_window(self, items: Sequence[WatchedItem]) -> Remaining:
        """List the time of their creation, as far as it pays, and put what it shows for certain into `observations`.

        A listing that is refused refuses no item. Raises OutOfTime; what was learned before that is kept.
        """
        window = self._window(items)
        if window is None:
            return Remaining(tuple(items))
        shown = Shown(items, window, late=self.questions.late)
        learning = self.questions.learning
        try:
            listing = self._listed(window, shown)
        except (RefusedForGood, BadInput):
            learning.listing_unusable()
            return Remaining(tuple(items))
        except OutOfTime:
            learning.listing_lost()
            self._keep(shown)
            raise
        except AskAgain as error:
            learning.listing_lost()
            return replace(self._keep(shown), error=error)
        learning.listing(window, listing)
        if listing.whole:
            shown.take(listing.rows)
        remaining = self._keep(shown, whole=listing.whole, read_through=listing.read_through)
        if window.narrow or not listing.read_through or self.questions.late:
            return remaining
        absent = (item for item in remaining.items if not known_of(item) and not shown.rows[item.item])
        return replace(remaining, absent=tuple(absent), window=window)

    def sample(self, items: Sequence[WatchedItem], calls: int) -> list[WatchedItem]:
        """As many as so many direct calls hold, evenly from the whole turn, in each look others."""
        size = min(len(items), calls * (self._means.ids_per_call or 1))
        step = len(items) / max(1, size)
        first = self.questions.watch.looks
        return [items[(int(index * step) + first) % len(items)] for index in range(size)]

    @property
    def check_calls(self) -> int:
        """What holding a listing against a few direct answers costs."""
        return self._means.check_calls

    def not_seen(self, items: Sequence[WatchedItem]) -> None:
        """The API answered, and had no row of these."""
        for item in items:
            self.observations[item.item] = ItemObservation(item.item, Answer.NOT_SEEN)

    def _listed(self, window: Window, shown: Shown) -> Listing:
        questions = self.questions
        query = replace(questions.filtered, start_time=window.start, end_time=window.end)

        def ask(number: int) -> Page:
            page = questions.list_page(replace(query, page_number=number))
            shown.add(page.rows)
            return page

        def stops(pages: int, read_through: bool) -> Ended | None:
            if pages > questions.caller.fits(questions.api.list_operation):
                return Ended.TOO_SLOW
            pays = pages <= direct_calls(shown.still_to_ask(read_through=read_through), self._means)
            return None if pays else Ended.NOT_WORTH_IT

        return read_window(window, questions.api.page_size, ask, stops)

    def _keep(self, shown: Shown, *, whole: bool = False, read_through: bool = False) -> Remaining:
        """Put what needs no second question into the sightings."""
        left, running = [], []
        for item in shown.items:
            answer = shown.answer(item, whole=whole, read_through=read_through)
            if answer is None:
                left.append(item)
                continue
            rows, certain = answer
            self.observations[item.item] = observed = seen(item.item, rows, whole=certain)
            if observed.running:
                running.append(item)
        return Remaining(tuple(left), tuple(running))

    def _window(self, items: Sequence[WatchedItem]) -> Window | None:
        watch = self.questions.watch
        if not watch.request.task_ids:
            return None
        known = [known_of(item) > 0 for item in items]
        return window_of(
            watch, self.questions.learning.created, seen=any(known), unseen=not all(known), now=self.started_at
        )

    @property
    def _means(self) -> Means:
        questions = self.questions
        ids_per_call = questions.api.ids_per_call if questions.by_id else 0
        return Means(questions.api.page_size, ids_per_call, questions.learning.by_id_cut)
