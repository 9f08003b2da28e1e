"""A record of ActionTrail: somebody in the account has submitted, from the console, a script or another's tool.

EventBridge delivers it as the data of a CloudEvent of a type such as `cdn:ActionTrail:ApiCall`, or alone (RawData):
`{"eventName", "eventTime", "requestParameters": {"ObjectPath": …}, "responseElements": {"RefreshTaskId": …},
"userIdentity": {"accountId", "userName", …}, "errorCode"?, …}` (ActionTrail user guide, "CDN"). Whether
`responseElements` holds the task id is not documented: without it the watch is by path and time.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from refresh_watch.errors import BadInput, Described, as_word, missing, wrong_type
from refresh_watch.instants import Instant, parse_instant
from refresh_watch.model import Kind, Product
from refresh_watch.settings import Settings
from refresh_watch.triggers.direct import SUBMIT_KEYS, read_wanted
from refresh_watch.triggers.json_path import EventPart, at, within
from refresh_watch.triggers.labels import LONGEST_USER_NAME, label_of, service_word
from refresh_watch.triggers.result import EventResult, Ignored, rejected
from refresh_watch.triggers.strict_json import read_json
from refresh_watch.watching.request import MAX_IDS, MAX_INSTANT, MAX_PATH_BYTES, read_task_ids, with_scheme

SUBMITS: Mapping[str, tuple[Product, Kind]] = {
    "RefreshObjectCaches": (Product.CDN, Kind.REFRESH),
    "PushObjectCache": (Product.CDN, Kind.PREFETCH),
    "RefreshDcdnObjectCaches": (Product.DCDN, Kind.REFRESH),
    "PreloadDcdnObjectCaches": (Product.DCDN, Kind.PREFETCH),
    "RefreshVodObjectCaches": (Product.VOD, Kind.REFRESH),
    "PreloadVodObjectCaches": (Product.VOD, Kind.PREFETCH),
}

_BY_TAG: Mapping[str, tuple[Product, Kind]] = {
    "RefreshObjectCacheByCacheTag": (Product.CDN, Kind.REFRESH),
    "RefreshDcdnObjectCacheByCacheTag": (Product.DCDN, Kind.REFRESH),
}
"""They name no URL, so that only an id in the record can be watched: the rule in s.yaml leaves them out."""

_ALL = {**SUBMITS, **_BY_TAG}

_RECORD_KEYS = ("requestParameters", "responseElements", "userIdentity", "eventSource", "serviceName", "eventTime")


def is_one(body: Any) -> bool:
    """Our own JSON has none of these keys."""
    return isinstance(body, dict) and "eventName" in body and any(key in body for key in _RECORD_KEYS)


def read(found: EventPart, settings: Settings) -> Iterator[EventResult]:
    """Read one record: a watch, or several where it names more paths than one can hold. Nothing is raised."""
    record = found.body
    name = record.get("eventName")
    if not isinstance(name, str):
        error = BadInput(within(found.place, "eventName"), service_word(name), "the name of an API")
        yield rejected(error, ["action_trail", error.given])
        return
    if name not in _ALL:
        # a rule may well be wider than what we need
        yield Ignored(f"{within(found.place, 'eventName')}: {service_word(name)} submits no refresh or prefetch")
        return
    foreign = _foreign_account(record, settings)
    if foreign:
        ours = f"{settings.account}, the account where this is deployed: its tasks are all that can be asked about"
        error = BadInput(within(found.place, "userIdentity.accountId"), foreign, ours)
        yield rejected(error, ["action_trail", foreign, settings.account], _ALL[name][0].value)
        return
    code = record.get("errorCode")
    if code or record.get("errorMessage"):
        why = f"with {service_word(code)}" if code else "without a code"
        yield Ignored(f"{within(found.place, 'errorCode')}: {name} failed {why}: nothing to watch")
        return
    yield from _submitted(found, name, settings)


def _submitted(found: EventPart, name: str, settings: Settings) -> Iterator[EventResult]:
    product, kind = _ALL[name]
    record, place = found.body, found.place
    try:
        ids = _task_ids(record, place)
        submitted_at = _submitted_at(record, place, required=not ids)
        paths = _paths(record, place, required=not ids)
    except BadInput as error:
        yield rejected(error, record, product.value)
        return
    label = label_of(paths, _who(record), name)
    parts = [{"task_ids": list(ids), "label": label}] if ids else _by_path(paths, label)
    for part in parts:
        given = {"product": product.value, "kind": kind.value, "submitted_at": submitted_at, **part}
        try:
            yield read_wanted(given, found.attributes, settings)
        except BadInput as error:
            yield rejected(_named(error, place), given, product.value, part["label"])


def _named(error: BadInput, place: str) -> BadInput:
    """The error, with the record's word for what a request calls object_paths."""
    field = error.field.replace("object_paths", "requestParameters.ObjectPath", 1)
    return at(place, error.reworded(field=field))


