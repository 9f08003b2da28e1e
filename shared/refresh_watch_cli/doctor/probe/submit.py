"""One URL submitted for a refresh through the product's official SDK."""

from __future__ import annotations

from typing import Any

from refresh_watch.credentials import Credentials
from refresh_watch.errors import AskAgain, BadInput
from refresh_watch.model import Product
from refresh_watch.products.sdk import body_of, client_config, runtime_options
from refresh_watch.settings import Settings

PRODUCTS = (Product.CDN, Product.DCDN, Product.VOD)
LONGEST_URL = 1024


def check_url(url: str) -> str:
    """The URL, if it is one that a refresh takes. Raises BadInput."""
    plain = url.startswith(("http://", "https://")) and url.isprintable() and " " not in url
    if not plain or len(url) > LONGEST_URL:
        raise BadInput(
            "--refresh-url", url, f"one URL of a domain of yours, http or https, up to {LONGEST_URL} characters"
        )
    return url


def submit(product: Product, url: str, settings: Settings, credentials: Credentials) -> str:
    """Submit it; answers the task's id. Raises AskAgain and RefusedForGood."""
    body = _submit(product, url, settings, credentials)
    answer = body.get("RefreshTaskId") if isinstance(body, dict) else None
    task_id = str(answer or "").partition(",")[0]
    if not task_id.isdecimal():
        raise AskAgain("the answer to the submission has no task id")
    return task_id


def _submit(product: Product, url: str, settings: Settings, credentials: Credentials) -> Any:
    options = runtime_options()
    if product is Product.CDN:
        from alibabacloud_cdn20180510.client import Client as CdnClient
        from alibabacloud_cdn20180510.models import RefreshObjectCachesRequest

        cdn = CdnClient(client_config(credentials, settings.cdn_endpoint, "cn-hangzhou"))
        cdn_request = RefreshObjectCachesRequest(object_path=url, object_type="File")
        return body_of("cdn:RefreshObjectCaches", lambda: cdn.refresh_object_caches_with_options(cdn_request, options))
    if product is Product.DCDN:
        from alibabacloud_dcdn20180115.client import Client as DcdnClient
        from alibabacloud_dcdn20180115.models import RefreshDcdnObjectCachesRequest

        dcdn = DcdnClient(client_config(credentials, settings.dcdn_endpoint, "cn-hangzhou"))
        dcdn_request = RefreshDcdnObjectCachesRequest(object_path=url, object_type="File")
        return body_of(
            "dcdn:RefreshDcdnObjectCaches", lambda: dcdn.refresh_dcdn_object_caches_with_options(dcdn_request, options)
        )
    from alibabacloud_vod20170321.client import Client as VodClient
    from alibabacloud_vod20170321.models import RefreshVodObjectCachesRequest

    vod = VodClient(client_config(credentials, settings.vod_endpoint, "cn-shanghai"))
    vod_request = RefreshVodObjectCachesRequest(object_path=url, object_type="File")
    return body_of(
        "vod:RefreshVodObjectCaches", lambda: vod.refresh_vod_object_caches_with_options(vod_request, options)
    )
