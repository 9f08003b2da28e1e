"""`refresh-watch doctor --probe`: measures on the user's own account what no document settles (docs/open-facts.md).

It calls the deployed functions with an event that they know for what it is,
reads Function Compute's record, and leaves nothing behind but ended tasks.
"""

from __future__ import annotations

import argparse
import itertools
import json
import secrets
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from refresh_watch.errors import BadInput
from refresh_watch.function_compute.client import FunctionCompute
from refresh_watch.function_compute.transport import Transport
from refresh_watch.instants import Seconds, format_duration, format_instant, parse_duration
from refresh_watch.model import Product
from refresh_watch_cli.context import CommandContext
from refresh_watch_cli.doctor.probe import failing, greeting, refresh, tasks
from refresh_watch_cli.doctor.probe.inspector import Inspector
from refresh_watch_cli.doctor.probe.run import Measurement, Probing, Same
from refresh_watch_cli.printing import note, version
from refresh_watch_cli.submitting import SUBMITTERS

DEFAULT_DELAY: Seconds = 10
DEFAULT_PATIENCE: Seconds = 480
_LONGEST_URL = 1024
_LEGEND = (
    "other: not what is taken for likely, and the code holds all the same (docs/open-facts.md)",
    "NO: refresh-watch rests on it, or it was never seen so: please send this table with a bug report",
    "?: could not be seen",
)
_WIDTHS = (26, 50, 26)
_ROW = "{:<26}  {:<50}  {:<26}  {}"


def run_probe(context: CommandContext, namespace: argparse.Namespace) -> int:
    """Measure and print. 0 when all is as it has to be, 1 where it is not or could not be seen.

    `namespace` is that of `doctor`, its `product` one word or None.
    Raises BadInput, NoCredentials, and NotDeployed when the functions know no probe.
    """
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
            _print(run, context, left, in_json=namespace.json, url=url)
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


def _print(run: Probing, context: CommandContext, left: list[str], *, in_json: bool, url: str) -> None:
    about: dict[str, Any] = {
        "probe": run.id,
        "version": version(),
        "region": context.settings.region,
        "at": format_instant(run.clock.now()),
        "delay": run.delay,
    }
    if in_json:
        facts = [{"fact": f.fact, "seen": f.seen, "likely": f.likely, "same": f.same.value} for f in run.findings]
        print(json.dumps({**about, "facts": facts, "left": left}), flush=True)
        return
    head = f"refresh-watch {about['version']}, region {about['region'] or 'unknown'}, {about['at']}"
    spent = ["a refresh of one URL was submitted, if it came so far"] if url else []
    print("\n".join(["", head, "", *_table(run.findings), "", *_LEGEND, "", *left, *spent]), flush=True)


def _table(measured: Sequence[Measurement]) -> Iterator[str]:
    """Lines of at most 112 columns, the headings first; what is longer goes on in the next line."""
    yield _ROW.format("FACT", "SEEN", "TAKEN FOR LIKELY", "SAME")
    for one in measured:
        texts = (one.fact, one.seen, one.likely or "-")
        cells = map(textwrap.wrap, texts, _WIDTHS)
        for row, words in enumerate(itertools.zip_longest(*cells, fillvalue="")):
            yield _ROW.format(*words, "" if row else one.same.value).rstrip()


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
        allowed = f"one URL of a domain of yours, http or https, up to {_LONGEST_URL} characters"
        raise BadInput("--refresh-url", url, allowed)
    return url
