"""The probe's first step: do the functions know probes, what runs them, and how does an API call's event arrive?"""

from __future__ import annotations

from typing import Any

from refresh_watch.errors import Described
from refresh_watch.instants import Seconds
from refresh_watch.workflow.probing.probe import Do
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY
from refresh_watch_cli.doctor.probe.inspector import Submitted
from refresh_watch_cli.doctor.probe.run import NotDeployed, Probing, Same, as_object
from refresh_watch_cli.printing import note

_PLAIN, _HTTP_SHAPED = "plain", "HTTP-shaped"
_CLOCKS: Seconds = 5
_DEPLOY = Described("deploy this version first (make deploy), then probe")


def greet(run: Probing) -> None:
    """Ask notify and intake whether they know probes, and look at their clock and surroundings.

    Raises NotDeployed where they do not. Intake is asked last: an older one would send a rejection to every channel.
    """
    note("asking notify and intake whether they know probes")
    first, said = run.call(NOTIFY, Do.ECHO)
    _require(first, said, "notify")
    second, again = run.call(NOTIFY, Do.ECHO)
    _require(second, again, "notify")
    middle = (second.sent_at + second.answered_at) / 2
    half = (second.answered_at - second.sent_at) / 2
    run.ahead = float(again["at"]) - middle
    seen = f"the functions' is {run.ahead:+.1f} s from this machine's (± {half:.1f} s)"
    run.compare("clock", seen, "the same", abs(run.ahead) < _CLOCKS + half, Same.NO)
    took = [submitted.answered_at - submitted.sent_at for submitted in (first, second)]
    run.found("a call of notify", f"took {took[0]:.1f} s, and when called again {took[1]:.1f} s")
    _runtime(run, said.get("runtime"))
    _api_event(run)


def _api_event(run: Probing) -> None:
    """Intake has an HTTP trigger; a probe is a bare call, so intake refuses it where the call arrives in HTTP form."""
    submitted, said = run.call(INTAKE, Do.ECHO)
    if said:
        run.found("api_event", _PLAIN, _PLAIN, Same.YES)
        return
    if "detail" not in submitted.keys and "statusCode" not in as_object(submitted.body):
        _require(submitted, said, "intake")
    run.is_intake_wrapped = True
    run.found("api_event", f"{_HTTP_SHAPED}: intake's probes are left out", _PLAIN, Same.OTHER)


def _runtime(run: Probing, runtime: Any) -> None:
    if not isinstance(runtime, dict):
        return
    run.found("Python", f"{runtime.get('python')}; its context has {', '.join(runtime.get('context', ()))}")
    run.found("variables", ", ".join(runtime.get("variables", ())) or "none")
    empty = ", ".join(runtime.get("empty", ()))
    run.found("variables set to nothing", empty or "none: they are left out, or none is set")


def _require(submitted: Submitted, said: dict[str, Any], name: str) -> None:
    if said:
        return
    if not 200 <= submitted.status < 300:
        why = f"HTTP {submitted.status} {submitted.code}".rstrip()
        raise NotDeployed(f"{name} could not be asked: {why} (refresh-watch doctor says what is amiss)")
    raise NotDeployed(f"the deployed {name} does not know probes; {_DEPLOY}")
