"""Where every watch of the demo stands, read from Function Compute's record and from what the chats show.

It is shown as messages arrive, and below them, on a terminal, as a table.
"""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass, field
from typing import Any

from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds, format_instant
from refresh_watch.reports.plain import one_line
from refresh_watch.watch import Watch
from refresh_watch.watching.hop_payload import read_hop
from refresh_watch.watching.reporting import counts_of
from refresh_watch.workflow.task_ids import WATCH, hop_number
from refresh_watch_cli.demo.jobs import Job
from refresh_watch_cli.demo.stage import AUDIENCES
from refresh_watch_cli.progress import LiveArea
from refresh_watch_emulator.chat_wall import WallMessage, chat_kind

WIDTH = 78
EVERY: Seconds = 5
"""Without a terminal: how often a line says how far it is."""

_VENDORS = {"dingtalk": "DingTalk", "feishu": "Feishu"}
_MARKUP = re.compile(r"`|\*\*|</?font[^>]*>")

_COLUMNS = (("product", 10), ("job", 8), ("label", 21), ("state", 25), ("looks", 5))


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
    def is_reported(self) -> bool:
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
    def is_reported(self) -> bool:
        """Nothing is awaited any more."""
        return all(row.is_reported for row in self.rows)


def _kind_of(message: WallMessage, watch_id: str) -> str:
    if message.kind == "webhook":
        if message.body.get("data", {}).get("watch_id") != watch_id:
            return ""
        return str(message.body.get("type", "")).removeprefix("refresh_watch.")
    text = chat_kind(message.kind).visible_text(message.body)
    # the footer names the event, the same on every retry
    return "final" if f"f-{watch_id}" in text else "interim" if f"i-{watch_id}" in text else ""


class Screen(LiveArea):
    """Lines, with a table of the board below them where standard output is a terminal."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._next_line: Instant = 0.0
        super().__init__(sys.stdout, self._table)

    def message(self, message: WallMessage) -> None:
        for line in message_lines(message):
            self.say(line)

    def tick(self, seconds: Seconds) -> None:
        """`seconds` have gone by since the start."""
        if self._live is None and seconds >= self._next_line:
            self._next_line = seconds + EVERY
            rows = self._board.rows
            settled = sum(row.final is not None for row in rows)
            looks, calls = sum(row.looks for row in rows), sum(row.api_calls for row in rows)
            self.say(f"[{seconds:4.0f} s] {settled} of {len(rows)} watches settled, {looks} looks, {calls} API calls")

    def _table(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, padding=(0, 1), show_edge=False)
        for name, width in _COLUMNS:
            table.add_column(name, width=width, no_wrap=True, overflow="ellipsis")
        for row in self._board.rows:
            job = row.job
            style = {"complete": "green", "failed": "red", "partly_failed": "red"}.get(row.state, "yellow")
            state = Text(row.state, style=style if row.final else "")
            table.add_row(job.product.value, job.kind.value, job.label, state, str(row.looks))
        return table


def message_lines(message: WallMessage) -> list[str]:
    """A chat's message as it reads; what a webhook's receiver got in one line."""
    at = format_instant(message.at)[11:19]
    if message.kind == "webhook":
        data = message.body.get("data", {})
        words = (message.body.get("type"), data.get("outcome"), data.get("product"), data.get("label"))
        said = " · ".join(one_line(str(word), 40) for word in words if word)
        line = f"--> webhook {message.chat} {at}: {said}"
        return [line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"]
    head = f"--- {_VENDORS.get(message.kind, message.kind)} robot {message.chat} {at} "
    lines = [head.ljust(WIDTH, "-")]
    for line in chat_kind(message.kind).visible_text(message.body).splitlines():
        plain = _MARKUP.sub("", line).removeprefix("#### ").removeprefix("> ").rstrip()
        indent = "  " + " " * (len(plain) - len(plain.lstrip()))
        if plain:
            lines.extend(textwrap.wrap(plain.lstrip(), WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  "))
    return [*lines, "-" * WIDTH]


def summary_lines(board: Board) -> list[str]:
    form = "{:<10} {:<8} {:<13} {:>5} {:>5}  {}"
    lines = [form.format("PRODUCT", "JOB", "OUTCOME", "LOOKS", "CALLS", "SHOWN TO PEOPLE")]
    for row in board.rows:
        outcome = row.final["outcome"] if row.final else "-"
        kinds = [each.kind for each in AUDIENCES if each.kind in row.finals]
        told = [f"{row.finals[kind]} {_VENDORS.get(kind, kind)}" for kind in kinds] + ["interim"] * bool(row.interims)
        job = row.job
        lines.append(form.format(job.product, job.kind, outcome, row.looks, row.api_calls, ", ".join(told)))
        if row.fault:
            lines.append(f"  NOT AS EXPECTED: {job.label}: {row.fault}")
    return lines
