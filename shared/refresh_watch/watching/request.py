"""A watch request as JSON (docs/contracts.md), read strictly, and written again for a payload.

Every refusal is a BadInput that names the field, what was given and what is allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from refresh_watch.errors import BadInput, Described, as_word, missing, only_one_of, wrong_type
from refresh_watch.instants import Instant, Seconds, parse_duration, parse_instant
from refresh_watch.model import CHANNEL_NAME, Kind, Product, WatchRequest
from refresh_watch.product_specs.registry import all_specs, object_types, spec_of, submit_keys, with_groups
from refresh_watch.watching.schedule import DEFAULT_DEADLINE, QUERY_WINDOW, read_schedule

MAX_IDS = 1000
MAX_PATH_BYTES = 40_000
MAX_PATH_CHARACTERS = 2048
MAX_LOOKS = 10_000
"""Of a user's own schedule, until the deadline: each look is an invocation and stays on record for 7 days."""

MAX_INSTANT: Instant = 253_370_764_800.0
"""The year 9999."""

REQUEST_KEYS = (
    "product", "task_ids", "object_paths", "submitted", "kind", "submitted_at", "label", "deadline", "channels",
    "request_id", "domain_name", "object_type", "resource_group_id", "schedule",
)  # fmt: skip

_HOST = r"[\w*-]+(\.[\w*-]+)+(:\d+)?"
_OBJECT_PATH = re.compile(rf"https?://{_HOST}([/?].*)?|{_HOST}/.*", re.IGNORECASE)
"""A file, a directory or a pattern: anything may follow the host."""

_IDS_ALLOWED = f"1 to {MAX_IDS} ids of 1 to 20 digits"
NAMES_TASKS = ("task_ids", "submitted", "object_paths")
SUBMIT_KEYS = submit_keys()
_REQUEST_ID = ("RequestId", "requestId")
_OBJECT_TYPES = object_types()

T = TypeVar("T")


def read_request(given: Any) -> WatchRequest:
    """Read one request. `given` is decoded JSON. Raises BadInput."""
    if not isinstance(given, dict):
        raise _wrong("request", given, "a JSON object with product and task_ids or object_paths", dict)
    for key in given:
        if key not in REQUEST_KEYS:
            raise _wrong(as_word(key), Described("this key"), ", ".join(REQUEST_KEYS), str)
    product = _member("product", given.get("product"), [member.value for member in Product], Product)
    task_ids, kind = _task_ids(given, product)
    object_paths = _object_paths(given)
    if task_ids and object_paths:
        raise only_one_of("task_ids", *NAMES_TASKS)
    if not task_ids and not object_paths:
        raise missing("task_ids", f"one of {', '.join(NAMES_TASKS)}")
    if given.get("kind") is not None:
        kind = _member("kind", given["kind"], [Kind.REFRESH.value, Kind.PREFETCH.value], Kind)
    request = WatchRequest(
        product=product,
        task_ids=task_ids,
        object_paths=object_paths,
        kind=kind,
        submitted_at=_submitted_at(given, required=bool(object_paths)),
        label=_text(given, "label", 200),
        deadline=read_deadline(given.get("deadline")),
        channels=_channel_names(given),
        request_id=_text(given, "request_id", 128),
        domain_name=_text(given, "domain_name", 253, re.compile(r"[\w.*-]+").fullmatch, "one domain name"),
        object_type=_text(
            given, "object_type", 20, lambda word: word.lower() in _OBJECT_TYPES, ", ".join(_OBJECT_TYPES)
        ),
        resource_group_id=_text(given, "resource_group_id", 64),
        schedule=_text(given, "schedule", 500),
    )
    _check_schedule(request)
    _check_query(request)
    return request


def write_request(request: WatchRequest) -> dict[str, Any]:
    """The same request as JSON again; ids are joined by commas, since a payload is small and is escaped once more."""
    written = asdict(request) | {
        "task_ids": ",".join(request.task_ids),
        "object_paths": list(request.object_paths),
        "kind": "" if request.kind is Kind.UNKNOWN else request.kind.value,
        "channels": list(request.channels),
    }
    return {key: value for key, value in written.items() if value not in ("", None, [])}


