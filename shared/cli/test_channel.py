"""`refresh-watch test-channel`: sends a report that is marked as a test, and shows the channel's own answer."""

from __future__ import annotations

import argparse
import uuid

from shared.cli.surroundings import surroundings
from shared.cli.telling import answer_of
from shared.errors import BadInput, Described
from shared.instants import Instant
from shared.model import FailedObject, Kind, Outcome, Product
from shared.report import Counts, Report, ReportKind, TaskReport

LABEL = "TEST of refresh-watch, no real job"
_TASK_ID = "100000001"
_URL = "http://test.example.com/refresh-watch/test.txt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="a configured channel (default: every one)")


def run(namespace: argparse.Namespace) -> int:
    """Send to each once; 0 if all took it, else 1. Raises BadInput."""
    from shared.channels.delivery.deliver import deliver
    from shared.channels.delivery.next_visit import Done, GivenUp

    around = surroundings()
    names = (namespace.name,) if namespace.name else tuple(channel.name for channel in around.settings.channels)
    if not names:
        raise BadInput(
            "REFRESH_WATCH_CHANNELS", Described("nothing"), 'such as [{"name":"oncall","kind":"dingtalk","url":"…"}]'
        )
    report = sample_report(around.clock.now(), uuid.uuid4().hex[:8])
    taken = True
    for channel in around.channels(names):
        delivery = deliver(report, channel, settings=around.settings, clock=around.clock)
        print(f"{channel.name} ({channel.kind}, {channel.host}): {answer_of(delivery.outcome)}", flush=True)
        if isinstance(delivery.next, GivenUp):
            print(f"  {delivery.next.why}")
        taken = taken and isinstance(delivery.next, Done)
    return 0 if taken else 1


def sample_report(now: Instant, key: str) -> Report:
    """A final report with one failure, so that mentions and the list of failures can be seen; marked as a test."""
    failed = TaskReport(
        item=_TASK_ID,
        outcome=Outcome.PARTLY_FAILED,
        objects=3,
        settled_at=now,
        status="Failed",
        failed=(FailedObject(_URL, "Failed", "Origin Timeout"),),
    )
    return Report(
        id=f"f-test{key}",
        kind=ReportKind.FINAL,
        made_at=now,
        watch_id=f"test{key}",
        product=Product.CDN.value,
        job=Kind.REFRESH,
        label=LABEL,
        outcome=Outcome.PARTLY_FAILED,
        counts=Counts(complete=2, failed=1),
        tasks=(failed,),
        submitted_at=now - 330,
        settled_at=now,
        looks=7,
        api_calls=7,
    )
