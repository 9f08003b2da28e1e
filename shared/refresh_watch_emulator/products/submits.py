"""The operations that start tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.products.call import Call, bad
from refresh_watch_emulator.products.world import World, domain_of

LONGEST_URL = 1024

_REFRESH_TYPES: Mapping[str, tuple[str, ...]] = {
    "cdn": ("file", "directory", "regex", "exquery"),
    "dcdn": ("file", "directory", "regex", "ignoreparams"),
    "vod": ("file", "directory", "ignoreparams"),
}


@dataclass(frozen=True)
class Submit:
    """One submit operation. `answer_key` holds the comma-joined ids in its answer."""

    service: str
    answer_key: str
    is_prefetch: bool = False
    most_urls: int = 1000
    most_directories: int = 100
    most_domains: int | None = None


def submit(world: World, operation: Submit, call: Call, now: Instant) -> dict[str, Any]:
    """Start tasks for the URLs of ObjectPath (joined by newlines). Raises ApiError."""
    text = call.get("ObjectPath")
    if not text:
        raise bad("MissingObjectPath", "ObjectPath is mandatory for this action.")
    urls = [line.strip() for line in text.splitlines() if line.strip()]
    object_type = "preload" if operation.is_prefetch else _refresh_type(operation, call)
    most = operation.most_directories if object_type in ("directory", "regex") else operation.most_urls
    too_many_domains = operation.most_domains is not None and len({*map(domain_of, urls)}) > operation.most_domains
    if len(urls) > most or too_many_domains:
        raise bad("InvalidObjectPath.ExceedsLimit", "The number of specified ObjectPath exceeds the limit.")
    for url in urls:
        is_directory_like = object_type != "directory" or url.endswith("/")
        if len(url) > LONGEST_URL or not domain_of(url) or not is_directory_like:
            raise bad("InvalidObjectPath.Malformed", "The specified ObjectPath is invalid.")
    return {operation.answer_key: ",".join(world.submit(operation.service, urls, object_type, now))}


def _refresh_type(operation: Submit, call: Call) -> str:
    object_type = (call.get("ObjectType") or "File").lower()
    if object_type not in _REFRESH_TYPES[operation.service]:
        raise bad("InvalidObjectType.Malformed", "The specified ObjectType is invalid.")
    return "file" if object_type in ("exquery", "ignoreparams") else object_type
