"""Whole events of every kind of trigger, made by chance, each with what it asks to be watched.

Shapes are those of tests/events. What an event asks for is written here from the pages of Function Compute's trigger
events, SMQ, EventBridge and ActionTrail and docs/contracts.md, and not from the code that reads it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.unit.triggers.reading import event as shape
from tests.unit.triggers.storm_text import Form, Text, dump

Wish = tuple[str, str]
"""A product and one task id or object path of it."""

TRAILED = {
    "RefreshObjectCaches": ("cdn", "RefreshTaskId"),
    "PushObjectCache": ("cdn", "PushTaskId"),
    "RefreshDcdnObjectCaches": ("dcdn", "RefreshTaskId"),
    "PreloadDcdnObjectCaches": ("dcdn", "PreloadTaskId"),
    "RefreshVodObjectCaches": ("vod", "RefreshTaskId"),
    "PreloadVodObjectCaches": ("vod", "PreloadTaskId"),
}
"""The audited actions that submit a job: product, and where the id stands if the record has it."""

SUBMIT_KEYS = ("RefreshTaskId", "PushTaskId", "PreloadTaskId")
ANSWERED_WITH = {
    "cdn": SUBMIT_KEYS[:2],
    "dcdn": SUBMIT_KEYS,
    "vod": ("RefreshTaskId", "PreloadTaskId"),
    "vod-legacy": ("RefreshTaskId", "PreloadTaskId"),
}
"""Where the ids can stand in a submit answer, by product."""
LABELS = ("release 2026.11.22", "发布 42", 'it\'s "quoted" \\ and back', "café", "x")
ACCOUNT = "1234567890123456"
"""The embedded engine's: where an account is known, records of another are refused."""
AT = "2026-11-22T07:59:00Z"
_CDN_EVENT = shape("cdn_events_refreshed")["events"][0]
_RECORD, _HTTP = shape("action_trail_raw_data"), shape("http_trigger")
_CLOUD_EVENT, _TOPIC_MESSAGE = shape("eventbridge_custom"), shape("topic_json")


@dataclass(frozen=True)
class Made:
    """A decoded event, or text that is none, and all that it asks for; `wishes` is None where that is open."""

    value: Any
    wishes: frozenset[Wish] | None
    kind: str


def pick(rng: Random, choices: Any) -> Any:
    """One of them; quicker than `choice`."""
    return choices[int(rng.random() * len(choices))]


def chance(rng: Random, of: float) -> bool:
    """True so often."""
    return rng.random() < of


def _ids(rng: Random) -> list[str]:
    roll = rng.random()
    many = 1 if roll < 0.5 else 2 + int(rng.random() * 4) if roll < 0.995 else 1000
    return list({str(int(10 ** (1 + rng.random() * 18))): None for _ in range(many)})


def _paths(rng: Random) -> list[str]:
    return [f"https://example.com/{int(rng.random() * 1e6)}/图.png" for _ in range(1 + int(rng.random() * 3))]


def direct(rng: Random) -> Made:
    """A watch request of ours, with ids in any of their forms."""
    product = pick(rng, ("cdn", "dcdn", "vod", "vod-legacy"))
    request: dict[str, Any] = {"product": product}
    if product == "vod-legacy":
        request |= {"domain_name": "example.com", "object_type": "file"}
    roll = rng.random()
    wished: list[str]
    if roll < 0.15:
        wished = _paths(rng)
        request |= {"object_paths": wished, "submitted_at": AT}
    else:
        wished = _ids(rng)
        if roll < 0.3:
            request["task_ids"] = ",".join(wished)
        elif roll < 0.5:
            request["task_ids"] = [int(one) for one in wished]
        elif roll < 0.65:
            key = pick(rng, ANSWERED_WITH[product])
            request["submitted"] = {key: ",".join(wished), "RequestId": "174F6032-AA26-470D-B90E"}
        else:
            request["task_ids"] = wished
    if chance(rng, 0.3):
        request["label"] = pick(rng, LABELS)
    if chance(rng, 0.2):
        request["request_id"] = f"pipeline-{int(rng.random() * 1e6)}"
    if chance(rng, 0.2):
        request["deadline"] = pick(rng, ("30m", "90s", 600, 3.5))
    if chance(rng, 0.2):
        request["channels"] = pick(rng, (["oncall"], "oncall", []))
    return Made(request, frozenset((product, one) for one in wished), "direct")


def requests(rng: Random) -> Made:
    """A list of watch requests."""
    made = [direct(rng) for _ in range(1 + int(rng.random() * 4))]
    return Made([one.value for one in made], _all(made), "list")


def cdn_events(rng: Random) -> Made:
    """What CDN itself sends when a refresh or prefetch has ended; its other events start nothing."""
    wishes: set[Wish] = set()
    events: list[dict[str, Any]] = []
    for _ in range(1 + int(rng.random() * 2)):
        name = pick(rng, ("CachedObjectsRefreshed", "CachedObjectsPushed", "CachedObjectsBlocked", "LogFileCreated"))
        task_id = int(rng.random() * 1e10) + 1
        wanted = name in ("CachedObjectsRefreshed", "CachedObjectsPushed")
        if wanted:
            wishes.add(("cdn", str(task_id)))
        parameters = _CDN_EVENT["eventParameter"]
        if not wanted:
            parameters = {key: value for key, value in parameters.items() if key != "taskId"}
        else:
            parameters = {**parameters, "taskId": task_id}
        events.append({**_CDN_EVENT, "eventName": name, "eventParameter": parameters})
    return Made({"events": events}, frozenset(wishes), "cdn_events")


