"""The probe's steps about events: in which shape they arrive, by an API call and by whatever the user has wired."""

from __future__ import annotations

from functools import partial
from typing import Any

from refresh_watch.errors import Described
from refresh_watch.function_compute.inspecting import Submitted
from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.instants import Seconds, format_duration
from refresh_watch.triggers.envelope import as_http_event
from refresh_watch.workflow.probing.probe import event_of, kept
from refresh_watch.workflow.probing.shape import HTTP, Do
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY
from refresh_watch_cli.doctor.probe.run import SHORTLY, NotDeployed, Probing
from refresh_watch_cli.doctor.probe.table import Same
from refresh_watch_cli.printing import note

PLAIN, HTTP_SHAPED = "plain", "HTTP-shaped"
_CLOCKS: Seconds = 5
_DEPLOY = Described("deploy this version first (make deploy), then probe")


def greet(run: Probing) -> None:
    """Ask whether both functions know probes, and look at their clock and surroundings.

    Raises NotDeployed where they do not. Intake is asked in the HTTP form at first: an older one would tell a plain
    event, which it rejects, in every chat.
    """
    note("asking notify and intake whether they know probes")
    first, said = run.call(NOTIFY, Do.ECHO)
    _require(first, said, "notify")
    wrapped, echoed = run.answered(INTAKE, as_http_event(event_of(run.id, Do.ECHO)))
    _require(wrapped, echoed, "intake")
    second, again = run.call(NOTIFY, Do.ECHO)
    _require(second, again, "notify")
    middle = (second.sent_at + second.answered_at) / 2
    half = (second.answered_at - second.sent_at) / 2
    run.ahead = float(again["at"]) - middle
    same = Same.YES if abs(run.ahead) < _CLOCKS + half else Same.NO
    run.found("clock", f"the functions' is {run.ahead:+.1f} s from this machine's (± {half:.1f} s)", "the same", same)
    took = [submitted.answered_at - submitted.sent_at for submitted in (first, second)]
    run.found("a call of notify", f"took {took[0]:.1f} s, and when called again {took[1]:.1f} s")
    _runtime(run, said.get("runtime"))
    _api_event(run, "api_event, notify, awaited", again["shape"], Same.NO)


def by_api(run: Probing) -> None:
    """The shape of an event that an API call brings: to intake, which has an HTTP trigger, and to notify."""
    with run.step("api_event, intake, awaited", "looking at the shape in which an API call's events arrive"):
        submitted, said = run.call(INTAKE, Do.ECHO)
        if said:
            _api_event(run, "api_event, intake, awaited", said["shape"], Same.OTHER)
        else:
            run.unseen("api_event, intake, awaited", f"HTTP {submitted.status} {submitted.error}", PLAIN)
    for function, otherwise in ((INTAKE, Same.OTHER), (NOTIFY, Same.NO)):
        fact = f"api_event, {function}, async"
        with run.step(fact):
            run.start(function, Do.SHAPE, f"look-{function}")
            seen = run.wait_for(partial(_shapes, run, f"shape-{function}-"), SHORTLY)
            if seen:
                _api_event(run, fact, next(iter(seen.values())), otherwise)
            else:
                run.unseen(fact, f"nothing was recorded within {SHORTLY:.0f} s", PLAIN)


def from_outside(run: Probing, seconds: Seconds) -> None:
    """Wait for probes that the user sends by his own queue, topic, event bus or HTTP trigger."""
    known = set(_shapes(run, "shape-"))
    note(f"now send this message by your own queue, topic, event bus or trigger, within {format_duration(seconds)}:")
    note(f"    {event_of(run.id, Do.SHAPE).decode()}")
    until = run.clock.now() + seconds
    arrived = 0
    with run.step("an event of yours"):
        while run.clock.now() < until:
            run.clock.sleep(run.pause)
            for name, shape in _shapes(run, "shape-").items():
                if name not in known:
                    known.add(name)
                    arrived += 1
                    run.found(f"an event of yours ({arrived})", in_words(shape), "one of docs/triggers.md", Same.YES)
        if not arrived:
            run.unseen("an event of yours", "none came, or none in a shape that intake knows: see its log")


def in_words(shape: list[dict[str, Any]]) -> str:
    """The layers of an event, from the outside in, with the names of their keys."""
    layers = [
        f"{layer['form']} {{{', '.join(layer['keys'])}}}" if layer.get("keys") else str(layer.get("form"))
        for layer in shape
    ]
    return " > ".join(layers) or PLAIN


def _shapes(run: Probing, what: str) -> dict[str, list[dict[str, Any]]]:
    """The shapes that the functions have left, by the ids of their tasks."""
    found: dict[str, list[dict[str, Any]]] = {}
    for listed in run.engine.tasks(NOTIFY, run.task_id(what)):
        task = run.engine.task(NOTIFY, listed.id)
        saw = kept(task.payload or b"") if task and task.status is not TaskStatus.INVALID else {}
        if isinstance(saw.get("shape"), list):
            found[listed.id] = saw["shape"]
    return found


def _api_event(run: Probing, fact: str, shape: Any, otherwise: Same) -> None:
    if not shape:
        run.found(fact, PLAIN, PLAIN, Same.YES)
    elif shape[0].get("form") == HTTP:
        headers = shape[0].get("headers", [])
        told = "Authorization among its headers" if "authorization" in headers else "without Authorization"
        run.found(fact, f"{HTTP_SHAPED}, {told}", PLAIN, otherwise)
    else:
        run.found(fact, in_words(shape), PLAIN, Same.NO)


def _runtime(run: Probing, runtime: Any) -> None:
    if not isinstance(runtime, dict):
        return
    run.found("Python", f"{runtime.get('python')}; its context has {', '.join(runtime.get('context', ()))}")
    run.found("variables", ", ".join(runtime.get("variables", ())) or "none")
    run.found(
        "variables set to nothing", ", ".join(runtime.get("empty", ())) or "none: they are left out, or none is set"
    )


def _require(submitted: Submitted, said: dict[str, Any], name: str) -> None:
    if said:
        return
    if not 200 <= submitted.status < 300:
        why = f"HTTP {submitted.status} {submitted.code}".rstrip()
        raise NotDeployed(f"{name} could not be asked: {why} (refresh-watch doctor says what is amiss)")
    raise NotDeployed(f"the deployed {name} does not know probes; {_DEPLOY}")
