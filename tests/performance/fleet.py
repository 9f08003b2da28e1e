"""Many watches of one id at once: what the quota dictates, what k instances make of it, and what would help.

The schedule, the look, the hop and the quota are the project's own; what is simulated is Function Compute (`cloud.py`)
and the account (`account.py`). Beside it stands what it was before: hops that wait for their turn inside an instance.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import inf
from multiprocessing import get_context

from refresh_watch.instants import Seconds
from refresh_watch.model import Product
from refresh_watch.settings import DEFAULT_QUOTA
from tests.performance.cases import LATENCY
from tests.performance.cloud import CONTAINER, Terms
from tests.performance.crowd import Crowd, Watched, watch
from tests.performance.dictated import Lags, least_lag
from tests.performance.hop_cost import measure
from tests.performance.manifest import sizes
from tests.performance.optimum import Frontier, frontier
from tests.performance.products import IDS_PER_CALL, PAGE_SIZE
from tests.performance.table import Check, at_most, print_table
from tests.performance.workloads import REFRESH

KS = (1, 2, 4, 5, 6, 8, 16)
MOST_THROTTLED = 1.0
"""Per cent: delays end up to a second late, so calls whose places are in turn come in bunches. They are asked again."""

FROM_10_000 = 4
"""With fewer instances ten thousand watches end in nothing but back-off."""

CDN, VOD = (Crowd(product, 1000, 60.0) for product in (Product.CDN, Product.VOD))
CDN_10_000 = Crowd(Product.CDN, 10_000, 60.0)
AT_SUBMIT_QUOTA: Seconds = 200
"""Refreshes are taken at 50 calls a second (Alibaba's documents): so long takes who submits ten thousand, one a call."""

CROWDS = (
    *(replace(crowd, within=within) for crowd in (CDN, VOD) for within in (60.0, 1.0)),
    *(replace(CDN_10_000, within=within) for within in (AT_SUBMIT_QUOTA, 60.0)),
)


@dataclass(frozen=True)
class Case:
    """One row."""

    crowd: Crowd
    terms: Terms

    @property
    def waits_inside(self) -> bool:
        """Its hops wait for their turn inside an instance."""
        return self.terms.patience == inf


def main(quick: bool) -> list[Check]:
    """Print a table for each crowd, then what stands beside it; answer the check-list for the k of s.yaml."""
    terms = measured_terms(quick)
    shipped = sizes()["watch"].instances
    plain = _plain(terms, shipped, quick)
    others = _waiting_inside(terms, quick)
    found = _run_all([*plain, *others])
    _print_terms(terms)
    known = frontier(REFRESH)
    for crowd in dict.fromkeys(case.crowd for case in plain):
        print_dictated(crowd)
        print_crowd(crowd, [(case, found[case]) for case in plain if case.crowd == crowd], known)
    print_waiting_inside([(case, found[case]) for case in others])
    return _checks([found[case] for case in plain if case.terms.instances == shipped], shipped)


def measured_terms(quick: bool) -> Terms:
    """What a hop meets, for one instance: measured here, stretched to the share of a core in s.yaml."""
    hop = measure(1 if quick else 3)["hop"]
    vcpu = sizes()["watch"].vcpu
    return Terms(1, cold=CONTAINER + hop.cold.lasts(vcpu), warm=hop.warm.lasts(vcpu))


def run(case: Case) -> Watched:
    """Watch one crowd."""
    return watch(case.crowd, case.terms)


def dictated(crowd: Crowd) -> dict[str, Lags]:
    """The least lag for each way to ask."""
    by_list = DEFAULT_QUOTA[f"{crowd.product}.list"]
    rows = PAGE_SIZE[crowd.product]
    found = {}
    if IDS_PER_CALL[crowd.product]:
        by_id = DEFAULT_QUOTA[f"{crowd.product}.by_id"]
        found[f"one id a call, {by_id:g}/s"] = least_lag(crowd.ends, by_id)
        found[f"ten ids a call, {by_id:g}/s"] = least_lag(crowd.ends, by_id, rows=10)
    else:
        found[f"one id a call, {by_list:g}/s"] = least_lag(crowd.ends, by_list)
    found[f"a page of {rows} rows, {by_list:g}/s"] = least_lag(crowd.ends, by_list, rows=rows)
    return found


def print_dictated(crowd: Crowd) -> None:
    """What no client that asks in that way can beat."""
    rows = [(how, lags.mean, lags.p95, lags.last) for how, lags in dictated(crowd).items()]
    heads = ("a call after each end, by", "mean s", "p95 s", "last s")
    print_table(f"{crowd}: dictated by the quota, were all ends known", heads, rows)


def print_crowd(crowd: Crowd, found: Sequence[tuple[Case, Watched]], known: Frontier) -> None:
    """A row for each k. `least`: the mean of any schedule with so many calls a watch, were there no quota at all.

    `untold`: it had not ended when nothing was left to run.
    """
    heads = ["k", "hops", "calls", "a watch", "throttled", "wrong", "untold"]
    heads += ["mean s", "least", "p95 s", "last s", "back-off s", "billed s"]
    rows = [
        (
            float(case.terms.instances),
            one.tally.hops,
            one.calls,
            one.calls / crowd.watches,
            one.throttled,
            one.wrong,
            one.untold,
            one.lags.mean,
            known.lag_at(one.calls / crowd.watches) + LATENCY,
            one.lags.p95,
            one.lags.last,
            one.tally.worst_back_off,
            one.tally.billed,
        )
        for case, one in found
    ]
    print_table(f"{crowd}: k instances", heads, rows)


def print_waiting_inside(found: Sequence[tuple[Case, Watched]]) -> None:
    """With and without, next to each other."""
    heads = ["crowd", "k", "a hop", "hops", "calls", "throttled", "untold", "mean s", "p95 s", "last s", "billed s"]
    rows = [
        (
            str(case.crowd),
            float(case.terms.instances),
            "waits inside" if case.waits_inside else "comes back",
            one.tally.hops,
            one.calls,
            one.throttled,
            one.untold,
            one.lags.mean,
            one.lags.p95,
            one.lags.last,
            one.tally.billed,
        )
        for case, one in found
    ]
    print_table("Beside it: hops that wait for their turn inside an instance", heads, rows)


def _print_terms(terms: Terms) -> None:
    busy = terms.warm + LATENCY + terms.start_next
    most = max(DEFAULT_QUOTA.values())
    print(
        f"\nFleet: a hop takes {terms.cold:.2f} s cold and {terms.warm:.3f} s warm before it asks, {LATENCY:g} s a call,"
        f" {terms.start_next:g} s to start the next; Process tells nothing."
        f"\nSo {most:g} calls a second keep {most * busy:.1f} instances busy: with fewer, they are the bottleneck."
        f" With more, each keeps to a smaller part of the quota, and a hop comes back for its turn."
    )


def _plain(terms: Terms, shipped: int, quick: bool) -> list[Case]:
    ks = [shipped] if quick else sorted({*KS, shipped})
    return [
        Case(crowd, replace(terms, instances=k))
        for crowd in ((CDN, VOD) if quick else CROWDS)
        for k in ks
        if crowd.watches == 1000 or (k >= FROM_10_000 and (crowd.within == 60 or k in (shipped, 8, 16)))
    ]


def _waiting_inside(terms: Terms, quick: bool) -> list[Case]:
    six, sixteen = (replace(terms, instances=k) for k in (6, 16))
    pairs = [(VOD, six)]
    if not quick:
        pairs += [(CDN, six), (CDN_10_000, six), (CDN_10_000, sixteen), (replace(VOD, within=1.0), six)]
    return [Case(crowd, replace(k, patience=p)) for crowd, k in pairs for p in (k.patience, inf)]


def _run_all(cases: Sequence[Case]) -> dict[Case, Watched]:
    # each once, and the longest first, so that no core is left with one at the end
    ordered = sorted(dict.fromkeys(cases), key=lambda case: -case.crowd.watches)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return dict(zip(ordered, pool.map(run, ordered), strict=True))


def _checks(found: Sequence[Watched], k: int) -> list[Check]:
    wrong, untold, throttled = (sum(getattr(one, name) for one in found) for name in ("wrong", "untold", "throttled"))
    reports, calls = sum(one.crowd.watches for one in found), sum(one.calls for one in found)
    said = f"{wrong} wrong, {untold} untold of {reports:,}"
    return [
        Check(f"fleets, k = {k}: every report right", said, wrong + untold == 0),
        at_most(f"fleets, k = {k}: calls that were throttled, % of {calls:,}", 100 * throttled / calls, MOST_THROTTLED),
    ]