def trail(rng: Random) -> Made:
    """An audited call, as EventBridge delivers it. A call that failed starts nothing."""
    name = pick(rng, tuple(TRAILED))
    product, key = TRAILED[name]
    wished = _ids(rng)[:5] if chance(rng, 0.7) else []
    paths = _paths(rng)
    failed = chance(rng, 0.15)
    record: dict[str, Any] = {
        **_RECORD,
        "eventName": name,
        "eventTime": AT,
        "requestParameters": {"ObjectPath": "\n".join(paths), "ObjectType": "File"},
        "responseElements": {"RequestId": "174F6032-AA26-470D-B90E"},
        "userIdentity": {"accountId": ACCOUNT, "type": "ram-user"},
    }
    if failed:
        record |= {"errorCode": "InvalidObjectPath.Malformed", "errorMessage": "The ObjectPath is invalid."}
    elif wished:
        record["responseElements"][key] = ",".join(wished)
    wishes = frozenset() if failed else frozenset((product, one) for one in wished or paths)
    event = cloud_event(rng, record) | {"type": f"{product}:ActionTrail:ApiCall", "source": f"acs.{product}"}
    return Made(event, wishes, "trail")


def answer(rng: Random) -> Made:
    """A submit API's raw answer, with its product in it, in an attribute or in the query of an HTTP request."""
    product, wished = pick(rng, ("cdn", "dcdn", "vod")), _ids(rng)[:9]
    given: dict[str, Any] = {
        pick(rng, ANSWERED_WITH[product]): ",".join(wished),
        "RequestId": "174F6032-AA26-470D-B90E",
    }
    made = Made(given, frozenset((product, one) for one in wished), "answer")
    roll = rng.random()
    if roll < 0.5:
        return replace(made, value={**given, "product": product})
    if roll < 0.75:
        made = topic(rng, made)
        if "attrs" in made.value:
            made.value["attrs"] = {"Extend": dump({"product": product})}
        else:
            made.value["product"] = product
        return made
    made = http(rng, made)
    made.value["queryParameters"] = {"product": product, "label": "release"}
    return made


def foreign(rng: Random) -> Made:
    """Events of triggers that say nothing of a task: none of their numbers is an id."""
    clock = {**shape("timer"), "payload": pick(rng, ("awesome-fc", "", "704225667"))}
    put, shipped = shape("oss_object_created"), {**shape("log_service"), "taskId": "704225667"}
    return Made(pick(rng, (clock, put, shipped, 704225667, "704225667", None, [], {})), frozenset(), "foreign")


def cloud_event(rng: Random, data: Any, kind: str = "refresh.submitted") -> dict[str, Any]:
    """The envelope of EventBridge."""
    return {**_CLOUD_EVENT, "id": f"c2g71017-{int(rng.random() * 1e9)}", "type": kind, "data": data}


def _text(rng: Random, made: Made) -> str:
    text = dump(made.value)
    return base64.b64encode(text.encode(errors="replace")).decode() if chance(rng, 0.4) else text


def queue(rng: Random, made: Made) -> Made:
    """SMQ queue by EventBridge: one message, or a batch that holds it."""
    message = {"requestId": "606EA3074344430D4C81", "messageId": "C6DB60D1574661357FA227277445"}
    one = cloud_event(rng, {**message, "messageBody": _text(rng, made)}, "mns:Queue:SendMessage")
    if chance(rng, 0.5):
        return replace(made, value=one)
    other = direct(rng)
    second = cloud_event(rng, {**message, "messageBody": dump(other.value)}, "mns:Queue:SendMessage")
    return Made([one, second], _all([made, other]), made.kind)


def topic(rng: Random, made: Made) -> Made:
    """SMQ topic: JSON, or the stream's body with its attributes."""
    if chance(rng, 0.5):
        return replace(made, value={"body": dump(made.value), "attrs": {"Extend": '{"key":"value"}'}})
    return replace(made, value={**_TOPIC_MESSAGE, "Message": _text(rng, made)})


def custom(rng: Random, made: Made) -> Made:
    """A custom event of EventBridge: alone, or in an array."""
    event = cloud_event(rng, made.value)
    if chance(rng, 0.2):
        event["data_base64"] = base64.b64encode(dump(event.pop("data")).encode(errors="replace")).decode()
    return replace(made, value=[event] if chance(rng, 0.5) else event)


def http(rng: Random, made: Made, *, awaited: bool = True) -> Made:
    """The event of an HTTP trigger (v1), the body as text or base64."""
    value = made.value
    text = value if isinstance(value, Text) else dump(value)
    encoded = chance(rng, 0.4)
    headers = {**_HTTP["headers"], "Authorization": "ACS3-HMAC-SHA256 Signature=00"}
    if isinstance(value, Form):
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if not awaited:
        headers["X-Fc-Invocation-Type"] = "Async"
    body = base64.b64encode(text.encode(errors="replace")).decode() if encoded else text
    event = {**_HTTP, "isBase64Encoded": encoded, "headers": headers, "queryParameters": {}, "body": body}
    return replace(made, value=event)


def _all(made: list[Made]) -> frozenset[Wish] | None:
    wishes: set[Wish] = set()
    for one in made:
        if one.wishes is None:
            return None
        wishes |= one.wishes
    return frozenset(wishes)


KINDS: tuple[Callable[[Random], Made], ...] = (direct, direct, requests, answer, cdn_events, trail, foreign)
CARRIERS: tuple[Callable[[Random, Made], Made], ...] = (queue, topic, custom)
