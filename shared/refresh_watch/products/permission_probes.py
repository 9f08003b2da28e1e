"""Each RAM action that a product's API needs, with a question that tries it and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    listed = Question(spec.list_permission, _list_by_domain if spec.needs_domain_and_type else _list)
    return (listed, Question(spec.by_id_permission, _by_id)) if spec.by_id else (listed,)


def _list(api: ProductApi) -> Page:
    return api.list_page(ListQuery(page_size=1))


def _list_by_domain(api: ProductApi) -> Page:
    return api.list_page(ListQuery(page_size=1, domain_name="example.com", object_type="file"))


def _by_id(api: ProductApi) -> Page:
    return api.by_ids((NO_SUCH_ID,))
