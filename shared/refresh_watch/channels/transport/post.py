"""One HTTP POST to a channel: no redirects, no retries, a bounded answer, nothing secret in logs or errors.

Connects without any proxy, to an address that was checked, with the host's name in TLS and in the Host header: what
was checked is what is connected to, whatever DNS answers next.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from refresh_watch.channels.contract import ChannelRequest
from refresh_watch.channels.post_outcomes import Ambiguous, DeliveryOutcome, Permanent, Temporary
from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.channels.transport.addresses import host_allowed, is_public
from refresh_watch.deadline import DeadlinePassed, within
from refresh_watch.instants import Seconds

MOST_ANSWER_BYTES = 64 * 1024
CONNECT_TIMEOUT: Seconds = 5.0
_ADDRESSES_TRIED = 2
_IF_MEANT = "name the host in REFRESH_WATCH_ALLOWED_HOSTS if it is meant"


class _NoPaths(logging.Filter):
    """urllib3 writes path and query, which are credentials here, at DEBUG, and the whole URL of an answer with bad
    headers at WARNING."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


logging.getLogger("urllib3").setLevel(logging.ERROR)
for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    # with urllib3's DEBUG switched on, there is still no path
    logging.getLogger(f"urllib3.{_name}").addFilter(_NoPaths())


def post(
    request: ChannelRequest, *, allowed_hosts: tuple[str, ...], timeout: Seconds
) -> ChannelResponse | DeliveryOutcome:
    """Send it once. `timeout` bounds all of it, from the look-up of the host to the end of the answer.

    What came in time is the answer. Where no status and headers came, it is an outcome: Permanent where the address may
    not be connected to, Temporary where nothing was sent, Ambiguous where the channel may have posted it. Its reason is
    made of an error's type and a host, never of a URL. Raises nothing for what the network does.
    """
    sending = _Sending(request, timeout, time.monotonic() + timeout)
    try:
        return within(timeout, lambda: _post(sending, allowed_hosts))
    except DeadlinePassed as error:
        host = urlsplit(request.url).hostname or ""
        return sending.heard or Ambiguous(f"{error} from {host}")


@dataclass
class _Sending:
    """A request under way. `until` is an instant of time.monotonic; `heard` is the answer as far as it has come."""

    request: ChannelRequest
    timeout: Seconds
    until: float
    heard: ChannelResponse | None = None


def _post(sending: _Sending, allowed_hosts: tuple[str, ...]) -> ChannelResponse | DeliveryOutcome:
    request = sending.request
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    allowed = host_allowed(request.url, allowed_hosts)
    if parts.scheme != "https" and not allowed:
        return Permanent(f"http to {host}, which is no allowed host", hint=_IF_MEANT)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Temporary(f"{type(error).__name__}: no address of {host}")
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if request.guarded and not allowed and not all(is_public(address) for address in addresses):
        return Permanent(f"{host} has an address that is not public", hint=_IF_MEANT)
    answer: ChannelResponse | Temporary | Ambiguous = Temporary(f"no address of {host}")
    for address in addresses[:_ADDRESSES_TRIED]:
        answer = _post_to(address, port, sending)
        if not isinstance(answer, Temporary):
            break
    return answer


def _post_to(address: str, port: int, sending: _Sending) -> ChannelResponse | Temporary | Ambiguous:
    request, timeout = sending.request, sending.timeout
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    limit = urllib3.Timeout(connect=min(CONNECT_TIMEOUT, timeout), read=timeout)
    pool: HTTPConnectionPool
    if parts.scheme == "https":
        pool = HTTPSConnectionPool(address, port, timeout=limit, server_hostname=host, assert_hostname=host)
    else:
        pool = HTTPConnectionPool(address, port, timeout=limit)
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    headers = {"host": parts.netloc, "user-agent": "refresh-watch", "connection": "close", **dict(request.headers)}
    try:
        with pool:
            # a 3xx comes back as it is, and urllib3's own errors have no URL in them, only without its retries
            reply = pool.urlopen(
                "POST",
                target,
                body=request.body,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            return _read(reply, sending)
    except (ConnectTimeoutError, NewConnectionError, SSLError) as error:
        return Temporary(f"{_what(error)} to {host}")
    except (HTTPError, OSError, ValueError) as error:
        return Ambiguous(f"{_what(error)} from {host}")


def _what(error: Exception) -> str:
    """The type, and what the system says of it: words of our own machine, in which there is no URL."""
    said = next((each for each in _causes(error) if isinstance(each, OSError)), None)
    words = getattr(said, "verify_message", "") or getattr(said, "reason", "") or getattr(said, "strerror", "") or ""
    return f"{type(error).__name__} ({str(words)[:100]})" if words else type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return
        yield seen
        inner = next((each for each in seen.args if isinstance(each, BaseException)), None)
        seen = inner or seen.__cause__ or seen.__context__


def _read(reply: urllib3.BaseHTTPResponse, sending: _Sending) -> ChannelResponse:
    """The answer, its body up to MOST_ANSWER_BYTES, or as much of it as comes in time."""
    names = tuple((name.lower(), value) for name, value in reply.headers.items())
    answer = sending.heard = ChannelResponse(reply.status, b"", names, asked_at=sending.request.made_at)
    while len(answer.body) < MOST_ANSWER_BYTES and time.monotonic() < sending.until:
        chunk = reply.read1(MOST_ANSWER_BYTES - len(answer.body))
        if not chunk:
            break
        answer = sending.heard = replace(answer, body=answer.body + chunk)
    reply.close()
    return answer
