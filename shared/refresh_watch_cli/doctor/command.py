"""`refresh-watch doctor`: whether everything is in order, and what to do where it is not."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from refresh_watch.errors import BadInput, Described
from refresh_watch.model import Product
from refresh_watch.product_specs.registry import all_specs, services
from refresh_watch.reports.plain import one_line
from refresh_watch.watching.schedule import read_schedule
from refresh_watch_cli.context import forget_http_proxy, read_context
from refresh_watch_cli.doctor.check import Check, DoctorContext, Finding, Level, bad
from refresh_watch_cli.project import find_project

CHECKS = {
    "check_settings": "Settings",
    "check_endpoints": "Endpoints",
    "check_identity": "Credentials",
    "check_products": "Permissions: products",
    "check_functions": "Permissions: functions",
    "check_roles": "Permissions: the functions' own roles",
    "check_clock": "Clock",
    "check_channels": "Channels",
    "check_manifest": "s.yaml",
    "check_cost": "Cost",
}
"""Each check is a function in a file of its name, imported when it runs. In this order: credentials before what needs
them."""

USUAL = tuple(spec.product for spec in services())
"""An older action is asked about only when it is named: its service's own has the same grant, or none."""

_OTHERS = ", ".join(spec.product for spec in all_specs() if spec.product not in USUAL)
_OF_THE_PROBE = ("quick", "delay", "patience", "refresh_url")
_WIDEST = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    probe = parser.add_argument_group("probe", "what no document settles, measured on your own account")
    probe.add_argument("--probe", action="store_true", help="measure for a minute or more, print a table to send back")
    probe.add_argument("--quick", action="store_true", help="without waiting for onFailure and for a refresh to end")
    probe.add_argument("--delay", metavar="TIME", help="what delayed tasks wait: 1s to 60s (default: 10s)")
    probe.add_argument("--patience", metavar="TIME", help="how long onFailure, or a refresh, may take (default: 8m)")
    said = "refresh this URL of yours too, by --product (default: cdn): spends one URL"
    probe.add_argument("--refresh-url", metavar="URL", help=said)
    parser.add_argument(
        "--product",
        action="append",
        choices=[product.value for product in Product],
        metavar="PRODUCT",
        help=f"only that product; may be repeated (default: {', '.join(USUAL)}; there is also {_OTHERS})",
    )
    parser.add_argument("--send", action="store_true", help="post a sample to each channel, which mentions its people")
    parser.add_argument("--project", metavar="DIR", type=Path, help="the folder that holds s.yaml (default: this one)")
    parser.add_argument("--schedule", metavar="S", default="", help="reckon the cost for it, such as 0,15,45,90;15")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.epilog = (
        "Exit codes: 0 nothing is bad, 1 something is, 2 bad usage. Without --send and --probe nothing is changed; in "
        "Function Compute's record stay a few tasks whose ids begin with p-, by which the functions tried their roles."
    )


def run(namespace: argparse.Namespace) -> int:
    """Run every check; 1 when one found something bad. Raises BadInput for an option that cannot be used."""
    if namespace.probe:
        return _probed(namespace)
    for name in _OF_THE_PROBE:
        if getattr(namespace, name) not in (None, False):
            given = Described("the option without --probe")
            raise BadInput(f"--{name.replace('_', '-')}", given, "it together with --probe")
    if namespace.schedule:
        read_schedule(namespace.schedule, "--schedule")
    context = DoctorContext(
        dict(os.environ),
        products=tuple(Product(word) for word in dict.fromkeys(namespace.product or [])) or USUAL,
        project=find_project(namespace.project),
        send=namespace.send,
        schedule=namespace.schedule,
    )
    forget_http_proxy(context.settings)
    groups: dict[str, list[Finding]] = {}
    for name, heading in CHECKS.items():
        check = getattr(importlib.import_module(f"refresh_watch_cli.doctor.{name}"), name)
        groups[heading] = list(examine(check, context))
        if not namespace.json:
            print("\n".join([heading, *_lines(groups[heading], context)]), end="\n\n", flush=True)
    found = Counter(finding.level for findings in groups.values() for finding in findings)
    counts = {level.value: found[level] for level in Level}
    if namespace.json:
        print(json.dumps({"findings": _as_json(groups, context), "counts": counts}, ensure_ascii=False))
    else:
        words = ", ".join(f"{count} {level}" for level, count in counts.items())
        print(f"{words}: {'something' if found[Level.BAD] else 'nothing'} has to be mended")
    return 1 if found[Level.BAD] else 0


def _probed(namespace: argparse.Namespace) -> int:
    from refresh_watch_cli.doctor.probe.command import run_probe

    given = namespace.product or [None]
    if len(given) > 1:
        raise BadInput("--product", ", ".join(given), "one product with --probe")
    namespace.product = given[0]
    return run_probe(read_context(), namespace)


def examine(check: Check, context: DoctorContext) -> Iterator[Finding]:
    """What a check finds; one that breaks says so, and ends no other."""
    try:
        yield from check(context)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        # without its text, which may hold anything
        where = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        yield bad(check.__name__, f"a fault of refresh-watch itself: {where}", "please report it")


def _lines(findings: list[Finding], context: DoctorContext) -> Iterator[str]:
    """One line a finding; what is to be done stands below it."""
    width = min(max((len(finding.what) for finding in findings), default=0), _WIDEST)
    for finding in findings:
        what, said, do = _shown(finding, context)
        yield f"  {finding.level.value:<7}  {what:<{width}}  {said}"
        if do:
            yield f"           -> {do}"


def _as_json(groups: dict[str, list[Finding]], context: DoctorContext) -> list[dict[str, str]]:
    return [
        {"check": heading, "level": finding.level.value}
        | dict(zip(("what", "said", "do"), _shown(finding, context), strict=True))
        for heading, findings in groups.items()
        for finding in findings
    ]


def _shown(finding: Finding, context: DoctorContext) -> tuple[str, ...]:
    return tuple(context.masked(one_line(text, 500)) for text in (finding.what, finding.said, finding.do))
