"""A client that waits by a clock that leaps."""

from __future__ import annotations

from refresh_watch.client import Watches
from refresh_watch.credentials import Credentials
from refresh_watch.settings import Secret, Settings
from tests.hand_clock import HandClock


def patient(url: str, clock: HandClock) -> Watches:
    """The client of the deployment at `url`."""
    return Watches(
        Settings(fc_endpoint=url, region="cn-hangzhou"), lambda: Credentials("testAK", Secret("testSK")), clock
    )
