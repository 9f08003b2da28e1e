"""Our own JSON (docs/contracts.md): one watch request, or a list of them; what is good is kept, item by item."""

from __future__ import annotations

from typing import Any

from shared.errors import BadInput, Described
from shared.settings import Settings
from shared.triggers.taken import Rejected, Wanted, digest_of
from shared.watching.request import read_request

MAX_REQUESTS = 100


def read(body: Any, settings: Settings) -> tuple[Wanted | Rejected, ...]:
    """Read a decoded event. Every item becomes a request or a rejection; nothing is raised."""
    if not isinstance(body, list):
        return (_read_one(body, "", settings),)
    if not 1 <= len(body) <= MAX_REQUESTS:
        error = BadInput("event", Described(f"a list of {len(body)} requests"), f"1 to {MAX_REQUESTS} requests")
        return (Rejected(str(error), digest_of(body)),)
    return tuple(_read_one(item, f"[{i}].", settings) for i, item in enumerate(body))


def _read_one(item: Any, where: str, settings: Settings) -> Wanted | Rejected:
    try:
        request = read_request(item)
        for name in request.channels:
            settings.channel(name)
    except BadInput as error:
        given = item if isinstance(item, dict) else {}
        product, label = given.get("product"), given.get("label")
        return Rejected(
            f"{where}{error}",
            digest_of(item),
            product[:20] if isinstance(product, str) else "",
            label[:200] if isinstance(label, str) else "",
        )
    return Wanted(request)