def read_deadline(value: Any, field: str = "deadline") -> Seconds | None:
    """Read ``30m`` or a number of seconds. Raises BadInput for anything else and for more than 3 days."""
    if value is None:
        return None
    allowed = "90s, 30m, 2h, 3d or a number of seconds; more than 0, at most 3d"
    return _number(field, value, allowed, parse_duration, lambda seconds: 0 < seconds <= QUERY_WINDOW)


def read_task_ids(value: Any, field: str = "task_ids") -> tuple[str, ...]:
    """Ids as a list of strings or numbers, or the comma-joined string of a submit answer; each once, in order.

    Raises BadInput, also for an empty id: the API would answer it with the account's other tasks.
    """
    allowed = _IDS_ALLOWED
    if isinstance(value, str):
        value = value.split(",")
    elif isinstance(value, int) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, list):
        raise _wrong(field, value, allowed, list)
    ids: dict[str, None] = {}
    for i, one in enumerate(value):
        words = [one] if isinstance(one, bool) or not isinstance(one, (str, int)) else str(one).split(",")
        for word in words:
            if not isinstance(word, str) or re.fullmatch(r"[0-9]{1,20}", word.strip()) is None:
                raise _wrong(f"{field}[{i}]", word, allowed, str)
            ids[word.strip()] = None
    if not 1 <= len(ids) <= MAX_IDS:
        raise _wrong(field, Described(f"{len(ids)} ids"), allowed, str)
    return tuple(ids)


def with_scheme(path: str) -> str:
    """The submit calls take `example.com/a.txt` too; the rows that are compared with it have a scheme in every
    document (DescribeRefreshTasks)."""
    return path if re.match("[A-Za-z]+://", path) else f"http://{path}"


def size_in_payload(path: str) -> int:
    """Bytes of a path in the JSON of a payload, where quotes and backslashes are escaped."""
    return len(json.dumps(path, ensure_ascii=False).encode(errors="replace")) - 2


def _task_ids(given: Mapping[str, Any], product: Product) -> tuple[tuple[str, ...], Kind]:
    if given.get("submitted") is None:
        value = given.get("task_ids")
        return (read_task_ids(value) if value is not None else ()), Kind.UNKNOWN
    if given.get("task_ids") is not None:
        raise only_one_of("submitted", *NAMES_TASKS)
    answer = given["submitted"]
    if not isinstance(answer, dict):
        raise _wrong("submitted", answer, f"a submit answer with {' or '.join(SUBMIT_KEYS)}", dict)
    found = [key for key in SUBMIT_KEYS if answer.get(key)]
    empty = [key for key in SUBMIT_KEYS if key in answer and answer[key] in ("", None, [], {})]
    if empty and not found:
        raise _wrong(f"submitted.{empty[0]}", Described("an empty value"), _IDS_ALLOWED, str)
    if not found and isinstance(answer.get("Code"), str):
        raise _wrong("submitted.Code", answer["Code"], "the answer of a submit that succeeded", str)
    if len(found) != 1:
        keys = ", ".join(key for key in answer if key not in _REQUEST_ID) or "none of them"
        raise _wrong("submitted", keys, f"a submit answer with one of {', '.join(SUBMIT_KEYS)}", str)
    key = found[0]
    kind = spec_of(product).kind_of_answer(key)
    if kind is None:
        # tasks of another product would never be found, and the watch would run until its deadline
        products = [spec.product.value for spec in all_specs() if spec.kind_of_answer(key) is not None]
        allowed = " or ".join(filter(None, (", ".join(products[:-1]), products[-1])))
        raise _wrong(f"submitted.{key}", Described(f"this key with product {product}"), f"with product {allowed}", str)
    return read_task_ids(answer[key], f"submitted.{key}"), kind


def _object_paths(given: Mapping[str, Any]) -> tuple[str, ...]:
    value = given.get("object_paths")
    if value is None:
        return ()
    allowed = f"1 to {MAX_IDS} URLs, together at most {MAX_PATH_BYTES} bytes"
    one_allowed = f"a URL such as http://example.com/a.txt, of at most {MAX_PATH_CHARACTERS} printable characters"
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise _wrong("object_paths", value, allowed, list)
    for i, path in enumerate(value):
        if not isinstance(path, str) or not _is_object_path(path):
            raise _wrong(f"object_paths[{i}]", path, one_allowed, str)
    paths = tuple(dict.fromkeys(map(with_scheme, value)))
    size = sum(map(size_in_payload, paths))
    if not 1 <= len(paths) <= MAX_IDS or size > MAX_PATH_BYTES:
        raise _wrong("object_paths", Described(f"{len(paths)} paths of {size} bytes"), allowed, str)
    return paths


