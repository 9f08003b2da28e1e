"""How the official SDKs are set up and called: no retries of theirs, their errors turned into ours.

Imported only where an API is about to be called: it loads Alibaba's SDK core.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from refresh_watch.credentials import Credentials
from refresh_watch.product_specs.spec import ProductSpec
from refresh_watch.products.refusals import classify

CONNECT_MS = 3000
READ_MS = 6000
"""Per socket read, not in all: the SDK has no total deadline, `calling` puts one around it."""


def caller_of(spec: ProductSpec, credentials: Credentials, endpoint: str) -> Callable[[str, Mapping[str, str]], object]:
    """How `ProductClient` calls a product. `endpoint`: a URL; empty for the product's own host.

    By the generic call of its SDK's client, which the typed methods make too: its answer is the JSON as it came.
    """
    config = client_config(credentials, endpoint or f"https://{spec.host}")
    client = importlib.import_module(f"{spec.sdk}.client").Client(config)
    options = runtime_options()

    def call(permission: str, parameters: Mapping[str, str]) -> object:
        operation = rpc(permission.partition(":")[2], spec.version)
        request = OpenApiRequest(query=dict(parameters))
        return body_of(permission, lambda: client.call_api(operation, request, options))

    return call


def client_config(credentials: Credentials, endpoint: str) -> Any:
    """The SDK's Config. `endpoint` is a URL such as ``http://127.0.0.1:8080``."""
    parts = urlsplit(endpoint)
    token = credentials.security_token
    return Config(
        access_key_id=credentials.access_key_id,
        access_key_secret=credentials.access_key_secret.value,
        security_token=token.value if token else None,
        # a scheme within Config.endpoint would end up in the Host header
        endpoint=parts.netloc,
        protocol=parts.scheme.upper(),
    )


def runtime_options() -> Any:
    """Time-outs in milliseconds. Retries need Config.retry_options, which is not set: there are none."""
    return RuntimeOptions(connect_timeout=CONNECT_MS, read_timeout=READ_MS)


def rpc(action: str, version: str) -> Any:
    """The SDK's Params of an action in the RPC style, for its generic call. The scheme is that of `client_config`."""
    return Params(
        action=action,
        version=version,
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )


def body_of(action: str, call: Callable[[], Any]) -> object:
    """The answer's body as plain JSON. Raises Retryable or RefusedForGood instead of the SDK's exceptions."""
    try:
        answer = call()
    except TeaException as error:
        # not chained: the SDK's exception holds the request with its Authorization header
        raise classify(error, action) from None
    return (answer if isinstance(answer, dict) else answer.to_map()).get("body")
