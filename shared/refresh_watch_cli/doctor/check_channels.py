"""Each channel: set right, its host reached, and with --send what it says to a sample."""

from __future__ import annotations

import socket
import ssl
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

from refresh_watch.channels.delivery.deliver import deliver
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished
from refresh_watch.channels.registry import adapter, check_one
from refresh_watch.channels.transport.addresses import host_allowed, is_public
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import BadInput
from refresh_watch.instants import Seconds
from refresh_watch.settings import ChannelSetting
from refresh_watch_cli.deliver_now import answer_of, to_repair
from refresh_watch_cli.doctor.check import DoctorContext, Finding, bad, ok, skipped, warning
from refresh_watch_cli.sample_reports import sample_report

CHANNELS = "REFRESH_WATCH_CHANNELS"
CONNECT_SECONDS: Seconds = 10.0
SAMPLE = "complete"
"""The kind that alarms no one, and opens no incident."""


def check_channels(context: DoctorContext) -> Iterator[Finding]:
    """One finding a channel; one that is set wrong is not reached for."""
    settings = context.settings
    if CHANNELS in context.problems:
        yield skipped("channels", f"not examined: {CHANNELS} cannot be read (see Settings above)")
        return
    for name, problem in settings.broken_channels:
        yield bad(name, str(problem), f"mend this channel in {CHANNELS}")
    for channel in settings.channels:
        what = f"{channel.name} ({channel.kind})"
        try:
            check_one(channel, settings.allowed_hosts)
        except BadInput as problem:
            yield bad(what, str(problem), f"mend this channel in {CHANNELS}")
            continue
        yield _sent(what, channel, context) if context.send else _reached(what, channel, context)
        yield from _fallback(what, channel, context)
    if not settings.channels and not settings.broken_channels:
        yield warning("channels", "none is configured: no report is delivered", f"set {CHANNELS} (docs/channels.md)")


def _fallback(what: str, channel: ChannelSetting, context: DoctorContext) -> Iterator[Finding]:
    others = [other.name for other in context.settings.channels if other is not channel]
    if channel.fallback in dict(context.settings.broken_channels):
        said = f"its `fallback`, {channel.fallback}, is set wrong (see above), so nothing would be delivered there"
        yield bad(what, said, f"mend {channel.fallback} in {CHANNELS}")
    elif channel.fallback and channel.fallback not in others:
        said = "its `fallback` names no other channel that works"
        yield bad(what, said, f"name one of {', '.join(others) or 'none: there is no other channel'}, or leave it out")


def _reached(what: str, channel: ChannelSetting, context: DoctorContext) -> Finding:
    url = urlsplit(channel.url.value)
    port = url.port or (443 if url.scheme == "https" else 80)
    allowed = host_allowed(channel.url.value, context.settings.allowed_hosts)
    guarded = not adapter(channel.kind).HOSTS and not allowed
    try:
        within(CONNECT_SECONDS, lambda: _connect(channel.host, port, encrypted=url.scheme == "https", guarded=guarded))
    except (OSError, UnicodeError, DeadlinePassed) as error:
        why = _why(error)
        do = "see whether the host is right and what is between (firewall); channels are posted to without a proxy"
        return bad(what, f"{channel.host} is not reached: {why}", do)
    return ok(what, f"set right, {channel.host} is reached; --send asks whether it takes messages")


class _NotPublic(OSError):
    """The host has an address that is not on the Internet."""


def _connect(host: str, port: int, *, encrypted: bool, guarded: bool) -> None:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if guarded and not all(is_public(str(each[4][0])) for each in found):
        raise _NotPublic("it has an address that is not public; name it in REFRESH_WATCH_ALLOWED_HOSTS")
    with socket.create_connection((host, port), timeout=CONNECT_SECONDS / 2) as connection:
        if encrypted:
            with ssl.create_default_context().wrap_socket(connection, server_hostname=host):
                return


def _why(error: Exception) -> str:
    if isinstance(error, _NotPublic):
        return str(error)
    if isinstance(error, socket.gaierror):
        return "its name has no address"
    if isinstance(error, ssl.SSLError):
        return f"its certificate is not good ({getattr(error, 'verify_message', '') or error.reason})"
    if isinstance(error, (TimeoutError, DeadlinePassed)):
        return "no answer in time"
    return str(getattr(error, "strerror", "") or type(error).__name__)


def _sent(what: str, channel: ChannelSetting, context: DoctorContext) -> Finding:
    settings, clock = context.settings, context.clock
    report = sample_report(SAMPLE, clock.now(), uuid.uuid4().hex[:8], channel.language or settings.language)
    delivery = deliver(report, channel, settings=settings, clock=clock, pacing=Pacing())
    said = answer_of(delivery.outcome)
    if isinstance(delivery.next, Finished):
        return ok(what, said)
    if isinstance(delivery.next, Abandoned):
        repair = to_repair(delivery)
        # a reason of our own may say what to do already
        return bad(what, said, repair if repair and repair not in said else "see docs/channels.md")
    return bad(what, said, "see why the channel takes no messages at the moment, then try again: test-channel")
