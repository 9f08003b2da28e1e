"""A watch as the payload of a hop: JSON, compact, since an onFailure envelope escapes it once more.

The state of an item is one short word; they are joined by ``;`` in the order of the request's items. A word has tagged
fields, and an empty field is left out. ``ck3t330`` is complete, 3 objects, settled 330 s after acceptance;
``r1sRl0.2#704`` has one object running, last status Refreshing, first late answer 0.2 s after the deadline, bound to
task 704.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from string import ascii_lowercase
from typing import Any, TypeVar

from refresh_watch.errors import BadInput, Described
from refresh_watch.instants import Instant
from refresh_watch.model import AnyNote, FailedObject, Kind, Note, Outcome, Reason, Refusal, Status
from refresh_watch.observation import Hints
from refresh_watch.watch import Pace, Watch, WatchedItem
from refresh_watch.watching.reasons import REASON_KEYS
from refresh_watch.watching.request import read_request, write_request
from refresh_watch.watching.schedule import deadline_of

_T = TypeVar("_T")

_OUTCOMES = dict(zip("cfpou", Outcome, strict=True))
_STATUSES = dict(zip("CFTXRP", Status, strict=False))
_REASONS = dict(zip(ascii_lowercase, Reason, strict=False))
_FAILURES = dict(zip(ascii_lowercase, REASON_KEYS, strict=False))
_WORD = re.compile(
    r"(?P<outcome>[cfpou])?(?:k(?P<complete>\d+))?(?:x(?P<failed>\d+))?(?:r(?P<running>\d+))?"
    r"(?:s(?P<status>[A-Z]|\([^();]*\)))?(?:t(?P<settled>\d+))?(?:l(?P<late>\d+(?:\.\d)?))?"
    rf"(?:y(?P<reason>[{''.join(_REASONS)}]))?"
    rf"(?:w(?P<why>(?:[{''.join(_FAILURES)}]\d+)+))?(?:#(?P<ids>[0-9+]+))?"
)


PACKED_FROM = 48_000
"""Bytes from which a payload is packed (zlib, base64): smaller ones stay readable in the console."""

MAX_UNPACKED = 1_000_000


@dataclass(frozen=True)
class Hop:
    """The payload of one invocation of the watch function: hop `number`, or the guard of that number."""

    watch: Watch
    number: int
    is_guard: bool = False
    due: Instant | None = None  # when it should begin
    booked: bool = False  # its slot in the quota is reserved


def write_hop(hop: Hop) -> bytes:
    """Encode a payload; a large one is packed, so that the largest watch stays under Function Compute's limit."""
    written: dict[str, Any] = {"guard" if hop.is_guard else "hop": hop.number, "watch": _write_watch(hop.watch)}
    if hop.due is not None:
        written["due"] = round(hop.due, 1)
    if hop.booked:
        written["booked"] = 1
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    if len(text) <= PACKED_FROM:
        return text
    return json.dumps({"packed": base64.b64encode(zlib.compress(text, 9)).decode()}).encode()


def read_hop(payload: bytes) -> Hop:
    """Decode a payload. Raises BadInput when it is not a hop."""
    try:
        given = json.loads(payload)
        if "packed" in given:
            given = json.loads(zlib.decompressobj().decompress(base64.b64decode(given["packed"]), MAX_UNPACKED))
        is_guard = "guard" in given
        due = None if given.get("due") is None else float(given["due"])
        number = int(given["guard" if is_guard else "hop"])
        return Hop(_read_watch(given["watch"]), number, is_guard, due, bool(given.get("booked")))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, zlib.error, RecursionError) as error:
        given_bytes = Described(f"{len(payload)} bytes ({type(error).__name__})")
        raise BadInput("event", given_bytes, "a hop's payload") from None


def _write_watch(watch: Watch) -> dict[str, Any]:
    order = {item.item: i for i, item in enumerate(watch.items)}
    written: dict[str, Any] = {
        "id": watch.id,
        "request": write_request(watch.request),
        "accepted_at": watch.accepted_at,
        "items": ";".join(_write_item(item, watch) for item in watch.items),
        "kind": watch.kind.value,
        "looks": watch.looks,
        "api_calls": watch.api_calls,
        "told": int(watch.interim_published),
        "next": watch.next_item,
        "samples": [
            [order[item], "" if sample.object_path == item else sample.object_path, sample.status, sample.description]
            for item, sample in watch.samples
        ],
        "refusal": watch.refusal and list(asdict(watch.refusal).values()),
        "problem": watch.problem,
        "request_id": watch.request_id,
        **_write_notes(watch.notes),
        "hints": _write_hints(watch.hints),
        "pace": _write_pace(watch.pace),
    }
    return {key: value for key, value in written.items() if value not in ("", None, [], 0)}


