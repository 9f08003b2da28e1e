"""The shapes of the answers, tolerated or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from refresh_watch.errors import Retryable
from refresh_watch.instants import parse_instant
from refresh_watch.model import Kind, ObjectRow, Status
from refresh_watch.products.rows import STATUS_CHARACTERS, read_by_id, read_list

ROW = {
    "CreationTime": "2014-11-27T08:23:22Z",
    "ObjectPath": "http://example.com/1.txt",
    "Status": "Complete",
    "TaskId": "704225667",
    "ObjectType": "file",
    "Process": "100%",
    "Description": "",
}


def listed(*rows: Any, total: Any = None, container: str = "Task") -> dict[str, Any]:
    return {
        "Tasks": {container: list(rows)},
        "PageNumber": 1,
        "PageSize": 10,
        "TotalCount": len(rows) if total is None else total,
        "RequestId": "174F6032-AA26-470D-B90E-36F0EB205BEE",
    }


def test_every_documented_field_is_read() -> None:
    page = read_list(listed({**ROW, "Status": "Failed", "Description": "Origin Timeout"}, total=7), "Task")
    assert page.rows == (
        ObjectRow(
            task_id="704225667",
            object_path="http://example.com/1.txt",
            object_type="file",
            status=Status.FAILED,
            status_word="Failed",
            process="100%",
            description="Origin Timeout",
            created_at=parse_instant("2014-11-27T08:23:22Z"),
        ),
    )
    assert (page.total, page.page_number, page.page_size) == (7, 1, 10)
    assert page.request_id == "174F6032-AA26-470D-B90E-36F0EB205BEE"


def test_each_container_is_read_where_its_document_has_it() -> None:
    assert read_list(listed(ROW, container="CDNTask"), "CDNTask").rows
    with pytest.raises(Retryable):
        read_list(listed(ROW, container="Task"), "CDNTask")


@pytest.mark.parametrize("tasks", [[ROW], {"CDNTask": [ROW]}], ids=["plain list", "wrapped as documented"])
def test_a_by_id_answer_is_read_in_both_forms(tasks: Any) -> None:
    page = read_by_id({"RequestId": "R", "TotalCount": 1, "Tasks": tasks}, "CDNTask")
    assert [row.task_id for row in page.rows] == ["704225667"]
    assert page.page_number is None


@pytest.mark.parametrize(
    ("field", "given", "read"),
    [
        *(
            ("TaskId", given, {"task_id": "704225667"})
            for given in ("704225667", 704225667, 704225667.0, " 704225667 ")
        ),
        ("Process", "100%", {"process": "100%", "progress": 100.0}),
        ("Process", "99.37%", {"process": "99.37%", "progress": 99.37}),
        ("Process", "10", {"process": "10", "progress": 10.0}),
        ("Process", 10, {"process": "10", "progress": 10.0}),
        ("Process", None, {"process": "", "progress": None}),
        *(
            ("ObjectType", word, {"object_type": "directory", "kind": Kind.REFRESH})
            for word in ("directory", "path", "Directory")
        ),
        *(
            ("Description", words, {"description": words})
            for words in ("Internal Error", "OriginTimeout", "Origin Return StatusCode 5XX")
        ),
        ("Status", "complete", {"status": Status.COMPLETE, "status_word": "complete"}),
        ("Status", "TIMEOUT", {"status": Status.TIMEOUT, "status_word": "TIMEOUT"}),
        ("Status", "Queued", {"status": Status.UNKNOWN, "status_word": "Queued"}),
        ("Status", "x" * 5000, {"status": Status.UNKNOWN, "status_word": "x" * STATUS_CHARACTERS}),
        ("CreationTime", "yesterday", {"created_at": None}),
    ],
)
def test_a_field_is_read_as_it_may_be_written(field: str, given: Any, read: dict[str, Any]) -> None:
    (row,) = read_list(listed({**ROW, field: given}), "Task").rows
    assert {name: getattr(row, name) for name in read} == read


@pytest.mark.parametrize("total", ["1", 1, 1.0])
def test_total_count_is_read_as_string_or_number(total: Any) -> None:
    assert read_list(listed(ROW, total=total), "Task").total == 1


def test_a_row_may_lack_everything_but_its_id() -> None:
    row = read_list(listed({"TaskId": "1"}), "Task").rows[0]
    assert row == ObjectRow("1", "", "", Status.UNKNOWN, "")
    assert not row.status.is_final


@pytest.mark.parametrize("field", ["TaskId", "ObjectPath", "Status", "Process", "Description", "ObjectType"])
def test_half_an_emoji_is_replaced_and_the_rest_kept(field: str) -> None:
    body = json.loads(json.dumps(listed({**ROW, field: "a\ud83d\tb\udfff \U0001f600"})))
    body["RequestId"] = "\ud800"
    page = read_list(body, "Task")
    kept = {page.rows[0].task_id, page.rows[0].object_path, page.rows[0].status_word, page.rows[0].process}
    kept |= {page.rows[0].description, page.rows[0].object_type}
    assert "a\ufffd\tb\ufffd \U0001f600" in kept
    assert page.request_id == "\ufffd"


def test_an_empty_list_with_a_total_of_nothing_is_a_valid_nothing() -> None:
    page = read_list(listed(), "Task")
    assert (page.rows, page.total) == ((), 0)
    assert read_by_id({"Tasks": [], "TotalCount": 0}, "Task").rows == ()


def test_a_page_past_the_end_is_valid() -> None:
    assert read_list(listed(total=3), "Task", page_number=2).rows == ()


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"TotalCount": 0},
        {"Tasks": None, "TotalCount": 0},
        {"Tasks": [ROW], "TotalCount": 1},
        {"Tasks": {}, "TotalCount": 0},
        {"Tasks": {"Task": None}, "TotalCount": 0},
        {"Tasks": {"Task": ROW}, "TotalCount": 1},
        listed("704225667"),
        listed(None),
        listed([ROW]),
        listed({**ROW, "TaskId": ""}),
        listed({**ROW, "TaskId": None}),
        listed({**ROW, "TaskId": True}),
        listed({**ROW, "TaskId": ["1"]}),
        listed(ROW, total="many"),
        listed(ROW, total="9" * 19),
        listed(ROW, total="9" * 5000),
        listed(ROW, total=-1),
        listed(ROW, total=True),
        listed(ROW, total=1.5),
        {"Tasks": {"Task": [ROW]}},
        listed(total=2),
    ],
)
def test_a_list_answer_of_the_wrong_shape_is_asked_again(body: Any) -> None:
    with pytest.raises(Retryable, match="wrong shape"):
        read_list(body, "Task")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"Tasks": ROW, "TotalCount": 1},
        {"Tasks": [ROW]},
        {"Tasks": "", "TotalCount": 0},
        {"Tasks": [], "TotalCount": 1},
    ],
)
def test_a_by_id_answer_of_the_wrong_shape_is_asked_again(body: Any) -> None:
    with pytest.raises(Retryable, match="wrong shape"):
        read_by_id(body, "Task")
