"""`refresh-watch replay`: sends undelivered reports again. Function Compute keeps them for 7 days."""

from __future__ import annotations

import argparse

from refresh_watch.instants import format_instant
from refresh_watch.reports.plain import one_line
from refresh_watch.workflow.replay import UndeliveredReport, being_tried, replay, undelivered
from refresh_watch_cli.context import read_context
from refresh_watch_cli.printing import complain, note
from refresh_watch_cli.stop import read_watch_id


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("watch_ids", metavar="WATCH_ID", nargs="*", help="only those of these watches (default: all)")
    parser.add_argument("--list", action="store_true", help="show them, send nothing")


def run(namespace: argparse.Namespace) -> int:
    """Start their deliveries anew; 1 when a watch that was named has no undelivered report.

    Raises BadInput, EngineError.
    """
    named = [read_watch_id(watch_id) for watch_id in namespace.watch_ids]
    context = read_context()
    engine = context.engine()
    found = undelivered(engine)
    missing = [watch_id for watch_id in named if not any(_is_of(one, watch_id) for one in found)]
    if named:
        found = [one for one in found if any(_is_of(one, watch_id) for watch_id in named)]
    for one in found:
        why = one_line(one.why, 200)
        if namespace.list:
            print(f"undelivered: {_line(one)}: {why}", flush=True)
            continue
        replay(one, engine=engine)
        # whether it arrives is known later
        print(f"started again: {_line(one)} (refused before: {why})", flush=True)
    if found and not namespace.list:
        note("what is refused again: see refresh-watch replay --list")
    if not found and not named:
        note("no undelivered report")
    trying = being_tried(engine, named) if namespace.list else 0
    if trying:
        note("1 report is still being tried" if trying == 1 else f"{trying} reports are still being tried")
    for watch_id in missing:
        complain(f"WATCH_ID: '{watch_id}' has no undelivered report; allowed: those that replay --list shows")
    return 1 if missing else 0


def _is_of(one: UndeliveredReport, watch_id: str) -> bool:
    # a rejected request never became a watch: its report is known by the digest in its id
    report = one.report
    return watch_id in (report.watch_id, report.id.partition("-")[2])


def _line(one: UndeliveredReport) -> str:
    report = one.report
    about = report.watch_id or report.id
    label = f" ({one_line(report.label, 40)})" if report.label else ""
    made = format_instant(report.made_at)
    return f"{made} {report.kind} of {about}{label} to {one.channel or 'every channel'}"
