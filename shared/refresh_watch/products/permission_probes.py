"""Each RAM action that the products' APIs need, with a question that tries it and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from refresh_watch.model import ListQuery, Page, Product
from refresh_watch.products.api import ProductApi

NO_SUCH_ID = "1"
"""A well-formed task id: real ones have nine digits or more."""


@dataclass(frozen=True)
class Question:
    """`action` as RAM names it."""

    action: str
    ask: Callable[[ProductApi], Page]


def _listed(api: ProductApi) -> Page:
    return api.list_page(ListQuery(page_size=1))


def _listed_by_domain(api: ProductApi) -> Page:
    return api.list_page(ListQuery(page_size=1, domain_name="example.com", object_type="file"))


def _named(api: ProductApi) -> Page:
    return api.by_ids((NO_SUCH_ID,))


QUESTIONS: Mapping[Product, tuple[Question, ...]] = {
    Product.CDN: (Question("cdn:DescribeRefreshTasks", _listed), Question("cdn:DescribeRefreshTaskById", _named)),
    Product.DCDN: (
        Question("dcdn:DescribeDcdnRefreshTasks", _listed),
        Question("dcdn:DescribeDcdnRefreshTaskById", _named),
    ),
    Product.VOD: (Question("vod:DescribeVodRefreshTasks", _listed),),
    Product.VOD_LEGACY: (Question("vod:DescribeRefreshTasks", _listed_by_domain),),
}
