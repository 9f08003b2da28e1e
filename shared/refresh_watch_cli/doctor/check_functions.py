"""The deployed functions: whether they are there, and each action on them that the commands need, tried harmlessly."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import EngineError
from refresh_watch.instants import Seconds
from refresh_watch.triggers.read import as_http_event
from refresh_watch.workflow.probing.probe import Do, event_of
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH
from refresh_watch_cli.doctor.check import DoctorContext, Finding, bad, ok, skipped, warning
from refresh_watch_cli.doctor.errors import NotDone, OneTry

INVOKE_SECONDS: Seconds = 65.0
"""More than a cold start and intake's time-out."""

NO_SUCH_TASK = "doctor-no-such-task"

REFUSED_BY_DESIGN = b'{"product": "doctor"}'
"""Names no product: intake answers it with 400 and reports nothing, since the caller has the answer."""


_READING = "stop, replay, start --wait and list --watch"
_TRIES = (
    ("fc:InvokeFunction", INTAKE, "start"),
    ("fc:ListAsyncTasks", WATCH, _READING),
    ("fc:GetAsyncTask", WATCH, _READING),
    ("fc:StopAsyncTask", WATCH, "stop"),
    ("fc:InvokeFunction", NOTIFY, "stop and replay"),
    ("fc:ListAsyncTasks", NOTIFY, _READING),
    ("fc:GetAsyncTask", NOTIFY, _READING),
)
"""Each action, the function, and the commands that need it."""

_ON_TASKS = {"fc:ListAsyncTasks": "tasks", "fc:GetAsyncTask": "task", "fc:StopAsyncTask": "stop"}
"""The engine's method for each."""


def _ask(action: str, function: str, one_try: OneTry) -> str:
    """Try it; answers what to say of it where it is allowed."""
    if action in _ON_TASKS:
        getattr(one_try.engine, _ON_TASKS[action])(function, NO_SUCH_TASK)
        return "allowed"
    if function == INTAKE:
        answer = one_try.invoke(function, as_http_event(REFUSED_BY_DESIGN))
        if answer.status in (200, 202, 400):
            return "allowed; the function answers"
        detail = answer.body.get("detail") if isinstance(answer.body, dict) else ""
        raise EngineError(f"it answers HTTP {answer.status}: {detail}")
    try:
        one_try.invoke(function, event_of(secrets.token_hex(8), Do.ECHO))
    except NotDone:
        raise
    except EngineError:  # a version that knows no probe fails at its event, without a report
        return "allowed; the function is there"
    return "allowed; the function answers"


def check_functions(context: DoctorContext) -> Iterator[Finding]:
    """One finding an action; a function that is not there is named once."""
    settings = context.settings
    if context.credentials is None:
        yield skipped("functions", "not asked without credentials")
        return
    if not settings.region and not settings.fc_endpoint:
        said = "not looked for: REFRESH_WATCH_REGION is not set"
        yield skipped("functions", said, "set it to the region that they are deployed in, such as cn-hangzhou")
        return
    one_try = OneTry(settings, context.credentials, context.clock)
    missing: set[str] = set()
    for action, function, needed_for in _TRIES:
        if function in missing:
            continue
        finding, state = _tried(action, function, needed_for, one_try, context)
        yield finding
        if state == "missing":
            missing.add(function)
        elif state == "out of reach":
            break
        else:
            context.deployed.add(function)


def _tried(action: str, function: str, needed_for: str, one_try: OneTry, context: DoctorContext) -> tuple[Finding, str]:
    """What became of it, and what that says of the tries to come."""
    name = context.settings.function_name(function)
    what = f"{action} {name}"
    try:
        return ok(what, within(INVOKE_SECONDS, lambda: _ask(action, function, one_try))), ""
    except NotDone as error:
        return _refused(action, name, needed_for, error, context)
    except DeadlinePassed as error:
        return _unreached(what, str(error), context), "out of reach"
    except EngineError as error:
        # it is there and was reached, so the fault is its own
        return bad(what, str(error), f"mend what it says, then deploy again; the log of {name} says more"), ""


def _refused(action: str, name: str, needed_for: str, error: NotDone, context: DoctorContext) -> tuple[Finding, str]:
    what = f"{action} {name}"
    if error.status is None:
        return _unreached(what, str(error), context), "out of reach"
    if error.code.startswith("InvalidTimeStamp"):
        return bad(what, f"refused: {error}", "set this machine's clock (see Clock below)"), "out of reach"
    if error.is_bad_key:
        return bad(what, f"the key is refused: {error}", "see Credentials above"), "out of reach"
    if error.is_unknown_function:
        where = context.settings.region or "this region"
        do = "deploy them (make deploy), or set REFRESH_WATCH_REGION and REFRESH_WATCH_PREFIX to those in use"
        return bad(name, f"there is no such function in {where}", do), "missing"
    return _denied_or_not(action, name, needed_for, error, context), ""


def _denied_or_not(tried: str, name: str, needed_for: str, error: NotDone, context: DoctorContext) -> Finding:
    what = f"{tried} {name}"
    if error.is_denied:
        action = error.action or tried
        resource = f"acs:fc:{context.settings.region or '*'}:{context.account or '*'}:functions/{name}"
        on = f"{resource}/async-tasks/*" if tried in _ON_TASKS else f"{resource} and {resource}/*"
        said = f"RAM refuses it: {action} is needed for {needed_for}"
        return bad(what, said, f"grant {action} on {on} to {context.whom}")
    if error.status in (400, 404, 409):  # no such task: only a caller with the permission gets this answer
        return ok(what, "allowed")
    return warning(what, f"not known: {error}", "run doctor again in a minute")


def _unreached(what: str, why: str, context: DoctorContext) -> Finding:
    given = context.settings.fc_endpoint
    if given:
        host = urlsplit(given).netloc
        do = f"see whether REFRESH_WATCH_FC_ENDPOINT is right, and what is between (proxy, firewall): {host} is asked"
    else:
        do = "see whether REFRESH_WATCH_REGION is a region of Function Compute, and what is between (proxy, firewall)"
    return bad(what, f"no answer: {why}", do)
