"""What a watch shows while it goes on, on standard error: one line a look, or a live line on a terminal."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from refresh_watch.clock import Clock
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.observation import Observation
from refresh_watch.reports.plain import one_line
from refresh_watch.watch import Watch
from refresh_watch.watching.outcomes import counts_of

_BAR = 12


class Progress(Protocol):
    """Told of each look, and of what is to be said between two."""

    def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
        """A look has ended; the next one is `after` seconds away (None: it was the last)."""
        ...

    def say(self, text: str) -> None:
        """Print this above the progress."""
        ...


def progress_on(clock: Clock) -> AbstractContextManager[Progress]:
    """Live where standard error is a terminal and rich is there (a plain `pip install` lacks it), else plain lines."""
    live = sys.stderr.isatty() and importlib.util.find_spec("rich") is not None
    return LiveProgress(clock) if live else nullcontext(LineProgress())


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


class LineProgress:
    """Plain lines."""

    def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
        """One line."""
        then = "" if after is None else f"; next look in {_wait(after)}"
        self.say(f"{describe(watch, observation)}{then}")

    def say(self, text: str) -> None:
        """As it is."""
        print(text, file=sys.stderr, flush=True)


class LiveProgress:
    """One line with a bar that is kept up to date, by rich."""

    def __init__(self, clock: Clock) -> None:
        """`clock` tells how long it is until the next look."""
        from rich.console import Console
        from rich.live import Live

        self._clock = clock
        self._line = "first look ..."
        self._share = 0.0
        self._next_at: Instant | None = None
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, get_renderable=self._render, refresh_per_second=4, transient=True)

    def __enter__(self) -> LiveProgress:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Take the line away again."""
        self._live.stop()

    def looked(self, watch: Watch, observation: Observation, after: Seconds | None) -> None:
        """Draw the newest state from now on."""
        self._line = describe(watch, observation)
        self._share = share_done(watch, observation)
        self._next_at = None if after is None else self._clock.now() + after
        self._live.refresh()

    def say(self, text: str) -> None:
        """Above the line; nothing in it is taken for markup."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _render(self) -> Any:
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


def _wait(seconds: Seconds) -> str:
    return f"{seconds:.1f}s" if 0 < seconds < 10 else format_duration(seconds)
