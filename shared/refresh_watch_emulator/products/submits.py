"""The operations that start tasks."""

from __future__ import annotations

from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.products.call import Call, bad
from refresh_watch_emulator.products.service import Service, SubmitTasks
from refresh_watch_emulator.products.world import World, domain_of

LONGEST_URL = 1024


def submit(world: World, service: Service, operation: SubmitTasks, call: Call, now: Instant) -> dict[str, Any]:
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
    return {operation.answer_key: ",".join(world.submit(service.name, urls, object_type, now))}


def _refresh_type(operation: SubmitTasks, call: Call) -> str:
    object_type = (call.get("ObjectType") or "File").lower()
    if object_type not in operation.object_types:
        raise bad("InvalidObjectType.Malformed", "The specified ObjectType is invalid.")
    return "file" if object_type in ("exquery", "ignoreparams") else object_type
