"""The HTTP server under the engine, the stand-in products and the chat wall: what reaches it, its bounds, its end."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from refresh_watch_emulator.web.messages import HttpRequest, HttpResponse
from refresh_watch_emulator.web.server import MOST_CONNECTIONS, MOST_HEADER_BYTES, HttpServer

Serve = Callable[..., HttpServer]
MOST_BODY = 100_000


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers; they end with the test."""
    with ExitStack() as running:

        def start(answer: Callable[[HttpRequest], HttpResponse], **options: object) -> HttpServer:
            return running.enter_context(HttpServer(answer, most_body_bytes=MOST_BODY, **options))  # type: ignore[arg-type]

        yield start


def echo(request: HttpRequest) -> HttpResponse:
    """What arrived, as JSON."""
    seen = {"method": request.method, "path": request.path, "query": request.query, "body": request.body.decode()}
    return HttpResponse(200, (("X-Seen", request.header("x-asked")),), json.dumps(seen).encode())


def ask(server: HttpServer, sent: bytes, until: bytes = b"\r\n\r\n") -> bytes:
    """What comes back for bytes that a polite client would not send."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(sent)
        received = b""
        while until not in received and (more := connection.recv(65536)):
            received += more
    return received


def test_path_query_and_headers_arrive_as_they_were_sent(serve: Serve) -> None:
    connection = HTTPConnection("127.0.0.1", serve(echo).port, timeout=20)
    connection.request("PUT", "//a%2Fb/%E4%BB%BB%20?x=%26&y=a+b&z", b"words", {"x-ASKED": "1"})
    response = connection.getresponse()
    seen = json.loads(response.read())
    assert (seen["method"], seen["path"], seen["query"]) == ("PUT", "//a%2Fb/%E4%BB%BB%20", "x=%26&y=a+b&z")
    assert (seen["body"], response.headers["X-Seen"]) == ("words", "1")
    connection.request("HEAD", "/")  # on the same connection
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    assert int(response.headers["Content-Length"]) > 0
    connection.close()


def test_a_body_in_chunks_and_one_that_waits_for_100_continue_arrive_whole(serve: Serve) -> None:
    server = serve(echo)
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert b'"body": "abcde"' in ask(server, chunked, b"}")
    waiting = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    assert ask(server, waiting).startswith(b"HTTP/1.1 100 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"no HTTP at all\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % MOST_BODY, 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * MOST_HEADER_BYTES + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
    ids=["garbage", "length", "body", "headers", "encoding"],
)
def test_what_cannot_be_taken_is_refused_with_a_problem_and_never_reaches_the_function(
    serve: Serve, sent: bytes, status: int
) -> None:
    reached: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        reached.append(request)
        return HttpResponse(200)

    server = serve(answer)
    head, _, body = ask(server, sent, b"}").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.")
    assert int(head.split()[1]) == status
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status
    assert reached == []
    assert ask(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def test_a_mistake_of_ours_is_a_500_that_says_nothing_of_it(serve: Serve) -> None:
    failures: list[Exception] = []

    def answer(request: HttpRequest) -> HttpResponse:
        raise ValueError("inner words")

    received = ask(serve(answer, failed=failures.append), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"}")
    assert received.startswith(b"HTTP/1.1 500 ")
    assert b"inner words" not in received
    assert [str(failure) for failure in failures] == ["inner words"]


def test_requests_that_wait_for_other_requests_do_not_starve_them(serve: Serve) -> None:
    """As a synchronous invocation waits for what its function asks of the engine."""
    outer = threading.Barrier(40)

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path == "/outer":
            outer.wait(60)
            assert ask(server, b"GET /inner HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        return HttpResponse(200)

    server = serve(answer)
    received: list[bytes] = []
    request = b"GET /outer HTTP/1.1\r\nHost: x\r\n\r\n"
    threads = [threading.Thread(target=lambda: received.append(ask(server, request))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.split()[1] for each in received] == [b"200"] * 40


def test_connections_beyond_the_bound_wait_for_one_to_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("refresh_watch_emulator.web.server.MOST_CONNECTIONS", 4)
    server = serve(echo)
    assert MOST_CONNECTIONS > 100  # more than any test of the products opens
    with ExitStack() as idle:
        for _ in range(8):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
        late = idle.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=0.2))
        late.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(TimeoutError):
            late.recv(100)
        assert server.open_connections <= 4
    assert ask(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_stopping_ends_idle_connections_and_does_not_wait_for_a_function_that_never_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("refresh_watch_emulator.web.server.STOPPING", 0.1)
    begun, never = threading.Event(), threading.Event()

    def answer(request: HttpRequest) -> HttpResponse:
        begun.set()
        never.wait(60)
        return HttpResponse(200)

    server = HttpServer(answer, most_body_bytes=MOST_BODY).start()
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as busy,
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as idle,
    ):
        busy.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert begun.wait(20)
        server.stop()
        assert (busy.recv(100), idle.recv(100)) == (b"", b"")
    never.set()
    server.stop()  # a second time changes nothing
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=20)


def test_a_port_that_is_taken_is_an_os_error_and_one_that_was_let_go_can_be_had_again(serve: Serve) -> None:
    first = HttpServer(echo, most_body_bytes=MOST_BODY)
    with pytest.raises(OSError, match="in use"):
        HttpServer(echo, port=first.port, most_body_bytes=MOST_BODY)
    first.stop()  # it was never started
    assert serve(echo, port=first.port).port == first.port


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_listens_on_ipv6_too(serve: Serve) -> None:
    server = serve(echo, host="::1")
    assert server.url == f"http://[::1]:{server.port}"
    connection = HTTPConnection("::1", server.port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()
