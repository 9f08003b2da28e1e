"""A storm of events: whole ones of every kind, and what chance, mistakes and malice make of them.

`blow(number, seeds)` is the event of that number, the same on every run. Its `wishes` are what it asks to be watched
where that can be said: of a whole event all that it names, of one that is cut off nothing. Of one that was changed
nothing is said beforehand; `storm_oracle` then holds every start to what stands in the event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.unit.triggers.storm_grammar import CARRIERS, KINDS, Made, Wish, chance, http, pick
from tests.unit.triggers.storm_pieces import (
    CROWDS,
    KEYS,
    LETTERS,
    LONG,
    MARK,
    NAMES,
    NESTED,
    NUMBERS,
    SECRETS,
    SHOWN,
    VALUES,
)
from tests.unit.triggers.storm_text import DUPLICATE, Text, dump, form

EVENTS = Path(__file__).parents[2] / "events"
MOST_BYTES = 128 * 1024
"""Of an asynchronous call's payload (Function Compute's limits page)."""


@dataclass(frozen=True)
class Blow:
    """One event of the storm. `wishes` is None where only the oracle can say; `done` names what was done to it."""

    data: bytes
    wishes: frozenset[Wish] | None
    done: tuple[str, ...]


@dataclass(frozen=True)
class Seed:
    """A valid event of tests/events, decoded, and what it starts as it is."""

    name: str
    value: Any
    wishes: frozenset[Wish]


def blow(number: int, seeds: list[Seed]) -> Blow:
    """The event of that number."""
    rng = Random(number)
    done: list[str] = []
    made = _base(rng, seeds)
    done.append(made.kind)
    roll = rng.random()
    if roll < 0.45:
        for _ in range(1 + int(rng.random() * 2)):
            made = replace(made, value=mutate(rng, made.value, done), wishes=None)
    elif roll < 0.5:
        made = _cut_inside(rng, made, done)
    made = _carry(rng, made, done)
    made = _wrap(rng, made, done)
    text = _dress(rng, made.value, done)
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MOST_BYTES:
        return _cut(data, MOST_BYTES, done)
    if chance(rng, 0.015):
        return _pad(rng, data, made.wishes, done)
    if chance(rng, 0.25):
        return _harm(rng, data, done)
    return Blow(data, made.wishes, tuple(done))


def _base(rng: Random, seeds: list[Seed]) -> Made:
    if chance(rng, 0.3):
        seed = pick(rng, seeds)
        return Made(seed.value, seed.wishes, "seed")
    if chance(rng, 0.01):
        return Made(pick(rng, CROWDS)(rng), None, "crowd")
    return pick(rng, KINDS)(rng)


def _cut_inside(rng: Random, made: Made, done: list[str]) -> Made:
    if not isinstance(made.value, (dict, list)):
        return made
    done.append("cut inside")
    text = dump(made.value)
    return replace(made, value=Text(text[: int(rng.random() * len(text))]), wishes=frozenset())


def _carry(rng: Random, made: Made, done: list[str]) -> Made:
    roll = rng.random()
    if roll < 0.6 or _is_http(made.value):
        return made
    for turn in range(1 if roll < 0.9 else 2 + int(rng.random() * 3)):
        # what may come by itself may come in one carrier; a carrier in a carrier may be refused
        wishes = made.wishes if not made.wishes or (turn == 0 and not _carries(made.value)) else None
        carrier = pick(rng, CARRIERS)
        done.append(carrier.__name__)
        made = carrier(rng, replace(made, wishes=wishes))
        if chance(rng, 0.1):
            made = replace(made, value=mutate(rng, made.value, done), wishes=None)
    return made


def _carries(value: Any) -> bool:
    return _keys(value) & {"specversion", "messageBody", "TopicName", "attrs", "body"} != set()


def _keys(value: Any) -> set[str]:
    """The keys of an object, or of the objects in a list."""
    objects = value if isinstance(value, list) else [value]
    return {key for one in objects if isinstance(one, dict) for key in one}


def _is_http(value: Any) -> bool:
    return isinstance(value, dict) and "requestContext" in value


def _wrap(rng: Random, made: Made, done: list[str]) -> Made:
    roll = rng.random()
    if roll < 0.5:
        return made
    if roll < 0.55 and isinstance(made.value, dict):
        done.append("form")
        return http(rng, replace(made, value=form(made.value), wishes=None))
    times = 1 if roll < 0.9 else 2 if roll < 0.96 else 3
    already = _is_http(made.value)
    awaited = chance(rng, 0.5)
    for turn in range(times):
        done.append("http")
        # Function Compute may wrap once more what was sent in this form: twice is read, and more may be refused
        wishes = made.wishes if turn + already < 2 or not made.wishes else None
        made = http(rng, replace(made, wishes=wishes), awaited=awaited)
        if chance(rng, 0.07):
            made = replace(made, value=mutate(rng, made.value, done), wishes=None)
    return made


def _dress(rng: Random, value: Any, done: list[str]) -> str:
    """The same in other clothes: what is asked for stays what it was."""
    roll = rng.random()
    if roll < 0.8 or isinstance(value, Text):
        return dump(value)
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        value = {key: value[key] for key in keys}
    if roll < 0.9:
        done.append("escaped")
        return dump(value).replace("p", "\\u0070").replace("_", "\\u005f")
    done.append("spread")
    return f"\r\n\t{dump(value, indent=1 if roll < 0.95 else None)}\n"


# what is done to a tree


def mutate(rng: Random, node: Any, done: list[str]) -> Any:
    """The tree with one place changed; the tree that was given stays as it is."""
    if isinstance(node, dict) and node and not chance(rng, 0.05):
        return _mutate_object(rng, node, done)
    if isinstance(node, list) and node and not chance(rng, 0.1):
        return _mutate_list(rng, node, done)
    if isinstance(node, str) and MARK not in node and chance(rng, 0.5):
        done.append("letters")
        return pick(rng, LETTERS)(rng, node)
    return _value(rng, done)


def _mutate_object(rng: Random, node: dict[str, Any], done: list[str]) -> dict[str, Any]:
    key = pick(rng, tuple(node))
    changed = dict(node)
    roll = rng.random()
    if roll < 0.6:
        changed[key] = mutate(rng, node[key], done)
        if key in SHOWN and MARK in str(changed[key]):
            del changed[key]
    elif roll < 0.7:
        done.append("deleted")
        del changed[key]
    elif roll < 0.8:
        done.append("renamed")
        changed[pick(rng, NAMES)(key)] = changed.pop(key)
    elif roll < 0.9:
        done.append("doubled")
        changed[DUPLICATE + key] = node[key] if chance(rng, 0.3) else mutate(rng, node[key], done)
    elif roll < 0.95:
        done.append("added")
        changed[pick(rng, KEYS)] = _value(rng, done)
        if MARK in str(changed.get("object_paths")):
            del changed["object_paths"]
    else:
        done.append("secret")
        secret = pick(rng, SECRETS)
        place = key if key not in SHOWN else "channels"
        changed[pick(rng, (place, "channels", "webhook", "url", "secret", secret))] = pick(rng, (secret, [secret]))
    return changed


def _mutate_list(rng: Random, node: list[Any], done: list[str]) -> list[Any]:
    place = int(rng.random() * len(node))
    changed = list(node)
    roll = rng.random()
    if roll < 0.6:
        changed[place] = mutate(rng, node[place], done)
    elif roll < 0.7:
        done.append("deleted")
        del changed[place]
    elif roll < 0.8:
        done.append("added")
        changed.insert(place, _value(rng, done))
    elif roll < 0.95 or len(shown := str(node)) > 300 or "~raw" in shown:
        done.append("repeated")
        changed += changed * int(rng.random() * 3)
    else:
        done.append("thousands")
        changed = (changed * 3000)[:3000]
    return changed


def _value(rng: Random, done: list[str]) -> Any:
    roll = rng.random()
    if roll < 0.7:
        done.append("another type")
        return pick(rng, VALUES)
    if roll < 0.8:
        done.append("number")
        return pick(rng, NUMBERS)
    if roll < 0.9:
        done.append("nested")
        return pick(rng, NESTED)
    if roll < 0.905:
        done.append("long")
        return pick(rng, LONG)
    done.append("secret")
    return pick(rng, (pick(rng, SECRETS), [pick(rng, SECRETS)], {pick(rng, SECRETS): "x"}))


# what is done to bytes


def _pad(rng: Random, data: bytes, wishes: frozenset[Wish] | None, done: list[str]) -> Blow:
    room = max(0, MOST_BYTES - len(data))
    done.append("padded")
    if chance(rng, 0.5):
        return Blow(data + b" " * room, wishes, tuple(done))
    return Blow(data + pick(rng, (b"\x00", b"[", b"a", b"\xff", b"{}", b"=1&")) * (room // 3), None, tuple(done))


def _cut(data: bytes, place: int, done: list[str]) -> Blow:
    done.append("cut")
    whole = data.strip()
    ends = whole[:1] in (b"{", b"[") and len(data[:place].strip()) < len(whole)
    return Blow(data[:place], frozenset() if ends else None, tuple(done))


def _harm(rng: Random, data: bytes, done: list[str]) -> Blow:
    place = int(rng.random() * len(data)) if data else 0
    roll = rng.random()
    if roll < 0.45:
        return _cut(data, place, done)
    if roll < 0.7:
        done.append("flipped")
        flipped = bytearray(data)
        for _ in range(1 + int(rng.random() * 3) if data else 0):
            flipped[int(rng.random() * len(data))] ^= 1 << int(rng.random() * 8)
        return Blow(bytes(flipped), None, tuple(done))
    if roll < 0.85:
        done.append("bytes")
        piece = pick(
            rng, (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xef\xbb\xbf", b"\xf0\x9f", b"\x80" * 9, b"\x1b[2J")
        )
        return Blow(data[:place] + piece + data[place:], None, tuple(done))
    done.append("encoded")
    text = data.decode("utf-8", "replace")
    name = pick(rng, ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "gb18030", "latin-1", "utf-7"))
    return Blow(text.encode(name, "replace"), None, tuple(done))
