"""The links of a message: pages of the vendor's console, without anything that a request or an API wrote."""

from __future__ import annotations

from refresh_watch.model import Product
from refresh_watch.report import Report
from refresh_watch.reports.message import Link
from refresh_watch.reports.texts import text

_VOD = "https://vod.console.aliyun.com"

CONSOLE = {
    # Alibaba Cloud's help, "Run scripts to refresh and prefetch content": its link 操作记录 (records)
    Product.CDN.value: "https://cdn.console.aliyun.com/refresh/record",
    # only documents of users name this page, none of Alibaba Cloud; the two consoles are built alike
    Product.DCDN.value: "https://dcdn.console.aliyun.com/refresh/record",
    # comments in Alibaba Cloud's VOD SDK name the host; which of its pages has the records is not known
    Product.VOD.value: _VOD,
    Product.VOD_LEGACY.value: _VOD,
}
"""The page that shows the refresh and prefetch records of a product."""


def links(report: Report, language: str) -> tuple[Link, ...]:
    """The links of a message, the most useful first."""
    url = CONSOLE.get(report.product)
    if url is None:
        return ()  # a rejected request may name a product that does not exist
    product = text(language, f"product.{report.product}")
    return (Link(text(language, "link.console", product=product), url),)
