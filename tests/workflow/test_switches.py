"""Every fact that the documents leave open, in every position: the verdicts stay the same (docs/open-facts.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.local.engine import switches as engine
from shared.local.stand_in import switches as product
from tests.workflow.house import house
from tests.workflow.scenario import check_all, start_all

PRODUCT_POSITIONS: list[dict[str, Any]] = [
    {"by_id_row_limit": 20, "by_id_total": "full"},
    {"by_id_row_limit": 20, "by_id_total": "cut"},
    {"by_id_form": "wrapped", "numeric_ids": True, "process_form": "int"},
    {"stale_answers": True},
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
    {"api_event": engine.ApiEvent.HTTP_SHAPED},
    {"delay_counts_to_age": False},
    {"list_payloads": False},
    {"list_lag": 2.0},
]


def _name(position: dict[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in position.items())


@pytest.mark.parametrize("position", PRODUCT_POSITIONS, ids=_name)
def test_the_products_behave_otherwise_and_the_verdicts_are_the_same(tmp_path: Path, position: dict[str, Any]) -> None:
    with house(tmp_path, products=product.Switches(**position)) as home:
        finals = check_all(home, start_all(home))
        if position.get("legacy_action") == "gone":
            assert "DescribeVodRefreshTasks" in " ".join(finals["vod-legacy complete"]["notes"])


@pytest.mark.parametrize("position", ENGINE_POSITIONS, ids=_name)
def test_function_compute_behaves_otherwise_and_the_verdicts_are_the_same(
    tmp_path: Path, position: dict[str, Any]
) -> None:
    with house(tmp_path, engine=engine.Switches(**position)) as home:
        started = start_all(home)
        check_all(home, started)
        for watch_id, _, _ in started.values():
            assert len({message["id"] for message in home.messages(watch_id)}) == 1
