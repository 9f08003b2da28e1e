"""PagerDuty's Events API v2 for one integration key; it keeps nothing of what it takes (developer.pagerduty.com)."""

from __future__ import annotations

import json
import re
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked

MOST_BYTES = 512_000
A_MINUTE = 120
LONGEST_SUMMARY = 1024
LONGEST_DEDUP_KEY = 255
_PATH = "/v2/enqueue"


def create_chat(name: str) -> Chat:
    """An integration with a fake routing key of its own."""
    key = f"fakeroutingkeyof{re.sub('[^a-z0-9]', '', name)}"
    return Chat("pagerduty", name, secret=key.ljust(32, "0")[:32])


def address(chat: Chat) -> str:  # noqa: ARG001
    """The key stands in the body."""
    return _PATH


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Rate and size, then the event, its key first."""
    if post.path != _PATH:
        return ChatAnswer(404, "Not Found")
    if limited and blocked(post.at, recent, most=A_MINUTE, per=60.0):
        words = "Requests for this service are arriving too quickly.  Please retry later."
        return _said(429, "throttle exceeded", words)
    if len(post.raw) > MOST_BYTES:
        return _said(413, "invalid event", "Event object is too large")
    event = post.json()
    if event is None:
        return _invalid("JSON payload could not be parsed")
    wrong = _key_errors(chat, event) or _event_errors(event)
    if wrong:
        return _invalid(*wrong)
    return _said(202, "success", "Event processed", dedup_key=event["dedup_key"])


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:  # noqa: ARG001
    """The escalation policy decides who is paged, never the event."""
    return ()


def visible_text(body: dict[str, Any]) -> str:
    """The summary, the details, a line each, and the links."""
    payload = body.get("payload") or {}
    lines = [str(payload.get("summary", "")), *_lines(payload.get("custom_details") or {})]
    lines.extend(f"{link.get('text', '')} {link.get('href', '')}" for link in body.get("links") or [])
    return "\n".join(lines)


def _lines(value: Any, name: str = "") -> list[str]:
    if isinstance(value, dict):
        return [line for key, each in value.items() for line in _lines(each, f"{name}{key}: ")]
    if isinstance(value, list):
        return [line for each in value for line in _lines(each, name)]
    return [f"{name}{value}"]


def _key_errors(chat: Chat, event: dict[str, Any]) -> list[str]:
    key = event.get("routing_key")
    if not isinstance(key, str) or not key:
        return ["'routing_key' is missing or blank"]
    if len(key) != 32:
        return ["Length of 'routing_key' is incorrect (should be 32 characters)"]
    return ["Invalid routing key"] if chat.secret and key != chat.secret else []


def _event_errors(event: dict[str, Any]) -> list[str]:
    payload = event.get("payload")
    errors = []
    if event.get("event_action") not in ("trigger", "acknowledge", "resolve"):
        errors.append("'event_action' is invalid")
    if not isinstance(event.get("dedup_key"), str) or not 0 < len(event["dedup_key"]) <= LONGEST_DEDUP_KEY:
        errors.append("'dedup_key' is invalid")
    if not isinstance(payload, dict):
        return [*errors, "'payload' is missing or blank"] if event.get("event_action") == "trigger" else errors
    errors.extend(
        f"'payload.{field}' is missing or blank"
        for field in ("summary", "source", "severity")
        if not isinstance(payload.get(field), str) or not payload[field].strip()
    )
    if len(str(payload.get("summary"))) > LONGEST_SUMMARY:
        errors.append("'payload.summary' is too long (maximum is 1024 characters)")
    if payload.get("severity") not in ("critical", "error", "warning", "info"):
        errors.append("'payload.severity' is invalid (must be one of critical, error, warning, info)")
    if not isinstance(payload.get("custom_details", {}), dict):
        errors.append("'payload.custom_details' is invalid (must be an object)")
    if not all(isinstance(link, dict) and link.get("href") for link in event.get("links", [])):
        errors.append("'links' is invalid")
    return errors


def _invalid(*errors: str) -> ChatAnswer:
    return _said(400, "invalid event", "Event object is invalid", errors=list(errors))


def _said(http_status: int, status: str, message: str, **more: Any) -> ChatAnswer:
    body = json.dumps({"status": status, "message": message, **more})
    return ChatAnswer(http_status, body, accepted=http_status == 202)
