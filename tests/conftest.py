"""For all tests: no property test is judged by the clock, and CI looks at the same examples each time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.effort import EFFORT

settings.register_profile(
    "refresh-watch",
    max_examples=EFFORT.examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
    database=None,
)
settings.load_profile("refresh-watch")

for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)  # the SDK honours these and ignores NO_PROXY
