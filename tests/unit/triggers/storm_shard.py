"""A part of the storm in a process of its own, with as little memory as the deployed function has.

``python -m tests.unit.triggers.storm_shard FIRST COUNT MEGABYTES`` runs the events FIRST up to FIRST + COUNT through
intake, prints a JSON summary, and needs at most so many megabytes more than it has at its beginning.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refresh_watch.errors import EngineError
from refresh_watch.function_compute.log import JsonLines
from refresh_watch.function_compute.tasks import Started
from refresh_watch.settings import ChannelSetting, Secret, Settings
from refresh_watch.triggers.read import open_event
from refresh_watch.workflow.intake import Reply, take_in
from tests.hand_clock import HandClock
from tests.record import Record
from tests.unit.triggers.storm import EVENTS, Blow, Seed, blow
from tests.unit.triggers.storm_grammar import Wish
from tests.unit.triggers.storm_oracle import leaks, read_everything, wishes_of, wrong_in_refusal
from tests.unit.triggers.storm_text import Text, dump

SETTINGS = Settings(channels=(ChannelSetting("oncall", "dingtalk", Secret("https://oapi.dingtalk.com/robot/send")),))
NOW = 1795334410.0
MOST_STARTS = 100
"""Watches of one event: what its function gets done within its time."""


@dataclass
class StormRecord(Record):
    """Function Compute's record, which leaves one start without an answer."""

    fails_at: int = -1

    def start_later(self, function: str, payload: bytes, delay: float, task_id: str) -> Started:
        if len(self.kept) == self.fails_at:
            raise EngineError("Function Compute: HTTP 503")
        return super().start_later(function, payload, delay, task_id)

    def stop(self, function: str, task_id: str) -> None:
        raise AssertionError(f"{function} {task_id} was stopped")

    def hops(self) -> list[bytes]:
        """The payloads of the watches' first hops."""
        return self.payloads("watch", "w-")

    def reports(self) -> list[dict[str, Any]]:
        """The reports of what was refused."""
        return [json.loads(payload) for payload in self.payloads("notify")]


