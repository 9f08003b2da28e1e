"""What every position of a switch has to pass: all products, every way to end."""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.products.world import NEVER, ObjectPlan
from tests.all_products import WORDS
from tests.workflow.house import Home

URL = "http://example.com"


def add(house: Home, product: str, *objects: ObjectPlan, object_type: str = "file") -> str:
    """Add a task to the stand-in's account; answers its id."""
    return house.products.world.add_task(product, objects=objects, object_type=object_type, created_at=house.now())


def many(ends: str, count: int, after: float = 0.6, name: str = "o") -> list[ObjectPlan]:
    """That many objects that end alike."""
    return [ObjectPlan(f"{URL}/{name}/{i}", ends=ends, after=after, description=_why(ends)) for i in range(count)]


def _why(ends: str) -> str:
    return "" if ends == "Complete" else "OriginTimeout"


Started = dict[str, tuple[str, str, dict[str, int]]]
"""Watch ids by name, each with the outcome and the counts that are true."""


def start_all(house: Home) -> Started:
    """Start one watch of each kind, and some of each product."""
    started = start_some(house)
    for product in WORDS:
        ids = [add(house, product, *many("Complete", 3)), add(house, product, *many("Complete", 1, after=1.2))]
        started[f"{product} complete"] = (house.start(product, ids), "complete", {"complete": 4})
    big = add(house, "cdn", *many("Complete", 130, name="big"))
    started["130 objects"] = (house.start("cdn", big), "complete", {"complete": 130})
    unknown = house.start("cdn", "999999999999", deadline="2s")
    started["cdn unknown"] = (unknown, "unverifiable", {"unverifiable": 1})
    return started


def start_some(house: Home) -> Started:
    """Start a watch that has an interim report before its final one, and one that ends at its deadline."""
    bad = [add(house, "dcdn", *many("Timeout", 1), *many("Complete", 2)), add(house, "dcdn", *many("Canceled", 1))]
    slow = add(house, "vod", *many("Complete", 1), *many(NEVER, 1))
    return {
        "dcdn failed": (house.start("dcdn", ",".join(bad)), "partly_failed", {"complete": 2, "failed": 2}),
        "vod overdue": (house.start("vod", [slow], deadline="2s"), "overdue", {"complete": 1, "overdue": 1}),
    }


def check_all(house: Home, started: Started) -> dict[str, Any]:
    """Wait for every final report; each has to be the true one."""
    finals = {}
    for name, (watch_id, outcome, counts) in started.items():
        final = house.final(watch_id)
        assert (name, final["outcome"]) == (name, outcome)
        assert {key: count for key, count in final["counts"].items() if count} == counts, name
        finals[name] = final
    return finals
