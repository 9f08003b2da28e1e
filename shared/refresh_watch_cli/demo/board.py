"""Where every watch of the demo stands: read from Function Compute's record and from what the chats showed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from refresh_watch.function_compute.tasks import Engine
from refresh_watch.watch import Watch
from refresh_watch.watching.reporting import counts_of
from refresh_watch.watching.state import read_hop
from refresh_watch.workflow.task_ids import WATCH, hop_number
from refresh_watch_cli.demo.jobs import Job
from refresh_watch_cli.demo.stage import AUDIENCES
from refresh_watch_emulator.chat_wall import WallMessage, chat_kind


@dataclass
class JobRow:
    """One watch. `finals` and `interims` count the messages that each channel showed."""

    job: Job
    watch_id: str
    watch: Watch | None = None
    final: dict[str, Any] | None = None  # docs/contracts.md, as the webhook's receiver got it
    finals: dict[str, int] = field(default_factory=dict)
    interims: dict[str, int] = field(default_factory=dict)

    @property
    def looks(self) -> int:
        return int(self.final["looks"]) if self.final else self.watch.looks if self.watch else 0

    @property
    def api_calls(self) -> int:
        return int(self.final["api_calls"]) if self.final else self.watch.api_calls if self.watch else 0

    @property
    def state(self) -> str:
        if self.final:
            return str(self.final["outcome"])
        if self.watch is None or not self.watch.looks:
            return "first look ..."
        counts = counts_of(self.watch.items)
        parts = ((counts.complete, "complete"), (counts.failed, "failed"), (counts.running, "running"))
        return ", ".join(f"{number} {word}" for number, word in parts if number)

    @property
    def is_told(self) -> bool:
        """Every channel has shown its final report."""
        return all(self.finals.get(each.kind) for each in AUDIENCES if each.wants(self.job.expected))

    @property
    def fault(self) -> str:
        """What is not as it should be; empty when it ended as expected, told once to each channel."""
        if self.final is None:
            return "no final report"
        if self.final["outcome"] != self.job.expected.value:
            return f"{self.final['outcome']} instead of {self.job.expected}"
        wrong = [
            f"{self.finals.get(each.kind, 0)} finals at {each.name}"
            for each in AUDIENCES
            if self.finals.get(each.kind, 0) != each.wants(self.job.expected)
        ]
        return ", ".join(wrong)


@dataclass
class Board:
    """All of them, in the order in which they were started."""

    rows: list[JobRow] = field(default_factory=list)

    def read(self, record: Engine) -> None:
        newest: dict[str, str] = {}
        for task in record.tasks(WATCH, "w-"):
            watch_id = task.id[2:].rpartition("-h")[0]
            newest[watch_id] = max(newest.get(watch_id, ""), task.id, key=hop_number)
        for row in self.rows:
            kept = record.task(WATCH, newest[row.watch_id]) if row.watch_id in newest else None
            if kept is not None and kept.payload:
                row.watch = read_hop(kept.payload).watch

    def saw(self, message: WallMessage) -> None:
        for row in self.rows:
            told = _kind_of(message, row.watch_id)
            counted = {"final": row.finals, "interim": row.interims}.get(told)
            if counted is not None:
                counted[message.kind] = counted.get(message.kind, 0) + 1
            if told == "final" and message.kind == "webhook":
                row.final = message.body["data"]

    @property
    def is_told(self) -> bool:
        """Nothing is awaited any more."""
        return all(row.is_told for row in self.rows)


def _kind_of(message: WallMessage, watch_id: str) -> str:
    if message.kind == "webhook":
        if message.body.get("data", {}).get("watch_id") != watch_id:
            return ""
        return str(message.body.get("type", "")).removeprefix("refresh_watch.")
    text = chat_kind(message.kind).visible_text(message.body)
    # the footer names the event, the same on every retry
    return "final" if f"f-{watch_id}" in text else "interim" if f"i-{watch_id}" in text else ""
