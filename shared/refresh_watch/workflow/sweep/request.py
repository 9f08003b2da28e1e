"""A timer's event to a sweep: which products, and how far back.

A timer trigger hands over ``{"triggerTime": "…", "triggerName": "…", "payload": "sweep cdn dcdn 3h"}`` (trigger event
formats, Function Compute 3.0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import BadInput, as_word, missing, wrong_type
from refresh_watch.instants import Instant, Seconds
from refresh_watch.model import Product
from refresh_watch.product_specs.registry import services
from refresh_watch.products.polling.window import Window
from refresh_watch.triggers.read import Event, open_event

PRODUCTS = tuple(spec.product for spec in services())
DEFAULT_HOURS = 3
MOST_HOURS = 71
"""The APIs show 72: an hour less, for clocks that differ and for the time that a sweep takes."""

YOUNGEST: Seconds = 15 * 60
"""Younger tasks are left to the pipeline that submitted them: it starts its watch when it is done, and an event of the
trail takes about ten minutes."""

COMMITTED = "found_by_sweep"
"""The key of what a sweep hands on to itself (commit.py)."""

_ALLOWED = (
    f"sweep, then products ({', '.join(PRODUCTS)}) and one number of hours (1h to {MOST_HOURS}h), "
    "such as: sweep cdn dcdn 3h"
)


@dataclass(frozen=True)
class Sweep:
    """What a timer asks for."""

    products: tuple[Product, ...] = (Product.CDN,)
    hours: int = DEFAULT_HOURS

    def window(self, now: Instant) -> Window:
        """The time in which the tasks were created, in whole seconds."""
        return Window(float(int(now - self.hours * 3600)), float(int(now - YOUNGEST)), narrow=False)


def sweep_event(event: bytes) -> Event | None:
    """A timer's event, plain or wrapped as HTTP, or what a sweep has handed on. None for anything else."""
    opened = open_event(event)
    return opened if isinstance(opened.body, dict) and ("payload" in opened.body or COMMITTED in opened.body) else None


def read_payload(payload: Any) -> Sweep:
    """Read a timer's payload: the word ``sweep``, then products and hours in any order. Raises BadInput."""
    if payload is None or payload == "" or (isinstance(payload, str) and payload.isspace()):
        raise missing("payload", _ALLOWED)
    if not isinstance(payload, str):
        raise wrong_type("payload", payload, f"a string: {_ALLOWED}")
    first, *words = payload.split()
    if first != "sweep":
        raise BadInput("payload", as_word(first), _ALLOWED)
    products: list[Product] = []
    hours: int | None = None
    for word in words:
        if word in {product.value for product in PRODUCTS}:
            products.append(Product(word))
        elif hours is None and re.fullmatch("[0-9]{1,2}h", word) and 1 <= int(word[:-1]) <= MOST_HOURS:
            hours = int(word[:-1])
        else:
            raise BadInput("payload", as_word(word), _ALLOWED)
    return Sweep(tuple(dict.fromkeys(products)) or Sweep.products, DEFAULT_HOURS if hours is None else hours)
