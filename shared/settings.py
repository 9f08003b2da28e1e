"""The environment, read once into one frozen `Settings` (contract 5.4)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shared.errors import BadInput, Described
from shared.model import Outcome

CHANNEL_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
LANGUAGES = ("en", "zh")
FUNCTION_ENVIRONMENT_BYTES = 4096
"""Function Compute allows 4 KB of environment a function (environment-variables page, 2026-04-15)."""

DEFAULT_QUOTA = {"cdn.list": 5.0, "cdn.by_id": 30.0, "dcdn.list": 5.0, "dcdn.by_id": 30.0, "vod.list": 5.0}
"""Calls a second and account. CDN, DCDN: their documents of 2025. VOD states none; CDN's is assumed."""

_CHANNEL_KEYS = ("name", "kind", "url", "secret", "mention", "on", "language", "keyword")


@dataclass(frozen=True)
class Secret:
    """Text that is never shown: its repr and str are a short digest that tells two secrets apart."""

    value: str

    def __repr__(self) -> str:
        return f"#{hashlib.sha256(self.value.encode()).hexdigest()[:6]}"

    __str__ = __repr__


@dataclass(frozen=True)
class ChannelSetting:
    """One place that reports go to. `url` is a credential."""

    name: str
    kind: str
    url: Secret
    secret: Secret | None = None
    mention: tuple[str, ...] = ()
    on: tuple[Outcome, ...] = ()  # empty: every outcome
    language: str = ""  # empty: the deployment's
    keyword: str = ""

    @property
    def host(self) -> str:
        """The host of the URL: the only part of it that may be shown."""
        return urlsplit(self.url.value).hostname or ""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides."""

    cdn_endpoint: str = ""
    dcdn_endpoint: str = ""
    vod_endpoint: str = ""
    fc_endpoint: str = ""
    region: str = ""
    prefix: str = "refresh"
    environment: str = ""
    language: str = "en"
    channels: tuple[ChannelSetting, ...] = ()
    quota: tuple[tuple[str, float], ...] = tuple(DEFAULT_QUOTA.items())
    link_secret: Secret | None = None
    allowed_hosts: tuple[str, ...] = ()
    serve_token: Secret | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check every variable of ours.

        Raises BadInput, which names the variable and what is allowed.
        """

        def text(name: str, default: str = "") -> str:
            return environment.get(f"REFRESH_WATCH_{name}", default).strip()

        allowed_hosts = tuple(host for host in re.split(r"[,\s]+", text("ALLOWED_HOSTS").lower()) if host)
        return cls(
            cdn_endpoint=_endpoint("REFRESH_WATCH_CDN_ENDPOINT", text("CDN_ENDPOINT")),
            dcdn_endpoint=_endpoint("REFRESH_WATCH_DCDN_ENDPOINT", text("DCDN_ENDPOINT")),
            vod_endpoint=_endpoint("REFRESH_WATCH_VOD_ENDPOINT", text("VOD_ENDPOINT")),
            fc_endpoint=_endpoint("REFRESH_WATCH_FC_ENDPOINT", text("FC_ENDPOINT")),
            region=text("REGION") or environment.get("FC_REGION", ""),
            prefix=_matching("REFRESH_WATCH_PREFIX", text("PREFIX") or "refresh", r"[A-Za-z_][A-Za-z0-9_-]{0,40}"),
            environment=_printable("REFRESH_WATCH_ENVIRONMENT", text("ENVIRONMENT")),
            language=_one_of("REFRESH_WATCH_LANGUAGE", text("LANGUAGE") or "en", LANGUAGES),
            channels=read_channels(text("CHANNELS"), allowed_hosts),
            quota=_quota(text("QUOTA")),
            link_secret=_secret(text("LINK_SECRET")),
            allowed_hosts=allowed_hosts,
            serve_token=_secret(text("SERVE_TOKEN")),
        )

    def function_name(self, folder: str) -> str:
        """The deployed name of a function: ``<prefix>-<folder>``."""
        return f"{self.prefix}-{folder}"

    def channel(self, name: str) -> ChannelSetting:
        """The channel of that name. Raises BadInput when it is not configured."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        names = ", ".join(channel.name for channel in self.channels) or "none is configured (REFRESH_WATCH_CHANNELS)"
        raise BadInput("channels", name, names)

    def calls_per_second(self, operation: str) -> float:
        """The quota of an operation such as ``cdn.list``."""
        return dict(self.quota)[operation]


def read_channels(text: str, allowed_hosts: tuple[str, ...]) -> tuple[ChannelSetting, ...]:
    """Read REFRESH_WATCH_CHANNELS: a JSON array, or ``@file.json`` that holds one."""
    variable = "REFRESH_WATCH_CHANNELS"
    if not text:
        return ()
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(variable, text, f"@ and a readable JSON file ({type(error).__name__})") from None
    try:
        entries = json.loads(text)
    except ValueError as error:
        # the text holds webhook URLs: say where it breaks, never what stands there
        line = getattr(error, "lineno", 1)
        raise BadInput(variable, Described(f"text that is no JSON (line {line})"), "a JSON array of channels") from None
    if not isinstance(entries, list):
        raise BadInput(variable, Described(type(entries).__name__), "a JSON array of channels")
    channels = tuple(_channel(f"{variable}[{i}]", entry, allowed_hosts) for i, entry in enumerate(entries))
    names = [channel.name for channel in channels]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise BadInput(f"{variable}[{i}].name", name, "a name that no other channel has")
    return channels


def _channel(where: str, entry: Any, allowed_hosts: tuple[str, ...]) -> ChannelSetting:
    if not isinstance(entry, dict):
        raise BadInput(where, Described(type(entry).__name__), "an object with name, kind and url")
    for key in entry:
        if key not in _CHANNEL_KEYS:
            raise BadInput(f"{where}.{key}", key, ", ".join(_CHANNEL_KEYS))
    name = _matching(f"{where}.name", _string(where, entry, "name"), CHANNEL_NAME.pattern)
    kind = _matching(f"{where}.kind", _string(where, entry, "kind"), r"[a-z]{1,20}")
    url = _string(where, entry, "url")
    _check_url(f"{where}.url", url, allowed_hosts)
    on = tuple(_outcome(f"{where}.on", word) for word in _strings(where, entry, "on"))
    language = _string(where, entry, "language")
    return ChannelSetting(
        name=name,
        kind=kind,
        url=Secret(url),
        secret=_secret(_string(where, entry, "secret")),
        mention=_strings(where, entry, "mention"),
        on=on,
        language=_one_of(f"{where}.language", language, LANGUAGES) if language else "",
        keyword=_printable(f"{where}.keyword", _string(where, entry, "keyword")),
    )


def _check_url(where: str, url: str, allowed_hosts: tuple[str, ...]) -> None:
    # the URL is a credential: only its host is ever shown
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        raise BadInput(where, Described("text that is no URL"), "an https URL") from None
    if not host or parts.scheme not in ("http", "https"):
        raise BadInput(where, Described("text that is no http(s) URL"), "an https URL")
    if parts.username or parts.password:
        raise BadInput(where, Described(f"a URL with a user name, to {host}"), "a URL without user name and password")
    if parts.scheme == "http" and host not in allowed_hosts and f"{host}:{port}" not in allowed_hosts:
        raise BadInput(where, Described(f"http to {host}"), "https, or a host named in REFRESH_WATCH_ALLOWED_HOSTS")


def _string(where: str, entry: dict[str, Any], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise BadInput(f"{where}.{key}", Described(type(value).__name__), "a string")
    return value


def _strings(where: str, entry: dict[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise BadInput(f"{where}.{key}", Described(type(value).__name__), "a list of strings")
    return tuple(value)


def _outcome(where: str, word: str) -> Outcome:
    return Outcome(_one_of(where, word, [outcome.value for outcome in Outcome]))


def _one_of(where: str, value: str, allowed: tuple[str, ...] | list[str]) -> str:
    if value not in allowed:
        raise BadInput(where, value, ", ".join(allowed))
    return value


def _matching(where: str, value: str, pattern: str) -> str:
    if re.fullmatch(pattern, value) is None:
        raise BadInput(where, value, pattern)
    return value


def _printable(where: str, value: str) -> str:
    if len(value) > 64 or not value.isprintable():
        raise BadInput(where, value, "at most 64 printable characters")
    return value


def _secret(value: str) -> Secret | None:
    return Secret(value) if value else None


def _endpoint(variable: str, value: str) -> str:
    if not value:
        return ""
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        _ = parts.port
    except ValueError:
        raise BadInput(variable, value, "a URL such as https://host or http://127.0.0.1:8080") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.username:
        raise BadInput(variable, value, "a URL such as https://host or http://127.0.0.1:8080")
    return f"{parts.scheme}://{parts.netloc}"


def _quota(text: str) -> tuple[tuple[str, float], ...]:
    quota = dict(DEFAULT_QUOTA)
    for part in (part.strip() for part in text.split(",") if part.strip()):
        operation, _, number = part.partition("=")
        try:
            rate = float(number)
        except ValueError:
            rate = 0.0
        if operation not in quota or not 0 < rate <= 1000:
            allowed = f"{', '.join(quota)}, each = calls a second (over 0, up to 1000)"
            raise BadInput("REFRESH_WATCH_QUOTA", part, allowed)
        quota[operation] = rate
    return tuple(quota.items())
