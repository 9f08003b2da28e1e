"""A record of ActionTrail: a submission of the account, from the console, a script or any other tool.

EventBridge delivers it as the data of a CloudEvent of a type such as `cdn:ActionTrail:ApiCall`, or alone (RawData):
`{"eventName", "eventTime", "requestParameters": {"ObjectPath": …}, "responseElements": {"RefreshTaskId": …},
"userIdentity": {"accountId", "userName", …}, "errorCode"?, …}` (ActionTrail user guide, "CDN"). Whether
`responseElements` holds the task id is not documented: without it the watch is by path and time.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from refresh_watch.errors import BadInput, Described, as_word, missing, wrong_type
from refresh_watch.instants import Instant, parse_instant
from refresh_watch.model import Kind, Product
from refresh_watch.product_specs.registry import services
from refresh_watch.settings import Settings
from refresh_watch.triggers.direct import read_requested
from refresh_watch.triggers.envelope import EventPart, service_word
from refresh_watch.triggers.result import (
    LONGEST_USER_NAME,
    EventResult,
    Ignored,
    label_of,
    rejected,
)
from refresh_watch.triggers.strict_json import read_json
from refresh_watch.watching.request import (
    MAX_IDS,
    MAX_INSTANT,
    MAX_PATH_BYTES,
    SUBMIT_KEYS,
    read_task_ids,
    size_in_payload,
    with_scheme,
)

_SUBMITS: Mapping[str, tuple[Product, Kind]] = {
    submit.action: (spec.product, submit.kind) for spec in services() for submit in spec.submits
}
"""Some name no URL, so a watch needs the id in the record: the rule in s.yaml leaves them out."""


def read(part: EventPart, settings: Settings) -> Iterator[EventResult]:
    """Read one record: a watch, or several where it names more paths than one can hold. Nothing is raised."""
    record = part.body
    name = record.get("eventName")
    if not isinstance(name, str):
        error = BadInput("eventName", service_word(name), "the name of an API")
        yield rejected(error, ["action_trail", error.given])
    elif name not in _SUBMITS:
        # a rule may match more events than we need
        yield Ignored("eventName", f"{service_word(name)} submits no refresh or prefetch")
    elif account := _foreign_account(record, settings):
        ours = f"{settings.account}, the account where this is deployed: the API shows its tasks only"
        error = BadInput("userIdentity.accountId", account, ours)
        yield rejected(error, ["action_trail", account, settings.account], _SUBMITS[name][0].value)
    elif record.get("errorCode") or record.get("errorMessage"):
        why = f"with {service_word(record['errorCode'])}" if record.get("errorCode") else "without a code"
        yield Ignored("errorCode", f"{name} failed {why}: nothing to watch")
    else:
        yield from _read_submission(record, name, part.attributes, settings)


def _read_submission(
    record: dict[str, Any], name: str, attributes: Mapping[str, str], settings: Settings
) -> Iterator[EventResult]:
    product, kind = _SUBMITS[name]
    try:
        ids = _task_ids(record)
        submitted_at = _submitted_at(record, required=not ids)
        paths = _paths(record, required=not ids)
    except BadInput as error:
        yield rejected(error, record, product.value)
        return
    label = label_of(paths, _user_name(record), name)
    for items in [{"task_ids": list(ids), "label": label}] if ids else _by_path(paths, label):
        given = {"product": product.value, "kind": kind.value, "submitted_at": submitted_at, **items}
        try:
            yield read_requested(given, attributes, settings)
        except BadInput as error:
            # the record's word for what a request calls object_paths
            field = error.field.replace("object_paths", "requestParameters.ObjectPath", 1)
            yield rejected(error.reworded(field=field), given, product.value, items["label"])


def _task_ids(record: dict[str, Any]) -> tuple[str, ...]:
    """Empty where they cannot be read, such as masked ones: then the watch is by path."""
    with contextlib.suppress(BadInput):
        answer = _object(record, "responseElements")
        values = [_member(answer, key) for key in SUBMIT_KEYS]
        return next((read_task_ids(value) for value in values if value not in (None, "", [])), ())
    return ()


def _submitted_at(record: dict[str, Any], *, required: bool) -> Instant | None:
    value = record.get("eventTime")
    try:
        instant = parse_instant(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        instant = None
    if instant is not None and 0 <= instant < MAX_INSTANT:
        return instant
    if not required:
        return None
    field = "eventTime"
    allowed = "an instant such as 2026-11-22T08:00:00Z: without a task id the paths alone do not say which submission"
    if value is None:
        raise missing(field, allowed)
    raise BadInput(field, as_word(value), allowed) if isinstance(value, str) else wrong_type(field, value, allowed)


def _paths(record: dict[str, Any], *, required: bool) -> list[str]:
    """The URLs of ObjectPath, each once: one a line, as the APIs take them, or a list, also as JSON."""
    try:
        lines = _lines(_member(_object(record, "requestParameters"), "ObjectPath"))
    except BadInput:
        if required:
            raise
        lines = []
    urls = [url.strip() for line in lines for url in re.split(r"[\r\n]+", _decoded(line)) if url.strip()]
    if required and not urls:
        raise BadInput("requestParameters.ObjectPath", Described("no URL"), "URLs, one a line")
    return list(dict.fromkeys(map(with_scheme, urls)))


def _lines(value: Any) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        # text that is not JSON is a URL that the check of the request refuses
        with contextlib.suppress(BadInput):
            value = read_json(value)
    given = value if isinstance(value, list) else [value]
    # a list with other things than text is refused as a whole: a partial watch would hide what it leaves out
    return given if all(isinstance(line, str) for line in given) else []


def _decoded(text: str) -> str:
    """A parameter that was recorded as it was sent is encoded as a whole; no URL begins like that."""
    return unquote(text) if re.match(r"https?%3A", text, re.IGNORECASE) else text


def _by_path(paths: Sequence[str], label: str) -> list[dict[str, Any]]:
    parts: list[list[str]] = [[]]
    size = 0
    for path in paths:
        more = size_in_payload(path)
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
    """In any case of letters: no document says that the record's keys are those of the call."""
    return next((value for key, value in members.items() if key.lower() == name.lower()), None)


def _object(record: dict[str, Any], key: str) -> dict[str, Any]:
    value = record.get(key)
    if isinstance(value, str) and value.strip():
        try:
            value = read_json(value, key)
        except BadInput as error:
            raise error.reworded(allowed="an object, or its JSON") from None
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise wrong_type(key, value, "an object, or its JSON")
    return value


def _foreign_account(record: dict[str, Any], settings: Settings) -> str:
    """The account of a record, when both it and ours are known and differ; else empty.

    Where the record names it, the account that was acted in counts: a role lets users of one account act in another.
    """
    identity = record.get("userIdentity")
    of_user = identity.get("accountId") if isinstance(identity, dict) else None
    account = str(record.get("recipientAccountId") or of_user or "")
    both_known = account.isascii() and account.isdigit() and settings.account.isdigit()
    return account if both_known and account != settings.account else ""


def _user_name(record: dict[str, Any]) -> str:
    """The name that on-call can ask for: `alice`, of a role `role:session`; never an access key."""
    identity = record.get("userIdentity")
    name = identity.get("userName") if isinstance(identity, dict) else None
    whole = name.partition("@")[0] if isinstance(name, str) else ""
    role, _, session = whole.partition(":")
    # a longer text than a name may be a token that was put there by mistake
    fitting = (part for part in (whole, session, role) if 0 < len(part) <= LONGEST_USER_NAME)
    return next(fitting, "") if "/" not in whole else ""
