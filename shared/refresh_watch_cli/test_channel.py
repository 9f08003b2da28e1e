"""`refresh-watch test-channel`: sends reports that are marked as a test, and shows the channel's own answers."""

from __future__ import annotations

import argparse
import uuid
from dataclasses import replace

from refresh_watch.channels.delivery.attempts import Later
from refresh_watch.channels.delivery.deliver import Delivery, deliver
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished, RetryLater
from refresh_watch.channels.routing import wants
from refresh_watch.errors import BadInput, missing
from refresh_watch.instants import format_duration
from refresh_watch.model import Kind
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting
from refresh_watch_cli.context import CommandContext, read_context
from refresh_watch_cli.deliver_now import again_in, answer_of, to_repair
from refresh_watch_cli.printing import complain
from refresh_watch_cli.sample_reports import NAMES, sample_report

SENT = ("interim", "partly_failed", "rejected", "broken", "complete")
"""One of each kind of report, and both sides of the final one. The last ends an incident that the others opened."""

_WIDTH = max(map(len, NAMES))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="a configured channel (default: every one)")
    parser.add_argument(
        "--report",
        metavar="KIND",
        action="append",
        choices=NAMES,
        help=f"only that report; may be repeated (default: {', '.join(SENT)}; there are {', '.join(NAMES)})",
    )
    parser.epilog = (
        "People whom the channel's `mention` names are really mentioned. PagerDuty alerts that a single --report other "
        "than complete opens stay open: resolve them there. "
        "Exit codes: 0 every report was taken, 1 one was not, 2 bad usage or settings."
    )


def run(namespace: argparse.Namespace) -> int:
    """Send to each channel; 0 if all reports were taken, else 1, as where a channel of several is set wrong.

    Raises BadInput, for a channel that is set wrong only if it was named or is the only one.
    """
    context = read_context(lenient_channels=True)
    channels, broken = _channels(namespace.name, context)
    for name, problem in broken.items():
        complain(f"channel {name} is set wrong and left out: {problem}")
    chosen = sorted(set(namespace.report or SENT), key=lambda name: SENT.index(name) if name in SENT else -1)
    taken = [_test(channel, chosen, context) for channel in channels]
    return 0 if all(taken) and (namespace.name or not broken) else 1


def _channels(named: str | None, context: CommandContext) -> tuple[list[ChannelSetting], dict[str, BadInput]]:
    """The channels to test, and what is wrong with others."""
    settings = context.settings
    usable: list[ChannelSetting] = []
    broken = dict(settings.broken_channels)
    for channel in settings.channels:
        problem = _problem(channel, context)
        if problem is None:
            usable.append(channel)
        else:
            broken[channel.name] = problem
    if named is not None:
        if named in broken:
            raise broken.pop(named)
        return [settings.channel(named)], broken
    if not usable and broken:
        raise next(iter(broken.values()))
    if not usable:
        raise missing("REFRESH_WATCH_CHANNELS", 'such as [{"name":"oncall","kind":"dingtalk","url":"…"}]')
    return usable, broken


def _problem(channel: ChannelSetting, context: CommandContext) -> BadInput | None:
    try:
        context.channels((channel.name,))
    except BadInput as problem:
        return problem
    return None


def _test(channel: ChannelSetting, chosen: list[str], context: CommandContext) -> bool:
    """Send the reports one after another, whatever the channel's `on` says.

    Once the channel is unreachable, busy or limited, or has refused the first report, it is sent no more: what the
    refusal of a later one says is about that report alone.
    """
    print(f"{channel.name} ({channel.kind}, {channel.host}):", flush=True)
    key = uuid.uuid4().hex[:8]
    language = channel.language or context.settings.language
    pacing = Pacing()
    taken = True
    for place, name in enumerate(chosen):
        # one kind of job for all: what ties the last report to the incident that the others opened
        report = replace(sample_report(name, context.clock.now(), key, language), job=Kind.REFRESH)
        delivery = _sent(report, channel, context, pacing)
        unwanted = "" if wants(channel, report) else "; a real one would not be sent: `on` leaves it out"
        print(f"  {name:<{_WIDTH}}  {answer_of(delivery.outcome)}{unwanted}", flush=True)
        if isinstance(delivery.next, Finished):
            continue
        taken = False
        print(f"  {_what_now(delivery, context)}", flush=True)
        if place == 0 or not isinstance(delivery.next, Abandoned):
            left = chosen[place + 1 :]
            if left:
                print(f"  not sent: {', '.join(left)}", flush=True)
            break
    return taken


def _sent(report: Report, channel: ChannelSetting, context: CommandContext, pacing: Pacing) -> Delivery:
    """The delivery of one report; it waits for its turn among the others; a failure is not retried."""
    delivery = deliver(report, channel, settings=context.settings, clock=context.clock, pacing=pacing)
    while isinstance(delivery.outcome, Later) and isinstance(delivery.next, RetryLater):
        pause = again_in(delivery.next, context.clock.now())
        print(f"  its turn comes in {format_duration(pause)}", flush=True)
        context.clock.sleep(pause)
        delivery = deliver(
            report,
            channel,
            settings=context.settings,
            clock=context.clock,
            pacing=pacing,
            so_far=delivery.next.attempts,
        )
    return delivery


def _what_now(delivery: Delivery, context: CommandContext) -> str:
    if isinstance(delivery.next, Abandoned):
        return to_repair(delivery)
    after = again_in(delivery.next, context.clock.now()) if isinstance(delivery.next, RetryLater) else 0.0
    return f"a real report would be sent again after {format_duration(after)}; a test is not: try again later"
