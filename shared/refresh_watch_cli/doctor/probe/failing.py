"""The probe's step about failures: a task that only fails, its tries, and the envelope of onFailure."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from refresh_watch.instants import Seconds, format_duration
from refresh_watch.workflow.probing.probe import ENVELOPE, TRY, Do, kept
from refresh_watch.workflow.task_ids import NOTIFY
from refresh_watch_cli.doctor.probe.inspector import Recorded
from refresh_watch_cli.doctor.probe.run import FAIL, SHORTLY, Probing, Same
from refresh_watch_cli.printing import note

_KEYS = {
    "keys": ("requestContext", "requestPayload", "responseContext", "responsePayload", "timestamp"),
    "requestContext": ("approximateInvokeCount", "condition", "functionArn", "requestId"),
    "responseContext": ("functionError", "statusCode"),
}
"""As the page on destinations has them (result-callback, FC 3.0)."""
_FIRES = "fires, and notify is given the envelope"


def start_failing(run: Probing) -> None:
    """Start a task that fails however often it is tried; that takes a while, so it comes first."""
    with run.step("onFailure", f"starting a task of {run.failing} that fails, to see its tries and onFailure"):
        run.start(run.failing, Do.FAIL, FAIL)


def after_failing(run: Probing) -> None:
    note(f"waiting for onFailure, at most {format_duration(run.patience)}")
    with run.step("onFailure"):
        over: list[float] = []

        def look() -> Any:
            envelope = run.engine.task(NOTIFY, run.task_id(ENVELOPE))
            if envelope is not None:
                return kept(envelope.payload or b"") or {"keys": []}
            task = run.inspector.recorded(run.failing, run.task_id(FAIL))
            if task is not None and task.is_over and not over:
                over.append(run.clock.now())
            # long after the last try there is nothing to wait for
            return over and run.clock.now() - over[0] > min(2 * SHORTLY, 6 * run.delay)

        seen = run.wait_for(look, run.patience)
        task = run.inspector.recorded(run.failing, run.task_id(FAIL))
        tries = _tries(run, has_fired=isinstance(seen, dict))
        _say_tries(run, tries, task)
        if not isinstance(seen, dict):
            state = task.status.value if task else "not in the record"
            same = Same.NO if task and task.is_over else Same.UNSEEN
            run.found("onFailure", f"has not fired; the task is {state} after {len(tries)} tries", _FIRES, same)
            return
        at: Any = seen.get("timestamp")
        is_timed = bool(tries) and isinstance(at, (int, float))
        after = f" {max(0.0, at / 1000 - tries[-1]):.1f} s after the last try" if is_timed else ""
        run.found("onFailure", f"fired{after}", _FIRES, Same.YES)
        _envelope(run, seen, len(tries))


def _tries(run: Probing, *, has_fired: bool) -> list[Seconds]:
    """When each try ran, by the functions' clock.

    A list of tasks may lag. The envelope was kept after the last try, so a list that shows it shows every try.
    """
    ids: list[str] = []

    def look() -> bool:
        ids[:] = [task.id for task in run.engine.tasks(NOTIFY, run.task_id(""))]
        return not has_fired or run.task_id(ENVELOPE) in ids

    run.wait_for(look, 2 * SHORTLY)
    times = [text.removeprefix(run.task_id(TRY)) for text in ids]
    return sorted(int(text) / 1000 for text in times if text.isdecimal())


def _say_tries(run: Probing, tries: list[Seconds], task: Recorded | None) -> None:
    gaps = ", ".join(f"{later - earlier:.1f} s" for earlier, later in pairwise(tries))
    run.found("retry_interval", f"{len(tries)} runs; between them {gaps}" if gaps else f"{len(tries)} runs")
    retried = task.retried if task else None
    if retried is None:
        run.unseen("run_twice, when failing", "the record does not count the retries", "once a try")
        return
    more = len(tries) - (retried + 1)
    seen = "once a try" if more == 0 else f"{len(tries)} runs, and the record has 1 + {retried} tries"
    run.compare("run_twice, when failing", seen, "once a try", more == 0)


def _envelope(run: Probing, envelope: dict[str, Any], runs: int) -> None:
    problems = []
    for part, documented in _KEYS.items():
        given = envelope.get(part) or []
        where = "" if part == "keys" else f" in {part}"
        problems += [f"{key} is missing{where}" for key in documented if key not in given]
        problems += [f"{key} is new{where}" for key in given if key not in documented]
    otherwise = Same.NO if any("missing" in problem for problem in problems) else Same.OTHER
    seen = "; ".join(problems) or "as documented"
    run.compare("the envelope's keys", seen, "as documented", not problems, otherwise)
    name = run.settings.function_name(run.failing)
    arn = str(envelope.get("function"))
    own = arn.rpartition("functions/")[2].partition("/")[0] == name
    run.compare("the envelope's function", arn, f"…:functions/{name}", own, Same.NO)
    words = ("functionError", "condition", "statusCode", "invocations")
    said = ", ".join(f"{word} {envelope.get(word)}" for word in words)
    count = envelope.get("invocations")
    is_likely = envelope.get("functionError") and count == runs
    run.compare("the envelope's words", said, f"functionError, {runs} invocations", is_likely)
    payload = str(envelope.get("requestPayload"))
    run.compare("requestPayload", payload, "text", payload == "text", Same.NO)
