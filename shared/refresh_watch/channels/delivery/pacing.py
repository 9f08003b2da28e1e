"""How fast an endpoint may be posted to, and when a message's turn comes.

A vendor takes so many messages at one address in so many seconds; DingTalk blocks one that gets more for ten minutes.
Function Compute runs at most k instances of notify (`reservedConcurrency`), each one delivery at a time, and they share
no memory: so each keeps to a k-th part, and whatever they do, their sum stays within the vendor's limit. A part that is
unused lets the next few messages through at once, so that a single report never waits.

A message whose turn comes later reserves a place and is retried then, in any instance. There only that instance's own
posts count: reserved places may be used late and all at once, and the limit holds all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from refresh_watch.channels.contract import Rate
from refresh_watch.instants import Instant, Seconds
from refresh_watch.limiter import Limiter

MARGIN = 1.05
"""Of the vendor's time: posts do not arrive exactly as far apart as they were sent."""

LONGEST_PAUSE: Seconds = 3600.0
"""A pause that one message was given holds for the others so long at most."""

RECOVERY: Seconds = 60.0
LONGEST_RECOVERY: Seconds = 600.0
"""An endpoint that timed out is left alone for RECOVERY, and twice as long each time that it times out again."""


def share_of(rate: Rate, instances: int) -> Rate:
    """What each of so many senders may post, whatever the others do."""
    if rate.most >= instances:
        return Rate(rate.most // instances, rate.per * MARGIN)
    return Rate(1, rate.per * instances / rate.most * MARGIN)


@dataclass
class _Endpoint:
    pause: Limiter = field(default_factory=Limiter)  # only held
    share: Rate | None = None
    posts: Limiter = field(default_factory=Limiter)  # that were sent
    places: Limiter = field(default_factory=Limiter)  # that were reserved
    timeouts: int = 0  # one after another

    def keep_to(self, share: Rate) -> None:
        """Limit posts and places to the share."""
        if share != self.share:
            self.share, self.posts, self.places = share, Limiter(share.most), Limiter(share.most)


class Pacing:
    """When this instance may post to each endpoint. It outlives a delivery, as the instance does."""

    def __init__(self, instances: int = 1) -> None:
        """`instances` share each endpoint's rate."""
        self._instances = instances
        self._endpoints: dict[str, _Endpoint] = {}

    def turn_in(self, endpoint: str, rate: Rate | None, now: Instant, *, booked: bool) -> Seconds:
        """0: post now. More: a place is reserved so much later; come back with it `booked`.

        `endpoint` is what tells two endpoints apart. A `booked` message needs no other place while there is room.
        """
        known = self._endpoint(endpoint)
        earliest = known.pause.next_at(now)
        if rate is None:
            return earliest - now
        share = share_of(rate, self._instances)
        known.keep_to(share)
        earliest = max(earliest, known.posts.next_at(now))
        if booked and earliest == now:
            return 0.0
        place = max(earliest, known.places.next_at(now))
        known.places.take(place, share.per)
        return place - now

    def posted(self, endpoint: str, now: Instant) -> None:
        """A message is on its way to the endpoint."""
        known = self._endpoint(endpoint)
        if known.share is not None:
            known.posts.take(now, known.share.per)

    def pause(self, endpoint: str, now: Instant, seconds: Seconds) -> None:
        """The endpoint takes nothing for so long: no delivery of this instance tries sooner."""
        self._endpoint(endpoint).pause.hold(now + min(seconds, LONGEST_PAUSE))

    def timed_out(self, endpoint: str, now: Instant) -> None:
        """The request timed out: the endpoint is left alone for a while."""
        known = self._endpoint(endpoint)
        self.pause(endpoint, now, min(LONGEST_RECOVERY, RECOVERY * 2.0 ** min(known.timeouts, 10)))
        known.timeouts += 1

    def answered(self, endpoint: str) -> None:
        """The endpoint answered in time."""
        self._endpoint(endpoint).timeouts = 0

    def is_paused(self, endpoint: str, now: Instant) -> bool:
        """It is left alone, since another message of this instance failed there."""
        return self._endpoint(endpoint).pause.is_held(now)

    def _endpoint(self, endpoint: str) -> _Endpoint:
        return self._endpoints.setdefault(endpoint, _Endpoint())
