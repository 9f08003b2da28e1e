"""All products asked at one address, such as that of the stand-in."""

from __future__ import annotations

from refresh_watch.model import Product
from refresh_watch.product_specs.registry import services


def everywhere(url: str) -> tuple[tuple[Product, str], ...]:
    """As `Settings.product_endpoints` has it."""
    return tuple((spec.product, url) for spec in services())


def endpoint_variables(url: str) -> dict[str, str]:
    """As the environment has it."""
    return {spec.endpoint_variable: url for spec in services()}