class Storm:
    """Runs events and keeps what was wrong."""

    def __init__(self) -> None:
        self.log = io.StringIO()
        self.counts: Counter[str] = Counter()
        self.wrong: list[dict[str, Any]] = []
        self._handler = logging.StreamHandler(self.log)
        self._handler.setFormatter(JsonLines())

    def __enter__(self) -> Storm:
        """Listen to what is logged."""
        logger = logging.getLogger("refresh_watch")
        self._before = (logger.level, logger.propagate)
        logger.addHandler(self._handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the logger as it was."""
        logger = logging.getLogger("refresh_watch")
        logger.removeHandler(self._handler)
        logger.level, logger.propagate = self._before

    def meet(self, number: int, event: Blow) -> None:
        """One event, and everything that has to hold of it."""
        found = self.judge(number, event)
        self.counts.update(event.done)
        self.counts["events"] += 1
        if found:
            self.counts["wrong"] += 1
            if len(self.wrong) < 20:
                self.wrong.append(
                    {"number": number, "why": found[:600], "done": event.done, "event": repr(event.data[:900])}
                )

    def judge(self, number: int, event: Blow) -> str:
        """What is wrong with what this event leads to; nothing, when all is as it should be."""
        self.log.seek(0)
        self.log.truncate()
        record = StormRecord()
        try:
            reply = take_in(open_event(event.data), settings=SETTINGS, engine=record, clock=HandClock(NOW))
            response = reply.as_response()
            text = json.dumps(response, allow_nan=False)
        except Exception as error:  # no error may happen
            return f"raised {type(error).__name__}: {error}"
        first = self._starts(event, record) or self._refusals(reply, record) or self._silence(text, record)
        if not first and number % 8 == 0:
            first = _again(event, record) or _unanswered(event, record, reply)
        return first

    def _starts(self, event: Blow, record: StormRecord) -> str:
        hops = record.hops()
        self.counts["watches"] += len(hops)
        if len(hops) > MOST_STARTS:
            return f"{len(hops)} watches of one event"
        wishes: set[Wish] = set()
        for hop in hops:
            wishes |= wishes_of(hop)
        if event.wishes is not None:
            self.counts["foreseen"] += 1
            if wishes != event.wishes:
                missing, more = sorted(event.wishes - wishes)[:3], sorted(wishes - event.wishes)[:3]
                return (
                    f"starts other than what it asks for: missing {missing}, more {more}; {self.log.getvalue()[:300]}"
                )
        if wishes:
            self.counts["starting"] += 1
            named = read_everything(event.data)
            for wish in wishes:
                if not named.has(wish) or not wish[1].isprintable() or " " in wish[1]:
                    return f"started {wish}, which does not stand in it"
        return ""

    def _refusals(self, reply: Reply, record: StormRecord) -> str:
        if reply.status not in (200, 202, 400):
            return f"status {reply.status}"
        reports = record.reports()
        refusals = [report.get("problem", "") for report in reports]
        if len(reports) > MOST_STARTS:
            return f"{len(reports)} refusals reported of one event"
        if reply.status == 400:
            self.counts["refused"] += 1
            detail = reply.body["detail"]
            if not detail.isprintable() or len(detail) > 2100:
                return f"a detail that is too long or no line: {detail!r}"
            refusals += [detail] if "; " not in detail else []
        else:
            answers = reply.body if isinstance(reply.body, list) else [reply.body]
            refusals += [one["error"] for one in answers if "error" in one]
            ignored = [one["ignored"] for one in answers if "ignored" in one]
            self.counts["ignored"] += len(ignored)
            for reason in ignored:
                if not reason.isprintable() or not reason or len(reason) > 300:
                    return f"ignored for no reason that can be shown: {reason!r}"
        return next((wrong for wrong in map(wrong_in_refusal, refusals) if wrong), "")

    def _silence(self, text: str, record: StormRecord) -> str:
        if leaks(text):
            return f"a secret in the answer: {text}"
        if leaks(self.log.getvalue()):
            return f"a secret in the log: {self.log.getvalue()}"
        # a label is the submitter's own, and meant to be shown
        reports = json.dumps([{**report, "label": ""} for report in record.reports()])
        return f"a secret in a report: {reports}" if leaks(reports) else ""


def _again(event: Blow, record: StormRecord) -> str:
    before = set(record.kept)
    take_in(open_event(event.data), settings=SETTINGS, engine=record, clock=HandClock(NOW + 90))
    more = set(record.kept) - before
    return f"delivered again it started {sorted(more)[:3]}" if more else ""


def _unanswered(event: Blow, record: StormRecord, reply: Reply) -> str:
    """Function Compute does not answer the last start: a waiting caller gets an error, an asynchronous event is retried."""
    if not record.kept:
        return ""
    silent = StormRecord(fails_at=len(record.kept) - 1)
    try:
        answer = take_in(open_event(event.data), settings=SETTINGS, engine=silent, clock=HandClock(NOW))
    except EngineError:
        return ""
    except Exception as error:  # nothing else is documented
        return f"without an answer of Function Compute it raised {type(error).__name__}: {error}"
    return "" if answer.status == 503 and reply.wrapped else f"without an answer of Function Compute: {answer.status}"


def seeds() -> list[Seed]:
    """The events of tests/events, with what each starts as it is."""
    found = []
    for path in sorted(EVENTS.glob("*.json")):
        data = path.read_bytes()
        record = StormRecord()
        take_in(open_event(data), settings=SETTINGS, engine=record, clock=HandClock(NOW))
        wishes = frozenset(wish for hop in record.hops() for wish in wishes_of(hop))
        found.append(Seed(path.name, _decoded(data), wishes))
    return found


def _decoded(data: bytes) -> Any:
    value = json.loads(data)
    # what decoding would change, such as a key that stands twice, is kept as it is
    return value if dump(value).count(":") == data.decode().count(":") else Text(data.decode())


def megabytes() -> tuple[float, float]:
    """The most memory that this process held so far, and its address space; both of Linux, the latter 0 elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (2**20 if sys.platform == "darwin" else 2**10), 0
    # ru_maxrss of a child counts its parent's, too
    held = dict(line.split(":", 1) for line in status.read_text().splitlines() if line.startswith("Vm"))
    return int(held["VmHWM"].split()[0]) / 1024, int(held["VmSize"].split()[0]) / 1024


def limit_memory(room: int) -> float:
    """Allow this process so many megabytes more, where that can be done; answers how many it has."""
    begun, space = megabytes()
    if space:
        most = int((space + room) * 2**20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return begun


def main(first: int, count: int, room: int) -> None:
    """Run the events, and print what came of them."""
    with Storm() as storm:
        given = seeds()
        begun = limit_memory(room)
        for number in range(first, first + count):
            storm.meet(number, blow(number, given))
    print(json.dumps({
        "counts": dict(sorted(storm.counts.items())), "wrong": storm.wrong, "begun": round(begun, 1),
        "peak": round(megabytes()[0], 1), "cpu": round(time.process_time(), 1),
    }))  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