def _read_watch(given: dict[str, Any]) -> Watch:
    request = read_request(given["request"])
    words = given["items"].split(";") if "items" in given else [""] * len(request.items)
    refusal = given.get("refusal")
    watch = Watch(
        id=given["id"],
        request=request,
        accepted_at=float(given["accepted_at"]),
        items=tuple(WatchedItem(item) for item in request.items),
        kind=Kind(given["kind"]),
        looks=given.get("looks", 0),
        api_calls=given.get("api_calls", 0),
        interim_published=bool(given.get("told")),
        next_item=given.get("next", 0),
        samples=tuple(
            (request.items[i], FailedObject(path or request.items[i], status, why))
            for i, path, status, why in given.get("samples", [])
        ),
        refusal=Refusal(Reason(refusal[0]), *refusal[1:]) if refusal else None,
        problem=given.get("problem", ""),
        request_id=given.get("request_id", ""),
        notes=_read_notes(given),
        hints=_read_hints(given.get("hints")),
        pace=_read_pace(given.get("pace")),
    )
    accepted_at, deadline = watch.accepted_at, deadline_of(watch)
    items = (_read_item(item, word, accepted_at, deadline) for item, word in zip(request.items, words, strict=True))
    return replace(watch, items=tuple(items))


def _write_notes(notes: tuple[AnyNote, ...]) -> dict[str, Any]:
    # two keys: a version that does not know notes with words reads the others
    return {
        "notes": [note for note in notes if isinstance(note, str)],
        "noted": [[note.key, dict(note.words)] for note in notes if isinstance(note, Note)],
    }


def _read_notes(given: dict[str, Any]) -> tuple[AnyNote, ...]:
    noted = [Note(str(key), tuple((str(k), str(v)) for k, v in words.items())) for key, words in given.get("noted", [])]
    return (*given.get("notes", []), *noted)


def _write_hints(hints: Hints) -> list[Any] | None:
    return None if hints == Hints() else [hints.created, hints.window_rows, int(hints.by_id_cut)]


def _read_hints(given: list[Any] | None) -> Hints:
    if given is None:
        return Hints()
    created, rows, cut = given
    return Hints(created and (float(created[0]), float(created[1])), int(rows), bool(cut))


def _write_pace(pace: Pace) -> list[Any] | None:
    if pace == Pace():
        return None
    points = [[round(at, 1), round(progress, 2)] for at, progress in pace.points]
    are_set = (pace.pending, pace.again, pace.paired, pace.lags, pace.lags is not None)
    flags = "".join(flag for flag, is_set in zip("patlk", are_set, strict=True) if is_set)
    looked_at = pace.looked_at and round(pace.looked_at, 1)
    return [looked_at, round(pace.gap, 1), round(pace.progress, 2), points, flags]


def _read_pace(given: list[Any] | None) -> Pace:
    if given is None:
        return Pace()
    looked_at, gap, progress, points, flags = given
    return Pace(
        None if looked_at is None else float(looked_at),
        float(gap),
        float(progress),
        tuple((float(at), float(shown)) for at, shown in points),
        pending="p" in flags,
        again="a" in flags,
        paired="t" in flags,
        lags="l" in flags if "k" in flags else None,
    )


def _write_item(item: WatchedItem, watch: Watch) -> str:
    ids = item.task_ids if item.task_ids != (item.item,) else ()
    settled = None if item.settled_at is None else round(max(0.0, item.settled_at - watch.accepted_at))
    late = None if item.late_since is None else f"{max(0.0, item.late_since - deadline_of(watch)):.1f}"
    fields = [
        ("", _letter(_OUTCOMES, item.outcome)),
        ("k", item.complete),
        ("x", item.failed),
        ("r", item.running),
        ("s", _write_status(item.status_word)),
        ("t", None if settled is None else str(settled)),
        ("l", late),
        ("y", _letter(_REASONS, item.reason)),
        ("w", "".join(f"{_letter(_FAILURES, key)}{count}" for key, count in item.reasons)),
        ("#", "+".join(ids)),
    ]
    return "".join(f"{tag}{value}" for tag, value in fields if value)


def _read_item(name: str, word: str, accepted_at: Instant, deadline: Instant) -> WatchedItem:
    match = _WORD.fullmatch(word)
    if match is None:
        raise ValueError(word)
    field = match.groupdict()
    return WatchedItem(
        name,
        outcome=_OUTCOMES[field["outcome"]] if field["outcome"] else None,
        complete=int(field["complete"] or 0),
        failed=int(field["failed"] or 0),
        running=int(field["running"] or 0),
        status_word=_read_status(field["status"] or ""),
        settled_at=None if field["settled"] is None else accepted_at + float(field["settled"]),
        late_since=None if field["late"] is None else deadline + float(field["late"]),
        reason=_REASONS[field["reason"]] if field["reason"] else None,
        task_ids=tuple(field["ids"].split("+")) if field["ids"] else (),
        reasons=tuple((_FAILURES[letter], int(n)) for letter, n in re.findall(r"([a-z])(\d+)", field["why"] or "")),
    )


def _letter(words: Mapping[str, _T], word: _T | None) -> str:
    return next((letter for letter, known in words.items() if known == word), "")


def _write_status(word: str) -> str:
    known = _letter(_STATUSES, Status.of(word)) if word else ""
    return known or (f"({re.sub('[();]', '', word)[:20]})" if word else "")


def _read_status(text: str) -> str:
    return text[1:-1] if text.startswith("(") else _STATUSES[text].value if text else ""
