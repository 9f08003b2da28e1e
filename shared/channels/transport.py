"""One HTTP POST to a channel: no redirects, no retries, a bounded answer, nothing secret in logs or errors.

Connects without any proxy, to an address that was checked, with the host's name in TLS and in the Host header: what
was checked is what is connected to, whatever DNS answers next (chat-channels sheet, section 14).
"""

from __future__ import annotations

import logging
import socket
import time
from urllib.parse import urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from shared.channels.addresses import host_allowed, is_public
from shared.channels.delivery import Failing, Request, Response, TransportFailure
from shared.instants import Seconds

MOST_ANSWER_BYTES = 64 * 1024
CONNECT_TIMEOUT: Seconds = 5.0
_ADDRESSES_TRIED = 2


class _NoPaths(logging.Filter):
    """urllib3 writes path and query, which are credentials here, at DEBUG, and the whole URL of an answer with bad
    headers at WARNING."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


logging.getLogger("urllib3").setLevel(logging.ERROR)
for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    # whoever asks for urllib3's DEBUG still gets no path
    logging.getLogger(f"urllib3.{_name}").addFilter(_NoPaths())


def post(request: Request, *, allowed_hosts: tuple[str, ...], timeout: Seconds) -> Response | TransportFailure:
    """Send it once. `timeout` bounds connecting and each wait for the answer, and reading the whole answer.

    Raises nothing for what the network does: that is a TransportFailure.
    """
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    allowed = host_allowed(request.url, allowed_hosts)
    if parts.scheme != "https" and not allowed:
        return TransportFailure(Failing.NOT_ALLOWED, f"http to {host}, which is no allowed host")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return TransportFailure(Failing.NOT_SENT, f"{type(error).__name__}: no address of {host}")
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if request.guarded and not allowed and not all(is_public(address) for address in addresses):
        return TransportFailure(Failing.NOT_ALLOWED, f"{host} has an address that is not public")
    answer: Response | TransportFailure = TransportFailure(Failing.NOT_SENT, f"no address of {host}")
    for address in addresses[:_ADDRESSES_TRIED]:
        answer = _post_to(address, port, request, timeout)
        if isinstance(answer, Response) or answer.failing is not Failing.NOT_SENT:
            break
    return answer


def _post_to(address: str, port: int, request: Request, timeout: Seconds) -> Response | TransportFailure:
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
            body = _read(reply, time.monotonic() + timeout)
            names = ((name.lower(), value) for name, value in reply.headers.items())
            return Response(reply.status, body, tuple(names), asked_at=request.made_at)
    except (ConnectTimeoutError, NewConnectionError, SSLError) as error:
        return TransportFailure(Failing.NOT_SENT, f"{type(error).__name__} to {host}")
    except (HTTPError, OSError, ValueError) as error:
        return TransportFailure(Failing.MAYBE_SENT, f"{type(error).__name__} from {host}")


def _read(reply: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The answer up to MOST_ANSWER_BYTES, or as much of it as came until then."""
    body = b""
    while len(body) < MOST_ANSWER_BYTES and time.monotonic() < until:
        chunk = reply.read1(MOST_ANSWER_BYTES - len(body))
        if not chunk:
            break
        body += chunk
    reply.close()
    return body
