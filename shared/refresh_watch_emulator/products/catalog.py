"""The services that the stand-in knows: the files of `services`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from refresh_watch_emulator.products import services
from refresh_watch_emulator.products.service import Service

SERVICES: tuple[Service, ...] = tuple(
    importlib.import_module(f"{services.__name__}.{found.name}").SERVICE
    for found in sorted(pkgutil.iter_modules(services.__path__), key=lambda found: found.name)
)

DEFAULT_QUOTA: Mapping[str, float] = {
    f"{service.name}.{operation}": rate for service in SERVICES for operation, rate in service.calls_per_second.items()
}
"""Calls a second and account, by service and kind of operation: ``cdn.list``, ``cdn.submit``."""

_BY_NAME = {name: service for service in SERVICES for name in service.names}
_BY_VERSION = {service.version: service for service in SERVICES}


def service_of(product: str) -> Service:
    """The service that a watch's word for a product means. Raises ValueError for a word that none has."""
    if str(product) not in _BY_NAME:
        raise ValueError(f"{product}: no file of {services.__name__} has it; those that are: {', '.join(_BY_NAME)}")
    return _BY_NAME[str(product)]


def service_of_version(version: str) -> Service | None:
    """The service whose API has that version."""
    return _BY_VERSION.get(version)
