"""Native events of CDN: forms of their numbers, and several in one event."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch.triggers.result import Rejected, Requested
from tests.unit.triggers.reading import SETTINGS, event, read, refusal, requested


@pytest.mark.parametrize("task", [2089687230, 2089687230.0, "2089687230", " 2089687230 "])
def test_a_task_id_is_read_as_a_number_of_either_kind_and_as_text(task: Any) -> None:
    body = event("cdn_events_refreshed")
    body["events"][0]["eventParameter"]["taskId"] = task
    request = requested(body)
    assert request.task_ids == ("2089687230",)


@pytest.mark.parametrize("task", [True, 2089687230.5, 1e300, "abc", "-1", -1, 10**20, [], {}])
def test_a_task_id_that_is_none_is_refused_by_its_place(task: Any) -> None:
    body = event("cdn_events_refreshed")
    body["events"][0]["eventParameter"]["taskId"] = task
    assert refusal(body).problem.startswith("events[0].eventParameter.taskId")


@pytest.mark.parametrize("created", [None, True, "1521180769", -1, 0, 1521180769000, 1521180778, float("1e300")])
def test_a_time_of_creation_that_cannot_be_is_left_out(created: Any) -> None:
    body = event("cdn_events_refreshed")
    body["events"][0]["eventParameter"]["createTime"] = created
    request = requested(body)
    assert request.submitted_at is None


def test_the_good_events_of_several_are_kept() -> None:
    body = {"events": [event("cdn_events_refreshed")["events"][0], 7, event("oss_object_created")["events"][0]]}
    assert [type(item) for item in read(body, SETTINGS)] == [Requested, Rejected, Rejected]
