"""Events as large as are taken, made to take as much memory as they can.

``python -m tests.unit.triggers.storm_heavy MEGABYTES`` runs each, with so many megabytes more than it has at its beginning
with, and prints a JSON summary. An asynchronous call has at most 128 KB; these come over HTTP, where the caller waits.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from random import Random

from refresh_watch.triggers.read import MAX_EVENT_BYTES, open_event
from refresh_watch.workflow.intake import take_in
from tests.hand_clock import HandClock
from tests.unit.triggers.storm_grammar import Made, http
from tests.unit.triggers.storm_shard import NOW, SETTINGS, Storm, StormRecord, limit_memory, megabytes
from tests.unit.triggers.storm_text import Text

SHAPES: dict[str, Callable[[int], str]] = {
    "lists": lambda size: "[" + "[]," * (size // 3) + "[]]",
    "objects": lambda size: '{"events": [' + "{}," * (size // 3) + "{}]}",
    "numbers": lambda size: '{"product": "cdn", "task_ids": [' + "1000," * (size // 5) + "1]}",
    "no numbers": lambda size: "[" + "NaN," * (size // 4) + "0]",
    "keys": lambda size: "{" + ",".join(f'"{number:x}":0' for number in range(size // 11)) + "}",
    "lines": lambda size: (
        '{"eventName": "RefreshObjectCaches", "eventTime": "2026-11-22T08:00:00Z", "requestParameters": '
        + json.dumps({"ObjectPath": "".join(f"{number:x}\n" for number in range(size // 9))})
        + "}"
    ),
    "base64": lambda size: json.dumps({"messageBody": base64.b64encode(b"[" + b"{}," * (size // 4) + b"0]").decode()}),
}


def main(room: int) -> None:
    """Take them all in, and print what came of them."""
    wrong: dict[str, str] = {}
    begun = limit_memory(room)
    with Storm():
        for name, shape in SHAPES.items():
            plain = shape(MAX_EVENT_BYTES - 2000)
            in_quotes = 2 if '"' in plain[100:200] else 1
            wrapped = http(Random(1), Made(Text(shape((MAX_EVENT_BYTES - 2000) // in_quotes)), None, name)).value
            for event in (plain.encode(), json.dumps(wrapped).encode()[:MAX_EVENT_BYTES]):
                try:
                    take_in(open_event(event), settings=SETTINGS, engine=StormRecord(), clock=HandClock(NOW))
                except Exception as error:  # noqa: PERF203 - no error may happen
                    wrong[name] = f"raised {type(error).__name__}: {error}"
    print(json.dumps({"wrong": wrong, "begun": round(begun, 1), "peak": round(megabytes()[0], 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