def _is_object_path(path: str) -> bool:
    printable = path.isprintable() and " " not in path and len(path) <= MAX_PATH_CHARACTERS
    return printable and _OBJECT_PATH.fullmatch(path) is not None


def _submitted_at(given: Mapping[str, Any], *, required: bool) -> Instant | None:
    value = given.get("submitted_at")
    allowed = "an instant such as 2026-11-22T08:00:00Z or 2026-11-22T16:00:00+08:00, from 1970 on"
    if value is None and required:
        raise missing("submitted_at", f"{allowed}; object_paths need it")
    if value is None:
        return None
    parse = partial(parse_instant, zone_needed=True)
    return _number("submitted_at", value, allowed, parse, lambda instant: 0 <= instant < MAX_INSTANT)


def _number(
    field: str, value: Any, allowed: str, parse: Callable[[str], float], is_allowed: Callable[[float], bool]
) -> float:
    """A number as it is, a text by `parse`; `is_allowed` bounds both."""
    types = (int, float, str)
    try:
        if not isinstance(value, bool) and isinstance(value, types):
            number = parse(value) if isinstance(value, str) else float(value)
            if is_allowed(number):
                return number
    except (ValueError, OverflowError):
        pass
    raise _wrong(field, value, allowed, *types)


def _channel_names(given: Mapping[str, Any]) -> tuple[str, ...]:
    value = given.get("channels", [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise _wrong("channels", value, "a list of channel names", list)
    for i, name in enumerate(value):
        if not isinstance(name, str) or CHANNEL_NAME.fullmatch(name) is None:
            allowed = f"the name of a configured channel ({CHANNEL_NAME.pattern})"
            raise _wrong(f"channels[{i}]", as_word(name) if isinstance(name, str) else name, allowed, str)
    return tuple(dict.fromkeys(value))


def _check_schedule(request: WatchRequest) -> None:
    if not request.schedule:
        return
    step = read_schedule(request.schedule).then
    deadline = request.deadline or DEFAULT_DEADLINE[request.kind]
    if deadline / step > MAX_LOOKS:
        allowed = f"at most {MAX_LOOKS} looks until the deadline: a step of at least {deadline / MAX_LOOKS:.1f} s"
        raise _wrong("schedule", request.schedule, allowed, str)


def _check_query(request: WatchRequest) -> None:
    spec = spec_of(request.product)
    if spec.needs_domain_and_type:
        for name, value in (("domain_name", request.domain_name), ("object_type", request.object_type)):
            if not value:
                raise missing(name, f"a value: product {request.product} requires it")
    if request.domain_name and not request.object_type:
        raise missing("object_type", f"one of {', '.join(_OBJECT_TYPES)}: domain_name requires it")
    if request.resource_group_id and not spec.has_resource_group:
        raise _wrong("resource_group_id", request.resource_group_id, f"a value with product {with_groups()} only", str)


def _text(
    given: Mapping[str, Any], key: str, most: int, is_allowed: Callable[[str], Any] = bool, allowed: str = ""
) -> str:
    """A printable text, empty where it is not given; `is_allowed` and `allowed` say what else it has to be."""
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(key, value, "a string", str)
    if len(value) > most or not value.isprintable():
        raise _wrong(key, value, f"at most {most} printable characters", str)
    if value and not is_allowed(value):
        raise _wrong(key, value, allowed, str)
    return value


def _member(field: str, value: Any, allowed: list[str], make: Callable[[str], T]) -> T:
    if value is None:
        raise missing(field, ", ".join(allowed))
    if not isinstance(value, str):
        raise _wrong(field, value, f"one of {', '.join(allowed)}", str)
    if value not in allowed:
        raise _wrong(field, value, ", ".join(allowed), str)
    return make(value)


def _wrong(field: str, value: Any, allowed: str, *types: type) -> BadInput:
    """The one refusal of a value that is given: for its type, where it is none of `types`, else for what it is."""
    is_of_type = isinstance(value, types) and not isinstance(value, bool)
    return BadInput(field, value, allowed) if is_of_type else wrong_type(field, value, allowed)
