"""Jobs submitted through the official SDKs, as anybody would."""

from __future__ import annotations

import importlib
import re
from typing import Any
from urllib.parse import urlsplit

from refresh_watch.model import Kind, Product
from refresh_watch_cli.demo.jobs import Job

_OPERATIONS = {
    (Product.CDN, Kind.REFRESH): ("alibabacloud_cdn20180510", "RefreshObjectCaches"),
    (Product.CDN, Kind.PREFETCH): ("alibabacloud_cdn20180510", "PushObjectCache"),
    (Product.DCDN, Kind.REFRESH): ("alibabacloud_dcdn20180115", "RefreshDcdnObjectCaches"),
    (Product.DCDN, Kind.PREFETCH): ("alibabacloud_dcdn20180115", "PreloadDcdnObjectCaches"),
    (Product.VOD, Kind.REFRESH): ("alibabacloud_vod20170321", "RefreshVodObjectCaches"),
    (Product.VOD, Kind.PREFETCH): ("alibabacloud_vod20170321", "PreloadVodObjectCaches"),
}


def submit(job: Job, endpoint: str, key_id: str, secret: str) -> tuple[str, dict[str, Any]]:
    """Submit the job's URLs; answers the operation's name and its answer, which holds the task ids."""
    from alibabacloud_tea_openapi.utils_models import Config

    product = Product.VOD if job.product is Product.VOD_LEGACY else job.product
    package, operation = _OPERATIONS[product, job.kind]
    parts = urlsplit(endpoint)
    config = Config(
        access_key_id=key_id,
        access_key_secret=secret,
        region_id="cn-hangzhou",
        endpoint=parts.netloc,
        protocol=parts.scheme.upper(),
    )
    client = importlib.import_module(f"{package}.client").Client(config)
    request = getattr(importlib.import_module(f"{package}.models"), f"{operation}Request")
    method = getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
    return operation, method(request(object_path="\n".join(job.urls))).to_map()["body"]
