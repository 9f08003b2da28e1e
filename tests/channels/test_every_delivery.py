"""What every kind of channel has to hold when reports are delivered over real sockets to its stand-in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from refresh_watch.channels.delivery.retry_policy import Abandoned, Finished, RetryLater
from refresh_watch.channels.post_outcomes import Accepted, ContentRejected, Delivered, Permanent, Temporary, TooLarge
from refresh_watch.channels.registry import adapter, check_one
from refresh_watch.errors import BadInput
from refresh_watch.report import ReportKind
from refresh_watch.settings import ChannelSetting, Secret
from refresh_watch_cli.sample_channels import sample_channel
from refresh_watch_emulator.chat_wall import KINDS, ChatWall, ScriptedAnswer, chat_kind
from tests.channels.delivering import channel_of, delivered
from tests.channels.people import PEOPLE
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import EVERY_KIND

CHATS = [kind for kind in KINDS if kind not in ("webhook", "pagerduty")]


def _answer(status: int, **body: object) -> ScriptedAnswer:
    return ScriptedAnswer(status, json.dumps(body))


TOO_LARGE = {
    "dingtalk": _answer(200, errcode=460101, errmsg="message too long, exceed 20000 bytes"),
    "discord": _answer(400, code=40005, message="Request entity too large"),
    "feishu": _answer(200, code=19036, msg="too large, max 30KB"),
    "lark": _answer(200, code=19036, msg="too large, max 30KB"),
    "slack": ScriptedAnswer(400, "msg_blocks_too_long"),
    "telegram": _answer(400, ok=False, error_code=400, description="Bad Request: message is too long"),
    "wecom": _answer(200, errcode=45002, errmsg="content size out of limit"),
}
BAD_CONTENT = {
    "dingtalk": _answer(200, errcode=430102, errmsg="text"),
    "discord": _answer(400, code=240000, message="Message blocked by harmful links filter"),
    "feishu": _answer(200, code=9499, msg="Bad Request"),
    "slack": ScriptedAnswer(400, "invalid_blocks"),
    "teams": _answer(400, error={"code": "TriggerInputSchemaMismatch", "message": "why"}),
    "telegram": _answer(400, ok=False, error_code=400, description="Bad Request: can't parse entities"),
    "wecom": _answer(200, errcode=40058, errmsg="invalid Request Parameter"),
}
MOST_AT_ONCE = {
    "dingtalk": 20,
    "discord": 5,
    "feishu": 5,
    "lark": 5,
    "pagerduty": 120,
    "slack": 10,
    "teams": 4,
    "telegram": 20,
    "wecom": 20,
}
"""How many posts the vendor takes at once: the next one is refused for a while."""

WRONG = {
    "dingtalk": ({"secret": "SEC-another-fake-secret"}, "`secret`", ""),
    "discord": ({"access_token": "fake-token-else"}, "`url`", "50027"),
    "feishu": ({"secret": "another-fake-secret"}, "`secret`", "19021"),
    "lark": ({"access_token": "fake-hook-of-another"}, "`url`", "19001"),
    "pagerduty": ({"secret": "anotherfakeroutingkey00000000000"}, "`secret`", ""),
    "slack": ({"access_token": "fake-token-else"}, "`url`", "invalid_token"),
    "teams": ({"access_token": "another-fake-signature"}, "`url`", "DirectApiAuthorizationRequired"),
    "telegram": ({"access_token": "123456:other-token"}, "token", ""),
    "webhook": ({"secret": "whsec_bmV3IGZha2Ugc2VjcmV0IG5ldyBmYWtlIHNlY3JldA=="}, "`secret`", ""),
    "wecom": ({"access_token": "fake-key-of-another"}, "`url`", "93000"),
}
"""What the chat's own setting is instead, which setting of the channel is then named, and the vendor's code."""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_delivered_with_one_post_and_only_failures_mention_people(
    wall: ChatWall, clock: HandClock, kind: str, language: str
) -> None:
    mention, people = PEOPLE.get(kind, ((), ()))
    channel = channel_of(wall, kind, mention=list(mention), language=language)
    for report in EVERY_KIND:
        delivery = delivered(channel, clock, report)
        assert (delivery.next, delivery.posts) == (Finished(), 1)
        assert type(delivery.outcome) is (Accepted if kind == "teams" else Delivered)
        clock.sleep(1.0)
    failures = [report.counts.failed > 0 or report.kind is ReportKind.BROKEN for report in EVERY_KIND]
    assert [message.mentioned for message in wall.messages] == [people if failure else () for failure in failures]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_is_too_large_goes_down_the_ladder_and_is_given_up_at_its_end(
    wall: ChatWall, clock: HandClock, kind: str
) -> None:
    channel = channel_of(wall, kind)
    wall.script(kind, "oncall", *[TOO_LARGE.get(kind, ScriptedAnswer(413, ""))] * 3)
    delivery = delivered(channel, clock)
    assert (delivery.next, delivery.posts) == (Finished(), 4)
    sizes = [len(post.raw) for post in wall.posts]
    assert sizes == sorted(sizes, reverse=True)
    if kind != "webhook":  # its report is short already
        assert len(set(sizes)) == 4
        assert "failed 6/120" in chat_kind(kind).visible_text(wall.messages[0].body)
    wall.script(kind, "oncall", *[TOO_LARGE.get(kind, ScriptedAnswer(413, ""))] * 4)
    delivery = delivered(channel, clock)
    assert isinstance(delivery.outcome, TooLarge)
    assert isinstance(delivery.next, Abandoned)


@pytest.mark.parametrize("kind", BAD_CONTENT)
def test_a_refused_content_is_sent_again_without_urls_then_as_a_fact_then_given_up(
    wall: ChatWall, clock: HandClock, kind: str
) -> None:
    channel = channel_of(wall, kind)
    wall.script(kind, "oncall", BAD_CONTENT[kind])
    delivery = delivered(channel, clock)
    assert (delivery.next, delivery.posts) == (Finished(), 2)
    text = chat_kind(kind).visible_text(wall.messages[0].body)
    assert "example.com" not in text
    assert "failed 6/120" in text
    wall.script(kind, "oncall", *[BAD_CONTENT[kind]] * 3)
    delivery = delivered(channel, clock)
    assert isinstance(delivery.outcome, ContentRejected)
    assert isinstance(delivery.next, Abandoned)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_credential_is_given_up_at_once_and_names_the_setting_to_repair(
    wall: ChatWall, clock: HandClock, kind: str
) -> None:
    instead, setting, code = WRONG.get(kind, ({"access_token": "another-fake-token"}, "`url`", ""))
    channel = channel_of(wall, kind)
    before = wall.chat(kind, "oncall")
    wall.chat(kind, "oncall", **instead)
    delivery = delivered(channel, clock)
    assert isinstance(delivery.outcome, Permanent)
    assert isinstance(delivery.next, Abandoned)
    assert setting in delivery.next.why
    assert code in delivery.next.why
    credentials = [before.secret, before.access_token, *instead.values()]
    assert [each for each in credentials if each and each in delivery.next.why] == []
    assert (delivery.posts, wall.messages) == (1, ())


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "lark"])
def test_a_chat_with_a_keyword_takes_the_message_that_carries_it(wall: ChatWall, clock: HandClock, kind: str) -> None:
    wall.chat(kind, "oncall", keyword="刷新通知")
    without = delivered(replace(channel_of(wall, kind), keyword=""), clock)
    assert isinstance(without.next, Abandoned)
    assert "`keyword`" in without.next.why
    assert delivered(channel_of(wall, kind), clock).next == Finished()


@pytest.mark.parametrize("kind", MOST_AT_ONCE)
def test_a_message_beyond_the_rate_is_limited_and_arrives_afterwards(
    wall: ChatWall, clock: HandClock, kind: str
) -> None:
    channel = channel_of(wall, kind)
    for _ in range(MOST_AT_ONCE[kind]):
        assert delivered(channel, clock).next == Finished()
    limited = delivered(channel, clock)
    assert isinstance(limited.outcome, Temporary)
    assert (limited.outcome.rate_limited, limited.posts) == (True, 1)
    assert isinstance(limited.next, RetryLater)
    assert limited.next.attempts.tries == 0, "it spends no try"
    clock.sleep(limited.next.after)
    again = delivered(channel, clock, so_far=limited.next.attempts)
    assert again.next == Finished()
    assert len(wall.messages) == MOST_AT_ONCE[kind] + 1
    if kind == "pagerduty":
        assert wall.posts[-2].raw == wall.posts[-1].raw, "one event, however often it is sent"


@pytest.mark.parametrize("kind", MOST_AT_ONCE)
def test_the_rate_that_is_kept_is_below_the_one_that_the_vendor_takes(kind: str) -> None:
    rate = adapter(kind).RATE
    assert rate is not None
    assert rate.most <= MOST_AT_ONCE[kind]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "webhook"])
def test_another_host_is_refused_with_the_vendors(kind: str) -> None:
    sample = sample_channel(kind)
    url = sample.url.value.replace(sample.host, "hooks.example.com")
    with pytest.raises(BadInput, match=r"hooks\.example\.com") as error:
        check_one(ChannelSetting("oncall", kind, Secret(url), sample.secret), ())
    assert adapter(kind).HOSTS[0] in str(error.value)
