"""What a handler's process and each of its requests are given (pages "context" and "environment variables")."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from refresh_watch_emulator.engine.manifest import ACCOUNT_ID, Function

Keys = tuple[str, str, str]
"""Access key id, secret, and security token (empty: none)."""
ENDPOINT_VARIABLE = "REFRESH_WATCH_FC_ENDPOINT"
"""Names the variable in which a handler finds Function Compute's address."""
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


def inherited() -> dict[str, str]:
    """Give what a process needs of this machine."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


def request_head(function: Function, request_id: str, keys: Keys) -> dict[str, Any]:
    """Write what a request brings besides its event: what the context says, and fresh credentials."""
    key_id, secret, token = keys
    return {
        "request_id": request_id,
        "runtime": function.runtime,
        "region": function.region,
        "account_id": ACCOUNT_ID,
        "function": {
            "name": function.name,
            "handler": function.handler,
            "memory": function.memory,
            "timeout": int(function.timeout),
        },
        "credentials": list(keys),
        "environment": {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
            **({"ALIBABA_CLOUD_SECURITY_TOKEN": token} if token else {}),
        },
    }


def environment_of(function: Function, overrides: Mapping[str, str], endpoint: str | None) -> dict[str, str]:
    """Compose a process's environment: what Function Compute sets, the function's own variables, the overrides."""
    version = "FC_VER_ID" if function.runtime == "python3.10" else "FC_FUNCTION_VERSION"
    environment = {
        **inherited(),
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        "FC_ACCOUNT_ID": ACCOUNT_ID,
        "FC_REGION": function.region,
        "FC_FUNCTION_NAME": function.name,
        "FC_FUNCTION_HANDLER": function.handler,
        "FC_FUNCTION_MEMORY_SIZE": str(function.memory),
        "FC_CUSTOM_LISTEN_PORT": "9000",
        version: "LATEST",
        **dict(function.environment),
        **overrides,
    }
    if endpoint is not None:
        environment[ENDPOINT_VARIABLE] = endpoint
    return environment
