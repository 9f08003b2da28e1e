"""`refresh-watch doctor --probe`: measures on the user's own account what no document settles (docs/open-facts.md).

It calls the deployed functions with an event that they know for what it is,
reads Function Compute's record, and leaves nothing behind but ended tasks.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import secrets
from typing import Any

from refresh_watch.errors import BadInput
from refresh_watch.instants import Seconds, format_duration, format_instant, parse_duration
from refresh_watch.model import Product
from refresh_watch_cli.context import CommandContext
from refresh_watch_cli.doctor.probe import failing, greeting, refresh, tasks
from refresh_watch_cli.doctor.probe.run import Probing
from refresh_watch_cli.doctor.probe.table import LEGEND, Same, as_json, table
from refresh_watch_cli.printing import note
from refresh_watch_cli.submitting import SUBMITTERS

DEFAULT_DELAY: Seconds = 10
DEFAULT_PATIENCE: Seconds = 480
_LONGEST_URL = 1024


def add_probe_arguments(parser: argparse.ArgumentParser) -> None:
    """What `doctor` takes for the probe, `--probe` itself among it; whose URL it is, its own `--product` says."""
    group = parser.add_argument_group("probe", "what no document settles, measured on your own account")
    group.add_argument("--probe", action="store_true", help="measure for a minute or more, print a table to send back")
    group.add_argument("--quick", action="store_true", help="without waiting for onFailure and for a refresh to end")
    group.add_argument("--delay", metavar="TIME", help="what delayed tasks wait: 1s to 60s (default: 10s)")
    group.add_argument("--patience", metavar="TIME", help="how long onFailure, or a refresh, may take (default: 8m)")
    group.add_argument(
        "--refresh-url",
        metavar="URL",
        help="refresh this URL of yours too, by --product (default: cdn): spends one URL",
    )


def run_probe(context: CommandContext, namespace: argparse.Namespace) -> int:
    """Measure and print. 0 when all is as it has to be, 1 where it is not or could not be seen.

    `namespace` has what `add_probe_arguments` adds, and `json` and `product`, one word or None.
    Raises BadInput, NoCredentials, and NotDeployed when the functions know no probe.
    """
    from refresh_watch.function_compute.client import FunctionCompute
    from refresh_watch.function_compute.transport import Transport
    from refresh_watch_cli.doctor.probe.inspector import Inspector

    delay = round(_duration("--delay", namespace.delay, DEFAULT_DELAY, 1, 60))
    patience = _duration("--patience", namespace.patience, DEFAULT_PATIENCE, 1, 3600)
    url = "" if namespace.refresh_url is None else _check_url(namespace.refresh_url)
    product = _product(namespace.product) if url else Product.CDN
    transport = Transport(context.settings, context.credentials(), context.clock)
    engine, inspector = FunctionCompute(transport), Inspector(transport, context.clock)
    run = Probing(secrets.token_hex(8), context.settings, engine, inspector, context.clock, delay, patience)
    try:
        greeting.greet(run)
        _measure(run, quick=namespace.quick)
        if url:
            credentials = context.credentials()
            refresh.refresh(run, url, product, context.settings, credentials, quick=namespace.quick)
        note("how events arrive by your own queue, topic or bus: see intake's log (docs/open-facts.md)")
    finally:
        # whatever happened, Ctrl-C too: nothing goes on, and what was measured is printed
        if run.findings:
            left = list(run.clean_up())
            _tell(run, context, left, in_json=namespace.json, url=url)
    return 1 if any(finding.same in (Same.NO, Same.UNSEEN) for finding in run.findings) else 0


def _measure(run: Probing, *, quick: bool) -> None:
    if not quick:
        failing.start_failing(run)
    sent = tasks.start_delayed(run)
    tasks.while_waiting(run, sent)
    tasks.without_delay(run)
    tasks.after_delay(run, sent)
    if not quick:
        failing.after_failing(run)


def _tell(run: Probing, context: CommandContext, left: list[str], *, in_json: bool, url: str) -> None:
    about: dict[str, Any] = {
        "probe": run.id,
        "version": _version(),
        "region": context.settings.region,
        "at": format_instant(run.clock.now()),
        "delay": run.delay,
    }
    if in_json:
        print(json.dumps({**about, "facts": as_json(run.findings), "left": left}), flush=True)
        return
    head = f"refresh-watch {about['version']}, region {about['region'] or 'unknown'}, {about['at']}"
    spent = ["a refresh of one URL was submitted, if it came so far"] if url else []
    print("\n".join(["", head, "", *table(run.findings), "", *LEGEND, "", *left, *spent]), flush=True)


def _duration(name: str, text: str | None, default: Seconds, least: int, most: int) -> Seconds:
    if text is None:
        return default
    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = 0.0
    if not least <= seconds <= most:
        raise BadInput(name, text, f"{least}s to {most}s, such as {format_duration(default)}")
    return seconds


def _product(given: str | None) -> Product:
    if given is not None and given not in list(SUBMITTERS):
        raise BadInput("--product", given, f"with --refresh-url one of {', '.join(SUBMITTERS)}")
    return Product(given or Product.CDN)


def _check_url(url: str) -> str:
    plain = url.startswith(("http://", "https://")) and url.isprintable() and " " not in url
    if not plain or len(url) > _LONGEST_URL:
        raise BadInput(
            "--refresh-url", url, f"one URL of a domain of yours, http or https, up to {_LONGEST_URL} characters"
        )
    return url


def _version() -> str:
    try:
        return importlib.metadata.version("refresh-watch")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"