def _task_ids(record: dict[str, Any], place: str) -> tuple[str, ...]:
    """None where they cannot be read, such as masked ones: the paths say as well what was submitted."""
    with contextlib.suppress(BadInput):
        answer = _object(record, "responseElements", place)
        found = [_member(answer, key) for key in SUBMIT_KEYS]
        return next((read_task_ids(value) for value in found if value not in (None, "", [])), ())
    return ()


def _submitted_at(record: dict[str, Any], place: str, *, required: bool) -> Instant | None:
    value = record.get("eventTime")
    try:
        instant = parse_instant(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        instant = None
    if instant is not None and 0 <= instant < MAX_INSTANT:
        return instant
    if not required:
        return None
    field = within(place, "eventTime")
    allowed = "an instant such as 2026-11-22T08:00:00Z: without a task id the paths alone do not say which submission"
    if value is None:
        raise missing(field, allowed)
    raise BadInput(field, as_word(value), allowed) if isinstance(value, str) else wrong_type(field, value, allowed)


def _paths(record: dict[str, Any], place: str, *, required: bool) -> list[str]:
    """The URLs of ObjectPath, each once: one a line, as the APIs take them, or a list, also as JSON."""
    try:
        lines = _lines(_member(_object(record, "requestParameters", place), "ObjectPath"))
    except BadInput:
        if required:
            raise
        lines = []
    urls = [url.strip() for line in lines for url in re.split(r"[\r\n]+", _decoded(line)) if url.strip()]
    if required and not urls:
        raise BadInput(within(place, "requestParameters.ObjectPath"), Described("no URL"), "URLs, one a line")
    return list(dict.fromkeys(map(with_scheme, urls)))


def _lines(value: Any) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        # what is no JSON after all is a URL that the request's own check finds wrong
        with contextlib.suppress(BadInput):
            value = read_json(value)
    given = value if isinstance(value, list) else [value]
    # nothing of a list that is not all text: what was left out would never be told
    return given if all(isinstance(line, str) for line in given) else []


def _decoded(text: str) -> str:
    """Of a call that is recorded as it was sent, the parameter is encoded as a whole; no URL begins so itself."""
    return unquote(text) if re.match(r"https?%3A", text, re.IGNORECASE) else text


def _by_path(paths: Sequence[str], label: str) -> list[dict[str, Any]]:
    parts: list[list[str]] = [[]]
    size = 0
    for path in paths:
        # as a request counts them: in a payload quotes and backslashes stand double
        more = len(json.dumps(path, ensure_ascii=False).encode(errors="replace")) - 2
        if parts[-1] and (size + more > MAX_PATH_BYTES or len(parts[-1]) == MAX_IDS):
            parts.append([])
            size = 0
        parts[-1].append(path)
        size += more
    several = len(parts) > 1
    return [
        {"object_paths": part, "label": f"{label} (part {number}/{len(parts)})" if several else label}
        for number, part in enumerate(parts, 1)
    ]


def _member(members: dict[str, Any], name: str) -> Any:
    """Whatever the case of its key: no document says that it is the one of the call."""
    return next((value for key, value in members.items() if key.lower() == name.lower()), None)


def _object(record: dict[str, Any], key: str, place: str) -> dict[str, Any]:
    value = record.get(key)
    if isinstance(value, str) and value.strip():
        try:
            value = read_json(value, within(place, key))
        except BadInput as error:
            raise error.reworded(allowed="an object, or its JSON") from None
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise wrong_type(within(place, key), value, "an object, or its JSON")
    return value


def _foreign_account(record: dict[str, Any], settings: Settings) -> str:
    """The account of a record, when both it and ours are known and differ; else empty.

    The one that was acted in, where the record names it: a role lets people of one account act in another.
    """
    identity = record.get("userIdentity")
    whose = identity.get("accountId") if isinstance(identity, dict) else None
    account = str(record.get("recipientAccountId") or whose or "")
    known = account.isascii() and account.isdigit() and settings.account.isdigit()
    return account if known and account != settings.account else ""


def _who(record: dict[str, Any]) -> str:
    """The name that on-call can ask for: `alice`, of a role `role:session`; never the key that stands beside it."""
    identity = record.get("userIdentity")
    name = identity.get("userName") if isinstance(identity, dict) else None
    whole = name.partition("@")[0] if isinstance(name, str) else ""
    role, _, session = whole.partition(":")
    # what is longer than a name may be a token that somebody has put there
    fitting = (who for who in (whole, session, role) if 0 < len(who) <= LONGEST_USER_NAME)
    return next(fitting, "") if "/" not in whole else ""
