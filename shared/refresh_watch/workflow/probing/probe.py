"""What the deployed functions do with a probe, the event by which `doctor --probe` measures an account.

It starts no watch and tells nobody. All that it can make are tasks of notify whose ids begin with ``p-`` and which do
nothing: Function Compute's record of them is how the doctor reads what was seen.

    {"probe": {"id": "<8 to 32 small letters and digits>", "do": "echo" | "fail" | "shape" | "grants"}}

`doctor` without `--probe` sends the last of these: each function then tries what its own role may do.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from refresh_watch.clock import Clock
from refresh_watch.errors import RefreshWatchError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.workflow.probing.shape import Do, Found, Layer, describe, find, keys_of
from refresh_watch.workflow.task_ids import NOTIFY

if TYPE_CHECKING:
    from refresh_watch.workflow.probing.grants import Tried

_SHOWN = ("FC_", "ALIBABA_CLOUD_")
_MOST_NAMES = 40
_MOST_FOUND = 4
"""Probes of one event that are recorded; nobody sends more in one."""

TRYING: Seconds = 10.0
"""A third of the shortest time-out of a function, intake's."""


class ProbeFailed(RefreshWatchError):
    """Raised on request, so that Function Compute tries again and calls onFailure in the end."""


@dataclass(frozen=True)
class Runtime:
    """What an invocation finds around it: names only, never a value but Python's version."""

    python: str
    variables: tuple[str, ...]  # of Function Compute and of the credentials
    empty: tuple[str, ...]  # our own variables that are set and empty
    context: tuple[str, ...]  # what the context has


@dataclass(frozen=True)
class Attended:
    """What a probe is answered; `wrapped`: as an HTTP response."""

    body: dict[str, Any]
    wrapped: bool


def task_id(probe_id: str, what: str) -> str:
    """The id of a task of a probe; all begin with ``p-``."""
    return f"p-{probe_id}-{what}"


def event_of(probe_id: str, do: Do) -> bytes:
    """The event itself."""
    return json.dumps({"probe": {"id": probe_id, "do": do.value}}).encode()


def kept(payload: bytes) -> dict[str, Any]:
    """What a task of a probe keeps; empty when it is none."""
    try:
        saw = json.loads(payload)["probe"]["saw"]
    except (ValueError, KeyError, TypeError):
        return {}
    return saw if isinstance(saw, dict) else {}


def runtime_of(environment: Mapping[str, str], context: object) -> Runtime:
    """Look around, without a value."""
    return Runtime(
        python=".".join(map(str, sys.version_info[:3])),
        variables=_names(name for name in environment if name.startswith(_SHOWN)),
        empty=_names(name for name, value in environment.items() if name.startswith("REFRESH_WATCH_") and not value),
        context=_names(name for name in dir(context) if not name.startswith("_") and _is_set(context, name)),
    )


def attend(
    event: bytes,
    *,
    function: str,
    engine: Engine,
    clock: Clock,
    runtime: Runtime | None = None,
    try_more: Callable[[Instant], Iterable[Tried]] | None = None,
    seconds: Seconds = TRYING,
) -> Attended | None:
    """Do what the probes of an event ask for. None when it holds something else too, which goes its own way then.

    `function` is where the event arrived. `try_more` tries, until an instant, what its role may do beyond functions;
    all of that is over after about `seconds`. Raises ProbeFailed when that is what was asked for, and EngineError when
    what was seen could not be kept.
    """
    found, alone = find(event)
    for probe in found[:_MOST_FOUND]:
        if probe.envelope is not None:
            _keep(probe, "envelope", _envelope(probe), engine)
        elif probe.do is Do.SHAPE:
            shape = _shape(probe)
            digest = hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:8]
            _keep(probe, f"shape-{function}-{digest}", {"function": function, "shape": shape}, engine)
    if not alone:
        return None
    first = found[0]
    if first.do is Do.FAIL and first.envelope is None:
        at = clock.now()
        _keep(first, f"try-{at * 1000:.0f}", {"at": at}, engine)
        raise ProbeFailed(f"probe {first.id} asked for a failure")
    answer: dict[str, Any] = {"probe": first.id, "function": function, "at": clock.now(), "shape": _shape(first)}
    if runtime is not None:
        answer["runtime"] = {name: getattr(runtime, name) for name in ("python", "variables", "empty", "context")}
    if first.do is Do.GRANTS and first.envelope is None:
        until = clock.now() + seconds
        tried = [*_on_functions(first.id, function, engine, clock, until), *(try_more(until) if try_more else ())]
        answer["grants"] = [asdict(each) for each in tried]
    return Attended(answer, first.is_wrapped)


def _on_functions(probe_id: str, function: str, engine: Engine, clock: Clock, until: Instant) -> Iterable[Tried]:
    from refresh_watch.workflow.probing.grants import try_functions

    name, echo = partial(task_id, probe_id), event_of(probe_id, Do.ECHO)
    return try_functions(function, engine=engine, clock=clock, until=until, task_id=name, echo=echo)


def _keep(probe: Found, what: str, saw: dict[str, Any], engine: Engine) -> None:
    event = {"probe": {"id": probe.id, "do": Do.KEEP.value, "saw": saw}}
    engine.start_later(NOTIFY, json.dumps(event).encode(), 0, task_id(probe.id, what))


def _shape(probe: Found) -> list[dict[str, Any]]:
    return [_layer(layer) for layer in probe.layers]


def _layer(layer: Layer) -> dict[str, Any]:
    names = {"keys": list(layer.keys), "headers": list(layer.headers)}
    return {"form": layer.form, **{name: words for name, words in names.items() if words}}


def _envelope(probe: Found) -> dict[str, Any]:
    """An onFailure envelope without what it is about: its keys, and the few words that say why it came."""
    given = probe.envelope or {}
    context, response = _dict(given.get("requestContext")), _dict(given.get("responseContext"))
    return {
        "keys": keys_of(given),
        "requestContext": keys_of(context),
        "responseContext": keys_of(response),
        "function": _form_of_arn(context.get("functionArn")),
        "condition": describe(context.get("condition", "")),
        "invocations": _number(context.get("approximateInvokeCount")),
        "statusCode": _number(response.get("statusCode")),
        "functionError": describe(response.get("functionError", "")),
        "requestPayload": _kind(given.get("requestPayload")),
        "responsePayload": _kind(given.get("responsePayload")),
        "timestamp": _number(given.get("timestamp")),
        "shape": _shape(probe),
    }


def _form_of_arn(arn: object) -> str:
    """Where account and region would stand, and the function's name: it is how we tell whose failure it was."""
    text = re.sub(r"^acs:fc:[a-z0-9-]*:\d*:", "acs:fc:<region>:<account>:", str(arn)[:200])
    return re.sub(r"[^A-Za-z0-9_.:/<>-]|\d{6,}", "?", text)


def _kind(value: object) -> str:
    names = {str: "text", dict: "object", list: "list", int: "number", float: "number", type(None): "nothing"}
    return names.get(type(value), "something else")


def _number(value: object) -> int | float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e16 else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_set(context: object, name: str) -> bool:
    value = getattr(context, name, None)
    return value is not None and not callable(value)


def _names(names: Any) -> tuple[str, ...]:
    return tuple(sorted(map(describe, names)))[:_MOST_NAMES]
