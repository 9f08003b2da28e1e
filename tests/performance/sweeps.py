"""What one round of questions about a large watch costs, by how the tasks lie among other people's."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import isnan, nan

from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Product
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import ObjectPlan, World
from tests.performance import ours
from tests.performance.cases import NOON, Case, Scene, Truth
from tests.performance.table import Check, at_most, print_table
from tests.performance.workloads import REFRESH

MINUTE: Seconds = 60
DAY: Seconds = 86400
STILL_RUNNING: Seconds = 3 * DAY
DEADLINE: Seconds = 120
"""Of the watches in which nothing ends."""

AGE: Seconds = 400
"""Of the youngest task where everything has ended."""

FOREIGN = (0, 500, 1000, 2000, 5000, 10_000, 20_000)
MOST_WATCHED = 2000
"""With more foreign tasks only the sweep of what has ended is waited for: the world takes long over each page."""


@dataclass(frozen=True)
class Batch:
    """Ids of some objects each, submitted evenly within so many seconds, among `foreign` tasks of that time."""

    product: Product
    ids: int = 1000
    objects: int = 1
    within: Seconds = MINUTE
    foreign: int = 0
    by_id_rows: int | None = None


@dataclass(frozen=True)
class Swept:
    """Calls of a round while nothing ends, at and after the deadline, and when all had ended; NaN: not tried."""

    batch: Batch
    first: float
    later: float
    late: float
    ended: float
    throttled: int


def main(pool: Executor, hop_start: Seconds, *, quick: bool) -> list[Check]:
    """Measure, print, and answer the check-list."""
    ids, vod, large = _batches(quick)
    swept = list(pool.map(partial(_swept, hop_start), [*vod, *ids, *large]))
    by_vod, by_ids, by_objects = (
        [one for one in swept if one.batch in batches] for batches in (vod, ids, large)
    )  # fmt: skip
    heads = ("product", "ids", "objects", "submitted within", "foreign tasks", "by-id rows", "1st look", "later", "after the deadline", "all ended", "throttled")  # fmt: skip
    print_table("1,000 ids in one watch: calls of a sweep", heads, [_cells(one) for one in by_ids])
    title = "1,000 VOD ids submitted in one minute, among foreign tasks of that minute: calls of a sweep"
    print_table(title, heads, [_cells(one) for one in reversed(by_vod)])
    print(
        "Past the deadline whatever is listed as running is asked about by itself, twice: that is the verdict overdue,\n"
        "and no document says that a listing is a question about the ids that it shows. VOD has no by-id operation.\n"
    )
    print_table("one id of 2,000 objects: calls of a look", heads, [_cells(one) for one in by_objects])
    return _checks(by_ids, by_vod, by_objects)


def _batches(quick: bool) -> tuple[list[Batch], list[Batch], list[Batch]]:
    """Ids that can be asked ten at a time, ids that cannot, and one id of many objects."""
    if quick:
        return [Batch(Product.CDN)], [Batch(Product.VOD)], [Batch(Product.CDN, ids=1, objects=2000, by_id_rows=20)]
    ids = [
        *(Batch(product, within=within) for product in (Product.CDN, Product.DCDN) for within in (1, MINUTE, DAY)),
        Batch(Product.CDN, foreign=5000),
    ]
    vod = [Batch(Product.VOD, foreign=count) for count in reversed(FOREIGN)]  # the long ones first
    large = [
        Batch(Product.CDN, ids=1, objects=2000),
        *(Batch(product, ids=1, objects=2000, by_id_rows=20) for product in (Product.CDN, Product.DCDN)),
        Batch(Product.VOD, ids=1, objects=2000),
    ]
    return ids, vod, large


def _checks(by_ids: Sequence[Swept], by_vod: Sequence[Swept], by_objects: Sequence[Swept]) -> list[Check]:
    cdn = [one for one in by_ids if one.batch.product is Product.CDN]
    alone = [one for one in by_vod if not one.batch.foreign]
    late = max(one.late for one in cdn if not isnan(one.late))
    made = [
        at_most("1,000 CDN ids: calls of the dearest sweep", _dearest(cdn), 105),
        at_most("1,000 CDN ids, past the deadline: the same", late, 105),
        at_most("1,000 VOD ids of one minute, no foreign tasks: calls of the dearest sweep", _dearest(alone), 25),
    ]
    large = max(calls for one in by_objects for calls in (one.first, one.later))
    throttled = sum(one.throttled for one in (*by_ids, *by_vod, *by_objects))
    return [
        *made,
        at_most("one id of 2,000 objects, while it runs: calls of the dearest look", large, 4),
        at_most("throttled answers in all these sweeps", throttled, 0),
    ]


def _dearest(swept: Sequence[Swept]) -> float:
    return max(calls for one in swept for calls in (one.first, one.later, one.ended) if not isnan(calls))


def _swept(hop_start: Seconds, batch: Batch) -> Swept:
    submitted = NOON - AGE - batch.within
    done = ours.follow(_scene(batch, submitted, after=0.0), hop_start=hop_start, submitted_at=submitted)
    ended = float(sum(looked.calls for looked in done.looks))
    throttled = sum(looked.throttled for looked in done.looks)
    if batch.foreign > MOST_WATCHED:
        return Swept(batch, nan, nan, nan, ended, throttled)
    submitted = NOON - batch.within
    scene = _scene(batch, submitted, after=STILL_RUNNING)
    followed = ours.follow(scene, hop_start=hop_start, submitted_at=submitted, deadline=DEADLINE)
    first, *others = followed.sweeps
    late_from = NOON + DEADLINE - hop_start  # a hop that begins then asks its first question past the deadline
    regular = [sweep.calls for sweep in others if sweep.began < late_from]
    late = [sweep.calls for sweep in others if sweep.began >= late_from]
    throttled += sum(looked.throttled for looked in followed.looks)
    return Swept(batch, float(first.calls), max(regular, default=nan), max(late, default=nan), ended, throttled)


def _scene(batch: Batch, submitted: Instant, after: Seconds) -> Scene:
    world = World(NOON, foreign_tasks=0, seed=batch.foreign)
    for number in range(batch.foreign):
        world.add_task(batch.product, created_at=submitted + batch.within * (number + 0.5) / batch.foreign)
    truths = {}
    for number in range(batch.ids):
        created_at = submitted + batch.within * (number + 0.5) / batch.ids
        plans = [ObjectPlan(f"http://example.com/{number}/{place}.txt", after=after) for place in range(batch.objects)]
        task_id = world.add_task(batch.product, objects=plans, created_at=created_at)
        truths[task_id] = Truth(created_at + after, batch.objects, 0)
    switches = Switches(by_id_row_limit=batch.by_id_rows)
    return Scene(Case(REFRESH, "linear", product=batch.product), world, switches, truths, seed=1)


def _cells(swept: Swept) -> tuple[str | float, ...]:
    batch = swept.batch
    within = {1: "a second", MINUTE: "a minute", DAY: "a day"}[batch.within]
    cut = "all" if batch.by_id_rows is None else str(batch.by_id_rows)
    cut = "" if batch.product is Product.VOD else cut
    return (
        batch.product.value, batch.ids, batch.objects, within, batch.foreign, cut, swept.first, swept.later, swept.late, swept.ended, swept.throttled,
    )  # fmt: skip
