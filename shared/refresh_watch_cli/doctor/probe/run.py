"""One run of the probe: what it starts, what it measures, and how it leaves the account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from refresh_watch.clock import Clock
from refresh_watch.errors import EngineError, RefreshWatchError
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Word
from refresh_watch.reports.plain import one_line
from refresh_watch.settings import Settings
from refresh_watch.workflow.probing.probe import Do, event_of, task_id
from refresh_watch.workflow.task_ids import INTAKE, NOTIFY, WATCH
from refresh_watch_cli.doctor.probe.inspector import Inspector, Recorded, Submitted
from refresh_watch_cli.printing import note

SHORTLY: Seconds = 30
"""How long something that should happen at once may take: a cold start, and Function Compute's own queue."""

FAIL = "fail"
"""What the id of the task that only fails ends in."""

_STOPPED = "stopped"

LONGEST_TEXT = 300


class Same(Word):
    """How what was seen stands to what is taken for likely."""

    YES = "yes"
    OTHER = "other"  # one of the other positions of docs/open-facts.md: the code holds there too
    NO = "NO"  # neither
    UNSEEN = "?"
    OPEN = "-"  # nothing is taken for likely


@dataclass(frozen=True)
class Measurement:
    """One fact. `fact` is the name of the stand-ins' switch where there is one."""

    fact: str
    seen: str
    likely: str
    same: Same


class NotDeployed(RefreshWatchError):
    """The deployed functions know no probe."""


@dataclass
class Probing:
    """The run. `delay` is what delayed tasks wait; every pause of the probe is made of it."""

    id: str
    settings: Settings
    engine: Engine
    inspector: Inspector
    clock: Clock
    delay: int
    patience: Seconds
    findings: list[Measurement] = field(default_factory=list)
    ahead: Seconds = 0.0  # how far the functions' clock is ahead of this machine's
    is_intake_wrapped: bool = False  # an API call reaches it as an HTTP request, in which it takes no probe
    _started: list[tuple[str, str]] = field(default_factory=list)

    @property
    def failing(self) -> str:
        """The function that is made to fail: one that has onFailure, and takes probes."""
        return WATCH if self.is_intake_wrapped else INTAKE

    @property
    def pause(self) -> Seconds:
        """Between two questions about the same thing."""
        return min(1.0, self.delay / 10)

    def found(self, fact: str, seen: str, likely: str = "", same: Same = Same.OPEN) -> None:
        # its words are fit to be shown, wherever they came from
        self.findings.append(Measurement(fact, one_line(seen, LONGEST_TEXT), likely, same))
        note(f"  {fact}: {self.findings[-1].seen}")

    def compare(self, fact: str, seen: str, likely: str, holds: object, otherwise: Same = Same.OTHER) -> None:
        """The same with what is taken for likely, which holds or does not."""
        self.found(fact, seen, likely, Same.YES if holds else otherwise)

    def unseen(self, fact: str, why: str, likely: str = "") -> None:
        self.found(fact, why, likely, Same.UNSEEN)

    @contextmanager
    def step(self, fact: str, what: str = "") -> Iterator[None]:
        """One step, announced; without an answer there is a gap in the table, and the rest goes on."""
        if what:
            note(what)
        try:
            yield
        except EngineError as error:
            self.unseen(fact, str(error))

    def task_id(self, what: str) -> str:
        return task_id(self.id, what)

    def call(self, function: str, do: Do) -> tuple[Submitted, dict[str, Any]]:
        """Ask a function at once; answers what it answered, empty where it knows no probe."""
        submitted = self.inspector.send(function, event_of(self.id, do), waits=True)
        said = as_object(submitted.body) if submitted.is_accepted else {}
        return submitted, said if said.get("probe") == self.id else {}

    def start(self, function: str, do: Do, what: str, delay: int = 0) -> Submitted:
        """Start a task of this run; it is stopped in the end, unless it has ended by then."""
        name = self.task_id(what)
        # noted first: a call without an answer may have started it
        if (function, name) not in self._started:
            self._started.append((function, name))
        return self.inspector.send(function, event_of(self.id, do), task_id=name, delay=delay)

    def wait_for(self, look: Callable[[], Any], seconds: Seconds) -> Any:
        """Look until there is something, or the time is over; answers the last that was seen."""
        until = self.clock.now() + seconds
        while True:
            seen = look()
            if seen or self.clock.now() >= until:
                return seen
            self.clock.sleep(self.pause)

    def ended(self, function: str, what: str, seconds: Seconds) -> Recorded | None:
        """A task of this run once it has ended; None when it has not by then."""

        def look() -> Recorded | None:
            task = self.inspector.recorded(function, self.task_id(what))
            return task if task is not None and task.is_over else None

        seen: Recorded | None = self.wait_for(look, seconds)
        return seen

    def ran_at(self, task: Recorded) -> Instant | None:
        """When the handler ran, by this machine's clock: as it says itself, else as the record has it."""
        said = as_object((task.returned or "").encode()).get("at")
        if isinstance(said, (int, float)):
            return said - self.ahead
        running = [at for at, status in task.events if status == "Running"]
        if running:
            return running[-1] - self.ahead
        return None if task.ended_at is None else task.ended_at - (task.duration or 0) - self.ahead

    def clean_up(self) -> Iterator[str]:
        """Stop what has not ended, and say what is left. Raises nothing."""
        tasks = {**dict.fromkeys(self._started), **dict.fromkeys(self._left_by_functions())}
        ends = [self._end(function, name) for function, name in tasks]
        stopped = ends.count(_STOPPED)
        yield from (end for end in ends if end not in ("", _STOPPED))
        if stopped:
            yield f"{stopped} of the probe's tasks had not ended, and {'was' if stopped == 1 else 'were'} stopped"
        fails = any(name == self.task_id(FAIL) for _, name in self._started)
        more = ", and the one by which onFailure called notify" if fails else ""
        yield (
            f"{len(tasks)} tasks whose ids begin with p-{self.id} stay in Function Compute's record for its 7 days"
            f"{more}; nothing else was made, and no report was sent"
        )

    def _end(self, function: str, name: str) -> str:
        try:
            task = self.inspector.recorded(function, name)
            if task is None or task.is_over:
                return ""
            self.engine.stop(function, name)
        except EngineError as error:
            return f"{name} could not be stopped ({error}); it does nothing, and ends by itself"
        return _STOPPED

    def _left_by_functions(self) -> list[tuple[str, str]]:
        prefix = f"p-{self.id}-"
        try:
            return [(name, task.id) for name in (NOTIFY, self.failing) for task in self.engine.tasks(name, prefix)]
        except EngineError:
            return []


def as_object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
