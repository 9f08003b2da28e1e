"""The API of a product, ready to be asked; only that product's SDK is imported (0.1 to 0.2 s each)."""

from __future__ import annotations

from refresh_watch.credentials import Credentials
from refresh_watch.model import Product
from refresh_watch.product_specs.registry import spec_of
from refresh_watch.products.api import ProductApi
from refresh_watch.products.client import ProductClient
from refresh_watch.settings import Settings


def connect(product: Product, settings: Settings, credentials: Credentials) -> ProductApi:
    """The product's API at the endpoint of the settings, or at Alibaba Cloud's own."""
    from refresh_watch.products.sdk import caller_of

    spec = spec_of(product)
    return ProductClient(spec, caller_of(spec, credentials, settings.endpoint_of(product)))
