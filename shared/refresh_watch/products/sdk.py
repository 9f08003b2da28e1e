"""How the official SDKs are set up and called: no retries of theirs, their errors turned into ours.

Imported by the product files only: it loads Alibaba's SDK core.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from alibabacloud_tea_openapi.utils_models import Config, Params
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from refresh_watch.credentials import Credentials
from refresh_watch.products.refusals import classify

CONNECT_MS = 3000
READ_MS = 6000
"""Per socket read, not in all: the SDK has no total deadline, `calling` puts one around it."""


def client_config(credentials: Credentials, endpoint: str, region: str) -> Any:
    """The SDK's Config. `endpoint` is a URL such as ``http://127.0.0.1:8080``; empty means the region's own."""
    parts = urlsplit(endpoint)
    token = credentials.security_token
    return Config(
        access_key_id=credentials.access_key_id,
        access_key_secret=credentials.access_key_secret.value,
        security_token=token.value if token else None,
        region_id=region,
        # a scheme within Config.endpoint would end up in the Host header
        endpoint=parts.netloc or None,
        protocol=(parts.scheme or "https").upper(),
    )


def runtime_options() -> Any:
    """Time-outs in milliseconds. Retries need Config.retry_options, which nobody sets: there are none."""
    return RuntimeOptions(connect_timeout=CONNECT_MS, read_timeout=READ_MS)


def rpc(action: str, version: str, scheme: str = "HTTPS") -> Any:
    """The SDK's Params of an action that it has no typed method for, asked in the RPC style."""
    return Params(
        action=action,
        version=version,
        protocol=scheme,
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )


def body_of(action: str, call: Callable[[], Any]) -> object:
    """The answer's body as plain JSON. Raises AskAgain or RefusedForGood instead of the SDK's exceptions.

    A body that does not fit the SDK's model is left None by it, without an error; `to_map` then still has the JSON.
    """
    try:
        answer = call()
    except TeaException as error:
        # not chained: the SDK's exception holds the request with its Authorization header
        raise classify(error, action) from None
    return (answer if isinstance(answer, dict) else answer.to_map()).get("body")
