"""What an event is by its first bytes, as we write them ourselves: an ordinary event pays for no more than this."""

from __future__ import annotations

_HOPS = (b'{"hop":', b'{"guard":', b'{"packed":')
_PROBE = b'{"probe":'


def is_hop(event: bytes) -> bool:
    """A hop or a guard."""
    return event.startswith(_HOPS)


def may_be_probe(event: bytes) -> bool:
    """A probe as `doctor` sends it: a bare call. In an envelope it is no probe, but an event as any other."""
    return event.startswith(_PROBE)
