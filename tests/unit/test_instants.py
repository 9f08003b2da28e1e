"""Instants at the border."""

from __future__ import annotations

import pytest

from refresh_watch.instants import parse_instant

EIGHT = 1_795_334_400.0


@pytest.mark.parametrize(
    ("text", "after_eight"),
    [
        ("2026-11-22T08:00:00Z", 0.0),
        ("2026-11-22 08:00:00", 0.0),
        ("2026-11-22T08:00Z", 0.0),
        ("2026-11-22T08:00:00.1Z", 0.1),
        ("2026-11-22T08:00:00.12Z", 0.12),
        ("2026-11-22T08:00:00,123Z", 0.123),
        ("2026-11-22T08:00:00.1234+00:00", 0.1234),
        ("2026-11-22T16:00:00.5+08:00", 0.5),
        ("2026-11-22T08:00:00.123456789Z", 0.123456),
        ("2026-11-22T08:00:00.999999999999Z", 0.999999),
        ("2026-11-22T08:00:00.25", 0.25),
    ],
)
def test_an_instant_is_read_with_any_number_of_decimals(text: str, after_eight: float) -> None:
    assert parse_instant(text) - EIGHT == pytest.approx(after_eight, abs=1e-6)


@pytest.mark.parametrize("text", ["", "noon", "2026-11-22T25:00:00.1Z", "2026-11-22T08:00:00.xZ", "08:00:00.1Z"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_instant(text)
