"""What the functions' own roles may do: each function tries it itself, harmlessly, and says what was refused."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from refresh_watch.deadline import within
from refresh_watch.errors import EngineError, RefreshWatchError
from refresh_watch.product_specs.registry import spec_named
from refresh_watch.reports.plain import name_only
from refresh_watch.workflow.probing.grants import GET, INVOKE, LIST, ON_FUNCTIONS, GrantResult, GrantTry
from refresh_watch.workflow.probing.probe import Do, event_of
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH
from refresh_watch_cli.doctor.check import DoctorContext, Finding, bad, ok, skipped, warning
from refresh_watch_cli.doctor.check_functions import INVOKE_SECONDS
from refresh_watch_cli.doctor.errors import NotDone, OneTry

_ORDER = (NOTIFY, WATCH, INTAKE)
"""So that a function calls no other that is not known to understand the call, and that an intake of a version that
takes the probe for an event, and publishes a rejection, is not asked."""

_BREAKS = {
    (INTAKE, INVOKE, WATCH): "no watch is started",
    (INTAKE, INVOKE, NOTIFY): "no report is sent of a request that is refused, or of an event that fails",
    (INTAKE, GET, WATCH): "a watch that a second event asks for cannot be looked at or gone on with",
    (INTAKE, LIST, WATCH): "a request that comes twice fails",
    (INTAKE, LIST, NOTIFY): "a request that comes twice fails",
    (WATCH, INVOKE, WATCH): "every watch ends after its first look",
    (WATCH, INVOKE, NOTIFY): "no report is sent",
    (WATCH, GET, WATCH): "a watch that was cut off is not gone on with",
    (WATCH, LIST, WATCH): "a watch that was cut off is not gone on with",
    (WATCH, GET, NOTIFY): "a report whose fan-out failed is not sent again, and no first failure is reported",
    (WATCH, LIST, NOTIFY): "a watch that was cut off is not gone on with",
    (NOTIFY, INVOKE, NOTIFY): "no report reaches a channel",
    (NOTIFY, GET, NOTIFY): "a first failure may be sent after the final report",
    (NOTIFY, GET, WATCH): "where an event fails, its watches that run are reported as broken too",
}
_MEND = "make the roles again: make deploy DEPLOY=--only-roles; RAM may take a minute to obey"
_WAIT = (
    "run doctor again in a minute; if it stays so, see whether the function reaches Alibaba Cloud (its VPC, its log)"
)
LOGS = "log:PostLogStoreLogs"


def check_roles(context: DoctorContext) -> Iterator[Finding]:
    """One finding an action that is refused, or one for a role that may do everything."""
    if not context.deployed or context.credentials is None:
        yield skipped("roles", "not tried: none of the functions was found (see above)")
        return
    one_try = OneTry(context.settings, context.credentials, context.clock)
    known: set[str] = set()
    for function in _ORDER:
        name = context.settings.function_name(function)
        calls = {on for action, on in ON_FUNCTIONS[function] if action == INVOKE} - {function}
        if function not in context.deployed:
            yield skipped(name, "its role was not tried: the function was not found")
            continue
        if calls - known:
            others = ", ".join(context.settings.function_name(other) for other in sorted(calls - known))
            yield skipped(name, f"its role was not tried: it needs {others} for that (see above)")
            continue
        try:
            tried = _ask(function, one_try)
        except _IsWrapped:
            yield skipped(name, "its role was not tried: API calls reach it as HTTP requests, which are no probes")
            continue
        except RefreshWatchError as error:
            yield _unasked(name, error)
            continue
        if not tried:
            yield skipped(name, "its role was not tried: this version of it cannot", "deploy it again: make deploy")
            continue
        known.add(function)
        yield from _of(function, name, tried, context)
    yield skipped(LOGS, "cannot be tried: where a role lacks it, that function's log stays empty")


class _IsWrapped(Exception):
    """The function took the probe for an ordinary event, since it came as an HTTP request."""


def _ask(function: str, one_try: OneTry) -> list[GrantTry]:
    """What the function says that it tried; empty when it understands no such probe. Raises _IsWrapped."""
    probe = secrets.token_hex(8)
    # a cold start, and all that is tried, may take a while
    answer = within(INVOKE_SECONDS, lambda: one_try.invoke(function, event_of(probe, Do.GRANTS)))
    if answer.status >= 500:
        raise EngineError(f"it answers HTTP {answer.status}")
    if answer.status >= 400 and function == INTAKE:
        raise _IsWrapped
    body = answer.body
    given = body.get("grants") if isinstance(body, dict) and body.get("probe") == probe else None
    return [_read(each) for each in given] if isinstance(given, list) else []


def _read(given: Any) -> GrantTry:
    known = given if isinstance(given, dict) else {}
    words = [name_only(str(known.get(key, "")), 80) for key in ("action", "on", "code")]
    return GrantTry(words[0], words[1], GrantResult.of(known.get("result")), words[2])


def _unasked(name: str, error: RefreshWatchError) -> Finding:
    if isinstance(error, NotDone) and error.is_denied:
        return skipped(name, f"its role was not tried: calling it needs {INVOKE} on {name}")
    said = f"its role was not tried: {error}"
    return skipped(name, said, "see the function's log; a version that cannot try its role fails so: make deploy")


def _of(function: str, name: str, tried: Sequence[GrantTry], context: DoctorContext) -> Iterator[Finding]:
    asked = [each for each in tried if _matters(each, context)]
    closed = dict.fromkeys(_service(each.on) for each in asked if each.result is GrantResult.NOT_OPENED)
    for each in asked:
        to = f"{each.action} {context.settings.function_name(each.on)}" if each.on in ON_FUNCTIONS else each.action
        code = f" ({each.code})" if each.code else ""
        if each.result is GrantResult.REFUSED:
            breaks = _BREAKS.get((function, each.action, each.on), f"watches of {each.on} cannot see their tasks")
            yield bad(f"{name}: {to}", f"RAM refuses it to the function's role{code}: {breaks}", _MEND)
        elif each.result not in (GrantResult.OK, GrantResult.NOT_OPENED):
            yield warning(f"{name}: {to}", f"not known whether its role may: no answer that says so{code}", _WAIT)
    if all(each.result in (GrantResult.OK, GrantResult.NOT_OPENED) for each in asked):
        without = f"; {' and '.join(closed)}: not open in this account" if closed else ""
        allowed = sum(each.result is GrantResult.OK for each in asked)
        yield ok(f"role of {name}", f"may do all {allowed} actions that were tried{without}")


def _matters(tried: GrantTry, context: DoctorContext) -> bool:
    """Not what is about a missing function, or a product that was left out; an older action goes with its service."""
    if tried.on in ON_FUNCTIONS:
        return tried.on in context.deployed
    return {tried.on, _service(tried.on)} & set(context.products) != set()


def _service(word: str) -> str:
    spec = spec_named(word)
    return spec.service if spec else word
