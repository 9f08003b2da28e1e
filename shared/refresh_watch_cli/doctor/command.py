"""`refresh-watch doctor`: whether everything is in order, and what to do where it is not."""

from __future__ import annotations

import argparse
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

from refresh_watch.errors import BadInput, Described
from refresh_watch.model import Product
from refresh_watch.product_specs.registry import all_specs, services
from refresh_watch.watching.schedule import read_schedule
from refresh_watch_cli.context import forget_http_proxy, read_context
from refresh_watch_cli.doctor.check_channels import check_channels
from refresh_watch_cli.doctor.check_clock import check_clock
from refresh_watch_cli.doctor.check_cost import check_cost
from refresh_watch_cli.doctor.check_endpoints import check_endpoints
from refresh_watch_cli.doctor.check_functions import check_functions
from refresh_watch_cli.doctor.check_identity import check_identity
from refresh_watch_cli.doctor.check_manifest import check_manifest
from refresh_watch_cli.doctor.check_products import check_products
from refresh_watch_cli.doctor.check_roles import check_roles
from refresh_watch_cli.doctor.check_settings import check_settings
from refresh_watch_cli.doctor.context import DoctorContext
from refresh_watch_cli.doctor.finding import Check, Finding, Level, bad
from refresh_watch_cli.doctor.render import Group, as_json, as_lines, summary
from refresh_watch_cli.project import find_project

CHECKS: tuple[tuple[str, Check], ...] = (
    ("Settings", check_settings),
    ("Endpoints", check_endpoints),
    ("Credentials", check_identity),
    ("Permissions: products", check_products),
    ("Permissions: functions", check_functions),
    ("Permissions: the functions' own roles", check_roles),
    ("Clock", check_clock),
    ("Channels", check_channels),
    ("s.yaml", check_manifest),
    ("Cost", check_cost),
)
"""In this order: credentials before what needs them."""

USUAL = tuple(spec.product for spec in services())
"""An older action is asked about only when it is named: its service's own has the same grant, or none."""

_OTHERS = ", ".join(spec.product for spec in all_specs() if spec.product not in USUAL)


_OF_THE_PROBE = ("quick", "delay", "patience", "refresh_url")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    from refresh_watch_cli.doctor.probe.command import add_probe_arguments

    add_probe_arguments(parser)
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
        if getattr(namespace, name, None) not in (None, False):
            raise BadInput(
                f"--{name.replace('_', '-')}", Described("the option without --probe"), "it together with --probe"
            )
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
    groups = []
    for heading, check in CHECKS:
        groups.append(Group(heading, tuple(examine(check, context))))
        if not namespace.json:
            print("\n".join(as_lines(groups[-1], context)), end="\n\n", flush=True)
    print(as_json(groups, context) if namespace.json else summary(groups))
    return 1 if any(finding.level is Level.BAD for group in groups for finding in group.findings) else 0


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
