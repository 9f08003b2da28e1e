"""One visit to one channel with one report."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

from refresh_watch.channels.adapter import Adapter
from refresh_watch.channels.delivery.attempts import Attempts, Failure, failure_of
from refresh_watch.channels.delivery.outcome import (
    Accepted,
    Ambiguous,
    ContentRejected,
    Delivered,
    DeliveryOutcome,
    Failing,
    Later,
    Permanent,
    Response,
    Retry,
    TooLarge,
)
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import Next, next_visit
from refresh_watch.channels.registry import adapter, check_one
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
VISIT: Seconds = 30.0
"""No post is begun that could end later than that after the visit's first one."""

QUICK_TRIES = 3
SLOW: Seconds = 5.0
"""A failure that took so long is not tried again in place, and the robot is left alone by the whole instance for a
while (`pacing.RECOVERY`): waiting for one dead robot would delay the messages to all others."""

_LONGEST_WAIT: Seconds = 2.0  # in place; whatever asks for more comes back later, for waiting is billed
_SHORTEST_WAIT: Seconds = 0.5
_QUICK_UNCLEAR = 2  # what may have been shown is not posted often
_WITHOUT_URLS = 2  # the rung that a refused content goes down to


@dataclass(frozen=True)
class Delivery:
    """What became of a visit. `next` is Finished, RetryLater or Abandoned (`retry_policy.py`)."""

    channel: str
    outcome: DeliveryOutcome
    next: Next
    posts: int  # requests that were sent in this visit
    attempts: Attempts  # all that was tried so far; a RetryLater has its own, for the next visit


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

    `so_far` comes from the last visit's RetryLater; the first visit gives none. A message that is too large or whose
    content is refused goes down the ladder of `Adapter.render`. An answer that leaves open whether the message was
    posted is tried again, but not for ever (`next_visit.MOST_UNCLEAR`): a message twice is better than none, and its
    event id shows that it is the same one. When `pacing` has no turn for it, it comes back. Raises nothing for what the
    channel does.
    """
    before = so_far or Attempts()
    visit = _Visit(report, channel, settings, clock, pacing, timeout, before)
    outcome = visit.run()
    after = next_visit(outcome, visit.attempts, now=clock.now(), chance=clock.chance())
    _tell(report, channel, outcome, visit.attempts, after)
    return Delivery(channel.name, outcome, after, visit.attempts.posts - before.posts, visit.attempts)


@dataclass
class _Visit:
    """`attempts` grows with every post."""

    report: Report
    channel: ChannelSetting
    settings: Settings
    clock: Clock
    pacing: Pacing
    timeout: Seconds
    attempts: Attempts
    _resigned: bool = field(default=False, init=False)

    @property
    def robot(self) -> str:
        """What tells two robots apart: two channels may post to one."""
        return self.channel.url.value + (self.channel.secret.value if self.channel.secret else "")

    def run(self) -> DeliveryOutcome:
        """Post until the channel has it, or there is nothing more to be done in this visit."""
        try:
            check_one(self.channel, self.settings.allowed_hosts)
        except BadInput as error:
            return Permanent(reason="the channel is not set right", hint=str(error))
        through = adapter(self.channel.kind)
        started = self.clock.now()
        if started < self.attempts.not_before:
            return self._put_off(self.attempts.not_before - started, booked=self.attempts.booked)
        outcome: DeliveryOutcome | None = None
        failures = 0
        pause: Seconds = 0.0
        while True:
            turn = self._turn(through)
            wait = max(pause, turn)
            if turn > _LONGEST_WAIT or (outcome and self.clock.now() + wait + self.timeout > started + VISIT):
                # a failure is told as it is; a message that was only shortened has just to wait
                failed = outcome if isinstance(outcome, (Retry, Ambiguous)) else None
                return failed or self._put_off(turn)
            if wait:
                self.clock.sleep(wait)
            began = self.clock.now()
            outcome = self._post(through)
            pause = 0.0
            if self._goes_on(outcome):
                continue
            failures += 1
            quick = _quick_pause(outcome, self.attempts, self.clock.chance())
            slow = self.clock.now() - began > SLOW
            self._spare(outcome, slow=slow)
            if quick is None or slow or failures == QUICK_TRIES:
                return outcome
            pause = quick

    def _turn(self, through: Adapter) -> Seconds:
        turn = self.pacing.turn_in(self.robot, through.RATE, self.clock.now(), booked=self.attempts.booked)
        self.attempts = replace(self.attempts, booked=False)
        return turn

    def _put_off(self, after: Seconds, *, booked: bool = True) -> Later:
        """A message that only waits for its turn has been refused by nobody. One that waits because another has failed
        there shares that failure until the robot is asked again."""
        now = self.clock.now()
        resting = self.pacing.rests(self.robot, now)
        if resting and self.attempts.first_at is None:
            shared = Failure("left alone after another message failed there")
            self.attempts = replace(self.attempts, first_at=now, last=shared)
        elif not resting and not self.attempts.posts:
            self.attempts = replace(self.attempts, first_at=None, last=None)
        return Later(after=after, booked=booked, resting=resting)

    def _post(self, through: Adapter) -> DeliveryOutcome:
        """Made and signed afresh, sent once."""
        now = self.clock.now()
        self.pacing.posted(self.robot, now)
        request = through.render(
            self.report,
            self.channel,
            language=self.channel.language or self.settings.language,
            deployment=self.settings.deployment,
            now=now,
            step=self.attempts.step,
        )
        answer = post(request, allowed_hosts=self.settings.allowed_hosts, timeout=self.timeout)
        outcome: DeliveryOutcome
        if isinstance(answer, Response):
            outcome = through.classify(redacted(answer, self.channel, request.url))
        elif answer.failing is Failing.NOT_ALLOWED:
            outcome = Permanent(
                reason=answer.reason, hint="name the host in REFRESH_WATCH_ALLOWED_HOSTS if it is meant"
            )
        elif answer.failing is Failing.NOT_SENT:
            outcome = Retry(reason=answer.reason)
        else:
            outcome = Ambiguous(reason=answer.reason)
        first_at = now if self.attempts.first_at is None else self.attempts.first_at
        posts = self.attempts.posts + 1
        last = None if isinstance(outcome, (Delivered, Accepted)) else failure_of(outcome, posts)
        unclear = self.attempts.unclear + (isinstance(outcome, Ambiguous) and outcome.http_status is not None)
        self.attempts = replace(self.attempts, posts=posts, unclear=unclear, first_at=first_at, last=last)
        return outcome

    def _goes_on(self, outcome: DeliveryOutcome) -> bool:
        """The message is to be made anew at once: shorter, or signed once more."""
        step = self.attempts.step
        if isinstance(outcome, (TooLarge, ContentRejected)) and step < LAST_STEP:
            lower = max(step + 1, _WITHOUT_URLS) if isinstance(outcome, ContentRejected) else step + 1
            self.attempts = replace(self.attempts, step=lower)
            return True
        if isinstance(outcome, Permanent) and outcome.once_more and not self._resigned:
            self._resigned = True
            return True
        return False

    def _spare(self, outcome: DeliveryOutcome, *, slow: bool) -> None:
        """What one delivery has learned of a robot keeps the others of this instance from learning it too."""
        now = self.clock.now()
        if isinstance(outcome, Retry) and outcome.rate_limited:
            self.pacing.rest(self.robot, now, outcome.after)
        elif slow and isinstance(outcome, (Retry, Ambiguous)):
            self.pacing.silent(self.robot, now)
        else:
            self.pacing.answered(self.robot)


def _quick_pause(outcome: DeliveryOutcome, attempts: Attempts, chance: float) -> Seconds | None:
    """How long to wait in place before another try, or None when there is to be none."""
    if isinstance(outcome, Retry) and not outcome.rate_limited and outcome.after <= _LONGEST_WAIT:
        return max(outcome.after, _jittered(chance))
    return _jittered(chance) if isinstance(outcome, Ambiguous) and attempts.unclear < _QUICK_UNCLEAR else None


def _jittered(chance: float) -> Seconds:
    return _SHORTEST_WAIT + (_LONGEST_WAIT - _SHORTEST_WAIT) * chance


def _tell(report: Report, channel: ChannelSetting, outcome: DeliveryOutcome, attempts: Attempts, after: Next) -> None:
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
