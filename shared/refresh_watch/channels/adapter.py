"""What a channel's file has to offer. One new file in this folder, named as its kind, is one new channel."""

from __future__ import annotations

from typing import Protocol

from refresh_watch.channels.delivery.outcome import DeliveryOutcome, Request, Response
from refresh_watch.channels.delivery.pacing import Rate
from refresh_watch.deployment import Deployment
from refresh_watch.instants import Instant
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting


class Adapter(Protocol):
    """A module is one. Both of its functions are pure."""

    @property
    def HOSTS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The vendor's hosts (``*.example.com`` for any below). Empty: anyone's host, at a public address."""
        ...

    @property
    def RATE(self) -> Rate | None:  # noqa: N802
        """How many messages the vendor takes of one robot; None where it states no limit."""
        ...

    def check(self, channel: ChannelSetting) -> None:
        """Raise BadInput when what the vendor needs of a channel's setting is missing or malformed."""
        ...

    def render(
        self, report: Report, channel: ChannelSetting, *, language: str, deployment: Deployment, now: Instant, step: int
    ) -> Request:
        """The request that posts the report, signed for `now`.

        `step` is the rung of the ladder: 0 full, 1 fewer samples, 2 no URLs, 3 plain text (`message.LAST_STEP`).
        A lower rung is taken by itself where the message is over the vendor's limit (`formatting/ladder.py`).
        """
        ...

    def classify(self, response: Response) -> DeliveryOutcome:
        """What the vendor's answer means: its body first, then the HTTP status."""
        ...
