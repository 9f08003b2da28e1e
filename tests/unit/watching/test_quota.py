"""How fast to ask: each instance's part of the account's quota."""

from __future__ import annotations

import pytest

from refresh_watch.watching.quota import Quota


def test_calls_are_spaced_evenly_and_what_was_not_used_is_forgotten() -> None:
    quota = Quota({"cdn.list": 5.0})
    assert [round(quota.reserve("cdn.list", 100.0), 1) for _ in range(4)] == [0.0, 0.2, 0.4, 0.6]
    assert quota.reserve("cdn.list", 200.0) == 0.0


@pytest.mark.parametrize("instances", [1, 4, 8])
def test_the_calls_of_all_instances_together_stay_within_the_account_quota(instances: int) -> None:
    """All ask as fast as they may for ten seconds: at 5 a second that is 50 calls, and one more each to begin with."""
    calls = 0
    for _ in range(instances):
        quota, now = Quota({"vod.list": 5.0}, instances), 100.0
        while now <= 110.0:
            now += quota.reserve("vod.list", now)
            calls += now <= 110.0
    assert 50 <= calls <= 50 + instances


def test_what_a_call_costs_of_the_account_does_not_depend_on_the_instances() -> None:
    assert Quota({"cdn.by_id": 30.0}, 8).price("cdn.by_id") == Quota({"cdn.by_id": 30.0}).price("cdn.by_id")


def test_with_another_client_the_rate_settles_near_what_is_left() -> None:
    """The service takes one call a second of an account whose quota is 5: another client uses four fifths."""
    quota, now, taken, refused, next_free = Quota({"vod.list": 5.0}), 0.0, 0, 0, 0.0
    while now < 300.0:
        now += quota.reserve("vod.list", now)
        if now >= next_free:
            taken, next_free = taken + 1, max(next_free + 1.0, now)
            quota.answered("vod.list")
        else:
            refused += 1
            quota.throttled("vod.list", now + 0.3)
    assert taken > 300 / 1.5
    assert refused < taken / 5
    for _ in range(200):
        quota.answered("vod.list")
    assert quota.interval("vod.list") == pytest.approx(0.2), "and recovers once it is alone again"
