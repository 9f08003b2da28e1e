"""Calls of a product's API: each in its turn in the quota, with a total deadline, and retries after a growing pause.

The SDK's read time-out is per socket read: a server that drips keeps a call for ever. So each call is given up when its
time is over (`refresh_watch/deadline.py`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence

from refresh_watch.clock import Clock
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import RefreshWatchError, Retryable
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import ListQuery, Page
from refresh_watch.products.api import ProductApi
from refresh_watch.products.refusals import tries
from refresh_watch.watching.quota import Quota

CALL_SECONDS: Seconds = 10.0
"""What one call may take in all."""

PAUSE_FLOOR: Seconds = 0.1
PAUSE_BASE: Seconds = 0.5
PAUSE_CAP: Seconds = 8.0

logger = logging.getLogger("refresh_watch.products")


class OutOfTime(Retryable):
    """The question could not be asked before the time given was over."""


class TurnLater(RefreshWatchError):
    """The first question's place in the quota is taken, and comes in `seconds`: too long to wait for it here."""

    def __init__(self, seconds: Seconds) -> None:
        super().__init__(f"the next place in the quota comes in {seconds:.1f} s")
        self.seconds = seconds


class ApiCaller:
    """Calls a product's API until an instant, call by call; counts what that costs."""

    def __init__(
        self,
        api: ProductApi,
        quota: Quota,
        clock: Clock,
        until: Instant,
        call_seconds: Seconds = CALL_SECONDS,
        *,
        patience: Seconds = math.inf,
        booked: bool = False,
    ) -> None:
        """`until`: no call and no pause begins that would pass it; `call_seconds`: what one call may take in all.

        `patience`: how long the first call waits for its place in the quota; `booked`: it has one already.
        """
        self.calls = 0
        self.cost: Seconds = 0.0  # of the account's quota
        self.pages: list[Page] = []  # every answer
        self._api = api
        self._quota = quota
        self._clock = clock
        self._until = until
        self._call_seconds = call_seconds
        self._patience = patience
        self._booked = booked

    def list_page(self, query: ListQuery) -> Page:
        """One page of the list operation, with retries.

        Raises Retryable when the last try brought no answer, RefusedForGood at once, OutOfTime when it was never tried,
        and TurnLater when it is the first call and has to wait for longer than `patience`.
        """
        return self._call(self._api.spec.list_quota, lambda: self._api.list_page(query))

    def by_ids(self, ids: Sequence[str]) -> Page:
        """One call of the by-id operation; all else as `list_page`."""
        return self._call(self._api.spec.by_id_quota, lambda: self._api.by_ids(ids))

    def list_calls_left(self) -> float:
        """How many calls of the list operation the quota allows in the time that is left."""
        return max(0.0, self._until - self._clock.now()) / self._quota.interval(self._api.spec.list_quota)

    def _call(self, operation: str, ask: Callable[[], Page]) -> Page:
        if not self._has_turn(operation):
            raise OutOfTime(f"no turn for {operation} before the time was over")
        tried = 0
        while True:
            answer = self._answer(operation, ask)
            tried += 1
            if isinstance(answer, Page):
                self._quota.answered(operation)
                self.pages.append(answer)
                return answer
            fields = {"operation": operation, "code": answer.code, "reason": answer.reason, "tried": tried}
            logger.warning("no answer", extra={"fields": fields})
            pause = pause_after(answer, tried, self._clock.chance())
            now = self._clock.now()
            if answer.throttled:
                self._quota.throttled(operation, now + pause)
            if tried >= tries(answer) or now + pause >= self._until:
                raise answer
            self._clock.sleep(pause)
            if not self._has_turn(operation):
                raise answer

    def _has_turn(self, operation: str) -> bool:
        """Wait for the operation's next place, unless that would pass `until`."""
        if self._booked:
            self._booked = False
            return True
        now = self._clock.now()
        wait = self._quota.reserve(operation, now)
        if self.calls == 0 and wait > self._patience:
            self._quota.leave_room(operation)
            raise TurnLater(wait)
        if now + wait >= self._until:
            return False
        if wait > 0:
            self._clock.sleep(wait)
        return True

    def _answer(self, operation: str, ask: Callable[[], Page]) -> Page | Retryable:
        """One try. Whatever else an answer breaks, in the SDK or in us, it is no usable answer and ends nothing."""
        self.calls += 1
        self.cost += self._quota.price(operation)
        try:
            return within(min(self._call_seconds, self._until - self._clock.now()), ask)
        except Retryable as error:
            return error
        except DeadlinePassed as error:
            return Retryable(str(error))
        except RefreshWatchError:
            raise
        except Exception as error:
            # its text may hold the answer, or a request with its Authorization: only the type is shown
            return Retryable(f"no usable answer: {type(error).__name__}")


def pause_after(error: Retryable, tried: int, chance: float) -> Seconds:
    """How long to wait before the next try: what the server asks for, else full jitter over a floor.

    `chance` is from 0 up to 1; `tried` counts the tries so far.
    """
    ceiling = min(PAUSE_CAP, PAUSE_BASE * 2 ** (tried - 1))
    jitter = PAUSE_FLOOR + chance * (ceiling - PAUSE_FLOOR)
    # several of us may have been told the same instant: never before it, and not all exactly at it
    return jitter if error.after is None else error.after + chance * PAUSE_FLOOR
