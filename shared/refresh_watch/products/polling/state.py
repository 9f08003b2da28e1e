"""The state of a look, a frozen value: what it knows, what is still open, which steps come next; and what a step is."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from refresh_watch.errors import Retryable
from refresh_watch.instants import Instant
from refresh_watch.model import ListQuery, Refusal
from refresh_watch.observation import ItemObservation
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.products.polling.cost import Choice, Means
from refresh_watch.products.polling.hints import LookHints
from refresh_watch.products.polling.observations import or_before, refused, unanswered
from refresh_watch.watch import Watch, WatchedItem
from refresh_watch.watching.advance import APPEARS_WITHIN
from refresh_watch.watching.schedule import deadline_of

Group = tuple[WatchedItem, ...]
"""Items that one question is about."""


class Stage(enum.Enum):
    """What comes once every step has been carried out."""

    CHOOSE = enum.auto()  # a listing, or asking directly
    CHECK = enum.auto()  # ask about a sample of what is listed as running: is the listing up to date?
    CHECK_AGAIN = enum.auto()
    CHECKED = enum.auto()  # ask about a sample of what is not listed: is it not there yet, or of another time?
    SAMPLED = enum.auto()
    ASK = enum.auto()  # ask directly about all that is left
    OVER = enum.auto()


@dataclass(frozen=True)
class LookState:
    """One look so far. `items`: those that can be asked about, in turn. `shown`: what is known of each item.

    `steps` are all about `group`, and come before the other `groups`. `failures`: groups without an answer, in a row.
    `running`: what a listing shows of these is enough while they run, unless it `lags`: most of a sample had ended.
    `absent`: a listing showed no row of these, though it was read to its end, and no look ever has. `not_cut`: so many
    rows of one id were shown by id, and the list had no more.
    """

    watch: Watch
    items: Group
    means: Means
    started_at: Instant
    hints: LookHints
    list_calls_left: float  # that the quota allows in the look's time
    shown: Mapping[str, ItemObservation] = field(default_factory=dict)
    stage: Stage = Stage.CHOOSE
    choice: Choice | None = None
    listings: int = 0
    running: Group = ()
    lags: bool = False
    absent: Group = ()
    steps: tuple[LookStep, ...] = ()
    group: Group = ()
    groups: tuple[Group, ...] = ()
    failures: int = 0
    not_cut: int = 0

    @property
    def left(self) -> Group:
        """The items of which nothing is known yet."""
        return tuple(item for item in self.items if item.item not in self.shown)

    @property
    def late(self) -> bool:
        """The look began at or after the watch's deadline."""
        return self.started_at >= deadline_of(self.watch)

    @property
    def early(self) -> bool:
        """The look began so soon after the submission that what was submitted may not be shown yet."""
        return self.started_at < self.watch.started_at + APPEARS_WITHIN

    @property
    def query(self) -> ListQuery:
        """A list query with the watch's filters and the longest pages."""
        request = self.watch.request
        return ListQuery(
            domain_name=request.domain_name,
            object_type=request.object_type,
            resource_group_id=request.resource_group_id,
            page_size=self.means.page_size,
        )

    def with_shown(self, observed: Iterable[ItemObservation]) -> LookState:
        """What is newly known of these items, in place of what was."""
        return replace(self, shown={**self.shown, **{one.item: one for one in observed}})

    def without_answer(self, items: Group, error: Retryable) -> LookState:
        """Those of these items of which nothing is known had no answer."""
        return self.with_shown(unanswered(item.item, error) for item in items if item.item not in self.shown)

    def then(self, *steps: LookStep) -> LookState:
        """These steps come first."""
        return replace(self, steps=(*steps, *self.steps))

    def over(self) -> LookState:
        """Nothing more is asked."""
        return replace(self, stage=Stage.OVER, steps=(), groups=())


class LookStep(ABC):
    """A question to the product: the calls that ask it, and what its answer adds to the state. Frozen."""

    @abstractmethod
    def ask(self, caller: ApiCaller) -> Any:
        """Make its calls. Raises what they raise."""

    @abstractmethod
    def answered(self, state: LookState, answer: Any) -> LookState:
        """The state after what `ask` returned. Pure, as all else."""

    def refused(self, state: LookState, _refusal: Refusal) -> LookState:
        """The state after a refusal of the item itself."""
        return state

    def unanswered(self, _state: LookState, _error: Retryable) -> LookState | None:
        """The state where an earlier answer is enough; None: the group has no answer."""
        return None


@dataclass(frozen=True)
class ItemStep(LookStep):
    """A question to the list about one item.

    `before`: what an earlier answer of this look showed, where that answer left a doubt.
    """

    item: WatchedItem
    query: ListQuery
    before: ItemObservation | None = field(default=None, kw_only=True)

    def shows(self, state: LookState, observed: ItemObservation) -> LookState:
        """The state after an observation, unless an earlier answer showed more: then that, and never as the whole."""
        return state.with_shown([or_before(observed, self.before)])

    def refused(self, state: LookState, refusal: Refusal) -> LookState:
        """The item is refused."""
        return self.shows(state, refused(self.item.item, refusal))

    def unanswered(self, state: LookState, error: Retryable) -> LookState | None:
        """What an earlier answer showed."""
        if self.before is None or isinstance(error, OutOfTime):
            return None
        return self.shows(state, unanswered(self.item.item, error))
