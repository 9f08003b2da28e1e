"""What is put into the events of a storm in place of what stood there: values of other types, numbers, depths, secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.unit.triggers.storm_grammar import pick
from tests.unit.triggers.storm_text import dump, raw

MARK = "obviouslyfake"
"""Stands in every secret that is planted, and may come out nowhere."""

SECRETS = (
    f"https://oapi.dingtalk.com/robot/send?access_token={MARK}{'0' * 51}",
    f"https://open.feishu.cn/open-apis/bot/v2/hook/{MARK}-0000-0000-0000-000000000000",
    f"https://hooks.slack.com/services/T00000000/B00000000/{MARK}{'0' * 11}",
    f"ACS3-HMAC-SHA256 Credential=not-a-key,SignedHeaders=host,Signature={MARK}{'0' * 51}",
    f"SEC{MARK}{'0' * 51}",
)
SHOWN = ("label", "request_id", "object_paths", "ObjectPath", "objectPath")
"""What these hold is meant to be shown."""


def deepest() -> int:
    """How deep this Python's parser goes."""
    low, high = 100, 200_000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            json.loads("[" * middle + "]" * middle)
            low = middle
        except RecursionError:
            high = middle
    return low


def _nested() -> Iterator[str]:
    # what can be parsed and what cannot, and between them what can be parsed and not be written or shown again
    limit = deepest()
    for depth in (*range(limit - 14, limit + 2), 8, 31, 32, 33, limit // 2, 2 * limit):
        yield raw("[" * depth + "]" * depth)
        yield raw('{"a":' * depth + "1" + "}" * depth)
    for depth in (30, 20_000):
        yield raw("[" * depth + '"704225667"' + "]" * depth)
        yield raw("[" * depth)


VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 704225667, -704225667, 1.5, 704225667.0, 1e308, "", " ", "x", "\x00", "\ud800", "\u202e",
    "704225667\n", "704225667 ", "+704225667", "-1", "1.0", "1e5", "0x1f", "٧٠٤٢٢٥٦٦٧", "７０４", "1,2,", ",", ",,,", "1;2",
    "1" * 20, "1" * 21, "0" * 20, 10**19, 10**20, 10**300, "cdn", "CDN", "dcdn ", "vod-legacy", "null", "true", [], {}, [[]],
    [None], [[1]], [1, "2", 3.0], {"a": 1}, {"": ""}, {"task_ids": "1"}, ["cdn"], {"RefreshTaskId": "1", "PushTaskId": "2"},
    {"product": "cdn", "task_ids": "704225667"}, "{}", "[]", '{"product":"cdn","task_ids":"704225667"}', "bm8=", "====",
    "eyJwcm9kdWN0IjoiY2RuIn0", "\r\nSet-Cookie: a=b", "${jndi:x}", "%s%n", "<script>", "2026-11-22T08:00:00Z", "9999-99-99",
    "10000-01-01T00:00:00Z", -62135596800, 1e18, "30m", "-30m", "0,0.001;0.001", "https://example.com/a b", "//", "\ufeff",
    raw('"\\ud800"'), raw('"\\udc00\\ud800"'), raw('"\\u0000"'), raw('"\\u202e\\u2028\\u0085"'), raw("'x'"), raw("undefined"),
    raw('{"product":"cdn","product":"dcdn","task_ids":"1","task_ids":"2"}'), raw('"\\x"'), raw('"'), raw("}"), raw(""),
)  # fmt: skip
NUMBERS = tuple(
    map(raw, ("1e999", "-1e999", "NaN", "Infinity", "-Infinity", "-0", "-0.0", "1E400", "01", "+1", ".5", "1.", "0x10",
              "9" * 20, "9" * 400, "9" * 4299, "9" * 4300, "9" * 4301, "9" * 20_000, "-" + "9" * 4300, "1e-999", "1e20",
              "0." + "1" * 5000, "9" * 310 + ".0", "1_000"))
)  # fmt: skip
NESTED = tuple(_nested())
LONG = (
    "a" * 100_000,
    "图" * 30_000,
    "1" * 100_000,
    "1," * 20_000,
    "\x00" * 1000,
    "://" * 10_000,
    [0] * 5000,
    "\\" * 30_000,
)
KEYS = (
    "task_ids", "object_paths", "submitted", "product", "kind", "x", "", "events", "data", "body", "messageBody", "Message",
    "specversion", "version", "requestContext", "headers", "__proto__", "taskId", "RefreshTaskId", "requestPayload", "\ud800",
)  # fmt: skip
NAMES: tuple[Callable[[str], str], ...] = (
    str.upper, str.title, str.lower, str.swapcase,
    lambda key: key[:-1], lambda key: f" {key}", lambda key: f"{key}\x00", lambda key: f"{key}s", lambda key: "",
    lambda key: key.replace("_", "-"),
)  # fmt: skip
LETTERS: tuple[Callable[[Random, str], str], ...] = (
    lambda rng, text: text[: int(rng.random() * len(text))],
    lambda rng, text: text[int(rng.random() * len(text)) :],
    lambda rng, text: text + pick(rng, ("\n", "\x00", " ", ",", "\ud800", "%", "}", "=", "\u2028", "9", "a")),
    lambda rng, text: pick(rng, ("\ufeff", " ", "-", "0", "[", "x")) + text,
    lambda rng, text: text.upper(),
    lambda rng, text: text[::-1],
    lambda rng, text: text.replace("=", "").replace("\n", ""),
    lambda rng, text: text * 2,
    lambda rng, text: dump(text),
)
CROWDS: tuple[Callable[[Random], Any], ...] = (
    lambda rng: {"product": "cdn", "task_ids": ",".join(str(one) for one in range(1, 2 + int(rng.random() * 5000)))},
    lambda rng: {
        "product": "vod",
        "task_ids": [str(rng.getrandbits(63)).zfill(20) for _ in range(900 + int(rng.random() * 4000))],
    },
    lambda rng: {"product": "cdn", "task_ids": list(range(1, 2 + int(rng.random() * 3000)))},
    lambda rng: [{"product": "cdn", "task_ids": one} for one in range(1, 2 + int(rng.random() * 300))],
    lambda rng: [{"product": "cdn"}] * int(rng.random() * 3000),
    lambda rng: [[]] * 30_000,
    lambda rng: {str(one): one for one in range(5000)},
    lambda rng: {"product": "dcdn", "object_paths": ["/" * 2000] * 40, "submitted_at": 1},
    lambda rng: {"product": "dcdn", "object_paths": [f"/{one:x}" * 100 for one in range(100)], "submitted_at": 1},
)
