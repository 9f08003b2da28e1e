"""The deployed functions: whether they are there, and each action on them that the commands need, tried harmlessly."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import EngineError
from refresh_watch.instants import Seconds
from refresh_watch.triggers.read import as_http_event
from refresh_watch.workflow.probing.probe import Do, event_of
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH
from refresh_watch_cli.doctor.context import DoctorContext
from refresh_watch_cli.doctor.finding import Finding, bad, ok, skipped, warning

if TYPE_CHECKING:
    from refresh_watch_cli.doctor.errors import NotDone, OneTry

CALL_SECONDS: Seconds = 65.0
"""More than a cold start and intake's time-out."""

NO_SUCH_TASK = "doctor-no-such-task"

REFUSED_BY_DESIGN = b'{"product": "doctor"}'
"""Names no product: intake answers it with 400 and reports nothing, since the caller has the answer."""


@dataclass(frozen=True)
class _Try:
    """`resource`: after ``functions/``, as RAM names it."""

    action: str
    function: str
    resource: str
    needed_for: str
    ask: Callable[[OneTry, str], str]


def _invoke_intake(one_try: OneTry, function: str) -> str:
    answer = one_try.invoke(function, as_http_event(REFUSED_BY_DESIGN))
    if answer.status in (200, 202, 400):
        return "allowed; the function answers"
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else ""
    raise EngineError(f"it answers HTTP {answer.status}: {detail}")


def _invoke_notify(one_try: OneTry, function: str) -> str:
    from refresh_watch_cli.doctor.errors import NotDone

    try:
        one_try.invoke(function, event_of(secrets.token_hex(8), Do.ECHO))
    except NotDone:
        raise
    except EngineError:  # a version that knows no probe fails at its event, without a report
        return "allowed; the function is there"
    return "allowed; the function answers"


def _list(one_try: OneTry, function: str) -> str:
    one_try.engine.tasks(function, NO_SUCH_TASK)
    return "allowed"


def _get(one_try: OneTry, function: str) -> str:
    one_try.engine.task(function, NO_SUCH_TASK)
    return "allowed"


def _stop(one_try: OneTry, function: str) -> str:
    one_try.engine.stop(function, NO_SUCH_TASK)
    return "allowed"


_READING = "stop, replay, start --wait and list --watch"
_TRIES = (
    _Try("fc:InvokeFunction", INTAKE, "{}", "start", _invoke_intake),
    _Try("fc:ListAsyncTasks", WATCH, "{}/async-tasks/*", _READING, _list),
    _Try("fc:GetAsyncTask", WATCH, "{}/async-tasks/*", _READING, _get),
    _Try("fc:StopAsyncTask", WATCH, "{}/async-tasks/*", "stop", _stop),
    _Try("fc:InvokeFunction", NOTIFY, "{}", "stop and replay", _invoke_notify),
    _Try("fc:ListAsyncTasks", NOTIFY, "{}/async-tasks/*", _READING, _list),
    _Try("fc:GetAsyncTask", NOTIFY, "{}/async-tasks/*", _READING, _get),
)


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
    from refresh_watch_cli.doctor.errors import OneTry

    one_try = OneTry(settings, context.credentials, context.clock)
    missing: set[str] = set()
    for one in _TRIES:
        if one.function in missing:
            continue
        finding, state = _tried(one, one_try, context)
        yield finding
        if state == "missing":
            missing.add(one.function)
        elif state == "out of reach":
            break
        else:
            context.deployed.add(one.function)


def _tried(one: _Try, one_try: OneTry, context: DoctorContext) -> tuple[Finding, str]:
    """What became of it, and what that says of the tries to come."""
    from refresh_watch_cli.doctor.errors import NotDone

    name = context.settings.function_name(one.function)
    what = f"{one.action} {name}"
    try:
        return ok(what, within(CALL_SECONDS, lambda: one.ask(one_try, one.function))), ""
    except NotDone as error:
        return _said(one, what, name, error, context)
    except DeadlinePassed as error:
        return _unreached(what, str(error), context), "out of reach"
    except EngineError as error:
        # it is there and was reached, so the fault is its own
        return bad(what, str(error), f"mend what it says, then deploy again; the log of {name} says more"), ""


def _said(one: _Try, what: str, name: str, error: NotDone, context: DoctorContext) -> tuple[Finding, str]:
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
    return _denied_or_not(one, what, name, error, context), ""


def _denied_or_not(one: _Try, what: str, name: str, error: NotDone, context: DoctorContext) -> Finding:
    if error.is_denied:
        action = error.action or one.action
        place = f"acs:fc:{context.settings.region or '*'}:{context.account or '*'}"
        resource = f"{place}:functions/{one.resource.format(name)}"
        more = f" and {resource}/*" if one.action == "fc:InvokeFunction" else ""
        said = f"RAM refuses it: {action} is needed for {one.needed_for}"
        return bad(what, said, f"grant {action} on {resource}{more} to {context.whom}")
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
