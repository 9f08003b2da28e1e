"""The environment, read once into one frozen `Settings` (docs/settings.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.checks import check_url, endpoint, matching, one_of, printable, rates, whole_number
from refresh_watch.deployment import Deployment
from refresh_watch.errors import BadInput, Described, as_word, missing, wrong_type
from refresh_watch.model import CHANNEL_NAME, Outcome, Product
from refresh_watch.product_specs.registry import default_quota, services, spec_of

PREFIX_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
"""What the names of functions and of their roles begin with: a function's may have a _, a role's may not."""
PREFIX_ALLOWED = "letters, digits and hyphens, beginning with a letter, at most 41"
LANGUAGES = ("en", "zh")
DEFAULT_QUOTA = default_quota()
"""Calls a second and account, by operation such as ``cdn.list``."""

MOST_INSTANCES = 300
"""Function Compute's instances an account and region (limits page, 2026)."""

_CHANNELS = "REFRESH_WATCH_CHANNELS"
_KIND = "a kind such as dingtalk, feishu, slack, in small letters (docs/channels.md has all)"
_CHANNEL_KEYS = ("name", "kind", "url", "secret", "mention", "on", "language", "keyword", "fallback")


@dataclass(frozen=True)
class Secret:
    """Text that is never shown: its repr and str are a short digest by which two secrets differ."""

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
    fallback: str = ""  # the channel that gets what this one cannot deliver

    @property
    def host(self) -> str:
        """The host of the URL: the only part of it that may be shown."""
        return urlsplit(self.url.value).hostname or ""


Broken = tuple[tuple[str, BadInput], ...]
"""Channels with a mistake: the name of each, and the mistake."""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides."""

    product_endpoints: tuple[tuple[Product, str], ...] = ()
    fc_endpoint: str = ""
    sts_endpoint: str = ""
    ram_endpoint: str = ""
    region: str = ""
    account: str = ""
    prefix: str = "refresh"
    environment: str = ""
    language: str = "en"
    channels: tuple[ChannelSetting, ...] = ()
    broken_channels: Broken = ()  # only where they are read leniently
    quota: tuple[tuple[str, float], ...] = tuple(DEFAULT_QUOTA.items())
    instances: int = 1  # of this function, at most: they share the quota, or the limit of a chat
    allowed_hosts: tuple[str, ...] = ()
    serve_token: Secret | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, lenient_channels: bool = False) -> Settings:
        """Read and check every variable of ours.

        With `lenient_channels` a channel with a mistake goes to `broken_channels`, and the others work.
        Raises BadInput, which names the variable and what is allowed.
        """

        def text(name: str, default: str = "") -> str:
            return environment.get(f"REFRESH_WATCH_{name}", default).strip()

        allowed_hosts = tuple(
            matching("REFRESH_WATCH_ALLOWED_HOSTS", host, r"[\w.:-]+", "hosts such as hooks.internal, 127.0.0.1:8080")
            for host in re.split(r"[,\s]+", text("ALLOWED_HOSTS").lower())
            if host
        )
        listed = text("CHANNELS")
        channels, broken_channels = (
            _read_channels(listed, allowed_hosts) if lenient_channels else (read_channels(listed, allowed_hosts), ())
        )
        region = text("REGION") or environment.get("FC_REGION", "")
        return cls(
            product_endpoints=_product_endpoints(environment),
            fc_endpoint=endpoint("REFRESH_WATCH_FC_ENDPOINT", text("FC_ENDPOINT")),
            sts_endpoint=endpoint("REFRESH_WATCH_STS_ENDPOINT", text("STS_ENDPOINT")),
            ram_endpoint=endpoint("REFRESH_WATCH_RAM_ENDPOINT", text("RAM_ENDPOINT")),
            region=matching("REFRESH_WATCH_REGION", region, r"[a-z0-9-]{0,40}", "a region such as cn-hangzhou"),
            account=environment.get("FC_ACCOUNT_ID", ""),
            prefix=matching(
                "REFRESH_WATCH_PREFIX", text("PREFIX") or "refresh", PREFIX_PATTERN.pattern, PREFIX_ALLOWED
            ),
            environment=printable("REFRESH_WATCH_ENVIRONMENT", text("ENVIRONMENT")),
            language=one_of("REFRESH_WATCH_LANGUAGE", text("LANGUAGE") or "en", LANGUAGES),
            channels=channels,
            broken_channels=broken_channels,
            quota=rates("REFRESH_WATCH_QUOTA", text("QUOTA"), DEFAULT_QUOTA),
            instances=whole_number("REFRESH_WATCH_INSTANCES", text("INSTANCES") or "1", 1, MOST_INSTANCES),
            allowed_hosts=allowed_hosts,
            serve_token=_secret(text("SERVE_TOKEN")),
        )

    def endpoint_of(self, product: Product) -> str:
        """The URL at which a product is asked; empty for its own host."""
        return dict(self.product_endpoints).get(spec_of(product).service, "")

    @property
    def deployment(self) -> Deployment:
        """What distinguishes this deployment from another."""
        return Deployment(self.environment, self.region, self.account)

    def function_name(self, folder: str) -> str:
        """The deployed name of a function: ``<prefix>-<folder>``."""
        return f"{self.prefix}-{folder}"

    def channel(self, name: str) -> ChannelSetting:
        """The channel of that name. Raises BadInput when it is not configured, or is set wrong."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        for broken, problem in self.broken_channels:
            if broken == name:
                raise problem
        names = ", ".join(channel.name for channel in self.channels) or "none is configured (REFRESH_WATCH_CHANNELS)"
        raise BadInput("channels", as_word(name), names)

    def calls_per_second(self, operation: str) -> float:
        """The quota of an operation such as ``cdn.list``."""
        return dict(self.quota)[operation]


