"""Carries out a step of a look: the only place where a look calls the product's API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import BadInput, Retryable
from refresh_watch.model import ObjectRow, Reason, Refusal
from refresh_watch.products.calling import ApiCaller, OutOfTime
from refresh_watch.products.polling.state import LookStep
from refresh_watch.products.refusals import RefusedForGood


@dataclass(frozen=True)
class StepResult:
    """What came of a step: its answer, or why there is none; the rows of all its pages; the calls that are left."""

    answer: Any
    error: Retryable | RefusedForGood | OutOfTime | None
    rows: tuple[ObjectRow, ...]
    list_calls_left: float


def carry_out(step: LookStep, caller: ApiCaller) -> StepResult:
    """Make the step's calls, each in its turn in the quota. Raises TurnLater where a look's first call has to wait."""
    answer, error, before = None, None, len(caller.pages)
    try:
        answer = step.ask(caller)
    except (Retryable, RefusedForGood, OutOfTime) as raised:
        error = raised
    except BadInput as raised:
        error = RefusedForGood(Refusal(Reason.REFUSED, "", str(raised)))
    rows = tuple(row for page in caller.pages[before:] for row in page.rows)
    return StepResult(answer, error, rows, caller.list_calls_left())
