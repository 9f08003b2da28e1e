"""What the demo shows: messages as they arrive, and below them, on a terminal, how every watch stands."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import Any

from refresh_watch.instants import Instant, Seconds, format_instant
from refresh_watch.reports.plain import one_line
from refresh_watch_cli.demo.board import Board
from refresh_watch_cli.demo.stage import AUDIENCES
from refresh_watch_cli.progress import LiveArea
from refresh_watch_emulator.chat_wall import WallMessage, chat_kind

WIDTH = 78
EVERY: Seconds = 5
"""Without a terminal: how often a line says how far it is."""

_VENDORS = {"dingtalk": "DingTalk", "feishu": "Feishu"}
_MARKUP = re.compile(r"`|\*\*|</?font[^>]*>")

_COLUMNS = (("product", 10), ("job", 8), ("label", 21), ("state", 25), ("looks", 5))


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
