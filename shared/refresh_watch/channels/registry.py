"""The kinds of channels there are, and whether the channels that are configured can be used."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import cast

from refresh_watch.channels.contract import Adapter
from refresh_watch.channels.transport.addresses import host_allowed
from refresh_watch.errors import BadInput, Described
from refresh_watch.settings import ChannelSetting

_FOLDER = Path(__file__).parent
_ADAPTER_PARTS = ("HOSTS", "RATE", "check", "render", "classify")


def adapter(kind: str) -> Adapter:
    """The file ``<kind>.py`` of this folder. Raises BadInput, which names the kinds that exist."""
    found = _adapter(kind)
    if found is None:
        raise BadInput("kind", kind, ", ".join(kinds()))
    return found


def kinds() -> tuple[str, ...]:
    """The kinds that exist, sorted. Imports every file of this folder."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(_FOLDER)]))
    return tuple(name for name in names if _adapter(name) is not None)


def check(channels: tuple[ChannelSetting, ...], allowed_hosts: tuple[str, ...]) -> None:
    """Raise BadInput for the first channel that cannot work: unknown kind, another's host, a malformed secret."""
    for channel in channels:
        check_one(channel, allowed_hosts)


def check_one(channel: ChannelSetting, allowed_hosts: tuple[str, ...]) -> None:
    """`check` of one channel."""
    where = f"channel {channel.name}"
    found = _adapter(channel.kind)
    if found is None:
        raise BadInput(f"{where}: kind", channel.kind, ", ".join(kinds()))
    found.check(channel)  # first: it can say more of a host that the vendor has given up
    vendors = not found.HOSTS or any(_matches(channel.host, host) for host in found.HOSTS)
    if not vendors and not host_allowed(channel.url.value, allowed_hosts):
        allowed = f"{', '.join(found.HOSTS)}, or a host named in REFRESH_WATCH_ALLOWED_HOSTS"
        raise BadInput(f"{where}: url", Described(f"a URL to {channel.host}"), allowed)


def _adapter(kind: str) -> Adapter | None:
    if re.fullmatch(r"[a-z]+", kind) is None:
        return None
    name = f"{__package__}.{kind}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    return cast("Adapter", module) if all(hasattr(module, part) for part in _ADAPTER_PARTS) else None


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
