"""What a command says while a watch goes on: live at the foot of a terminal, by rich, else plain lines."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import Any, TextIO, TypeVar

from refresh_watch.clock import Clock
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.observation import Observation
from refresh_watch.reports.plain import one_line
from refresh_watch.watch import Watch
from refresh_watch.watching.reporting import counts_of

_BAR = 12
_Area = TypeVar("_Area", bound="LiveArea")


class LiveArea:
    """What `draw` makes for rich is kept up to date where `stream` is a terminal, and what is said stands above it."""

    def __init__(self, stream: TextIO, draw: Callable[[], Any]) -> None:
        self._stream = stream
        self._live: Any = None
        if stream.isatty() and importlib.util.find_spec("rich") is not None:
            from rich.console import Console
            from rich.live import Live

            console = Console(file=stream, highlight=False)
            self._live = Live(console=console, get_renderable=draw, refresh_per_second=4, transient=True)

    def __enter__(self: _Area) -> _Area:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, text: str) -> None:
        """Nothing in it is taken for markup."""
        if self._live is None:
            print(text, file=self._stream, flush=True)
        else:
            self._live.console.print(text, markup=False, soft_wrap=True)


class Progress(LiveArea):
    """One line with a bar on standard error, or a line for each look."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._line = "first look ..."
        self._share = 0.0
        self._next_at: Instant | None = None
        super().__init__(sys.stderr, self._draw)

    def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
        """A look has ended; the next one is `after` seconds away (None: it was the last)."""
        self._line = describe(watch, observation)
        self._share = share_done(watch, observation)
        self._next_at = None if after is None else self._clock.now() + after
        if self._live is not None:
            self._live.refresh()
        else:
            self.say(self._line if after is None else f"{self._line}; next look in {_wait(after)}")

    def _draw(self) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 1))
        row.add_column(width=_BAR)
        row.add_column(no_wrap=True, overflow="ellipsis")
        then = ""
        if self._next_at is not None:
            then = f"next in {_wait(max(0.0, self._next_at - self._clock.now()))} · "
        row.add_row(ProgressBar(total=1.0, completed=self._share, width=_BAR), Text(then + self._line))
        return row


def share_done(watch: Watch, observation: Observation) -> float:
    """How far the watch is, from 0 to 1: settled items count whole, the others as far as their rows say."""
    shares = {observed.item: observed.progress or 0.0 for observed in observation.items}
    done = [shares.get(item.item, 0.0) / 100 if item.is_open else 1.0 for item in watch.items]
    return min(1.0, sum(done) / len(done))


def describe(watch: Watch, observation: Observation) -> str:
    """One look in one line."""
    counts = counts_of(watch.items)
    unseen = sum(item.is_open and not item.seen for item in watch.items)
    words = (
        (counts.complete, "complete"),
        (counts.failed, "failed"),
        (counts.overdue, "overdue"),
        (counts.unverifiable, "unverifiable"),
        (counts.running - unseen, "running"),
        (unseen, "not seen yet"),
    )
    shown = ", ".join(f"{number} {word}" for number, word in words if number)
    line = f"look {watch.looks}: {shown} of {counts.total} ({int(100 * share_done(watch, observation))}%)"
    problems = [observed.problem for observed in observation.items if observed.problem]
    return f"{line}; no answer: {one_line(problems[-1], 120)}" if problems else line


def _wait(seconds: Seconds) -> str:
    return f"{seconds:.1f}s" if 0 < seconds < 10 else format_duration(seconds)
