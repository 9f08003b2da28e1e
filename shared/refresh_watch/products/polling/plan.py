"""Which steps come next in a look, and what came of one. Pure.

A listing where it pays, held against a few direct answers; then what it left is asked directly, in groups.

By-id: ten ids in one call (CDN, DCDN). List: one id a question, in pages. Window: one listing of the time in which the
tasks were created, which shows them all at once, and whatever else the account created then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.errors import Retryable
from refresh_watch.model import ObjectRow
from refresh_watch.observation import Answer, ItemObservation
from refresh_watch.products.calling import OutOfTime
from refresh_watch.products.polling.by_id import AskByIds
from refresh_watch.products.polling.by_list import ReadPages
from refresh_watch.products.polling.by_window import ListWindow
from refresh_watch.products.polling.cost import MOST_COUNT_CALLS, Choice, How, direct_calls, known_of
from refresh_watch.products.polling.hints import SKIP_ONCE, UNUSABLE
from refresh_watch.products.polling.observations import refused
from refresh_watch.products.polling.state import Group, LookState, LookStep, Stage
from refresh_watch.products.polling.window import Window, window_of
from refresh_watch.products.refusals import RefusedForGood, concerns_one_item, ends_look

PROBE_AFTER = 2
"""After so many groups without an answer in a row the next is taken from the other end of the turn: does the product
not answer, or only not about these?"""

GIVE_UP_AFTER = 3
"""After so many groups without an answer in a row the product is taken for unreachable until the next look."""

MOST_LISTINGS = 2
"""In one look: the second one only where the tasks turned out to be older than was thought."""

SAMPLE_CALLS = 4
"""Calls that find out whether ids that a listing did not show are not there yet, or outside of its time."""


def plan(state: LookState) -> LookState:
    """The state with its next steps; it has none when the look is over."""
    while not state.steps and (state.groups or state.stage is not Stage.OVER):
        state = _next_group(state) if state.groups else _NEXT[state.stage](state)
    return state


def _next_group(state: LookState) -> LookState:
    if state.failures < PROBE_AFTER:
        group, *groups = state.groups
    else:
        *groups, group = state.groups
    return replace(state, steps=(_question(state, group),), group=group, groups=tuple(groups))


def _question(state: LookState, group: Group) -> LookStep:
    item = group[0]
    if len(group) > 1 or state.means.together(known_of(item)):
        return AskByIds(group)
    if state.watch.request.task_ids:
        # a late look, which may say that an id is overdue, reads every page
        calls = 0 if state.late else MOST_COUNT_CALLS - 1
        return ReadPages(item, replace(state.query, task_id=item.item), count_calls=calls)
    bound = item.task_ids
    query = replace(state.query, object_path=item.item, task_id=bound[0] if len(bound) == 1 else "")
    return ReadPages(item, query)


def _choose(state: LookState) -> LookState:
    """A listing or not, by the calls that either is expected to cost."""
    left = state.left
    if not left:
        return state.over()
    known = [known_of(item) for item in left]
    created = state.hints.created
    window = window_of(state.watch, created, seen=any(known), unseen=not all(known), now=state.started_at)
    choice = choose(state, window)
    state = replace(state, choice=choice)
    if window is None or choice.how is not How.WINDOW:
        return _ask_all_left(state)
    query = replace(state.query, start_time=window.start, end_time=window.end)
    step = ListWindow(query, window, left, state.means, state.late)
    return replace(state, listings=state.listings + 1, steps=(step,), group=())


def choose(state: LookState, window: Window | None) -> Choice:
    """The way that is expected to cost the fewest calls. `window`: the time that can be listed."""
    known = tuple(map(known_of, state.left))
    if not state.watch.request.task_ids:
        return Choice(How.BY_PATH, f"{len(known)} paths, each has its own list", len(known))
    means = state.means
    direct = direct_calls(known, means)
    counted = sum(map(means.counted, known))
    way = How.COUNT if counted == len(known) else How.BY_ID if means.ids_per_call else How.LIST
    directly = f"{direct} calls" + (f", {counted} ids counted" if counted else "")
    window_rows = state.hints.window_rows(state.hints.created)
    cannot = _why_no_listing(state, window, window_rows)
    if window is None or cannot:
        return Choice(way, f"{cannot}; directly {directly}", direct)
    rows = max(window_rows, sum(max(1, objects) for objects in known))
    pages = math.ceil(rows / means.page_size)
    # a window that was cut to what has been seen does not show what was never seen
    besides = means.check_calls + (direct_calls([0] * known.count(0), means) if window.narrow else 0)
    listing = f"{len(known)} ids: about {rows} rows in {pages} pages and {besides} calls besides"
    if pages > state.list_calls_left:
        return Choice(way, f"{listing}, too many for the time; directly {directly}", direct)
    if pages + besides < direct:
        return Choice(How.WINDOW, f"{listing}; directly {directly}", pages + besides)
    return Choice(way, f"{listing}; directly only {directly}", direct)


def _why_no_listing(state: LookState, window: Window | None, window_rows: int) -> str:
    """Why no listing can be tried now; empty if one can."""
    if state.late and state.means.ids_per_call:
        # whatever is listed as running would have to be asked about by id all the same
        return "past the deadline no listing is enough"
    if window is None:
        return "there is no time to list"
    if window_rows == SKIP_ONCE:
        return "the last listing had no answer in time"
    return "a listing of that time cannot be used" if window_rows >= UNUSABLE else ""


def _check(state: LookState) -> LookState:
    """Ask about a sample of what is listed as running.

    Every other look twice: an answer can be one question old, and for an id the listing may have been none.
    """
    twice = state.stage is Stage.CHECK and state.watch.looks % 2
    return _ask(state, _running_sample(state), then=Stage.CHECK_AGAIN if twice else Stage.CHECKED)


def _running_sample(state: LookState) -> Group:
    return _sample(state, state.running, state.means.check_calls)


def _after_check(state: LookState) -> LookState:
    """If most of the sample has ended, all that is listed as running is to be asked directly.

    Then a sample of what was not listed: some of it may have been created outside of the time that was listed.
    """
    sample = {item.item for item in _running_sample(state)}
    ended = sum(state.shown[item].answer is Answer.SEEN and not state.shown[item].running for item in sample)
    if ended * 2 > len(sample):
        untrue = {item.item for item in state.running} - sample
        shown = {item: observed for item, observed in state.shown.items() if item not in untrue}
        state = replace(state, shown=shown, lags=True)
    if direct_calls([known_of(item) for item in state.absent], state.means) <= SAMPLE_CALLS:
        return _ask_all_left(state)
    return _ask(state, _sample(state, state.absent, SAMPLE_CALLS), then=Stage.SAMPLED)


def _after_sample(state: LookState) -> LookState:
    """Where none of the sample is of another time, the others are only not there yet: the listing answers for them."""
    answers = {item.item: state.shown[item.item].answer for item in _sample(state, state.absent, SAMPLE_CALLS)}
    seen = (task_id for task_id, answer in answers.items() if answer is Answer.SEEN)
    older = not all(map(state.hints.is_of_listed_time, seen))
    if not older and set(answers.values()) <= {Answer.SEEN, Answer.NOT_SEEN}:
        rest = (item.item for item in state.absent if item.item not in answers)
        state = state.with_shown(ItemObservation(item, Answer.NOT_SEEN) for item in rest)
    if older and not state.lags and state.listings < MOST_LISTINGS:
        return replace(state, stage=Stage.CHOOSE)
    return _ask_all_left(state)


def _ask_all_left(state: LookState) -> LookState:
    return _ask(state, state.left, then=Stage.OVER)


def _ask(state: LookState, items: Group, *, then: Stage) -> LookState:
    """Ask about these directly: together in a by-id call where they can be, in the order of their first items."""
    place = {item.item: index for index, item in enumerate(items)}
    groups = sorted(state.means.groups(items, known_of), key=lambda group: place[group[0].item])
    return replace(state, groups=tuple(groups), stage=then)


def _sample(state: LookState, items: Group, calls: int) -> Group:
    """As many as so many direct calls hold, evenly from the whole turn, in each look others."""
    size = min(len(items), calls * (state.means.ids_per_call or 1))
    step = len(items) / max(1, size)
    return tuple(items[(int(index * step) + state.watch.looks) % len(items)] for index in range(size))


_NEXT = {
    Stage.CHOOSE: _choose,
    Stage.CHECK: _check,
    Stage.CHECK_AGAIN: _check,
    Stage.CHECKED: _after_check,
    Stage.SAMPLED: _after_sample,
    Stage.ASK: _ask_all_left,
}


@dataclass(frozen=True)
class StepResult:
    """What came of a step: its answer, or why there is none; the rows of all its pages; the calls that are left."""

    answer: Any
    error: Retryable | RefusedForGood | None
    rows: tuple[ObjectRow, ...]
    list_calls_left: float


def fold(state: LookState, result: StepResult) -> LookState:
    """The state after its first step. An id or path that is refused itself is refused, and nothing else."""
    step = state.steps[0]
    hints = state.hints.with_rows(result.rows)
    state = replace(state, hints=hints, list_calls_left=result.list_calls_left, steps=state.steps[1:])
    state = _failed(state, step, result.error) if result.error else step.answered(state, result.answer)
    # once all steps about a group have an answer, no group in a row is without one
    return replace(state, failures=0) if state.failures and state.group and not state.steps else state


def _failed(state: LookState, step: LookStep, error: Retryable | RefusedForGood) -> LookState:
    if isinstance(error, RefusedForGood):
        if concerns_one_item(error.refusal):
            return step.refused(state, error.refusal)
        # the account, or any question, is refused for good: so is each item that has not settled in this look
        settled = {item for item, observed in state.shown.items() if observed.is_settled}
        open_items = (item.item for item in state.watch.open_items if item.item not in settled)
        return state.with_shown(refused(item, error.refusal) for item in open_items).over()
    ends = isinstance(error, Retryable) and ends_look(error)
    after = None if ends else step.unanswered(state, error)
    if after is not None:
        return after
    if isinstance(error, OutOfTime):
        return state.over()
    state = replace(state, failures=state.failures + 1)
    if ends or state.failures >= GIVE_UP_AFTER:
        return state.without_answer(state.items, error).over()
    return replace(state.without_answer(state.group, error), steps=(), group=())
