"""Reports delivered over real sockets to chats that take, refuse, limit, hang, reset and lie."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.channels.delivery.retry_policy import JITTER, PAUSES, Abandoned, Finished, RetryLater
from refresh_watch.channels.post_outcomes import Ambiguous, Delivered, Permanent, Temporary
from refresh_watch_emulator.chat_wall import HANG, HTML, RESET, ChatWall, ScriptedAnswer
from tests.channels.delivering import QUICKLY, channel_of, delivered, dripping, with_url
from tests.hand_clock import HandClock

ERROR_503 = ScriptedAnswer(503, "<html>busy</html>")


def _refusal(code: int, message: str = "") -> ScriptedAnswer:
    return ScriptedAnswer(200, f'{{"errcode":{code},"errmsg":"{message}"}}')


def test_a_webhook_whose_receiver_has_only_the_new_secret_takes_a_rotating_sender(
    wall: ChatWall, clock: HandClock
) -> None:
    old = channel_of(wall, "webhook")
    new = "whsec_" + "bmV3IGZha2Ugc2VjcmV0IG5ldyBmYWtlIHNlY3JldA=="
    wall.chat("webhook", "oncall", secret=new)
    assert isinstance(delivered(old, clock).next, Abandoned)
    assert old.secret is not None
    both = replace(old, secret=type(old.secret)(f"{new} {old.secret.value}"))
    assert delivered(both, clock).next == Finished()


@pytest.mark.parametrize("kind", ["dingtalk", "webhook"])
def test_a_server_error_is_tried_again_in_place(wall: ChatWall, clock: HandClock, kind: str) -> None:
    channel = channel_of(wall, kind)
    wall.script(kind, "oncall", ERROR_503, ERROR_503)
    delivery = delivered(channel, clock)
    assert delivery.next == Finished()
    assert delivery.posts == 3
    assert all(0.5 <= pause <= 2.0 for pause in clock.slept)


def test_a_dead_chat_is_tried_three_times_and_again_later(wall: ChatWall, clock: HandClock) -> None:
    wall.script("dingtalk", "oncall", ERROR_503, ERROR_503, ERROR_503)
    first_try_at = clock.now()
    delivery = delivered(channel_of(wall), clock)
    assert isinstance(delivery.outcome, Temporary)
    assert delivery.outcome.http_status == 503
    assert delivery.posts == 3
    assert isinstance(delivery.next, RetryLater)
    attempts = delivery.next.attempts
    assert (attempts.tries, attempts.posts, attempts.first_at) == (1, 3, first_try_at)
    assert PAUSES[0] <= delivery.next.after <= PAUSES[0] * (1 + JITTER)


def test_an_attempt_goes_on_from_where_the_last_one_ended(wall: ChatWall, clock: HandClock) -> None:
    wall.script("dingtalk", "oncall", *[ERROR_503] * 6)
    first = delivered(channel_of(wall), clock).next
    assert isinstance(first, RetryLater)
    clock.sleep(first.after)
    second = delivered(channel_of(wall), clock, so_far=first.attempts).next
    assert isinstance(second, RetryLater)
    assert (second.attempts.tries, second.attempts.posts) == (2, 6)
    assert second.attempts.first_at == first.attempts.first_at
    assert PAUSES[1] <= second.after <= PAUSES[1] * (1 + JITTER)


def test_a_host_that_refuses_the_connection_is_tried_again(wall: ChatWall, clock: HandClock) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gone = with_url(channel_of(wall), f"http://127.0.0.1:{port}/dingtalk/oncall?access_token=fake-token-1")
    delivery = delivered(gone, clock)
    assert isinstance(delivery.outcome, Temporary)
    assert delivery.outcome.reason == "NewConnectionError (Connection refused) to 127.0.0.1"
    assert isinstance(delivery.next, RetryLater)


def test_a_host_that_has_no_address_is_tried_again(wall: ChatWall, clock: HandClock) -> None:
    # a name that is too long for DNS is looked up nowhere
    nowhere = with_url(channel_of(wall, "webhook", "audit"), f"https://{'x' * 64}.example/in")
    delivery = delivered(nowhere, clock)
    assert isinstance(delivery.outcome, Temporary)
    assert "no address" in delivery.outcome.reason
    assert isinstance(delivery.next, RetryLater)


@pytest.mark.parametrize("script", [(RESET,), (HTML,), (RESET, HTML)])
def test_an_answer_that_says_nothing_is_tried_again(
    wall: ChatWall, clock: HandClock, script: tuple[ScriptedAnswer | str]
) -> None:
    wall.script("dingtalk", "oncall", *script)
    delivery = delivered(channel_of(wall), clock)
    assert delivery.next == Finished()
    assert delivery.posts == len(script) + 1


def test_a_request_that_times_out_is_not_waited_for_in_place_for_long(wall: ChatWall, clock: HandClock) -> None:
    wall.script("webhook", "audit", HANG, HANG, HANG)
    delivery = delivered(channel_of(wall, "webhook", "audit"), clock, timeout=QUICKLY)
    assert isinstance(delivery.outcome, Ambiguous)
    assert delivery.outcome.reason.endswith(" from 127.0.0.1"), "the host, and nothing of the URL but the host"
    assert isinstance(delivery.next, RetryLater)


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\nx-drip: "], ids=["status", "headers"])
def test_an_answer_that_comes_a_byte_at_a_time_is_given_up_in_time(
    wall: ChatWall, clock: HandClock, begins: bytes
) -> None:
    with dripping(begins) as (url, ran_dry):
        delivery = delivered(with_url(channel_of(wall, "webhook", "audit"), url), clock, timeout=QUICKLY)
        assert not ran_dry.is_set(), "the posts outlived their time many times over"
    assert isinstance(delivery.outcome, Ambiguous)
    assert isinstance(delivery.next, RetryLater)


@pytest.mark.parametrize("line", [b"200 OK", b"410 Gone"])
def test_a_body_that_drips_leaves_the_status_an_answer(wall: ChatWall, clock: HandClock, line: bytes) -> None:
    with dripping(b"HTTP/1.1 " + line + b"\r\ncontent-length: 50000\r\n\r\n") as (url, ran_dry):
        delivery = delivered(with_url(channel_of(wall, "webhook", "audit"), url), clock, timeout=2.0)
        assert not ran_dry.is_set(), "the body was read to its end"
    assert delivery.posts == 1
    assert delivery.outcome.http_status == int(line[:3])
    assert isinstance(delivery.outcome, Delivered if line.startswith(b"2") else Permanent)


def test_no_post_is_begun_that_could_outlast_the_attempt(wall: ChatWall, clock: HandClock) -> None:
    wall.script("dingtalk", "oncall", ERROR_503)
    delivery = delivered(channel_of(wall), clock, timeout=29.5)
    assert delivery.posts == 1
    assert isinstance(delivery.next, RetryLater)


def test_the_same_report_posted_twice_carries_the_same_webhook_id(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "webhook", "audit")
    wall.script("webhook", "audit", ScriptedAnswer(503, "posted all the same", posts=True))
    assert delivered(channel, clock).next == Finished()
    first, second = wall.messages
    assert first.id == second.id == "msg_f-0a1b2c3d"


def test_a_chat_that_has_had_its_share_is_not_posted_to_and_the_message_comes_back_for_its_place(
    wall: ChatWall, clock: HandClock
) -> None:
    channel, pacing = channel_of(wall), Pacing()
    for _ in range(20):
        assert delivered(channel, clock, pacing=pacing).next == Finished()
    waits = [delivered(channel, clock, pacing=pacing) for _ in range(21)]
    assert len(wall.posts) == 20
    turns = []
    for waiting in waits:
        assert isinstance(waiting.next, RetryLater)
        assert (waiting.posts, waiting.next.attempts.tries, waiting.next.attempts.booked) == (0, 0, True)
        turns.append(waiting.next.after)
    assert turns == [63.0] * 20 + [126.0]
    clock.sleep(63)
    for waiting in waits[:20]:
        assert isinstance(waiting.next, RetryLater)
        assert delivered(channel, clock, pacing=pacing, so_far=waiting.next.attempts).next == Finished()
    assert len(wall.messages) == 40


def test_a_rung_that_was_reached_is_not_climbed_again(wall: ChatWall, clock: HandClock) -> None:
    wall.script("dingtalk", "oncall", _refusal(430101, "unsafe link"), ERROR_503, ERROR_503, ERROR_503)
    first = delivered(channel_of(wall), clock).next
    assert isinstance(first, RetryLater)
    clock.sleep(first.after)
    second = delivered(channel_of(wall), clock, so_far=first.attempts)
    assert (second.next, second.posts) == (Finished(), 1)
    assert "example.com" not in str(wall.messages[0].body)


def test_a_pause_longer_than_function_compute_can_delay_is_kept_all_the_same(wall: ChatWall, clock: HandClock) -> None:
    channel = channel_of(wall, "webhook", "audit")
    wall.script("webhook", "audit", ScriptedAnswer(429, "", (("retry-after", "7200"),)))
    asked = clock.now()
    following = delivered(channel, clock).next
    while isinstance(following, RetryLater):
        assert following.after <= 3599
        clock.sleep(following.after)
        following = delivered(channel, clock, so_far=following.attempts).next
    assert following == Finished()
    assert [post.at - asked >= 7200 for post in wall.posts] == [False, True]
    assert len(wall.posts) == 2


def test_a_pause_that_one_delivery_was_given_holds_for_the_others_of_the_instance(
    wall: ChatWall, clock: HandClock
) -> None:
    channel, pacing = channel_of(wall), Pacing(2)
    wall.script("dingtalk", "oncall", _refusal(130101, "send too fast"))
    assert isinstance(delivered(channel, clock, pacing=pacing).next, RetryLater)
    for _ in range(5):
        other = delivered(channel, clock, pacing=pacing)
        assert isinstance(other.next, RetryLater)
        assert other.next.after == 600
    assert len(wall.posts) == 1
    assert delivered(channel_of(wall, "webhook", "audit"), clock, pacing=pacing).next == Finished()


def test_a_refused_timestamp_is_signed_once_more_and_then_given_up_as_clock_skew(
    wall: ChatWall, clock: HandClock
) -> None:
    wall.script("dingtalk", "oncall", _refusal(310000, "invalid timestamp"))
    assert delivered(channel_of(wall), clock).next == Finished()
    wall.script("dingtalk", "oncall", *[_refusal(310000, "invalid timestamp")] * 2)
    delivery = delivered(channel_of(wall), clock)
    assert delivery.posts == 2
    assert isinstance(delivery.next, Abandoned)
    assert "set the clock" in delivery.next.why


@pytest.mark.parametrize("kind", ["dingtalk", "webhook"])
def test_a_redirect_is_not_followed(wall: ChatWall, clock: HandClock, kind: str) -> None:
    elsewhere = wall.url("webhook", "elsewhere")
    wall.script(kind, "oncall", ScriptedAnswer(302, "", (("location", elsewhere),)))
    delivery = delivered(channel_of(wall, kind), clock)
    assert isinstance(delivery.next, Abandoned)
    assert "redirects are not followed" in delivery.next.why
    assert [post.chat for post in wall.posts] == ["oncall"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_pause_that_the_receiver_asks_for_is_not_waited_for_in_place(
    wall: ChatWall, clock: HandClock, status: int
) -> None:
    wall.script("webhook", "audit", ScriptedAnswer(status, "", (("retry-after", "120"),)))
    delivery = delivered(channel_of(wall, "webhook", "audit"), clock)
    assert delivery.posts == 1
    assert clock.slept == []
    assert isinstance(delivery.next, RetryLater)
    assert 120 <= delivery.next.after <= (180 if status == 429 else 132)


def test_a_short_pause_that_the_receiver_asks_for_is_kept_in_place(wall: ChatWall, clock: HandClock) -> None:
    wall.script("webhook", "audit", ScriptedAnswer(503, "", (("retry-after", "2"),)))
    assert delivered(channel_of(wall, "webhook", "audit"), clock).next == Finished()
    assert clock.slept == [2.0]


def test_a_webhook_at_a_private_address_is_refused_unless_its_host_is_allowed(wall: ChatWall, clock: HandClock) -> None:
    # an https URL needs no allowed host to be configured; the address is what is looked at
    channel = channel_of(wall, "webhook", "audit")
    for host in ("127.0.0.2", "[::ffff:100.100.100.200]", "100.100.100.200", "169.254.169.254"):
        delivery = delivered(with_url(channel, f"https://{host}:{wall.port}/webhook/audit"), clock)
        assert isinstance(delivery.next, Abandoned), host
        assert "not public" in delivery.next.why
    assert wall.posts == ()


def test_plain_http_to_a_host_that_is_not_allowed_is_refused(wall: ChatWall, clock: HandClock) -> None:
    plain = with_url(channel_of(wall, "webhook", "audit"), f"http://127.0.0.2:{wall.port}/webhook/audit")
    delivery = delivered(plain, clock)
    assert isinstance(delivery.next, Abandoned)
    assert wall.posts == ()


def test_a_host_name_is_sent_in_the_host_header_though_its_address_is_connected_to(
    wall: ChatWall, clock: HandClock
) -> None:
    named = with_url(channel_of(wall, "webhook", "audit"), f"http://localhost:{wall.port}/webhook/audit")
    assert delivered(named, clock).next == Finished()
    assert wall.posts[0].header("host") == f"localhost:{wall.port}"


def test_an_endless_answer_is_read_up_to_a_bound(wall: ChatWall, clock: HandClock) -> None:
    wall.script("webhook", "audit", ScriptedAnswer(400, "x" * 5_000_000))
    delivery = delivered(channel_of(wall, "webhook", "audit"), clock)
    assert len(delivery.outcome.vendor_message) == 256


def test_a_channel_that_is_not_set_right_is_given_up_without_a_post(wall: ChatWall, clock: HandClock) -> None:
    delivery = delivered(replace(channel_of(wall), kind="pigeon"), clock)
    assert delivery.posts == 0
    assert isinstance(delivery.next, Abandoned)
    assert "dingtalk" in delivery.next.why
