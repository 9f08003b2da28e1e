"""The contract between a kind of channel and all the rest: what it is given, and what its file has to offer.

The file `<kind>.py` of this folder offers what `Adapter` says. CONTRIBUTING.md lists what a new channel takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from refresh_watch.channels.post_outcomes import DeliveryOutcome
from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.deployment import Deployment
from refresh_watch.instants import Instant, Seconds
from refresh_watch.report import Report
from refresh_watch.reports.compose import compose
from refresh_watch.reports.message import Message
from refresh_watch.settings import ChannelSetting

JSON = (("content-type", "application/json; charset=utf-8"),)


@dataclass(frozen=True)
class Rate:
    """At most `most` messages in any `per` seconds."""

    most: int
    per: Seconds


@dataclass(frozen=True)
class Draft:
    """One report that is to be posted to one channel now."""

    report: Report
    message: Message  # the report in the channel's language
    channel: ChannelSetting
    deployment: Deployment
    now: Instant

    @property
    def people(self) -> tuple[str, ...]:
        """Whom the message mentions: people are mentioned on failure only."""
        return self.channel.mention if self.message.is_failure else ()


def create_draft(
    report: Report, channel: ChannelSetting, *, language: str, deployment: Deployment, now: Instant
) -> Draft:
    """The draft; `language` is the deployment's, for a channel that sets none."""
    message = compose(report, language=channel.language or language, deployment=deployment)
    return Draft(report, message, channel, deployment, now)


@dataclass(frozen=True)
class ChannelRequest:
    """One HTTP POST. `url` is a credential, and headers and body may hold one."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=JSON, repr=False)
    made_at: Instant = 0.0
    guarded: bool = False  # any host may be configured: connect only to a public address, or to an allowed host


class Adapter(Protocol):
    """What the file of a kind has to offer. All three functions are pure."""

    @property
    def HOSTS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The vendor's hosts (``*.example.com`` for any below). Empty: any host, at a public address."""
        ...

    @property
    def RATE(self) -> Rate | None:  # noqa: N802
        """How many messages the vendor takes at one address; None where it states no limit."""
        ...

    def check(self, channel: ChannelSetting) -> None:
        """Raise BadInput when what the vendor needs of a channel's setting is missing or malformed."""
        ...

    def render(self, draft: Draft, step: int) -> ChannelRequest:
        """The request that posts the draft, signed for its `now`.

        `step` is the rung of the ladder: 0 full, 1 fewer samples, 2 no URLs, 3 plain text (`message.LAST_STEP`).
        A lower rung is taken where the message is over the vendor's limit (`formatting/fitting.py`).
        """
        ...

    def classify(self, response: ChannelResponse) -> DeliveryOutcome:
        """What the vendor's answer means: its body first, then the HTTP status."""
        ...
