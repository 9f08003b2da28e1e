"""``make bench``: how few questions, how soon an answer, at what cost; beside other waiters, and against the optimum.

All in virtual time but the hop's start, imports and packages, which are measured. ``--quick`` draws few; sections can be
named, and packages and starts, which build the packages first, run only then.
"""

from __future__ import annotations

import argparse
import logging
import time
from concurrent.futures import Executor, ProcessPoolExecutor

from tests.performance import cold_starts, compute, fleet, import_cost, lag, packages, quota_left, sweeps
from tests.performance.cases import LATENCY
from tests.performance.cloud import CONTAINER
from tests.performance.table import Check, print_checks

USUAL = ("lag", "sweeps", "quota", "fleet", "compute", "imports")
SECTIONS = (*USUAL, "packages", "starts")


def main() -> None:
    """Run the sections named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"some of: {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="few draws: under 20 s, with more noise")
    options = parser.parse_args()
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    chosen = [section for section in SECTIONS if section in (options.sections or USUAL)]
    began = time.monotonic()
    with ProcessPoolExecutor(2, initializer=_quiet) as pool:
        checks = _in_virtual_time(pool, chosen, quick=options.quick)
    _quiet()
    if "fleet" in chosen:
        checks += fleet.main(options.quick)
    if "compute" in chosen:
        compute.main(options.quick)
    if "imports" in chosen:
        print()
        checks += import_cost.main(options.quick)
    if "packages" in chosen:
        checks += packages.main(options.quick)
    if "starts" in chosen:
        checks += cold_starts.main(options.quick)
    if checks:
        print_checks(checks)
    print(f"\n{time.monotonic() - began:.0f} s")


def _in_virtual_time(pool: Executor, chosen: list[str], *, quick: bool) -> list[Check]:
    if not {"lag", "sweeps", "quota"} & set(chosen):
        return []
    terms = fleet.measured_terms(quick)
    starts = lag.Starts(terms.cold, terms.warm)
    print(
        f"a hop's start, to its first question: cold {starts.cold:.2f} s (measured here, stretched to the share of a core"
        f" in s.yaml, and {CONTAINER:g} s assumed for the container), warm {starts.warm:.3f} s; a call takes {LATENCY:g} s"
    )
    checks: list[Check] = []
    if "lag" in chosen:
        checks += lag.main(pool, starts, quick=quick)
    if "sweeps" in chosen:
        checks += sweeps.main(pool, starts.cold, quick=quick)
    if "quota" in chosen:
        checks += quota_left.main(pool, starts.cold, quick=quick)
    return checks


def _quiet() -> None:
    """Throttled answers are part of the show, and each is logged as a warning."""
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    main()
