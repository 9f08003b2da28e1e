"""What is invoked for one watch and when, and what days full of such watches are charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from refresh_watch.instants import Seconds
from refresh_watch_cli.cost.resources import Size
from refresh_watch_cli.cost.tariff import charge, units

DAY: Seconds = 86400.0
HOUR: Seconds = 3600.0
IDLE: Seconds = 300.0
"""An instance without a request ends after about so long: the next one starts cold. Assumed, nothing is promised."""


@dataclass(frozen=True)
class Entry:
    """One invocation: seconds after submission, and how long it lasts cold and warm."""

    function: str
    at: Seconds
    cold: Seconds
    warm: Seconds


CROWDED: Seconds = 30.0
"""Watches that are begun no further apart than this leave no function alone for long: every start is warm, and every
hour of the day is like the others."""

Diary = tuple[Entry, ...]


def units_of(diary: Diary, sizes: Mapping[str, Size], *, cold: bool) -> float:
    """CU of one watch, all of its invocations cold or all warm."""
    return sum(units(entry.cold if cold else entry.warm, sizes[entry.function]) for entry in diary)


def cny_a_day(
    diaries: Sequence[Diary], watches: int, sizes: Mapping[str, Size], every_hour: frozenset[str] = frozenset()
) -> float:
    """CNY for a day with so many watches, evenly over the day, one like another.

    An invocation is cold when its function had none for `IDLE` before it. Where there are few watches, the clock hours
    that they fall into are a matter of chance: the mean over the minutes of an hour at which the first may begin. The
    functions of `every_hour` are woken in each hour, watches or not; what they compute then is below an hour's floor.
    """
    if DAY / watches <= CROWDED:
        return _crowded(diaries, watches, sizes, every_hour)
    offsets = [60.0 * minute for minute in range(60)] if watches < 100 else [0.0]
    return fmean(_day(diaries, watches, sizes, offset, every_hour) for offset in offsets)


def _crowded(diaries: Sequence[Diary], watches: int, sizes: Mapping[str, Size], every_hour: frozenset[str]) -> float:
    an_hour: dict[str, float] = defaultdict(float, dict.fromkeys(every_hour, 0.0))
    for entry in chain.from_iterable(diaries):
        an_hour[entry.function] += units(entry.warm, sizes[entry.function]) * watches / len(diaries) * HOUR / DAY
    return charge(an_hour.values()) * DAY / HOUR


def _day(
    diaries: Sequence[Diary], watches: int, sizes: Mapping[str, Size], offset: Seconds, every_hour: frozenset[str]
) -> float:
    invoked: dict[str, list[tuple[Seconds, Entry]]] = defaultdict(list)
    for number in range(watches):
        began = offset + number * DAY / watches
        for entry in diaries[number % len(diaries)]:
            invoked[entry.function].append(((began + entry.at) % DAY, entry))
    hours: dict[tuple[str, int], float] = defaultdict(float)
    hours.update({(function, hour): 0.0 for function in every_hour for hour in range(24)})
    for function, entries in invoked.items():
        entries.sort(key=lambda one: one[0])
        before = entries[-1][0] - DAY  # every day is like this one
        for at, entry in entries:
            lasts = entry.cold if at - before > IDLE else entry.warm
            hours[function, int(at // HOUR)] += units(lasts, sizes[function])
            before = at
    return charge(hours.values())
