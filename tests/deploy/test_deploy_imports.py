"""What a cold start imports: each function only what it is about to use."""

from __future__ import annotations

import re

import pytest

from refresh_watch.product_specs.registry import all_specs
from tests.performance.import_cost import ROWS, measure

SDKS = {
    ("notify", "a fan-out, or coming back later"): {"fc"},
    ("intake", "an event refused"): set(),
    ("intake", "a watch started"): {"fc"},
    ("watch", "the entry alone"): set(),
    **{("watch", f"a look at {spec.product}"): {re.sub(r"^alibabacloud_|\d+$", "", spec.sdk)} for spec in all_specs()},
    ("watch", "a look at cdn, and the next hop"): {"cdn", "fc"},
}
DELIVERIES = "; ".join(code for _, does, code in ROWS if does.startswith("a delivery"))
CODES = {(function, does): code for function, does, code in ROWS if not does.startswith("a delivery")}


@pytest.mark.parametrize(
    ("function", "code", "sdks"),
    [("notify", DELIVERIES, set()), *((key[0], code, SDKS[key]) for key, code in CODES.items())],
    ids=["notify: deliveries of every kind", *(": ".join(key) for key in CODES)],
)
def test_a_cold_start_imports_the_sdks_of_its_task_only(function: str, code: str, sdks: set[str]) -> None:
    cost = measure(function, code)
    assert cost.sdks == sdks
    if not cost.sdks:
        assert not cost.modules & {"Tea", "darabonba", "aiohttp", "requests", "cryptography"}


def test_a_hop_imports_nothing_of_sweeps_and_probes() -> None:
    modules = measure("watch", "import index").modules
    assert "refresh_watch.workflow.hop" in modules
    beside = (
        "refresh_watch.workflow.dispatch",
        "refresh_watch.workflow.probing",
        "refresh_watch.workflow.sweep.sweeper.",
    )
    assert not [name for name in modules if f"{name}.".startswith(beside)]
