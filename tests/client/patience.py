"""Somebody who waits by a clock that leaps."""

from __future__ import annotations

from shared.client import Watches
from shared.credentials import Credentials
from shared.settings import Secret, Settings
from tests.hand_clock import HandClock


def patient(url: str, clock: HandClock) -> Watches:
    """The client of the deployment at `url`."""
    return Watches(
        Settings(fc_endpoint=url, region="cn-hangzhou"), lambda: Credentials("testAK", Secret("testSK")), clock
    )
