"""From a request to a watch: its id, and its first state."""

from __future__ import annotations

import hashlib
import json

from refresh_watch.instants import Instant
from refresh_watch.model import WatchRequest
from refresh_watch.watch import Watch, WatchedItem


def watch_id(prefix: str, request: WatchRequest) -> str:
    """A short digest of what is watched: the same event delivered twice is one watch.

    To watch the same ids again, give another `request_id`. A watch by path counts rows from its submission on, so
    that instant belongs to it too.
    """
    identity = [
        prefix,
        request.product.value,
        sorted(set(request.task_ids)),
        sorted(set(request.object_paths)),
        request.request_id,
        request.submitted_at if request.object_paths else None,
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def open_watch(prefix: str, request: WatchRequest, now: Instant) -> Watch:
    """The state of a watch before its first look."""
    items = tuple(WatchedItem(item) for item in request.items)
    return Watch(watch_id(prefix, request), request, accepted_at=now, items=items, kind=request.kind)
