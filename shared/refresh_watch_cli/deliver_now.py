"""A report delivered to a channel by this process. No task retries it later, so it is retried here, once."""

from __future__ import annotations

from collections.abc import Callable

from refresh_watch.channels.delivery.attempts import Later
from refresh_watch.channels.delivery.deliver import Delivery, deliver
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import PAUSES, Abandoned, Finished, RetryLater
from refresh_watch.channels.post_outcomes import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.routing import wants
from refresh_watch.clock import Clock
from refresh_watch.instants import Instant, Seconds, format_duration
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting, Settings

PATIENCE: Seconds = PAUSES[0] * 1.25
"""How long after the beginning of the first attempt another may begin: the first pause with its jitter fits in."""

_WORDS: dict[type[DeliveryOutcome], str] = {
    Delivered: "delivered",
    Accepted: "accepted",
    Permanent: "refused",
    Temporary: "not now",
    TooLarge: "too large",
    ContentRejected: "content refused",
    Ambiguous: "unclear",
}


def deliver_now(
    report: Report, channel: ChannelSetting, settings: Settings, clock: Clock, say: Callable[[str], None]
) -> bool:
    """Deliver, retry within PATIENCE, and print what the channel answered. False when it did not take the report."""
    if not wants(channel, report):
        say(f"channel {channel.name}: not sent, its `on` leaves {report.outcome} out")
        return True
    until = clock.now() + PATIENCE
    pacing = Pacing()
    delivery = deliver(report, channel, settings=settings, clock=clock, pacing=pacing)
    while isinstance(delivery.next, RetryLater) and clock.now() + again_in(delivery.next, clock.now()) <= until:
        again = delivery.next
        pause = again_in(again, clock.now())
        say(f"channel {channel.name}: {answer_of(delivery.outcome)}; again in {format_duration(pause)}")
        clock.sleep(pause)
        delivery = deliver(report, channel, settings=settings, clock=clock, pacing=pacing, so_far=again.attempts)
    if isinstance(delivery.next, Finished):
        say(f"channel {channel.name}: {answer_of(delivery.outcome)}")
        return True
    repair = f"; {to_repair(delivery)}" if isinstance(delivery.next, Abandoned) else ""
    say(f"channel {channel.name}: not delivered: {answer_of(delivery.outcome)}{repair}")
    return False


def again_in(again: RetryLater, now: Instant) -> Seconds:
    """After how long the channel is posted to again: one delay of Function Compute may be shorter than it asked for."""
    return max(again.after, again.attempts.not_before - now)


def answer_of(outcome: DeliveryOutcome) -> str:
    """The channel's own answer in a few words: HTTP status, code, message."""
    if isinstance(outcome, Later):
        return "waits for its turn"
    status = "no answer" if outcome.http_status is None else f"HTTP {outcome.http_status}"
    reason = getattr(outcome, "reason", "")
    words = [word for word in dict.fromkeys((status, outcome.vendor_code, outcome.vendor_message)) if word]
    because = f": {reason}" if reason and reason not in words else ""
    return f"{_WORDS[type(outcome)]} ({', '.join(words)}{because})"


def to_repair(delivery: Delivery) -> str:
    """What to do about a report that was abandoned; `answer_of` says what the channel answered."""
    outcome = delivery.outcome
    if isinstance(outcome, Permanent):
        return outcome.hint
    if isinstance(outcome, Temporary):
        asked = f"it asks for {format_duration(outcome.after)}; " if outcome.after else ""
        return f"{asked}see why the channel does not take messages"
    if isinstance(outcome, (TooLarge, ContentRejected)):
        return "even as one plain line; look at the channel's rules for content"
    return delivery.next.why if isinstance(delivery.next, Abandoned) else ""
