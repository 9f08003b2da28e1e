"""Every fact that the documents leave open, in every position: the verdicts stay the same (docs/open-facts.md).

Those of the products in virtual time, over the official SDKs; those of Function Compute on the engine itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refresh_watch.function_compute.invoke import invoke
from refresh_watch.watch import watch_id
from refresh_watch.watching.request import read_request
from refresh_watch_emulator.engine import switches as engine
from refresh_watch_emulator.products import switches as product
from tests.workflow.house import house, transport_to, wait_for
from tests.workflow.scenario import add, check_all, many, start_all, start_some
from tests.workflow.virtual_house import virtual_house

PRODUCT_POSITIONS: list[dict[str, Any]] = [
    {"by_id_row_limit": 20, "by_id_total": "full"},
    {"by_id_row_limit": 20, "by_id_total": "cut"},
    {"by_id_form": "wrapped", "numeric_ids": True, "process_form": "int"},
    {"stale_answers": True},
    {"stale_answers": True, "listing_updates": False, "progress": "mute"},
    {"progress": "jumps", "time_filter": "ignored"},
    {"status_filter": "ignored", "by_id_row_limit": 20},
    {"status_filter": "refused", "by_id_row_limit": 20},
    {"invisible_seconds": 1.0},
    {"unknown_id": "malformed"},
    {"timeout_and_canceled": False, "description_form": "joined", "description_when_fine": "error"},
    {"directory_word": "path", "process_form": "plain", "comma_list": "accepted"},
    {"legacy_action": "gone"},
    {"legacy_requires_domain": True, "process_form": "decimal"},
    {"throttled_as": "429", "tell_retry_after": True},
    {"throttled_as": "503"},
]
ENGINE_POSITIONS: list[dict[str, Any]] = [
    {"duplicate": engine.Duplicate.BAD_REQUEST, "run_twice": True},
    {"duplicate": engine.Duplicate.OLD_BODY, "run_twice": True},
    {"delay_counts_to_age": False},
    {"list_payloads": False},
    {"list_lag": 2.0},
]


def _name(position: dict[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in position.items())


@pytest.mark.parametrize("position", PRODUCT_POSITIONS, ids=_name)
def test_the_products_behave_otherwise_and_the_verdicts_are_the_same(position: dict[str, Any]) -> None:
    with virtual_house(products=product.Switches(**position)) as home:
        started = start_all(home)
        home.run()
        finals = check_all(home, started)
        if position.get("legacy_action") == "gone":
            assert "DescribeVodRefreshTasks" in " ".join(finals["vod-legacy complete"]["notes"])


@pytest.mark.parametrize("position", ENGINE_POSITIONS, ids=_name)
def test_function_compute_behaves_otherwise_and_the_verdicts_are_the_same(
    tmp_path: Path, position: dict[str, Any]
) -> None:
    with house(tmp_path, engine=engine.EngineSwitches(**position)) as home:
        started = start_some(home)
        check_all(home, started)
        for watch_id, _, _ in started.values():
            # a delivery that is run twice posts twice, with one id: the receiver can tell
            assert len({message["id"] for message in home.messages(watch_id)}) == 1


@pytest.mark.parametrize("shape", list(engine.ApiEvent), ids=str)
def test_an_api_call_to_intake_is_understood_plain_and_http_shaped(tmp_path: Path, shape: engine.ApiEvent) -> None:
    with house(tmp_path, engine=engine.EngineSwitches(api_event=shape)) as home:
        first, second, third = (add(home, "cdn", *many("Complete", 1, after=0)) for _ in range(3))
        event = {"product": "cdn", "task_ids": first, "schedule": "0,1;1"}
        awaited = invoke(transport_to(home.engine_url), "intake", json.dumps(event).encode())
        assert awaited.status in (200, 202)
        assert home.final(awaited.body["watch_id"])["outcome"] == "complete"
        # no caller waits for these: the good ones run, the bad one is reported in the chat
        for n, item in enumerate(
            [{**event, "task_ids": second}, {**event, "task_ids": "x"}, {**event, "task_ids": third}]
        ):
            home.fc.start_later("intake", json.dumps(item).encode(), 0, f"e-{n}")
        for task in (second, third):
            home.final(watch_id("refresh", read_request({**event, "task_ids": task})))
        reported = wait_for(lambda: home.messages("", "rejected"), "a rejected report")
        assert "task_ids[0]: 'x' is not allowed" in reported[0]["problem"]
        assert not any("Authorization" in line or "ACS3" in line for line in home.log)
