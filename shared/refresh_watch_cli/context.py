"""What a command finds around it: the settings and credentials of the environment, and the machine's clock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from refresh_watch.clock import Clock, SystemClock
from refresh_watch.credentials import Credentials, find
from refresh_watch.function_compute.connect import connect
from refresh_watch.function_compute.tasks import Engine
from refresh_watch.settings import ChannelSetting, Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class CommandContext:
    settings: Settings
    environment: Mapping[str, str]
    clock: Clock = field(default_factory=SystemClock)

    def credentials(self) -> Credentials:
        """Looked for afresh at each call. Raises NoCredentials."""
        return find(self.environment)

    def engine(self) -> Engine:
        """The deployed functions' engine; its SDK is imported at the first call."""
        return connect(self.settings, self.credentials, self.clock)

    def channels(self, names: tuple[str, ...]) -> tuple[ChannelSetting, ...]:
        """The channels of those names, checked. Raises BadInput for one that is not configured or cannot work."""
        from refresh_watch.channels.registry import check

        chosen = tuple(self.settings.channel(name) for name in names)
        check(chosen, self.settings.allowed_hosts)
        return chosen


def read_context(*, lenient_channels: bool = False) -> CommandContext:
    """Read the environment of this process. Raises BadInput for a variable that cannot be used.

    With `lenient_channels` a channel that is set wrong is kept apart (settings.broken_channels).
    """
    settings = Settings.from_environment(os.environ, lenient_channels=lenient_channels)
    forget_http_proxy(settings)
    return CommandContext(settings, os.environ)


def forget_http_proxy(settings: Settings) -> None:
    """Take HTTP_PROXY out of this process's environment when an endpoint is this machine.

    The SDKs would ask the proxy for it, and know no NO_PROXY. What goes over https keeps its HTTPS_PROXY.
    """
    products = (url for _, url in settings.product_endpoints)
    endpoints = (*products, settings.fc_endpoint, settings.sts_endpoint, settings.ram_endpoint)
    if any(urlsplit(endpoint).hostname in LOOPBACK for endpoint in endpoints):
        for name in ("HTTP_PROXY", "http_proxy"):
            os.environ.pop(name, None)
