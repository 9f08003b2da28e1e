"""Alibaba Cloud credentials, found anew for every invocation: those of Function Compute expire within hours."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.errors import NoCredentials
from refresh_watch.instants import Seconds
from refresh_watch.settings import Secret

CHAIN_SECONDS: Seconds = 5.0
"""How long Alibaba's chain may take: outside of Alibaba Cloud its last link calls an address that never answers."""

_WHAT_TO_SET = (
    "no Alibaba Cloud credentials were found; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, "
    "or run `aliyun configure`"
)


@dataclass(frozen=True)
class Credentials:
    """An access key, with a security token when it is a temporary one. Its repr shows none of them."""

    access_key_id: str
    access_key_secret: Secret
    security_token: Secret | None = None

    def __repr__(self) -> str:
        kind = "temporary" if self.security_token else "permanent"
        return f"Credentials({kind}, {Secret(self.access_key_id)!r})"


def find(
    environment: Mapping[str, str], context: object | None = None, *, chain_seconds: Seconds = CHAIN_SECONDS
) -> Credentials:
    """Look in Function Compute's context (Python 3.10), the environment, then Alibaba's own chain; call it every time.

    The 3.12 runtime's context has no credentials, its environment has (document fc/context-1).
    Raises NoCredentials, whose one line says what to set.
    """
    given = getattr(context, "credentials", None)
    found = _credentials(
        getattr(given, "access_key_id", None),
        getattr(given, "access_key_secret", None),
        getattr(given, "security_token", None),
    ) or _credentials(
        environment.get("ALIBABA_CLOUD_ACCESS_KEY_ID"),
        environment.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        environment.get("ALIBABA_CLOUD_SECURITY_TOKEN"),
    )
    return found or _from_chain(chain_seconds)


def _credentials(key_id: object, secret: object, token: object) -> Credentials | None:
    """The parts as Credentials, or None unless key id and secret are both there."""
    words = [part.strip() if isinstance(part, str) else "" for part in (key_id, secret, token)]
    if not (words[0] and words[1]):
        return None
    return Credentials(words[0], Secret(words[1]), Secret(words[2]) if words[2] else None)


def _from_chain(seconds: Seconds) -> Credentials:
    def ask() -> Credentials | None:
        model = _chain().get_credential()
        return _credentials(model.access_key_id, model.access_key_secret, model.security_token)

    try:
        found, why = within(seconds, ask), "the chain gave no access key"
    except DeadlinePassed:
        found, why = None, f"no answer within {seconds:g} s"
    except Exception as error:  # any link of the chain may raise anything
        # its text may hold a part of a secret, so only its type is shown
        found, why = None, type(error).__name__
    if found is None:
        raise NoCredentials(f"{_WHAT_TO_SET} (Alibaba's credential chain: {why})")
    return found


@functools.lru_cache(maxsize=1)
def _chain() -> Any:
    """Alibaba's chain. One for the process: each has a thread of its own, and it renews its credentials by itself."""
    from alibabacloud_credentials.client import Client

    # its loggers have handlers of their own and print a traceback for each link that finds nothing
    for name in ("alibabacloud_credentials", "credentials"):
        logging.getLogger(name).disabled = True
    return Client()
