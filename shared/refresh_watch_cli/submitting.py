"""URLs submitted through a product's official SDK, by the typed method that its users call."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any

from refresh_watch.credentials import Credentials
from refresh_watch.errors import Retryable
from refresh_watch.model import Kind
from refresh_watch.product_specs.registry import services
from refresh_watch.product_specs.spec import ProductSpec

SUBMITTERS = tuple(spec.product for spec in services() if any(submit.names_urls for submit in spec.submits))
"""The products that take URLs."""


def submit(
    spec: ProductSpec, kind: Kind, urls: Sequence[str], credentials: Credentials, endpoint: str
) -> tuple[str, dict[str, Any]]:
    """Submit the URLs; answers the operation's name and its answer, which holds the task ids.

    Raises Retryable and RefusedForGood.
    """
    from refresh_watch.products.sdk import body_of, client_config, runtime_options

    action = next(submit.action for submit in spec.submits if submit.kind is kind and submit.names_urls)
    client = importlib.import_module(f"{spec.sdk}.client").Client(client_config(credentials, endpoint))
    method = getattr(client, f"{re.sub('(?<!^)(?=[A-Z])', '_', action).lower()}_with_options")
    request = getattr(importlib.import_module(f"{spec.sdk}.models"), f"{action}Request")(object_path="\n".join(urls))
    body = body_of(f"{spec.service}:{action}", lambda: method(request, runtime_options()))
    if not isinstance(body, dict):
        raise Retryable(f"{action}: the answer is no JSON object")
    return action, body
