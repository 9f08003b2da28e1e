"""The probe's steps about tasks: the delay, a duplicate, the list, and stopping."""

from __future__ import annotations

from refresh_watch.function_compute.tasks import TaskStatus
from refresh_watch.instants import Seconds
from refresh_watch.workflow.probing.probe import Do
from refresh_watch.workflow.task_ids import NOTIFY
from refresh_watch_cli.doctor.probe.inspector import Recorded, Submitted
from refresh_watch_cli.doctor.probe.run import SHORTLY, Probing, Same

EARLY: Seconds = 0.5
"""By so much two clocks may differ after they were compared: a task that ran earlier than that ran too early."""

_DELAY, _STOP, _NOW = "delay", "stop", "now"


def start_delayed(run: Probing) -> dict[str, Submitted]:
    """Start what has to wait, so that it waits while other things are measured."""
    sent: dict[str, Submitted] = {}
    with run.step("delay", f"starting a task with a task id and a delay of {run.delay} s, and one to be stopped"):
        sent[_DELAY] = run.start(NOTIFY, Do.ECHO, _DELAY, run.delay)
        sent[_STOP] = run.start(NOTIFY, Do.ECHO, _STOP, run.delay)
    return sent


def while_waiting(run: Probing, sent: dict[str, Submitted]) -> None:
    """The state of a task that waits, its id used again, and the other one stopped."""
    if _DELAY in sent:
        with run.step("duplicate, while it waits"):
            _duplicate(run, "duplicate, while it waits")
        with run.step("status while it waits"):
            task = run.inspector.recorded(NOTIFY, run.task_id(_DELAY))
            seen = "the task is not in the record" if task is None else task.status.value
            otherwise = Same.OTHER if task and task.status.is_live else Same.NO
            waits = task and task.status is TaskStatus.ENQUEUED
            run.compare("status while it waits", seen, "Enqueued", waits, otherwise)
    if _STOP in sent:
        with run.step("stop"):
            run.engine.stop(NOTIFY, run.task_id(_STOP))


def without_delay(run: Probing) -> None:
    """A task without a delay: how soon it runs, and how soon a list shows it."""
    with run.step("no delay", "starting a task without a delay; how soon does a list show it?"):
        sent = run.start(NOTIFY, Do.ECHO, _NOW)
        _list(run, sent)
        task = run.ended(NOTIFY, _NOW, SHORTLY)
        ran = run.ran_at(task) if task else None
        if ran is None:
            run.unseen("no delay", f"had not ended after {SHORTLY:.0f} s", "runs within seconds")
        else:
            after = ran - sent.sent_at
            run.compare("no delay", f"ran {max(0.0, after):.1f} s after it was sent", "runs within seconds", after < 10)


def after_delay(run: Probing, sent: dict[str, Submitted]) -> None:
    """What became of the delayed task, and of the one that was stopped."""
    if _DELAY in sent:
        with run.step("delay with a task id", "waiting for the delayed task"):
            _delay(run, sent[_DELAY])
        with run.step("duplicate, after it ended"):
            _duplicate(run, "duplicate, after it ended")
    if _STOP in sent:
        with run.step("stop"):
            _stopped(run, sent[_STOP])


def _delay(run: Probing, sent: Submitted) -> None:
    likely = f"runs after {run.delay} s, never before"
    if not sent.is_accepted:
        run.found("delay with a task id", f"refused: {_answer(sent)}", likely, Same.NO)
        return
    task = run.ended(NOTIFY, _DELAY, run.delay + SHORTLY)
    ran = run.ran_at(task) if task is not None else None
    if task is None or ran is None:
        seen = f"had not ended {run.delay + SHORTLY:.0f} s after it was sent"
        run.found("delay with a task id", seen, likely, Same.NO)
        return
    waited = ran - sent.sent_at
    same = Same.NO if waited < run.delay - EARLY else Same.YES if waited < run.delay + 10 else Same.OTHER
    run.found("delay with a task id", f"HTTP {sent.status}; ran {waited:.1f} s after it was sent", likely, same)
    _record(run, task, sent, ran)


