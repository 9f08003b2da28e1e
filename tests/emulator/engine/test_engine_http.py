"""HTTP triggers: the event that a handler gets and the answer that a client gets."""

from __future__ import annotations

import base64
import json
import socket
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from refresh_watch_emulator.engine.engine import EmbeddedEngine
from refresh_watch_emulator.engine.switches import ApiEvent, EngineSwitches
from refresh_watch_emulator.engine.worker import LogLine
from tests.emulator.engine.engine_calls import Calls, Start


class Reply:
    def __init__(self, running: EmbeddedEngine, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        connection = HTTPConnection(urlsplit(running.url).netloc, timeout=20)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        connection.close()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_problem(self) -> bool:
        return self.headers["Content-Type"] == "application/problem+json" and self.json["status"] == self.status


def test_a_handler_gets_the_v1_event(engine: Start) -> None:
    reply = Reply(engine(), "POST", "/http/door/a%20b?x=1&x=2&y=%26", b"hello", x_many="1", User_Agent="tests/1")
    assert reply.status == 200
    event = reply.json
    assert (event["version"], event["rawPath"], event["body"], event["isBase64Encoded"]) == (
        "v1",
        "/a%20b",
        "hello",
        False,
    )
    assert event["queryParameters"] == {"x": "1,2", "y": "&"}
    assert event["headers"]["X-Many"] == "1"
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"], http["protocol"]) == ("POST", "/a b", "HTTP/1.1")
    assert (http["sourceIp"], http["userAgent"]) == ("127.0.0.1", "tests/1")
    assert event["requestContext"]["requestId"] == reply.headers["X-Fc-Request-Id"]
    assert event["requestContext"]["timeEpoch"].isdigit()


def test_a_binary_body_arrives_as_base64(engine: Start) -> None:
    event = Reply(engine(), "POST", "/http/door/", b"\xff\x00").json
    assert (event["isBase64Encoded"], base64.b64decode(event["body"])) == (True, b"\xff\x00")


def test_status_headers_and_a_binary_body_of_an_answer_reach_the_client(engine: Start) -> None:
    reply = Reply(engine(), "PUT", "/http/door/", b"bytes")
    assert (reply.status, reply.headers["X-Own"], reply.body) == (201, "yes", b"\xff\x00")


def test_an_answer_without_a_status_code_is_the_body_of_a_200(engine: Start) -> None:
    reply = Reply(engine(), "POST", "/http/door/", b"plain")
    assert (reply.status, reply.json) == (200, {"no": "status code"})


@pytest.mark.parametrize("wish", ["status", "header"])
def test_an_answer_that_is_no_http_answer_is_a_502(engine: Start, wish: str) -> None:
    reply = Reply(engine(), "POST", "/http/door/", f"bad {wish}".encode())
    assert (reply.status, reply.json["Code"]) == (502, "BadResponse")


def test_a_client_sees_that_the_function_failed_but_not_why(engine: Start) -> None:
    log: list[LogLine] = []
    reply = Reply(engine(log=log.append), "POST", "/http/door/", b"fail")
    assert reply.status == 500
    assert reply.is_problem
    assert b"no one outside" not in reply.body
    assert reply.headers["X-Fc-Request-Id"] in reply.json["detail"]


def test_methods_that_the_trigger_does_not_allow_are_refused(engine: Start) -> None:
    reply = Reply(engine(), "GET", "/http/door/")
    assert (reply.status, reply.headers["Allow"], reply.is_problem) == (405, "POST, PUT", True)


def test_only_functions_with_an_http_trigger_are_reached(engine: Start) -> None:
    running = engine()
    for path in ("/http/act/", "/http/unknown/", "/http/", "/", "/elsewhere"):
        reply = Reply(running, "POST", path)
        assert (reply.status, reply.is_problem) == (404, True)


def test_an_async_request_is_accepted_before_it_runs(engine: Start) -> None:
    running = engine()
    reply = Reply(running, "POST", "/http/door/", b"fail", X_Fc_Invocation_Type="Async")
    assert (reply.status, reply.body) == (202, b"")
    assert reply.headers["X-Fc-Request-Id"]
    reply = Reply(running, "POST", "/http/door/", b"x" * 131073, X_Fc_Invocation_Type="Async")
    assert (reply.status, reply.json["title"]) == (400, "EntityTooLarge")


def test_a_route_leads_to_its_function(engine: Start) -> None:
    running = engine(routes={"/watches": "door"})
    assert Reply(running, "POST", "/watches", b"x").json["rawPath"] == "/watches"
    assert Reply(running, "POST", "/watches/1", b"x").json["rawPath"] == "/watches/1"
    assert Reply(running, "POST", "/watchesx", b"x").status == 404


def test_with_a_bearer_token_every_request_has_to_show_it_and_the_handler_does_not_see_it(engine: Start) -> None:
    running = engine(routes={"/watches": "door"}, bearer="a-long-token")
    for path in ("/watches", "/http/door/"):
        assert Reply(running, "POST", path).status == 401
        reply = Reply(running, "POST", path, Authorization="Bearer wrong")
        assert (reply.status, reply.is_problem, reply.headers["WWW-Authenticate"]) == (401, True, "Bearer")
        reply = Reply(running, "POST", path, b"x", Authorization="Bearer a-long-token")
        assert reply.status == 200
        assert b"a-long-token" not in reply.body
    assert Calls(running.url).run("test-act", {"a": 1}) == {"a": 1}  # the API has signatures


def test_without_a_token_web_pages_and_other_hosts_names_are_kept_out(engine: Start) -> None:
    running = engine(routes={"/watches": "door"})
    assert Reply(running, "POST", "/watches", b"x", Origin="https://example.com").status == 403
    assert Reply(running, "POST", "/watches", b"x", Host="rebound.example.com").status == 403
    assert Reply(running, "POST", "/watches", b"x", Origin=running.url).status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_programs_of_this_machine_are_let_in_over_ipv6_too(engine: Start) -> None:
    running = engine(host="::1")
    assert Reply(running, "POST", "/http/door/", b"x").status == 200
    assert Reply(running, "POST", "/http/door/", b"x", Host="[2001:db8::1]").status == 403
    assert Calls(running.url).run("test-act", {"a": 1}) == {"a": 1}


def test_an_api_call_to_an_http_function_arrives_plain_or_http_shaped_as_switched(engine: Start) -> None:
    plain = Calls(engine("plain.sqlite").url).run("test-door", {"a": 1})
    assert json.loads(plain["body"]) == {"a": 1}
    shaped = Calls(engine("shaped.sqlite", switches=EngineSwitches(api_event=ApiEvent.HTTP_SHAPED)).url)
    event = json.loads(shaped.run("test-door", {"a": 1})["body"])
    assert event["rawPath"] == "/2023-03-30/functions/test-door/invocations"
    assert json.loads(event["body"]) == {"a": 1}
    assert event["headers"]["Authorization"].startswith("ACS3-HMAC-SHA256 ")
    assert shaped.run("test-act", {"a": 1}) == {"a": 1}  # it has no HTTP trigger
