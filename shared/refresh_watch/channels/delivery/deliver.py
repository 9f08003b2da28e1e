"""One attempt to deliver one report to one channel: up to three posts in place."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

from refresh_watch.channels.contract import Adapter, create_draft
from refresh_watch.channels.delivery.attempts import Attempts, Failure, Later, failure_of
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import Next, next_attempt
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
from refresh_watch.channels.registry import adapter, check_one
from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.channels.transport.post import post
from refresh_watch.channels.transport.redact import redacted
from refresh_watch.clock import Clock
from refresh_watch.errors import BadInput
from refresh_watch.instants import Seconds
from refresh_watch.report import Report
from refresh_watch.reports.message import LAST_STEP
from refresh_watch.settings import ChannelSetting, Settings

_log = logging.getLogger("refresh_watch.deliver")

TIMEOUT: Seconds = 15.0
LONGEST_ATTEMPT: Seconds = 30.0
"""No post is begun that could end later than that after the attempt's first one."""

QUICK_TRIES = 3
SLOW: Seconds = 5.0
"""A failure that took so long is not tried again in place, and the whole instance leaves the endpoint alone for a while
(`pacing.RECOVERY`): waiting for one dead endpoint would delay the messages to all others."""

_LONGEST_WAIT: Seconds = 2.0  # in place; a longer pause becomes a later attempt, for waiting is billed
_SHORTEST_WAIT: Seconds = 0.5
_QUICK_UNCLEAR = 2  # what may have been shown is not posted often
_WITHOUT_URLS = 2  # the rung that a refused content goes down to


@dataclass(frozen=True)
class Delivery:
    """How an attempt ended. `next` is Finished, RetryLater or Abandoned (`retry_policy.py`)."""

    channel: str
    outcome: DeliveryOutcome
    next: Next
    posts: int  # requests that were sent in this attempt
    attempts: Attempts  # all that was tried so far; a RetryLater has its own, for the next attempt


def deliver(
    report: Report,
    channel: ChannelSetting,
    *,
    settings: Settings,
    clock: Clock,
    pacing: Pacing,
    so_far: Attempts | None = None,
    timeout: Seconds = TIMEOUT,
) -> Delivery:
    """Post the report, with up to QUICK_TRIES tries in place for what passes quickly, and say what follows.

    `so_far` comes from the last attempt's RetryLater; the first attempt gives none. A message that is too large or
    whose content is refused goes down the ladder of `Adapter.render`. An answer that leaves open whether the message
    was posted is tried again up to a bound (`retry_policy.MOST_UNCLEAR`): prefer a duplicate to a loss; the event id
    shows that both are one. When `pacing` has no turn for it, it comes back. Raises nothing for what the channel does.
    """
    before = so_far or Attempts()
    attempt = _Attempt(report, channel, settings, clock, pacing, timeout, before)
    outcome = attempt.run()
    after = next_attempt(outcome, attempt.attempts, now=clock.now(), chance=clock.chance())
    _log_outcome(report, channel, outcome, attempt.attempts, after)
    return Delivery(channel.name, outcome, after, attempt.attempts.posts - before.posts, attempt.attempts)