def _record(run: Probing, task: Recorded, sent: Submitted, ran: float) -> None:
    if task.started_at is None:
        run.unseen("startedTime", "absent", "when it was accepted")
    else:
        started = task.started_at - run.ahead
        accepted = abs(started - sent.sent_at) < abs(started - ran)
        seen = "when it was accepted" if accepted else "when it began to run"
        run.compare("startedTime", seen, "when it was accepted", accepted)
    seen = "yes" if task.payload else "no"
    run.compare("payload in the record", seen, "yes: a broken watch goes on from it", task.payload, Same.NO)
    run.found("result in the record", "yes" if task.returned else "no")
    runs = sum(status == TaskStatus.RUNNING for _, status in task.events) - (task.retried or 0)
    if not task.events:
        run.unseen("run_twice", "the record has no events", "once")
    else:
        seen = "once" if runs == 1 else f"{runs} times by the record's events"
        run.compare("run_twice", seen, "once", runs == 1)


def _duplicate(run: Probing, fact: str) -> None:
    again = run.start(NOTIFY, Do.ECHO, _DELAY)
    is_known = again.status == 409 or (again.status == 400 and "AlreadyExist" in again.code)
    is_likely = again.status == 409 and "Code" in again.keys
    run.compare(fact, _answer(again), "HTTP 409", is_likely, Same.OTHER if is_known else Same.NO)


def _answer(answer: Submitted) -> str:
    words = [f"HTTP {answer.status}"]
    if answer.code:
        words.append(f"code {answer.code}")
    if answer.keys:
        words.append(f"body {{{', '.join(answer.keys)}}}")
    if answer.headers:
        words.append(f"headers {', '.join(answer.headers)}")
    return "; ".join(words)


def _list(run: Probing, sent: Submitted) -> None:
    prefix = run.task_id(_NOW)
    asked = 0

    def look() -> list[Recorded]:
        nonlocal asked
        asked += 1
        listed = run.inspector.listed(NOTIFY, prefix)
        return listed if any(task.id == prefix for task in listed) else []

    listed = run.wait_for(look, 2 * SHORTLY)
    waited = run.clock.now() - sent.answered_at
    if not listed:
        run.found("list_lag", f"not shown within {2 * SHORTLY:.0f} s", "shown at once", Same.OTHER)
        return
    seen = f"shown {'at once' if asked == 1 else 'late'}, {waited:.1f} s after it was accepted"
    run.compare("list_lag", seen, "shown at once", asked == 1)
    payloads = any(task.payload for task in listed)
    run.compare("list_payloads", "yes" if payloads else "no", "yes", payloads)
    others = sum(not task.id.startswith(prefix) for task in listed)
    seen = f"no: {others} other tasks were listed" if others else "yes"
    run.compare("a list's prefix is obeyed", seen, "yes", not others)


def _stopped(run: Probing, sent: Submitted) -> None:
    likely = "Stopped, and never runs"
    # it would have run by now, had it not been stopped
    due = sent.sent_at + run.delay + min(SHORTLY, run.delay)
    run.clock.sleep(max(0.0, due - run.clock.now()))
    task = run.inspector.recorded(NOTIFY, run.task_id(_STOP))
    if task is None:
        run.unseen("stop", "the task is not in the record", likely)
        return
    ran = task.status is TaskStatus.SUCCEEDED or any(status == TaskStatus.RUNNING for _, status in task.events)
    after = run.clock.now() - sent.sent_at - run.delay
    seen = f"{task.status.value}; {'ran all the same' if ran else f'had not run {after:.0f} s after its time'}"
    stays = {TaskStatus.STOPPED: Same.YES, TaskStatus.STOPPING: Same.OTHER}
    run.found("stop", seen, likely, Same.NO if ran else stays.get(task.status, Same.NO))
