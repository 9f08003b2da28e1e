"""The result of a submit call in every form: ids, its answer, the output of a command, an object of an SDK.

Answers: CDN, DCDN and VOD documents of the submit operations. What the `aliyun` command prints when a call fails:
`ERROR: SDK.ServerError`, then `ErrorCode: …` on a line of its own (aliyun-cli).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from refresh_watch.errors import BadInput, Described, missing, wrong_type

SUBMITTED_ALLOWED = "ids of digits separated by commas, spaces or lines, or the JSON answer of a submit operation"
_ANSWERS_ALLOWED = "the answer of a submit that succeeded"

_ERROR = re.compile(r"^ERROR: *(.*)$", re.MULTILINE)
_ERROR_CODE = re.compile(r"^ErrorCode: *(\S+)", re.MULTILINE)
_SPACE = re.compile(r"\s*")
_JSON_BEGINS = re.compile(r"^[\[{]", re.MULTILINE)  # an indented one belongs to a document that begins earlier


def read_submitted(given: object, field: str) -> dict[str, Any]:
    """The `task_ids` or the `submitted` of a watch request (docs/contracts.md), for `request.read_request` to check.

    `given`: ids as a number, a list or text; a submit answer as a dict, as JSON text (a warning on the lines before it
    does no harm) or as an SDK's object with a `to_map`, the whole response or its body; or several answers of one
    operation, which make one watch. Raises BadInput about `field`.
    """
    if isinstance(given, (bytes, bytearray)):
        try:
            given = bytes(given).decode()
        except UnicodeDecodeError:
            raise BadInput(field, Described("bytes that are not UTF-8"), SUBMITTED_ALLOWED) from None
    if isinstance(given, str):
        return _read_text(given, field)
    given = _plain(given)
    if isinstance(given, Mapping):
        return {"submitted": dict(given)}
    if isinstance(given, Sequence):
        return _read_list([_plain(one) for one in given], field)
    if isinstance(given, int) and not isinstance(given, bool):
        return {"task_ids": given}
    raise missing(field, SUBMITTED_ALLOWED) if given is None else wrong_type(field, given, SUBMITTED_ALLOWED)


def split_ids(text: str) -> list[str]:
    """Ids as users paste them: between commas (of either width), spaces, lines and quotes; empty ones are dropped."""
    return [word for word in re.split(r'[\s,，"]+', text) if word]


def _read_text(text: str, field: str) -> dict[str, Any]:
    text = text.strip("\ufeff \t\r\n")
    if not text:
        raise missing(field, f"{SUBMITTED_ALLOWED} (did the submit fail?)")
    error = _ERROR.search(text)
    if error:
        code = _ERROR_CODE.search(text)
        raise BadInput(field, Described(f"an error: {code[1] if code else error[1]}"), _ANSWERS_ALLOWED)
    if _JSON_BEGINS.search(text):
        found = _documents(text, field)
        return read_submitted(found[0], field) if len(found) == 1 else _read_list(found, field)
    ids = split_ids(text)
    if not ids:
        raise BadInput(field, text, SUBMITTED_ALLOWED)
    return {"task_ids": ids}


def _documents(text: str, field: str) -> list[Any]:
    """The JSON documents of a text, with only space between and after them."""
    for begin in _JSON_BEGINS.finditer(text):
        found: list[Any] = []
        at = begin.start()
        try:
            while at < len(text):
                document, end = json.JSONDecoder().raw_decode(text, at)
                found.append(document)
                at = end + len(_SPACE.match(text, end)[0])  # type: ignore[index]  # it matches everywhere
        except (ValueError, RecursionError):
            continue  # the line of a warning, such as "[WARN] ..."
        return found
    raise BadInput(field, Described("text that is not JSON"), SUBMITTED_ALLOWED)


def _read_list(found: list[Any], field: str) -> dict[str, Any]:
    if not any(isinstance(one, Mapping) for one in found):
        return {"task_ids": found}
    if not all(isinstance(one, Mapping) for one in found):
        raise BadInput(field, Described("answers and other things in one list"), SUBMITTED_ALLOWED)
    keys = {tuple(key for key in one if str(key).endswith("TaskId")) for one in found}
    failed = next((one for one in found if not any(str(key).endswith("TaskId") for key in one)), None)
    if failed is not None:
        return {"submitted": dict(failed)}  # the refusal of an answer without a task quotes it
    if len(keys) > 1:
        raise BadInput(field, Described("answers of different operations"), "answers of one submit operation")
    (key,) = next(iter(keys))[:1]
    return {"submitted": {key: [one[key] for one in found]}}


def _plain(given: Any) -> Any:
    """An object of Alibaba's SDKs as the answer of its API; anything else as it is."""
    to_map = getattr(given, "to_map", None)
    shown = to_map() if callable(to_map) else given
    if isinstance(shown, Mapping) and isinstance(shown.get("body"), Mapping):
        return shown["body"]  # of a whole response, which holds headers and a status, too
    return shown
