"""How the robots of the chat wall judge a post. Written apart from the
channels that post to them, so that a mistake is not made twice."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from shared.instants import Instant, Seconds

DINGTALK_MOST_BYTES = 20_000
DINGTALK_A_MINUTE = 20
DINGTALK_BLOCK: Seconds = 600.0
DINGTALK_SKEW: Seconds = 3600.0
WEBHOOK_SKEW: Seconds = 300.0


@dataclass(frozen=True)
class Robot:
    """A robot and its security settings; an empty one is not checked."""

    kind: str
    name: str
    secret: str
    access_token: str = ""
    keyword: str = ""


@dataclass(frozen=True)
class Post:
    """One request that arrived."""

    kind: str
    robot: str
    query: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    at: Instant = 0.0
    accepted: bool = False

    def header(self, name: str) -> str:
        """The header of that (lower-case) name, or nothing."""
        return dict(self.headers).get(name, "")

    def json(self) -> dict[str, Any] | None:
        """The body, where it is a JSON object."""
        try:
            value = json.loads(self.raw)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def mentioned(self) -> tuple[str, ...]:
        """Who a DingTalk robot mentions: who is named in `at` and written as @… in the text."""
        body = self.json() or {}
        at = body.get("at") or {}
        text = _dingtalk_text(body)
        named = [*at.get("atMobiles", []), *at.get("atUserIds", []), *(["all"] if at.get("isAtAll") else [])]
        return tuple(person for person in named if person == "all" or f"@{person}" in text)


@dataclass(frozen=True)
class Verdict:
    """What a robot answers, and whether it shows the message."""

    status: int = 200
    body: str = ""
    accepted: bool = False


def made(kind: str, name: str) -> Robot:
    """A robot with fake secrets of its own."""
    if kind == "dingtalk":
        return Robot(kind, name, secret=f"SEC-fake-secret-of-{name}", access_token=f"fake-token-of-{name}")
    key = hashlib.sha256(f"fake secret of {name}".encode()).digest()
    return Robot(kind, name, secret=f"whsec_{base64.b64encode(key).decode()}")


def dingtalk(robot: Robot, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> Verdict:
    """A custom robot: every answer is a 200. `recent`: when the robot's earlier posts came."""
    query = parse_qs(post.query)

    def given(name: str) -> str:
        return query.get(name, [""])[0]

    if robot.access_token and given("access_token") != robot.access_token:
        return _refusal(300005, "token is not exist")
    if limited and _blocked(post.at, recent):
        return _refusal(130101, "send too fast, exceed 20 times per minute")
    if robot.secret:
        timestamp = given("timestamp")
        if not timestamp.isdigit() or abs(int(timestamp) / 1000 - post.at) > DINGTALK_SKEW:
            return _refusal(310000, "invalid timestamp")
        mac = hmac.new(robot.secret.encode(), f"{timestamp}\n{robot.secret}".encode(), hashlib.sha256)
        if not hmac.compare_digest(given("sign").encode(), base64.b64encode(mac.digest())):
            return _refusal(310000, "sign not match")
    return _dingtalk_content(robot, post)


def webhook(robot: Robot, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> Verdict:  # noqa: ARG001
    """A receiver of Standard Webhooks: 401 for what it cannot verify."""
    identity, timestamp = post.header("webhook-id"), post.header("webhook-timestamp")
    if not identity or "." in identity:
        return Verdict(400, '{"error":"webhook-id"}')
    if not timestamp.isdigit() or abs(int(timestamp) - post.at) > WEBHOOK_SKEW:
        return Verdict(401, '{"error":"webhook-timestamp"}')
    signed = identity.encode() + b"." + timestamp.encode() + b"." + post.raw
    known = []
    for secret in robot.secret.split():
        mac = hmac.new(base64.b64decode(secret.split("_", 1)[1]), signed, hashlib.sha256)
        known.append(b"v1," + base64.b64encode(mac.digest()))
    given = [signature.encode() for signature in post.header("webhook-signature").split(" ")]
    if known and not any(hmac.compare_digest(one, other) for one in known for other in given):
        return Verdict(401, '{"error":"webhook-signature"}')
    if post.json() is None:
        return Verdict(400, '{"error":"body"}')
    return Verdict(204, "", accepted=True)


CHECKS: dict[str, Callable[..., Verdict]] = {"dingtalk": dingtalk, "webhook": webhook}


def _dingtalk_content(robot: Robot, post: Post) -> Verdict:
    if not post.header("content-type").startswith("application/json"):
        return _refusal(43004, "require Content-Type application/json")
    if len(post.raw) > DINGTALK_MOST_BYTES:
        return _refusal(460101, "message too long, exceed 20000 bytes")
    body = post.json()
    if body is None or body.get("msgtype") not in ("text", "markdown"):
        return _refusal(400105, "unsupported msgtype")
    part = body.get(body["msgtype"])
    wanted = {"text": ("content",), "markdown": ("title", "text")}[body["msgtype"]]
    if not isinstance(part, dict) or not all(isinstance(part.get(key), str) and part[key] for key in wanted):
        return _refusal(40035, "missing parameter")
    if robot.keyword and robot.keyword not in _dingtalk_text(body):
        return _refusal(310000, "keywords not in content")
    return Verdict(200, json.dumps({"errcode": 0, "errmsg": "ok"}), accepted=True)


def _dingtalk_text(body: dict[str, Any]) -> str:
    part = body.get(str(body.get("msgtype"))) or {}
    return str(part.get("text") or part.get("content") or "")


def _blocked(now: Instant, recent: tuple[Instant, ...]) -> bool:
    """The 21st post within a minute blocks the robot for ten minutes; what comes meanwhile does not count."""
    counted: list[Instant] = []
    blocked_until = float("-inf")
    for at in (*recent, now):
        if at < blocked_until:
            continue
        counted = [earlier for earlier in counted if earlier > at - 60]
        if len(counted) >= DINGTALK_A_MINUTE:
            blocked_until = at + DINGTALK_BLOCK
            counted = []
        else:
            counted.append(at)
    return now < blocked_until


def _refusal(code: int, message: str) -> Verdict:
    return Verdict(200, json.dumps({"errcode": code, "errmsg": message}))
