"""Reads any decoded event: finds out which kind of event it is, and lets the module of that kind read it.

Envelopes are unwrapped one after the other: a list of CloudEvents, each with a queue's message, which may itself be an
event of the trail. Every refusal has its place in the event: ``[3].data.messageBody.product``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from refresh_watch.errors import BadInput, Described
from refresh_watch.settings import Settings
from refresh_watch.triggers import action_trail, cdn_events, cloud_event, direct, no_submission, queue, topic
from refresh_watch.triggers.envelope import Event
from refresh_watch.triggers.json_path import EventPart, within
from refresh_watch.triggers.no_submission import NoSubmission
from refresh_watch.triggers.result import EventResult, Rejected, digest_of, rejected
from refresh_watch.triggers.strict_json import read_message

MAX_EVENT_ITEMS = 100
"""Of one event, altogether: each is two to four calls to Function Compute, and intake has a minute for them."""

MAX_ENVELOPES = 4
"""One inside the other; a trail record sent through a queue, in a batch, has as many."""


def read_event(event: Event, settings: Settings) -> tuple[EventResult, ...]:
    """Read an event as it arrived, item by item; one that could not be read is one refusal. Nothing is raised."""
    if event.problem is not None:
        return (Rejected(str(event.problem), digest_of(event.raw)),)
    return read(event.body, settings, event.attributes)


def read(body: Any, settings: Settings, attributes: Mapping[str, str] | None = None) -> tuple[EventResult, ...]:
    """Read a decoded event, item by item. Nothing is raised, whatever it is.

    `attributes`: the query parameters of an HTTP request; they complete every request in the event.
    """
    items = tuple(islice(_read(EventPart(body, "", attributes or {}), settings, 0), MAX_EVENT_ITEMS + 1))
    if len(items) <= MAX_EVENT_ITEMS:
        return items
    allowed = f"1 to {MAX_EVENT_ITEMS} in one event; of a batch lower CountBasedWindow (runOptions.batchWindow)"
    return (rejected(BadInput("event", Described(f"more than {MAX_EVENT_ITEMS} items"), allowed), body),)


def _read(part: EventPart, settings: Settings, depth: int) -> Iterator[EventResult]:
    body = part.body
    try:
        no_submission.check(part)
        carried = _unwrap(part, depth)
    except NoSubmission as error:
        yield rejected(error, error.dedup_key)
        return
    except BadInput as error:
        yield rejected(error, _content(body))
        return
    if carried is not None:
        for inner in carried:
            if isinstance(body, list) and isinstance(inner.body, list):
                nested = BadInput(inner.place, Described("a list inside a list"), "a watch request, or an event")
                yield rejected(nested, inner.body)
            else:
                yield from _read(inner, settings, depth + 1)
    elif part.is_trail_record or action_trail.is_one(body):
        yield from action_trail.read(part, settings)
    elif cdn_events.is_one(body):
        yield from cdn_events.read(part, settings)
    else:
        yield direct.read(part, settings)


def _unwrap(part: EventPart, depth: int) -> Iterator[EventPart] | None:
    """What an envelope carries; None for what is none. Raises BadInput, with its place."""
    body, place = part.body, part.place
    envelope = next((kind for kind in (cloud_event, queue, topic) if kind.is_one(body)), None)
    # a text alone is no event; RawData of a stream is a list of texts
    is_text = isinstance(body, str) and place != ""
    if envelope is None and not is_text and not isinstance(body, list):
        return None
    if depth == MAX_ENVELOPES:
        given = Described(f"an event inside {MAX_ENVELOPES} others")
        raise BadInput(place, given, f"at most {MAX_ENVELOPES} envelopes, one inside the other")
    if envelope is not None:
        return iter((envelope.unwrap(part),))
    if is_text:
        return iter((EventPart(read_message(body, place), place, part.attributes),))
    if not body:
        raise BadInput(place or "event", Described("a list of 0 requests"), f"1 to {MAX_EVENT_ITEMS} requests")
    return (EventPart(item, within(place, i), part.attributes) for i, item in enumerate(body))


def _content(body: Any) -> Any:
    """What stays the same when the same message is sent again: not the ids and times of its envelope."""
    if not isinstance(body, dict):
        return body
    carried = [body.get(key) for key in ("messageBody", "Message", "body", "data", "data_base64", "type")]
    return next((content for content in carried if content is not None), body)
