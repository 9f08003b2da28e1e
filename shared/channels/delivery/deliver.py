"""One visit to one channel with one report."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from shared.channels.adapter import Adapter
from shared.channels.delivery.next_visit import Next, next_visit
from shared.channels.delivery.outcome import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Failing,
    Permanent,
    Response,
    Retry,
    TooLarge,
)
from shared.channels.registry import adapter, check_one
from shared.channels.transport.post import post
from shared.channels.transport.redact import redacted
from shared.clock import Clock
from shared.errors import BadInput
from shared.instants import Instant, Seconds
from shared.report import Report
from shared.reports.message import LAST_STEP
from shared.settings import ChannelSetting, Settings

_log = logging.getLogger("refresh_watch.deliver")

TIMEOUT: Seconds = 15.0
VISIT: Seconds = 30.0
"""No post is begun that could end later than that after the visit's first one."""

QUICK_TRIES = 3
_LONGEST_WAIT: Seconds = 2.0  # in place; whatever asks for more comes back later, for waiting is billed
_SHORTEST_WAIT: Seconds = 0.5
_WITHOUT_URLS = 2  # the rung that a refused content goes down to


@dataclass(frozen=True)
class Delivery:
    """What became of a visit. `next` is Done, ComeBack or GivenUp (`next_visit.py`)."""

    channel: str
    outcome: DeliveryOutcome
    next: Next
    posts: int  # requests that were sent


def deliver(
    report: Report,
    channel: ChannelSetting,
    *,
    settings: Settings,
    clock: Clock,
    tries: int = 0,
    rate_limited_before: int = 0,
    first_try_at: Instant | None = None,
    timeout: Seconds = TIMEOUT,
) -> Delivery:
    """Post the report, with up to QUICK_TRIES tries in place for what passes quickly, and say what follows.

    `tries`, `rate_limited_before` and `first_try_at` come from the last visit's ComeBack; the first visit gives none.
    A message that is too large or whose content is refused goes down the ladder of `Adapter.render`. An answer that
    leaves open whether the message was posted is tried again, whatever the report says: a message twice is better
    than none, and its event id shows that it is the same one. Raises nothing for what the channel does.
    """
    started = clock.now()
    outcome, posts = _visit(_Letter(report, channel, settings, timeout), clock, started)
    after = next_visit(
        outcome,
        tries=tries,
        rate_limited=rate_limited_before,
        first_try_at=started if first_try_at is None else first_try_at,
        now=clock.now(),
        chance=clock.chance(),
    )
    _tell(report, channel, outcome, after)
    return Delivery(channel.name, outcome, after, posts)


@dataclass(frozen=True)
class _Letter:
    report: Report
    channel: ChannelSetting
    settings: Settings
    timeout: Seconds

    def post(self, through: Adapter, now: Instant, step: int) -> DeliveryOutcome:
        """Made and signed afresh, sent once."""
        request = through.render(
            self.report,
            self.channel,
            language=self.channel.language or self.settings.language,
            deployment=self.settings.deployment,
            now=now,
            step=step,
        )
        answer = post(request, allowed_hosts=self.settings.allowed_hosts, timeout=self.timeout)
        if isinstance(answer, Response):
            return through.classify(redacted(answer, self.channel, request.url))
        if answer.failing is Failing.NOT_ALLOWED:
            return Permanent(reason=answer.reason, hint="name the host in REFRESH_WATCH_ALLOWED_HOSTS if it is meant")
        if answer.failing is Failing.NOT_SENT:
            return Retry(reason=answer.reason)
        return Ambiguous(reason=answer.reason)


def _visit(letter: _Letter, clock: Clock, started: Instant) -> tuple[DeliveryOutcome, int]:
    try:
        check_one(letter.channel, letter.settings.allowed_hosts)
    except BadInput as error:
        return Permanent(reason="the channel is not set right", hint=str(error)), 0
    through = adapter(letter.channel.kind)
    step = posts = failures = 0
    resigned = False
    while True:
        outcome = letter.post(through, clock.now(), step)
        posts += 1
        wait: Seconds = 0.0
        if isinstance(outcome, (TooLarge, ContentRejected)) and step < LAST_STEP:
            step = max(step + 1, _WITHOUT_URLS) if isinstance(outcome, ContentRejected) else step + 1
        elif isinstance(outcome, Permanent) and outcome.once_more and not resigned:
            resigned = True
        else:
            failures += 1
            pause = _quick_pause(outcome, clock.chance())
            if pause is None or failures == QUICK_TRIES:
                return outcome, posts
            wait = pause
        if clock.now() + wait + letter.timeout > started + VISIT:
            return _unfinished(outcome), posts
        clock.sleep(wait)


def _quick_pause(outcome: DeliveryOutcome, chance: float) -> Seconds | None:
    """How long to wait in place before another try, or None when there is to be none."""
    if isinstance(outcome, Retry) and not outcome.rate_limited and outcome.after <= _LONGEST_WAIT:
        return max(outcome.after, _jittered(chance))
    return _jittered(chance) if isinstance(outcome, Ambiguous) else None


def _jittered(chance: float) -> Seconds:
    return _SHORTEST_WAIT + (_LONGEST_WAIT - _SHORTEST_WAIT) * chance


def _unfinished(outcome: DeliveryOutcome) -> DeliveryOutcome:
    """A message refused on one rung of the ladder is not given up while lower ones are untried."""
    if isinstance(outcome, (Retry, Ambiguous)):
        return outcome
    return Retry(
        reason="no time left in this visit",
        http_status=outcome.http_status,
        vendor_code=outcome.vendor_code,
        vendor_message=outcome.vendor_message,
    )


def _tell(report: Report, channel: ChannelSetting, outcome: DeliveryOutcome, after: Next) -> None:
    delivered = isinstance(outcome, (Delivered, Accepted))
    _log.log(
        logging.INFO if delivered else logging.WARNING,
        "delivered" if delivered else "not delivered",
        extra={
            "report": report.id,
            "watch_id": report.watch_id,
            "channel": channel.name,
            "outcome": type(outcome).__name__,
            "http_status": outcome.http_status,
            "vendor_code": outcome.vendor_code,
            "vendor_message": outcome.vendor_message,
            "reason": getattr(outcome, "reason", ""),
            "next": type(after).__name__,
        },
    )
