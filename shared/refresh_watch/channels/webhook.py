"""The signed webhook: Standard Webhooks 1.0.0."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import replace

from refresh_watch.channels.contract import JSON, ChannelRequest, Draft
from refresh_watch.channels.post_outcomes import Delivered, DeliveryOutcome
from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.channels.setting_checks import check_mentions, malformed
from refresh_watch.instants import format_instant
from refresh_watch.report import Report
from refresh_watch.reports.message import LAST_STEP
from refresh_watch.reports.wire import MAX_REPORT_BYTES, bounded, compact, to_json
from refresh_watch.settings import ChannelSetting

HOSTS: tuple[str, ...] = ()  # any
RATE = None

_PREFIX = "whsec_"
_BYTES_BY_STEP = (MAX_REPORT_BYTES, 12_000, 8_000)  # on the rung below them no task is named


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for any mention, and for a secret that is not one or two times ``whsec_`` and base64 of 24 to 64
    bytes."""
    secrets = channel.secret.value.split() if channel.secret else []
    if not 1 <= len(secrets) <= 2 or any(not 24 <= len(_key(secret)) <= 64 for secret in secrets):
        allowed = f"{_PREFIX} and the base64 of 24 to 64 random bytes; two, separated by a space, while they rotate"
        raise malformed(channel, "secret", "another text" if secrets else "", allowed)
    check_mentions(channel, lambda _: False, "no mention: a webhook is read by machines")


def render(draft: Draft, step: int) -> ChannelRequest:
    """The request, signed. The body stays the same on every try, and under 20 KB."""
    report, secret = draft.report, draft.channel.secret
    body = compact(
        {
            "type": f"refresh_watch.{report.kind.value}",
            "timestamp": format_instant(report.made_at),
            "data": to_json(_on_step(replace(report, channels=()), step)),
        }
    )
    identity = webhook_id(report)
    timestamp = str(int(draft.now))
    secrets = secret.value.split() if secret else []
    headers = (
        *JSON,
        ("webhook-id", identity),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", " ".join(sign(secret, identity, timestamp, body) for secret in secrets)),
    )
    return ChannelRequest(draft.channel.url.value, body, headers, made_at=draft.now, guarded=True)


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Only 2xx is delivered; 410 and redirects are refusals for good; 429, 502 and 504 wait as the receiver says."""
    if 200 <= response.status < 300:
        return response.kept_in(Delivered(), "", response.text)
    return response.by_status("answer")


def webhook_id(report: Report) -> str:
    """The same on every try of one report, so that the receiver can drop a repeated one. Holds no dot."""
    return "msg_" + re.sub(r"[^A-Za-z0-9_-]", "_", report.id)


def sign(secret: str, identity: str, timestamp: str, body: bytes) -> str:
    """One signature of exactly the bytes that are sent; `timestamp` is decimal seconds."""
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    """The bytes of a secret, none for one that is malformed."""
    if not secret.startswith(_PREFIX):
        return b""
    text = secret[len(_PREFIX) :]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _on_step(report: Report, step: int) -> Report:
    if step < LAST_STEP:
        return bounded(report, _BYTES_BY_STEP[step])
    bare = replace(report, tasks=(), tasks_left_out=report.tasks_left_out + len(report.tasks))
    return bounded(bare, _BYTES_BY_STEP[-1])
