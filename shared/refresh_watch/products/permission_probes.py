"""Each RAM action that a product's API needs, with a question that tries it and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from refresh_watch.model import ListQuery, Page
from refresh_watch.product_specs.spec import ProductSpec
from refresh_watch.products.api import ProductApi

NO_SUCH_ID = "1"
"""A well-formed task id: real ones have nine digits or more."""


@dataclass(frozen=True)
class Question:
    """`action` as RAM names it."""

    action: str
    ask: Callable[[ProductApi], Page]


def questions_of(spec: ProductSpec) -> tuple[Question, ...]:
    """The questions that try all of the product's `permissions`."""
    query = ListQuery(page_size=1)
    if spec.needs_domain_and_type:
        query = replace(query, domain_name="example.com", object_type="file")
    listed = Question(spec.list_permission, lambda api: api.list_page(query))
    by_id = Question(spec.by_id_permission, lambda api: api.by_ids((NO_SUCH_ID,)))
    return (listed, by_id) if spec.by_id else (listed,)
