"""The API of a product, ready to be asked; only that product's SDK is imported (0.1 to 0.2 s each)."""

from __future__ import annotations

from refresh_watch.credentials import Credentials
from refresh_watch.model import Product
from refresh_watch.products.api import ProductApi
from refresh_watch.settings import Settings


def connect(product: Product, settings: Settings, credentials: Credentials) -> ProductApi:
    """The product's API at the endpoint of the settings, or at Alibaba Cloud's own."""
    if product is Product.CDN:
        from refresh_watch.products.cdn import CdnApi

        return CdnApi(credentials, settings.cdn_endpoint)
    if product is Product.DCDN:
        from refresh_watch.products.dcdn import DcdnApi

        return DcdnApi(credentials, settings.dcdn_endpoint)
    if product is Product.VOD:
        from refresh_watch.products.vod import VodApi

        return VodApi(credentials, settings.vod_endpoint)
    from refresh_watch.products.vod_legacy import VodLegacyApi

    return VodLegacyApi(credentials, settings.vod_endpoint)
