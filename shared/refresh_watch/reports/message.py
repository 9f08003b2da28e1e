"""The message of a report in the reader's language, before a channel renders it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from refresh_watch.reports.plain import without_urls
from refresh_watch.reports.texts import text

SAMPLES = 3
"""URLs that a message shows of one reason."""

LONGEST_COMMAND = 1000
"""A longer command is left out on every rung below the full message."""

LAST_STEP = 3
"""The lowest rung of the ladder: 0 full, 1 fewer samples, 2 no URLs, 3 one plain line in our own words."""


class Severity(enum.Enum):
    """How serious it is; decided by the outcome, never by texts."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Fact:
    """One line of the message."""

    label: str
    value: str
    untrusted: bool = False  # a request or an API wrote it: a channel shows it literally, never as markup


@dataclass(frozen=True)
class Link:
    """Where to read on: a page of ours or of the vendor's console, never an address that a request or an API gave."""

    text: str
    url: str


@dataclass(frozen=True)
class FailureGroup:
    """The failed objects of one reason. `count` is of all of them: `more` have no sample here."""

    reason: str
    count: int
    samples: tuple[str, ...] = ()
    untrusted: bool = False  # `reason` is the API's own words

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.samples)


@dataclass(frozen=True)
class Message:
    """What a channel renders. `name`, samples, the command and everything `untrusted` was written by others."""

    language: str
    severity: Severity
    tags: tuple[str, ...]  # product and job, environment, outcome with numbers
    name: str  # the label, else the task ids
    summary: str
    facts: tuple[Fact, ...] = ()
    groups: tuple[FailureGroup, ...] = ()
    next_steps: tuple[str, ...] = ()
    command: str = ""  # lists all failed URLs, to submit them again
    links: tuple[Link, ...] = ()
    is_failure: bool = False  # objects failed, or refresh-watch did: only then channels mention people
    event: str = ""  # short; the same on every retry, so that a reader recognises a duplicate

    @property
    def title(self) -> str:
        """Fit for a lock screen: ``[CDN refresh][prod][failed 3/120] release 2026.11.22``."""
        return f"{self.heading} {self.name}".rstrip()

    @property
    def heading(self) -> str:
        """The title in our own words only."""
        return "".join(f"[{tag}]" for tag in self.tags)

    @property
    def footer(self) -> str:
        """The sender and the event id."""
        return self.say("footer", event=self.event)

    def say(self, key: str, **values: object) -> str:
        """A text in the message's language."""
        return text(self.language, key, **values)

    def reduced(self, step: int) -> Message:
        """The message on that rung of the ladder (see LAST_STEP). Counts stay as they are."""
        if step <= 0:
            return self
        groups = tuple(replace(group, samples=group.samples[:1] if step == 1 else ()) for group in self.groups)
        command = self.command if len(self.command) <= LONGEST_COMMAND else ""
        if step == 1:
            return replace(self, groups=groups, command=command)
        if step == 2:
            return replace(
                self,
                command=command,
                links=(),
                name=without_urls(self.name),
                facts=tuple(replace(fact, value=without_urls(fact.value)) for fact in self.facts),
                groups=tuple(replace(group, reason=without_urls(group.reason)) for group in groups),
            )
        return replace(self, name="", facts=(), groups=(), command="", links=())
