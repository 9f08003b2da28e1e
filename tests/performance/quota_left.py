"""Another client eats most of the account's quota: are the verdicts right, and how much later do they come?"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

from refresh_watch.instants import Seconds
from refresh_watch.model import Product
from refresh_watch_emulator.products.catalog import DEFAULT_QUOTA
from tests.performance import ours
from tests.performance.cases import NOON, Case, scenes
from tests.performance.products import IDS_PER_CALL, PAGE_SIZE
from tests.performance.table import Check, at_most, print_table
from tests.performance.workloads import REFRESH, Part, Workload

IDS = 1000
LEFT = 0.2
"""Of the account's quota: the other client eats 80 %."""

BOUND = 1.5

AT_ONCE = Workload("all ended", REFRESH.kind, (Part(1.0, 1.0, 0.01),))
"""By the first look everything has ended."""


@dataclass(frozen=True)
class Settled:
    """One watch: from `since` (its first look, or the last end) it took `took`; the quota itself dictates `least`."""

    case: Case
    right: bool
    calls: int
    throttled: int
    took: Seconds
    least: Seconds
    ratio: float


def main(pool: Executor, hop_start: Seconds, *, quick: bool) -> list[Check]:
    """Measure, print, and answer the check-list."""
    alone = [
        Case(workload, product=product, ids=IDS)
        for workload in ((AT_ONCE,) if quick else (AT_ONCE, REFRESH))
        for product in (Product.CDN, Product.VOD)
    ]
    cases = [*alone, *(replace(case, quota=LEFT) for case in alone)]
    settled = list(pool.map(partial(_settled, hop_start), cases))
    heads = ("workload", "product", "ids", "quota left", "right", "calls", "throttled", "settled after s", "least s", "ratio")  # fmt: skip
    rows = [
        (
            one.case.workload.name,
            one.case.product.value,
            one.case.ids,
            f"{one.case.quota:.0%}",
            "yes" if one.right else "NO",
            one.calls,
            one.throttled,
            one.took,
            one.least,
            one.ratio,
        )
        for one in settled
    ]
    print_table("1,000 ids in one watch, alone and beside a client that eats 80 % of the quota", heads, rows)
    return _checks(settled)


def least_seconds(product: Product, ids: int, share: float) -> Seconds:
    """What the quota dictates for one question about so many ids of one row each, by the operation that is quickest.

    A bucket is a second deep: so many calls are free of waiting.
    """
    ways = [(PAGE_SIZE[product], DEFAULT_QUOTA[f"{product}.list"])]
    if IDS_PER_CALL[product]:
        ways.append((IDS_PER_CALL[product], DEFAULT_QUOTA[f"{product}.by_id"]))
    rates = [(-(-ids // each), rate * share) for each, rate in ways]
    return min(max(0.0, (calls - max(1.0, rate)) / rate) for calls, rate in rates)


def _settled(hop_start: Seconds, case: Case) -> Settled:
    (scene,) = scenes(case, 1)
    followed = ours.follow(scene, hop_start=hop_start)
    least = least_seconds(case.product, case.ids, case.quota)
    if case.workload == REFRESH:
        took, least = followed.told_at - NOON, scene.ends_at - NOON + least
    else:
        took = followed.told_at - followed.looks[0].began - hop_start
    return Settled(
        case,
        followed.is_right(scene),
        sum(looked.calls for looked in followed.looks),
        sum(looked.throttled for looked in followed.looks),
        took,
        least,
        took / least,
    )


def _checks(settled: Sequence[Settled]) -> list[Check]:
    alone = sum(one.throttled for one in settled if one.case.quota == 1)
    made = [at_most("1,000 ids, alone: throttled answers", alone, 0)]
    for one in settled:
        if one.case.quota < 1:
            what = f"{one.case.product} {one.case.workload.name}, 80 % eaten"
            made.append(Check(f"{what}: every verdict right", "yes" if one.right else "no", one.right))
            made.append(at_most(f"{what}: settled, to what the quota dictates", one.ratio, BOUND))
    return made