@dataclass
class _Attempt:
    """`attempts` grows with every post."""

    report: Report
    channel: ChannelSetting
    settings: Settings
    clock: Clock
    pacing: Pacing
    timeout: Seconds
    attempts: Attempts
    _signed_again: bool = field(default=False, init=False)

    @property
    def endpoint(self) -> str:
        """What is paced as one: two channels may post to one address, and one address may serve two keys."""
        return self.channel.url.value + (self.channel.secret.value if self.channel.secret else "")

    def run(self) -> DeliveryOutcome:
        """Post until the channel has it, or there is nothing more to be done in this attempt."""
        try:
            check_one(self.channel, self.settings.allowed_hosts)
        except BadInput as error:
            return Permanent("the channel is not set right", hint=str(error))
        kind = adapter(self.channel.kind)
        started = self.clock.now()
        if started < self.attempts.not_before:
            return self._put_off(self.attempts.not_before - started, booked=self.attempts.booked)
        outcome: DeliveryOutcome | None = None
        failures = 0
        pause: Seconds = 0.0
        while True:
            turn = self._turn(kind)
            wait = max(pause, turn)
            if turn > _LONGEST_WAIT or (outcome and self.clock.now() + wait + self.timeout > started + LONGEST_ATTEMPT):
                # a failure is reported as it is; a message that was only shortened has just to wait
                failed = outcome if isinstance(outcome, (Temporary, Ambiguous)) else None
                return failed or self._put_off(turn)
            if wait:
                self.clock.sleep(wait)
            began = self.clock.now()
            outcome = self._post(kind)
            pause = 0.0
            if self._goes_on(outcome):
                continue
            failures += 1
            slow = self.clock.now() - began > SLOW
            self._back_off(outcome, slow=slow)
            quick = _quick_pause(outcome, self.attempts, self.clock.chance())
            if quick is None or slow or failures == QUICK_TRIES:
                return outcome
            pause = quick

    def _turn(self, kind: Adapter) -> Seconds:
        turn = self.pacing.turn_in(self.endpoint, kind.RATE, self.clock.now(), booked=self.attempts.booked)
        self.attempts = replace(self.attempts, booked=False)
        return turn

    def _put_off(self, after: Seconds, *, booked: bool = True) -> Later:
        """A message that only waits for its turn was not refused. One that waits because another has failed at the
        endpoint shares that failure until the endpoint is tried again."""
        now = self.clock.now()
        paused = self.pacing.is_paused(self.endpoint, now)
        if paused and self.attempts.first_at is None:
            shared = Failure("left alone after another message failed there")
            self.attempts = replace(self.attempts, first_at=now, last=shared)
        elif not paused and not self.attempts.posts:
            self.attempts = replace(self.attempts, first_at=None, last=None)
        return Later(after, booked=booked, paused=paused)

    def _post(self, kind: Adapter) -> DeliveryOutcome:
        """Render and sign afresh, send once."""
        now = self.clock.now()
        self.pacing.posted(self.endpoint, now)
        settings = self.settings
        draft = create_draft(
            self.report, self.channel, language=settings.language, deployment=settings.deployment, now=now
        )
        request = kind.render(draft, self.attempts.step)
        outcome = post(request, allowed_hosts=settings.allowed_hosts, timeout=self.timeout)
        if isinstance(outcome, ChannelResponse):
            outcome = kind.classify(redacted(outcome, self.channel, request.url))
        posts = self.attempts.posts + 1
        self.attempts = replace(
            self.attempts,
            posts=posts,
            unclear=self.attempts.unclear + (isinstance(outcome, Ambiguous) and outcome.http_status is not None),
            first_at=now if self.attempts.first_at is None else self.attempts.first_at,
            last=None if isinstance(outcome, (Delivered, Accepted)) else failure_of(outcome, posts),
        )
        return outcome

    def _goes_on(self, outcome: DeliveryOutcome) -> bool:
        """The message is to be rendered again at once: shorter, or signed once more."""
        step = self.attempts.step
        if isinstance(outcome, (TooLarge, ContentRejected)) and step < LAST_STEP:
            lower = max(step + 1, _WITHOUT_URLS) if isinstance(outcome, ContentRejected) else step + 1
            self.attempts = replace(self.attempts, step=lower)
            return True
        if isinstance(outcome, Permanent) and outcome.once_more and not self._signed_again:
            self._signed_again = True
            return True
        return False

    def _back_off(self, outcome: DeliveryOutcome, *, slow: bool) -> None:
        """What one delivery learns of an endpoint holds for the others of this instance."""
        now = self.clock.now()
        if isinstance(outcome, Temporary) and outcome.rate_limited:
            self.pacing.pause(self.endpoint, now, outcome.after)
        elif slow and isinstance(outcome, (Temporary, Ambiguous)):
            self.pacing.timed_out(self.endpoint, now)
        else:
            self.pacing.answered(self.endpoint)


def _quick_pause(outcome: DeliveryOutcome, attempts: Attempts, chance: float) -> Seconds | None:
    """How long to wait in place before another try, or None when there is to be none."""
    jittered = _SHORTEST_WAIT + (_LONGEST_WAIT - _SHORTEST_WAIT) * chance
    if isinstance(outcome, Temporary) and not outcome.rate_limited and outcome.after <= _LONGEST_WAIT:
        return max(outcome.after, jittered)
    return jittered if isinstance(outcome, Ambiguous) and attempts.unclear < _QUICK_UNCLEAR else None


def _log_outcome(
    report: Report, channel: ChannelSetting, outcome: DeliveryOutcome, attempts: Attempts, after: Next
) -> None:
    delivered = isinstance(outcome, (Delivered, Accepted, Later))
    words = "waits for its turn" if isinstance(outcome, Later) else "delivered" if delivered else "not delivered"
    _log.log(
        logging.INFO if delivered else logging.WARNING,
        words,
        extra={
            "report": report.id,
            "watch_id": report.watch_id,
            "channel": channel.name,
            "outcome": type(outcome).__name__,
            "http_status": outcome.http_status,
            "vendor_code": outcome.vendor_code,
            "vendor_message": outcome.vendor_message,
            "reason": getattr(outcome, "reason", ""),
            "attempt": attempts.posts,
            "next": type(after).__name__,
        },
    )
