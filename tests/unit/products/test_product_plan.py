"""A state of a look to its next step, and what came of the step to the next state."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch.errors import Retryable
from refresh_watch.model import ObjectRow, Page, Product, Reason, Refusal, Status, WatchRequest
from refresh_watch.observation import Answer, Hints
from refresh_watch.products.calling import OutOfTime
from refresh_watch.products.polling.all_pages import RowsRead
from refresh_watch.products.polling.by_id import AskByIds, Confirm
from refresh_watch.products.polling.by_list import CountByStatus, ReadPages
from refresh_watch.products.polling.by_window import ListWindow
from refresh_watch.products.polling.cost import Means
from refresh_watch.products.polling.hints import UNUSABLE, LookHints
from refresh_watch.products.polling.plan import GIVE_UP_AFTER, PROBE_AFTER, StepResult, fold, plan
from refresh_watch.products.polling.state import LookState, LookStep
from refresh_watch.products.refusals import RefusedForGood
from refresh_watch.watch import Watch, WatchedItem

T0 = 1_795_000_000.0
CDN, VOD = Means(100, 10), Means(50, 0)
BUSY = Retryable("busy", code="ServiceBusy")


def begun(many: int, means: Means, *, by_path: bool = False, lists: bool = False) -> LookState:
    """A look that has asked nothing yet. `lists`: a listing may be tried."""
    names = tuple(map(str, range(1, many + 1)))
    request = WatchRequest(Product.CDN, () if by_path else names, names if by_path else ())
    items = tuple(map(WatchedItem, names))
    hints = LookHints(Hints(window_rows=0 if lists else UNUSABLE), frozenset(names))
    return LookState(Watch("w", request, T0, items), items, means, T0 + 61, hints, 1000.0)


def after(state: LookState, answer: Any = None, *, error: Any = None) -> LookState:
    """The planned state after its first step has come to this."""
    rows = answer.rows if isinstance(answer, Page) else ()
    return plan(fold(plan(state), StepResult(answer, error, rows, 1000.0)))


def rows(task_id: str, many: int = 1, status: Status = Status.COMPLETE) -> tuple[ObjectRow, ...]:
    return tuple(ObjectRow(task_id, f"/{n}", "file", status, status.value, created_at=T0) for n in range(many))


def read(state: LookState, *own: ObjectRow) -> LookState:
    """The planned state after the id whose turn it is was read by the list."""
    return after(state, RowsRead(own, whole=True))


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (begun(20, CDN), AskByIds),
        (begun(20, VOD), ReadPages),
        (begun(20, VOD, lists=True), ListWindow),
        (begun(20, VOD, by_path=True), ReadPages),
    ],
)
def test_a_look_begins_with_the_cheapest_way(state: LookState, step: type[LookStep]) -> None:
    assert type(plan(state).steps[0]) is step


def test_neither_planning_nor_folding_changes_the_state_it_is_given() -> None:
    state = begun(3, VOD)
    planned = plan(state)
    after(planned, Page(rows("1"), 1))
    assert state == begun(3, VOD)
    assert planned == plan(state)


def test_an_answer_settles_its_item_and_the_next_group_follows() -> None:
    state = after(begun(11, CDN), Page(tuple(row for n in range(1, 11) for row in rows(str(n))), 10))
    assert {observed.is_settled for observed in state.shown.values()} == {True}
    assert [item.item for item in state.group] == ["11"]


def test_a_by_id_answer_that_may_be_cut_is_confirmed_by_the_list() -> None:
    state = after(begun(1, CDN), Page(rows("1", 20), 20))
    assert isinstance(state.steps[0], Confirm)
    assert state.shown == {}
    assert read(after(state, Page(rows("1", 20), 20)), *rows("1", 20)).shown["1"].is_settled
    assert not after(state, Page(rows("1", 19), 19)).shown["1"].whole  # the list shows fewer: no verdict


def test_an_id_of_very_many_objects_is_counted_while_it_runs() -> None:
    state = after(begun(1, VOD), Page(rows("1", 50, Status.REFRESHING), 2000))
    assert isinstance(state.steps[0], CountByStatus)
    assert after(state, error=OutOfTime("")).shown["1"].running == 50


def test_after_two_groups_without_an_answer_the_other_end_of_the_turn_is_tried_and_after_three_none() -> None:
    state = begun(9, VOD)
    for _ in range(PROBE_AFTER):
        state = after(state, error=BUSY)
    assert [item.item for item in state.group] == ["9"]
    assert [item.item for item in read(state).group] == ["3"]
    for _ in range(GIVE_UP_AFTER - PROBE_AFTER):
        state = after(state, error=BUSY)
    assert state.steps == ()
    assert {observed.answer for observed in state.shown.values()} == {Answer.NO_ANSWER}
    assert len(state.shown) == 9


def test_out_of_time_the_look_is_over_and_the_rest_stays_unknown() -> None:
    state = after(read(begun(9, VOD)), error=OutOfTime(""))
    assert (state.steps, list(state.shown)) == ((), ["1"])


def test_one_bad_id_spoils_its_call_and_is_refused_alone() -> None:
    bad = RefusedForGood(Refusal(Reason.MALFORMED_ID, "InvalidTaskId.Malformed", ""))
    state = after(begun(2, CDN), error=bad)
    assert [step.items for step in state.steps if isinstance(step, AskByIds)] == [(item,) for item in state.items]
    state = after(after(state, error=bad), Page(rows("2"), 1))
    assert [state.shown[name].answer for name in ("1", "2")] == [Answer.REFUSED, Answer.SEEN]


def test_a_refusal_of_the_account_is_put_on_all_that_has_not_settled() -> None:
    denied = RefusedForGood(Refusal(Reason.NO_PERMISSION, "Forbidden.RAM", ""))
    state = after(read(begun(9, VOD), *rows("1")), error=denied)
    assert state.steps == ()
    assert [state.shown[str(n)].answer for n in (1, 2, 9)] == [Answer.SEEN, Answer.REFUSED, Answer.REFUSED]


def test_hints_are_kept_when_a_step_fails() -> None:
    failed = StepResult(None, BUSY, rows("1"), 7.0)
    state = fold(plan(begun(2, VOD)), failed)
    assert (state.hints.created, state.list_calls_left) == ((T0, T0), 7.0)
