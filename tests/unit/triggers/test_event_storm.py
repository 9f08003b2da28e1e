"""Thousands of events, from whole ones to garbage: none ends in a traceback, and none starts what it does not ask for.

`make storm` lets a hundred thousand of the same grammar come.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import EFFORT, EFFORTS
from tests.unit.triggers.storm import Blow, blow
from tests.unit.triggers.storm_grammar import CARRIERS, Made, direct, http
from tests.unit.triggers.storm_pieces import NAMES, VALUES
from tests.unit.triggers.storm_shard import Storm, seeds
from tests.unit.triggers.storm_text import dump

SHARDS = 8 if EFFORT.storm > 50_000 else 2 if EFFORT.storm > 5_000 else 1
EACH = EFFORT.storm // SHARDS

ROOT = Path(__file__).resolve().parents[3]
SMALLEST_MEMORY = 256
"""Megabytes: what the storm has to do with, though the function may have more."""
TAKEN_ALREADY = 128
"""Megabytes of it: the runtime's own, and our process with the SDK before its first event (60)."""

DONE = {
    "direct", "list", "answer", "cdn_events", "trail", "foreign", "seed", "crowd", "queue", "topic", "custom", "http",
    "form", "escaped", "spread", "cut", "cut inside", "flipped", "bytes", "encoded", "padded", "letters", "deleted",
    "renamed", "doubled", "added", "secret", "repeated", "thousands", "another type", "number", "nested", "long",
}  # fmt: skip


def room() -> int:
    """Megabytes that the events may take."""
    manifest = yaml.safe_load((ROOT / "s.yaml").read_text())
    memory = int(manifest["resources"]["intake"]["props"]["memorySize"])
    return min(memory, SMALLEST_MEMORY) - TAKEN_ALREADY


def run(module: str, *arguments: int) -> dict[str, Any]:
    """What a part of the storm says at its end."""
    command = [sys.executable, "-m", f"tests.unit.triggers.{module}", *map(str, arguments)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_storm_leaves_no_traceback_and_starts_only_what_events_ask_for(shard: int) -> None:
    said = run("storm_shard", shard * EACH, EACH, room())
    assert said["wrong"] == [], json.dumps(said["wrong"][:5], indent=1)
    assert said["peak"] - said["begun"] < room()
    counts = said["counts"]
    assert counts["events"] == EACH
    assert {name for name in DONE if not counts.get(name)} == set()
    # the storm blows from all sides: much is accepted, more is refused, and of much it is known beforehand
    assert counts["starting"] > EACH // 10
    assert counts["refused"] > EACH // 4
    assert counts["ignored"] > EACH // 1000
    assert counts["foreseen"] > EACH // 4


@pytest.mark.skipif(EFFORT is EFFORTS["quick"], reason="nine seconds: make test measures the memory")
def test_an_event_as_large_as_is_taken_fits_into_the_functions_memory() -> None:
    said = run("storm_heavy", room())
    assert said["wrong"] == {}
    assert said["peak"] - said["begun"] < room()


def test_the_storm_is_the_same_each_time() -> None:
    given_seeds = seeds()
    assert [blow(number, given_seeds) for number in range(200)] == [blow(number, given_seeds) for number in range(200)]


# small ones, which can be made smaller until nothing can be left out


def _words() -> list[str]:
    made = [direct(Random(number)) for number in range(20)]
    keys = {key for one in made for key in one.value} | {rename("task_ids") for rename in NAMES}
    envelopes = {key for carrier in CARRIERS for key in _object(carrier(Random(1), made[0]).value)}
    return sorted(
        keys | envelopes | set(_object(http(Random(1), made[0]).value)) | {"events", "eventName", "eventParameter"}
    )


def _object(value: Any) -> dict[str, Any]:
    return dict(value[0] if isinstance(value, list) else value)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([value for value in VALUES if isinstance(value, str)]),
    st.sampled_from(
        ["cdn", "704225667", "v1", "1.0", "mns:Queue:SendMessage", "cdn:ActionTrail:ApiCall", "PushObjectCache"]
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(_words()), st.text(max_size=4)), inner, max_size=6),
        inner.map(json.dumps),
    ),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def storm() -> Iterator[Storm]:
    with Storm() as begun:
        yield begun


@settings(max_examples=4 * EFFORT.examples)
@given(tree=TREES, carriers=st.lists(st.sampled_from([*CARRIERS, http]), max_size=3))
def test_any_json_in_any_carrier_is_taken_or_refused(storm: Storm, tree: Any, carriers: list[Any]) -> None:
    made = Made(tree, None, "any")
    for carrier in carriers:
        made = carrier(Random(1), made)
    event = dump(made.value).encode("utf-8", "surrogatepass")
    assert storm.judge(0, Blow(event, None, ("any",))) == ""
