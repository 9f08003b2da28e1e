"""Folds what came of a step into the state of the look. Pure.

An id or path that is refused itself is refused, and nothing else. What was learned before an error is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from refresh_watch.errors import Retryable
from refresh_watch.model import ObjectRow
from refresh_watch.products.calling import OutOfTime
from refresh_watch.products.polling.observations import refused
from refresh_watch.products.polling.state import LookState, LookStep
from refresh_watch.products.refusals import RefusedForGood, concerns_one_item, ends_look

GIVE_UP_AFTER = 3
"""After so many groups without an answer in a row the product is taken for unreachable until the next look."""


@dataclass(frozen=True)
class StepResult:
    """What came of a step: its answer, or why there is none; the rows of all its pages; the calls that are left."""

    answer: Any
    error: Retryable | RefusedForGood | None
    rows: tuple[ObjectRow, ...]
    list_calls_left: float


def fold(state: LookState, result: StepResult) -> LookState:
    """The state after its first step."""
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
