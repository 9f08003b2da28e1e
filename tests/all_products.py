"""The products there are, for tests that hold for each of them; and all of them asked at one address."""

from __future__ import annotations

from refresh_watch.model import Product
from refresh_watch.product_specs.registry import all_specs, services

WORDS = tuple(spec.product.value for spec in all_specs())
ALL_WORDS = ", ".join(WORDS)
"""What is allowed for a product, as a refusal lists it."""
SERVICES = tuple(spec.product for spec in services())
SWEPT_WORDS = ", ".join(SERVICES)
"""What a sweep takes, likewise."""
WITH_BY_ID = tuple(spec.product for spec in all_specs() if spec.by_id)
NEEDS_DOMAIN = tuple(spec.product for spec in all_specs() if spec.needs_domain_and_type)


def everywhere(url: str) -> tuple[tuple[Product, str], ...]:
    """As `Settings.product_endpoints` has it."""
    return tuple((product, url) for product in SERVICES)


def endpoint_variables(url: str) -> dict[str, str]:
    """As the environment has it."""
    return {spec.endpoint_variable: url for spec in services()}
