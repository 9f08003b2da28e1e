"""Our own JSON (docs/contracts.md), or the raw answer of a submit operation with its product.

A message may have attributes: query parameters of an HTTP request, or those of an SMQ topic's message. They complete
the request, so that a caller can pass on the answer as it is: ``POST /?product=cdn&label=release``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from refresh_watch.errors import BadInput, as_word
from refresh_watch.settings import Settings
from refresh_watch.triggers.envelope import COMPLETING, EventPart
from refresh_watch.triggers.result import Rejected, Requested, rejected
from refresh_watch.watching.request import NAMES_TASKS, SUBMIT_KEYS, read_request

_REQUEST_ID = ("RequestId", "requestId")
_OF_REFUSALS = ("Code", "Message", "HostId", "Recommend", "AccessDeniedDetail")
"""The keys of an API's answer when it refuses (the error body of the API documents)."""


def read(part: EventPart, settings: Settings) -> Iterator[Requested | Rejected]:
    """Read one request. Nothing is raised."""
    body, attributes = part.body, part.attributes
    given = _with_submitted(body)
    try:
        yield read_requested(given, attributes, settings)
    except BadInput as error:
        # where the caller gave no `submitted`, we have wrapped the answer
        field = error.field if given is body else error.field.removeprefix("submitted.")
        known = {**attributes, **given} if isinstance(given, dict) else {}
        # the same body with another product in its attributes is another refusal
        dedup_key = [body, dict(attributes)] if attributes else body
        yield rejected(error.reworded(field=field or "''"), dedup_key, known.get("product"), known.get("label"))


def read_requested(
    given: Any, attributes: Mapping[str, str], settings: Settings, *, at_once: bool = False
) -> Requested:
    """Read a request that attributes complete. Raises BadInput, also for a channel that is not configured."""
    request = read_request(_completed(given, attributes) if isinstance(given, dict) else given)
    for name in request.channels:
        settings.channel(name)
    return Requested(request, at_once)


def split_lists(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a query or a form, whose several values arrive joined by commas (http-trigger-invoking-function)."""
    # a URL may hold a comma, too
    separators = {"channels": r"[,\s]+", "object_paths": r",(?=https?://)"}
    split = {key: re.split(by, fields[key]) for key, by in separators.items() if isinstance(fields.get(key), str)}
    return {**fields, **{key: [value for value in values if value] for key, values in split.items()}}


def _with_submitted(body: Any) -> Any:
    """The raw answer of a submit operation as a request."""
    if not isinstance(body, dict) or "submitted" in body:
        return body
    is_answer = any(key in body for key in SUBMIT_KEYS)
    if not is_answer and not isinstance(body.get("Code"), str):
        return body
    of_answer = (*SUBMIT_KEYS, *_REQUEST_ID, *(() if is_answer else _OF_REFUSALS))
    ours = {key: value for key, value in body.items() if key not in of_answer}
    return {**ours, "submitted": {key: value for key, value in body.items() if key in of_answer}}


def _completed(given: dict[str, Any], attributes: Mapping[str, str]) -> dict[str, Any]:
    """The body wins over attributes, but a product that contradicts the body's is refused."""
    more: dict[str, Any] = {key: value for key, value in attributes.items() if key in COMPLETING}
    product = given.get("product")
    if product is not None and more.get("product", product) != product:
        raise BadInput("product", as_word(more["product"]), "the product that the body names, or none")
    if any(given.get(key) is not None for key in NAMES_TASKS):
        more = {key: value for key, value in more.items() if key not in NAMES_TASKS}
    return {**split_lists(more), **{key: value for key, value in given.items() if value is not None or key not in more}}
