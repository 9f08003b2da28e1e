"""The products there are, each by its word in `model.Product`, whose file here is ``<word>.py``."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

from refresh_watch.model import Product
from refresh_watch.product_specs.spec import ProductSpec


@functools.cache
def spec_of(product: Product) -> ProductSpec:
    """The data of a product: SPEC of its file. A hyphen of the word is an underscore in the file's name."""
    word = product.value.replace("-", "_")
    spec: ProductSpec = importlib.import_module(f"{__package__}.{word}").SPEC
    return spec


def spec_named(word: str) -> ProductSpec | None:
    """The data of the product of that word; None for a word that no product has."""
    return spec_of(Product(word)) if word in {product.value for product in Product} else None


@functools.cache
def all_specs() -> tuple[ProductSpec, ...]:
    """Every product, in the order of `model.Product`."""
    return tuple(spec_of(product) for product in Product)


@functools.cache
def services() -> tuple[ProductSpec, ...]:
    """Every product but the older actions of another one: each task of an account is shown by exactly one of these."""
    return tuple(spec for spec in all_specs() if spec.service is spec.product)


def default_quota() -> Mapping[str, float]:
    """Calls a second that an account may make, by operation."""
    return {operation: rate for spec in services() for operation, rate in spec.quotas.items()}


def object_types() -> tuple[str, ...]:
    """What the filter ObjectType of any product takes, in small letters, each once."""
    return tuple(dict.fromkeys(word.lower() for spec in all_specs() for word in spec.object_types))


def with_groups() -> str:
    """The words of the products that have the filter ResourceGroupId."""
    return ", ".join(spec.product for spec in all_specs() if spec.has_resource_group)


def submit_keys() -> tuple[str, ...]:
    """What the answers of submit operations call the task ids, each once."""
    return tuple(dict.fromkeys(key for spec in services() for submit in spec.submits for key in submit.answer_keys))
