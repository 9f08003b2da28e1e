"""PagerDuty, Events API v2 (developer.pagerduty.com): an alert for what did not succeed, resolved by what did.

Nothing is remembered: the label of a watch is what ties a success to the failure before it (`dedup_key`).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.channels.contract import ChannelRequest, Draft, Rate
from refresh_watch.channels.formatting.fitting import fit_bytes
from refresh_watch.channels.post_outcomes import Delivered, DeliveryOutcome, Permanent, Temporary, TooLarge
from refresh_watch.channels.responses import ChannelResponse, vendor_text
from refresh_watch.channels.setting_checks import check_mentions, malformed
from refresh_watch.deployment import Deployment
from refresh_watch.instants import format_instant
from refresh_watch.model import Outcome, Product, Reason
from refresh_watch.report import Report, ReportKind
from refresh_watch.reports.message import LAST_STEP, Message
from refresh_watch.reports.plain import cut, one_line
from refresh_watch.reports.wire import compact
from refresh_watch.settings import ChannelSetting

HOSTS = ("events.pagerduty.com", "events.eu.pagerduty.com")
RATE = Rate(120, 60)  # of an integration key ("Events API Rate Limits")
LIMIT = 32_000
"""Bytes of the whole event. PagerDuty takes 512 KB; phones, and services that it passes events on to, do not."""

_LONGEST_SUMMARY = 1024
_ROUTING_KEY = re.compile(r"[A-Za-z0-9]{32}")


def check(channel: ChannelSetting) -> None:
    """Raise BadInput for another path, for a routing key that cannot be one, and for any mention."""
    if not urlsplit(channel.url.value).path.endswith("/v2/enqueue"):
        given = "a URL whose path is not /v2/enqueue"
        raise malformed(channel, "url", given, "https://events.pagerduty.com/v2/enqueue, or events.eu.pagerduty.com")
    secret = channel.secret.value if channel.secret else ""
    if not _ROUTING_KEY.fullmatch(secret):
        allowed = "the routing key: 32 letters and digits, the integration key of a service's Events API v2"
        raise malformed(channel, "secret", f"a text of {len(secret)} characters" if secret else "", allowed)
    no_mention = "no mention: the escalation policy of the PagerDuty service decides who is paged"
    check_mentions(channel, lambda _: False, no_mention)


def render(draft: Draft, step: int) -> ChannelRequest:
    """The event. The lower the rung, the less is in its custom details; on the last one it has none."""
    report, channel, deployment = draft.report, draft.channel, draft.deployment

    def write(message: Message, rung: int) -> bytes:
        details = {"custom_details": _details(report, message)} if rung < LAST_STEP else {}
        return compact(
            {
                "routing_key": channel.secret.value if channel.secret else "",
                "event_action": "resolve" if _succeeded(report) else "trigger",
                "dedup_key": dedup_key(report, deployment.environment),
                "payload": {**_payload(report, message, channel.keyword, deployment), **details},
                "links": [{"href": link.url, "text": link.text} for link in message.links],
                "client": "refresh-watch",
            }
        )

    body = fit_bytes(draft.message, step, LIMIT, write)
    return ChannelRequest(channel.url.value, body, made_at=draft.now)


def dedup_key(report: Report, environment: str) -> str:
    """The same for every watch of one label, so that a success resolves the failure before it; without a label the
    watch's own.

    Environment and kind are in it: staging resolves nothing of production, and a prefetch nothing of a refresh.
    """
    label = report.label.strip()
    named = ("label", label) if label else ("watch", report.watch_id or report.id)
    of = json.dumps([environment, report.product, report.job.value, *named])
    return f"refresh-watch-{hashlib.sha256(of.encode()).hexdigest()}"


def _succeeded(report: Report) -> bool:
    return report.kind is ReportKind.FINAL and report.outcome is Outcome.COMPLETE


def _payload(report: Report, message: Message, keyword: str, deployment: Deployment) -> dict[str, Any]:
    known = report.product in {product.value for product in Product}
    more = {
        "component": f"{report.product} {report.job}" if known else "",
        "group": deployment.environment,
        "class": str(report.outcome) if report.kind is ReportKind.FINAL and report.outcome else str(report.kind),
    }
    return {
        "summary": cut(" ".join(part for part in (keyword, message.title) if part), _LONGEST_SUMMARY),
        "source": "/".join(part for part in ("refresh-watch", deployment.environment) if part),
        "severity": _severity(report),
        "timestamp": format_instant(report.made_at),
        **{key: value for key, value in more.items() if value},
    }


def _severity(report: Report) -> str:
    if report.kind is ReportKind.BROKEN:
        return "critical"
    if report.kind is ReportKind.INTERIM or (
        report.kind is ReportKind.FINAL and report.outcome in (Outcome.FAILED, Outcome.PARTLY_FAILED)
    ):
        return "error"
    stopped = report.kind is ReportKind.FINAL and any(task.reason is Reason.STOPPED for task in report.tasks)
    return "info" if _succeeded(report) or stopped else "warning"


def _details(report: Report, message: Message) -> dict[str, Any]:
    """Keys stay the same in every language, so that rules of PagerDuty can read them; texts are for people."""
    facts: dict[str, str] = {}
    for fact in message.facts:
        facts[fact.label] = "\n".join(part for part in (facts.get(fact.label), fact.value) if part)
    details = {
        "summary": message.summary,
        "counts": {"total": report.counts.total, **asdict(report.counts)},
        "failures": [
            {"reason": group.reason, "count": group.count, "samples": list(group.samples), "more": group.more}
            for group in message.groups
        ],
        "next_steps": list(message.next_steps),
        "command": message.command,
        "facts": facts,
        "watch_id": one_line(report.watch_id, 64),
        "event": message.event,
    }
    return {key: value for key, value in details.items() if value}


_KEY_WORDS = re.compile(r"routing.?key|integration.?key|service.?key|invalid key", re.IGNORECASE)
_TOO_LARGE_WORDS = re.compile(r"too (large|long|big)|512|exceeds? .*(size|limit)", re.IGNORECASE)
_TOO_FAST_WORDS = re.compile(r"throttle|rate limit|request limit|too (many|quickly)", re.IGNORECASE)
_KEY_HINT = "put the 32 characters of the service's Events API v2 integration key into the channel's `secret`"


def classify(response: ChannelResponse) -> DeliveryOutcome:
    """Delivered only for a 202 whose status is success (Events API v2, response codes; bodies as others logged)."""
    answer = response.json
    status = response.words("status")
    if not status:
        return response.by_status("status of PagerDuty")
    words = _words(answer)
    if status == "success":
        outcome = Delivered() if response.status == 202 else response.by_status("202 of PagerDuty")
    elif response.status == 429 or _TOO_FAST_WORDS.search(f"{status} {words}"):
        outcome = response.limited()
    elif response.status == 413 or _TOO_LARGE_WORDS.search(words):
        outcome = TooLarge()
    elif response.status != 400 and not 200 <= response.status < 300:
        outcome = response.by_status("answer of PagerDuty")
    elif _KEY_WORDS.search(f"{status} {words}"):
        outcome = Permanent("routing key not accepted", hint=_KEY_HINT)
    elif response.status == 400:
        hint = "refresh-watch sent what PagerDuty does not take: please report it"
        outcome = Permanent("invalid event", hint=hint)
    else:
        outcome = Temporary("a status that is not known", after=60.0)
    return response.kept_in(outcome, status, words)


def _words(answer: dict[str, Any]) -> str:
    """The message and the errors in one line."""
    errors = answer.get("errors", [])
    each = errors if isinstance(errors, list) else [errors]
    return vendor_text(": ".join(str(part) for part in (answer.get("message", ""), ", ".join(map(str, each))) if part))