def read_channels(text: str, allowed_hosts: tuple[str, ...]) -> tuple[ChannelSetting, ...]:
    """Read REFRESH_WATCH_CHANNELS: a JSON array, or ``@file.json`` that holds one. Raises BadInput."""
    channels, broken = _read_channels(text, allowed_hosts)
    if broken:
        raise broken[0][1]
    _check_fallbacks(channels)
    return channels


def _check_fallbacks(channels: tuple[ChannelSetting, ...]) -> None:
    # where channels are read leniently, a fallback that does not exist fails alone
    for i, channel in enumerate(channels):
        others = [other.name for other in channels if other is not channel]
        if channel.fallback and channel.fallback not in others:
            names = ", ".join(others) or "no fallback: there is no other channel"
            raise BadInput(f"{_CHANNELS}[{i}].fallback", as_word(channel.fallback), names)


def _read_channels(text: str, allowed_hosts: tuple[str, ...]) -> tuple[tuple[ChannelSetting, ...], Broken]:
    """The channels, and the entries with a mistake. Raises BadInput when the text cannot be split into entries."""
    channels: dict[str, ChannelSetting] = {}
    problems: list[tuple[int, Any, BadInput]] = []
    for i, entry in enumerate(_entries(text)):
        found = _channel_or_problem(f"{_CHANNELS}[{i}]", entry, allowed_hosts, channels)
        if isinstance(found, BadInput):
            problems.append((i, entry, found))
        else:
            channels[found.name] = found
    broken: dict[str, BadInput] = {}
    for i, entry, problem in problems:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not CHANNEL_NAME.fullmatch(name) or name in channels or name in broken:
            # task ids hold it, so it looks like a name; it is longer than a name may be, so no channel has it
            name = f"entry_{i}_of_refresh_watch_channels"
        broken[name] = problem
    return tuple(channels.values()), tuple(broken.items())


def _entries(text: str) -> list[Any]:
    # the text holds webhook URLs: an error says what is wrong with it and repeats nothing of it
    if not text:
        return []
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            named = Described("@ without the name of a file") if re.search(r'[{"?]|://', text) else text
            raise BadInput(_CHANNELS, named, f"@ and a readable JSON file ({type(error).__name__})") from None
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise BadInput(
            _CHANNELS, Described(f"text that is not JSON (line {line})"), "a JSON array of channels"
        ) from None
    if not isinstance(entries, list):
        raise wrong_type(_CHANNELS, entries, "a JSON array of channels")
    return entries


def _channel_or_problem(
    where: str, entry: Any, allowed_hosts: tuple[str, ...], names: Container[str]
) -> ChannelSetting | BadInput:
    try:
        return _channel(where, entry, allowed_hosts, names)
    except BadInput as problem:
        return problem


def _channel(where: str, entry: Any, allowed_hosts: tuple[str, ...], names: Container[str]) -> ChannelSetting:
    if not isinstance(entry, dict):
        raise wrong_type(where, entry, "an object with name, kind and url")
    for key in entry:
        if key not in _CHANNEL_KEYS:
            raise BadInput(f"{where}: key", as_word(key), ", ".join(_CHANNEL_KEYS))
    for key in ("name", "kind", "url"):
        if entry.get(key, "") == "":
            raise missing(f"{where}.{key}", "a string")
    text = {key: _string(where, entry, key) for key in _CHANNEL_KEYS if key not in ("mention", "on")}
    mention, on = (_strings(where, entry, key) for key in ("mention", "on"))
    name = matching(f"{where}.name", text["name"], CHANNEL_NAME.pattern)
    if name in names:
        raise BadInput(f"{where}.name", as_word(name), "a name that no other channel has")
    kind = matching(f"{where}.kind", text["kind"], r"[a-z]{1,20}", _KIND)
    check_url(f"{where}.url", text["url"], allowed_hosts)
    return ChannelSetting(
        name=name,
        kind=kind,
        url=Secret(text["url"]),
        secret=_secret(text["secret"]),
        mention=mention,
        on=tuple(Outcome(one_of(f"{where}.on", word, [outcome.value for outcome in Outcome])) for word in on),
        language=one_of(f"{where}.language", text["language"], LANGUAGES) if text["language"] else "",
        keyword=printable(f"{where}.keyword", text["keyword"]),
        fallback=text["fallback"],
    )


def _string(where: str, entry: dict[str, Any], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise wrong_type(f"{where}.{key}", value, "a string")
    return value


def _strings(where: str, entry: dict[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise wrong_type(f"{where}.{key}", value, "a list of strings")
    for i, word in enumerate(value):
        if not isinstance(word, str):
            raise wrong_type(f"{where}.{key}[{i}]", word, "a string")
    return tuple(value)


def _secret(value: str) -> Secret | None:
    return Secret(value) if value else None


def _product_endpoints(environment: Mapping[str, str]) -> tuple[tuple[Product, str], ...]:
    given = ((spec, environment.get(spec.endpoint_variable, "").strip()) for spec in services())
    return tuple((spec.product, endpoint(spec.endpoint_variable, url)) for spec, url in given if url)
