"""Checks of single values of the settings. A wrong value raises BadInput, which never repeats a credential."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from refresh_watch.errors import BadInput, Described, as_word


def one_of(where: str, value: str, allowed: tuple[str, ...] | list[str]) -> str:
    """One of these words."""
    if value not in allowed:
        raise BadInput(where, as_word(value), ", ".join(allowed))
    return value


def matching(where: str, value: str, pattern: str, allowed: str = "") -> str:
    """The whole of it matches the pattern; `allowed` says so to people where the pattern would not."""
    if re.fullmatch(pattern, value) is None:
        raise BadInput(where, as_word(value), allowed or pattern)
    return value


def printable(where: str, value: str) -> str:
    """A short text on one line."""
    if len(value) > 64 or not value.isprintable():
        raise BadInput(where, as_word(value), "at most 64 printable characters")
    return value


def whole_number(where: str, value: str, least: int, most: int) -> int:
    """A number written in digits, from `least` to `most`."""
    if re.fullmatch("[0-9]{1,9}", value) is None or not least <= int(value) <= most:
        raise BadInput(where, as_word(value), f"a whole number from {least} to {most}")
    return int(value)


def rates(where: str, text: str, defaults: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Calls a second by operation, ``cdn.list=5,cdn.by_id=30``, over the defaults; only their operations are known."""
    found = dict(defaults)
    for part in (part.strip() for part in text.split(",") if part.strip()):
        operation, _, number = part.partition("=")
        try:
            rate = float(number)
        except ValueError:
            rate = 0.0
        if operation not in found or not 0 < rate <= 1000:
            raise BadInput(where, as_word(part), f"{', '.join(found)}, each = calls a second (over 0, up to 1000)")
        found[operation] = rate
    return tuple(found.items())


def endpoint(variable: str, value: str) -> str:
    """An API's address, ``scheme://host[:port]``; a host alone is meant as https. Empty stays empty."""
    if not value:
        return ""
    allowed = "a URL such as https://host or http://127.0.0.1:8080"
    parts, host, _ = _split(variable, value if "://" in value else f"https://{value}", allowed)
    # a webhook's URL may have been put here: only its host is shown
    if "@" in parts.netloc:
        raise BadInput(variable, Described("a URL with a user name"), allowed)
    if parts.scheme not in ("http", "https") or re.fullmatch(r"[\w.:-]+", host) is None:
        raise BadInput(variable, Described("text that is not an http(s) URL"), allowed)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadInput(variable, Described(f"a URL with a path or a query, to {host}"), allowed)
    return f"{parts.scheme}://{parts.netloc}"


def check_url(where: str, url: str, allowed_hosts: tuple[str, ...]) -> None:
    """A webhook's URL: https, or http to an allowed host. It is a credential: only its host is ever shown."""
    parts, host, port = _split(where, url, "an https URL")
    if not host or parts.scheme not in ("http", "https"):
        raise BadInput(where, Described("text that is not an http(s) URL"), "an https URL")
    if "@" in parts.netloc:
        raise BadInput(where, Described(f"a URL with a user name, to {host}"), "a URL without user name and password")
    if re.fullmatch(r"[\w.:-]+", host, re.ASCII) is None:
        given = Described("a URL whose host has other characters than letters, digits, dots, hyphens")
        raise BadInput(where, given, "an https URL; the host of one in another script as xn--…")
    if parts.scheme == "http" and host not in allowed_hosts and f"{host}:{port}" not in allowed_hosts:
        raise BadInput(where, Described(f"http to {host}"), "https, or a host named in REFRESH_WATCH_ALLOWED_HOSTS")


def _split(where: str, url: str, allowed: str) -> tuple[SplitResult, str, int | None]:
    """The parts of a URL, with its host (empty where it has none) and its port."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadInput(where, Described("text that is not a URL"), allowed) from None
    return parts, host, port
