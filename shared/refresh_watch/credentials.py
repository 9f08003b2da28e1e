"""Alibaba Cloud credentials, found afresh for every invocation: those of Function Compute live for hours only."""

from __future__ import annotations

import functools
import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh_watch.errors import NoCredentials
from refresh_watch.instants import Seconds
from refresh_watch.settings import Secret

CHAIN_SECONDS: Seconds = 5.0
"""How long Alibaba's chain may take: elsewhere than there, its last link asks a metadata address that never answers."""

_WHAT_TO_SET = (
    "no Alibaba Cloud credentials were found; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, "
    "or run `aliyun configure`"
)


@dataclass(frozen=True)
class Credentials:
    """An access key, with a security token when it is a temporary one. Its repr shows no part of any."""

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
    answers: queue.SimpleQueue[Credentials | str] = queue.SimpleQueue()

    def ask() -> None:
        try:
            model = _chain().get_credential()
            found = _credentials(model.access_key_id, model.access_key_secret, model.security_token)
            answers.put(found or "the chain gave no access key")
        except Exception as error:  # whatever a link of the chain raises: nothing was found
            answers.put(type(error).__name__)

    threading.Thread(target=ask, name="credentials", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        answer = f"no answer within {seconds:g} s"
    if isinstance(answer, str):
        # a link's own words may hold what it read, so only their kind is shown
        raise NoCredentials(f"{_WHAT_TO_SET} (Alibaba's credential chain: {answer})")
    return answer


@functools.lru_cache(maxsize=1)
def _chain() -> Any:
    """Alibaba's chain. One for the process: each holds a thread of its own, and it renews what it found by itself."""
    from alibabacloud_credentials.client import Client

    # its loggers bring handlers of their own and print a traceback for each link that finds nothing
    for name in ("alibabacloud_credentials", "credentials"):
        logging.getLogger(name).disabled = True
    return Client()
