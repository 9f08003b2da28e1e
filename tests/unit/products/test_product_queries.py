"""Queries that the documents forbid never leave our side."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch.errors import BadInput
from refresh_watch.instants import parse_instant
from refresh_watch.model import ListQuery, Product
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.queries import check_ids, check_query, parameters

START, END = parse_instant("2026-11-22T08:00:00Z"), parse_instant("2026-11-22T09:00:00Z")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"task_id": "12a"}, "task_id"),
        ({"task_id": "1,2"}, "task_id"),
        ({"task_id": "١٢"}, "task_id"),
        ({"domain_name": "example.com"}, "object_type"),
        ({"status": "Complete"}, "object_type"),
        ({"resource_group_id": "rg-1"}, "resource_group_id"),
        ({"start_time": START}, "end_time"),
        ({"end_time": END}, "start_time"),
        ({"start_time": END, "end_time": START}, "end_time"),
        ({"page_number": 0}, "page_number"),
        ({"page_number": 100_001}, "page_number"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 51}, "page_size"),
    ],
)
def test_one_line_names_the_field(query: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as raised:
        check_query(ListQuery(**query), spec_of(Product.DCDN))
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("query", "field"), [({}, "domain_name"), ({"domain_name": "a.com", "object_type": ""}, "object_type")]
)
def test_the_older_vod_document_requires_domain_and_type(query: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as raised:
        check_query(ListQuery(**query), spec_of(Product.VOD_LEGACY))
    assert raised.value.field == field


def test_a_full_query_passes_and_carries_every_parameter() -> None:
    query = ListQuery(
        task_id="1",
        object_path="http://example.com/a b,c",
        object_type="file",
        domain_name="example.com",
        status="Failed",
        start_time=START,
        end_time=END,
        page_number=100_000,
        page_size=100,
        resource_group_id="rg-1",
    )
    check_query(query, spec_of(Product.CDN))
    assert parameters(query, spec_of(Product.CDN)) == {
        "TaskId": "1",
        "ObjectPath": "http://example.com/a b,c",
        "ObjectType": "file",
        "DomainName": "example.com",
        "Status": "Failed",
        "StartTime": "2026-11-22T08:00:00Z",
        "EndTime": "2026-11-22T09:00:00Z",
        "PageNumber": "100000",
        "PageSize": "100",
        "ResourceGroupId": "rg-1",
    }


def test_what_is_not_given_is_not_sent() -> None:
    assert parameters(ListQuery(task_id="1"), spec_of(Product.CDN)) == {"TaskId": "1"}


@pytest.mark.parametrize("ids", [[], [""], ["1", ""], ["1 2"], [str(n) for n in range(11)]])
def test_a_by_id_call_names_one_to_ten_ids_of_digits(ids: list[str]) -> None:
    with pytest.raises(BadInput):
        check_ids(ids, 10)
