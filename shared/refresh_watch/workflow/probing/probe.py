"""A probe: the event by which `doctor` tries the deployed functions. It starts no watch and sends no report.

    {"probe": {"id": "<8 to 32 small letters and digits>", "do": "echo" | "fail" | "grants" | "keep"}}

It is a bare call of a function: in an HTTP request, a queue's message or any other envelope it is no probe. All that it
can make are tasks of notify whose ids begin with ``p-`` and which do nothing. What a function saw is kept as the
payload of such a task, under the key ``saw``; Function Compute's record of them is how `doctor` reads it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.errors import RefreshWatchError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Word
from refresh_watch.workflow.probing.grants import GrantTry, try_functions
from refresh_watch.workflow.task_ids import NOTIFY

ENVELOPE, TRY = "envelope", "try-"
"""What the ids of kept tasks say: an onFailure envelope, and one run of a probe that fails."""

_ID = re.compile(r"[a-z0-9]{8,32}")
_SHOWN = ("FC_", "ALIBABA_CLOUD_")
_MOST_NAMES = 40
_LONGEST_NAME = 40
_MOST_KEYS = 32

TRYING: Seconds = 10.0
"""A third of the shortest time-out of a function, intake's."""


class Do(Word):
    """What a probe asks for."""

    ECHO = "echo"  # answer what was seen
    FAIL = "fail"  # raise, so that onFailure fires in the end
    GRANTS = "grants"  # try what the function's own role may do
    KEEP = "keep"  # nothing: the task itself is what is kept


@dataclass(frozen=True)
class Probe:
    """One probe, as it was read."""

    id: str
    do: Do


class ProbeFailed(RefreshWatchError):
    """Raised on request, so that Function Compute tries again and calls onFailure in the end."""


def read_probe(event: bytes) -> Probe | None:
    """The probe that an event is; None for any other event."""
    try:
        given = json.loads(event)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or set(given) != {"probe"} or not isinstance(given["probe"], dict):
        return None
    inside = given["probe"]
    name, do = inside.get("id"), inside.get("do")
    if not isinstance(name, str) or _ID.fullmatch(name) is None or do not in list(Do):
        return None
    if set(inside) - ({"id", "do", "saw"} if do == Do.KEEP else {"id", "do"}):
        return None
    return Probe(name, Do(do))


def task_id(probe_id: str, what: str) -> str:
    """The id of a task of a probe; all begin with ``p-``."""
    return f"p-{probe_id}-{what}"


def event_of(probe_id: str, do: Do) -> bytes:
    """The event itself."""
    return json.dumps({"probe": {"id": probe_id, "do": do.value}}).encode()


def keep(probe: Probe, what: str, saw: Mapping[str, Any], engine: Engine) -> None:
    """Leave what was seen as a task. Raises EngineError when it could not be started."""
    event = {"probe": {"id": probe.id, "do": Do.KEEP.value, "saw": saw}}
    engine.start_later(NOTIFY, json.dumps(event).encode(), 0, task_id(probe.id, what))


def kept(payload: bytes) -> dict[str, Any]:
    """What a task of a probe keeps; empty when it keeps nothing."""
    try:
        saw = json.loads(payload)["probe"]["saw"]
    except (ValueError, KeyError, TypeError):
        return {}
    return saw if isinstance(saw, dict) else {}


def keep_envelope(event: bytes, given: Mapping[str, Any], engine: Engine) -> bool:
    """Keep the form of an envelope whose failed event is a probe; False, and nothing is kept, for any other event."""
    probe = read_probe(event)
    if probe is None:
        return False
    keep(probe, ENVELOPE, _form_of(given), engine)
    return True


def answer_probe(
    event: bytes,
    function: str,
    *,
    engine: Engine,
    clock: Clock,
    environment: Mapping[str, str],
    context: object,
    try_more: Callable[[Instant], Iterable[GrantTry]] | None = None,
    seconds: Seconds = TRYING,
) -> str | None:
    """Do what a probe asks of `function`, and answer with JSON. None for an event that is no probe after all.

    `try_more` tries, until an instant, what the role may do beyond functions; all of that is over after about
    `seconds`. Raises ProbeFailed when that is what was asked for, and EngineError when what was seen could not be kept.
    """
    probe = read_probe(event)
    if probe is None:
        return None
    at = clock.now()
    if probe.do is Do.FAIL:
        keep(probe, f"{TRY}{at * 1000:.0f}", {"at": at}, engine)
        raise ProbeFailed(f"probe {probe.id} asked for a failure")
    answer = {"probe": probe.id, "function": function, "at": at, "runtime": runtime_of(environment, context)}
    if probe.do is Do.GRANTS:
        until = at + seconds
        name, echo = partial(task_id, probe.id), event_of(probe.id, Do.ECHO)
        on_functions = try_functions(function, engine=engine, clock=clock, until=until, task_id=name, echo=echo)
        tries = [*on_functions, *(try_more(until) if try_more else ())]
        answer["grants"] = [asdict(each) for each in tries]
    return json.dumps(answer)


def runtime_of(environment: Mapping[str, str], context: object) -> dict[str, Any]:
    """What an invocation finds around it: names only, never a value but Python's version."""
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        # of Function Compute and of the credentials
        "variables": _names(name for name in environment if name.startswith(_SHOWN)),
        "empty": _names(name for name, value in environment.items() if name.startswith("REFRESH_WATCH_") and not value),
        "context": _names(name for name in dir(context) if not name.startswith("_") and _is_set(context, name)),
    }


def name_of(key: object) -> str:
    """A name from outside, bounded, and in letters that neither a terminal nor a table minds."""
    return re.sub(r"[^A-Za-z0-9_.:-]", "?", str(key)[:_LONGEST_NAME])


def _is_set(context: object, name: str) -> bool:
    value = getattr(context, name, None)
    return value is not None and not callable(value)


def _names(names: Iterable[str]) -> list[str]:
    return sorted(map(name_of, names))[:_MOST_NAMES]


def _form_of(given: Mapping[str, Any]) -> dict[str, Any]:
    context, response = _dict(given.get("requestContext")), _dict(given.get("responseContext"))
    return {
        "keys": _keys(given),
        "requestContext": _keys(context),
        "responseContext": _keys(response),
        "function": _form_of_arn(context.get("functionArn")),
        "condition": name_of(context.get("condition", "")),
        "invocations": _number(context.get("approximateInvokeCount")),
        "statusCode": _number(response.get("statusCode")),
        "functionError": name_of(response.get("functionError", "")),
        "requestPayload": _kind_of(given.get("requestPayload")),
        "timestamp": _number(given.get("timestamp")),
    }


def _keys(value: Mapping[Any, Any]) -> list[str]:
    return sorted(name_of(key) for key in list(value)[:_MOST_KEYS])


def _form_of_arn(arn: object) -> str:
    """Where account and region would stand, and the function's name: it says whose failure it was."""
    text = re.sub(r"^acs:fc:[a-z0-9-]*:\d*:", "acs:fc:<region>:<account>:", str(arn)[:200])
    return re.sub(r"[^A-Za-z0-9_.:/<>-]|\d{6,}", "?", text)


def _kind_of(value: object) -> str:
    names = {str: "text", dict: "object", list: "list", int: "number", float: "number", type(None): "nothing"}
    return names.get(type(value), "something else")


def _number(value: object) -> int | float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e16 else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
