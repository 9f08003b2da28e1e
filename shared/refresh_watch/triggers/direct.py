"""Our own JSON (docs/contracts.md), or a submit API's raw answer with its product beside it.

Beside a message there may be attributes: query parameters of an HTTP request, or those of an SMQ topic's message. They
complete the request, so that whoever submits can pass on the answer as it is: ``POST /?product=cdn&label=release``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from refresh_watch.errors import BadInput, as_word
from refresh_watch.settings import Settings
from refresh_watch.triggers.json_path import at
from refresh_watch.triggers.result import Rejected, Requested, rejected
from refresh_watch.watching.request import NAMES_TASKS, REQUEST_KEYS, read_request

SUBMIT_KEYS = ("RefreshTaskId", "PushTaskId", "PreloadTaskId")
"""What the submit operations call the ids in their answers; any of them says that this is one."""

_BESIDE_IDS = ("RequestId", "requestId")
_OF_REFUSALS = ("Code", "Message", "HostId", "Recommend", "AccessDeniedDetail")
"""What an API's answer holds when it refused (product-apis: the error body)."""

COMPLETING = tuple(key for key in REQUEST_KEYS if key != "submitted")
"""The attributes that are read; others belong to whoever sends them."""


def read(body: Any, place: str, attributes: Mapping[str, str], settings: Settings) -> Requested | Rejected:
    """Read one request. Nothing is raised."""
    given = _with_submitted(body)
    try:
        return read_wanted(given, attributes, settings)
    except BadInput as error:
        if given is not body:
            # what was wrapped by us is named as it was given
            error = error.reworded(field=error.field.removeprefix("submitted."))
        known = {**attributes, **given} if isinstance(given, dict) else {}
        # attributes belong to it: the same body with another product is another refusal
        told_once = [body, dict(attributes)] if attributes else body
        return rejected(at(place, error), told_once, known.get("product"), known.get("label"))


def read_wanted(given: Any, attributes: Mapping[str, str], settings: Settings, *, at_once: bool = False) -> Requested:
    """Read a request that attributes complete. Raises BadInput, also for a channel that is not configured."""
    request = read_request(_completed(given, attributes) if isinstance(given, dict) else given)
    for name in request.channels:
        settings.channel(name)
    return Requested(request, at_once)


def told_apart(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a query or a form, whose several values arrive joined by commas (http-trigger-invoking-function)."""
    # a URL may hold a comma, too
    between = {"channels": r"[,\s]+", "object_paths": r",(?=https?://)"}
    split = {key: re.split(between[key], fields[key]) for key in between if isinstance(fields.get(key), str)}
    return {**fields, **{key: [value for value in values if value] for key, values in split.items()}}


def _with_submitted(body: Any) -> Any:
    if not isinstance(body, dict) or "submitted" in body:
        return body
    found = [key for key in SUBMIT_KEYS if key in body]
    if not found and not isinstance(body.get("Code"), str):
        return body
    theirs = (*SUBMIT_KEYS, *_BESIDE_IDS, *(() if found else _OF_REFUSALS))
    ours = {key: value for key, value in body.items() if key not in theirs}
    return {**ours, "submitted": {key: value for key, value in body.items() if key in theirs}}


def _completed(given: dict[str, Any], attributes: Mapping[str, str]) -> dict[str, Any]:
    """What the body says wins, but for a product that contradicts it: then nobody knows whose tasks are meant."""
    more: dict[str, Any] = {key: value for key, value in attributes.items() if key in COMPLETING}
    product = given.get("product")
    if product is not None and more.get("product", product) != product:
        raise BadInput("product", as_word(more["product"]), "the product that the body names, or none")
    if any(given.get(key) is not None for key in NAMES_TASKS):
        more = {key: value for key, value in more.items() if key not in NAMES_TASKS}
    return {**told_apart(more), **{key: value for key, value in given.items() if value is not None or key not in more}}
