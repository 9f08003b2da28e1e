"""ApsaraVideo VOD's older action DescribeRefreshTasks (API 2017-03-21, document of 2020), renamed since.

Whether the gateway still knows it is not documented. The SDK has no typed method for it any more.
"""

from __future__ import annotations

from dataclasses import replace

from refresh_watch.model import Product
from refresh_watch.product_specs import vod

SPEC = replace(
    vod.SPEC,
    product=Product.VOD_LEGACY,
    list=replace(vod.SPEC.list, action="DescribeRefreshTasks"),
    object_types=("file", "path", "directory", "preload"),  # `path` is this document's own word
    needs_domain_and_type=True,
    renamed_note="vod_legacy_fallback",
)
