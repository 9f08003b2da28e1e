"""The API of a product, ready to be asked; only that product's SDK is imported (0.1 to 0.2 s each)."""

from __future__ import annotations

from shared.credentials import Credentials
from shared.model import Product
from shared.products.api import ProductApi
from shared.settings import Settings


def connect(product: Product, settings: Settings, credentials: Credentials) -> ProductApi:
    """The product's API at the endpoint of the settings, or at Alibaba Cloud's own."""
    if product is Product.CDN:
        from shared.products.cdn import CdnApi

        return CdnApi(credentials, settings.cdn_endpoint)
    if product is Product.DCDN:
        from shared.products.dcdn import DcdnApi

        return DcdnApi(credentials, settings.dcdn_endpoint)
    if product is Product.VOD:
        from shared.products.vod import VodApi

        return VodApi(credentials, settings.vod_endpoint)
    from shared.products.vod_legacy import VodLegacyApi

    return VodLegacyApi(credentials, settings.vod_endpoint)
