"""Listings of a time, and the Status filter, in every position of their switches."""

from __future__ import annotations

import pytest

from refresh_watch.instants import format_instant
from refresh_watch_emulator.products.faults import internal_error
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan
from tests.emulator.products.account import NOON, Account, account

PLAN = ObjectPlan("http://a.com/1", after=100)


def listed(here: Account) -> list[str]:
    """The statuses of the tasks created in the last minute."""
    start, end = format_instant(NOON - 60), format_instant(NOON)
    return [row["Status"] for row in here.rows(StartTime=start, EndTime=end)]


@pytest.mark.parametrize(("position", "rows"), [("obeyed", 1), ("ignored", 2)])
def test_a_time_chooses_rows_or_not(position: str, rows: int) -> None:
    here = account(Switches(time_filter=position))  # type: ignore[arg-type]
    here.world.add_task("cdn", created_at=NOON)
    here.world.add_task("cdn", created_at=NOON - 600)
    assert len(listed(here)) == rows


def test_a_status_chooses_rows_or_not_or_is_refused() -> None:
    totals = {}
    for position in ("obeyed", "ignored", "refused"):
        here = account(Switches(status_filter=position))  # type: ignore[arg-type]
        here.world.add_task("cdn", objects=[PLAN, ObjectPlan("http://a.com/2")], created_at=NOON)
        answer = here.list(Status="Complete", ObjectType="file").json()
        totals[position] = answer.get("TotalCount", answer.get("Code"))
    assert totals == {"obeyed": 1, "ignored": 2, "refused": "InvalidStatus.ValueNotSupported"}


@pytest.mark.parametrize(("updates", "first", "then"), [(True, "Complete", "Complete"), (False, "Pending", "Complete")])
def test_a_listing_brings_statuses_up_to_date_or_shows_what_the_last_question_saw(
    updates: bool, first: str, then: str
) -> None:
    here = account(Switches(listing_updates=updates))
    task_id = here.world.add_task("cdn", objects=[PLAN], created_at=NOON - 30)
    here.clock.sleep(200)
    assert listed(here) == [first]
    assert here.statuses(task_id) == ["Complete"]
    assert listed(here) == [then]


def test_a_fault_can_be_kept_for_certain_calls() -> None:
    here = account()
    here.gateway.faults.add(internal_error(), when=lambda call: "StartTime" in call.params)
    assert here.list().status == 200
    start, end = format_instant(NOON - 60), format_instant(NOON)
    assert here.list(StartTime=start, EndTime=end).status == 500
