"""A report to a channel from this process: nobody else would come back later, so it waits here, for a minute or so."""

from __future__ import annotations

from collections.abc import Callable

from shared.channels.delivery.deliver import deliver
from shared.channels.delivery.next_visit import ComeBack, Done, GivenUp
from shared.channels.delivery.outcome import Delivered, DeliveryOutcome, Later
from shared.channels.delivery.pacing import Pacing
from shared.channels.wants import wants
from shared.clock import Clock
from shared.instants import Seconds, format_duration
from shared.report import Report
from shared.settings import ChannelSetting, Settings

PATIENCE: Seconds = 75
"""How long after the first visit another may begin: the first pause, 60 s and some jitter, fits in."""


def tell_in_place(
    report: Report, channel: ChannelSetting, settings: Settings, clock: Clock, say: Callable[[str], None]
) -> bool:
    """Deliver, come back while that is soon, and say what the channel said. False when it did not take the report."""
    if not wants(channel, report):
        say(f"channel {channel.name}: not told, its `on` leaves {report.outcome} out")
        return True
    until = clock.now() + PATIENCE
    pacing = Pacing()
    delivery = deliver(report, channel, settings=settings, clock=clock, pacing=pacing)
    while isinstance(delivery.next, ComeBack) and clock.now() + delivery.next.after <= until:
        again = delivery.next
        say(f"channel {channel.name}: {answer_of(delivery.outcome)}; again in {format_duration(again.after)}")
        clock.sleep(again.after)
        delivery = deliver(report, channel, settings=settings, clock=clock, pacing=pacing, so_far=again.attempts)
    if isinstance(delivery.next, Done):
        say(f"channel {channel.name}: {answer_of(delivery.outcome)}")
        return True
    why = delivery.next.why if isinstance(delivery.next, GivenUp) else answer_of(delivery.outcome)
    say(f"channel {channel.name}: not delivered: {why}")
    return False


def answer_of(outcome: DeliveryOutcome) -> str:
    """The channel's own answer in a few words: HTTP status, code, message."""
    if isinstance(outcome, Later):
        return "waits for its turn"
    status = "no answer" if outcome.http_status is None else f"HTTP {outcome.http_status}"
    words = ", ".join(word for word in (status, outcome.vendor_code, outcome.vendor_message) if word)
    if isinstance(outcome, Delivered):
        return f"delivered ({words})"
    reason = getattr(outcome, "reason", "")
    return f"{type(outcome).__name__.lower()} ({words}{f': {reason}' if reason else ''})"
