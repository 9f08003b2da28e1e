"""The message of a report: in the reader's language, before any channel has given it a form."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from refresh_watch.reports.plain import without_urls
from refresh_watch.reports.texts import text

SAMPLES = 3
"""URLs that a message shows of one reason."""

LONGEST_COMMAND = 1000
"""A command that is longer goes on the first rung below the full message."""

LAST_STEP = 3
"""The lowest rung of the ladder: 0 full, 1 fewer samples, 2 no URLs, 3 one plain line without words of others."""


class Severity(enum.Enum):
    """How much it matters; from the outcome, never from words."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Fact:
    """One line of the message."""

    label: str
    value: str
    of_others: bool = False  # words that a request or an API wrote: a channel shows them as they are, never as markup


@dataclass(frozen=True)
class Link:
    """Where to go on from the message: a page of ours or of the vendor's console, never an address of others."""

    text: str
    url: str


@dataclass(frozen=True)
class FailureGroup:
    """The failed objects of one reason. `count` is real: `more` of them have no sample here."""

    reason: str
    count: int
    samples: tuple[str, ...] = ()
    of_others: bool = False  # `reason` is the API's own words

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.samples)


@dataclass(frozen=True)
class Message:
    """What a channel renders. `name`, samples, the command and what is marked `of_others` hold words of others."""

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
    is_failure: bool = False  # objects failed, or we ourselves did: channels mention people on these, on no other
    event: str = ""  # short; the same on every retry, so that a reader knows a repeated message

    @property
    def title(self) -> str:
        """Fit for a lock screen: ``[CDN refresh][prod][failed 3/120] release 2026.11.22``."""
        return f"{self.heading} {self.name}".rstrip()

    @property
    def heading(self) -> str:
        """The title without words of others."""
        return "".join(f"[{tag}]" for tag in self.tags)

    @property
    def footer(self) -> str:
        """Who says it, and the event id."""
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
