"""What each kind accepts of a channel's setting: its URL, its secret, its mentions. No refusal shows a credential."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from refresh_watch.channels.registry import adapter, kinds
from refresh_watch.errors import BadInput
from refresh_watch.settings import Secret
from refresh_watch_cli.sample_channels import sample_channel

GUID = "00000000-1111-2222-3333-444444444444"
FLOW = "https://fake.environment.api.powerplatform.com/powerautomate/automations/direct"
BOT = "https://api.telegram.org/bot123456:fake-token"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

URLS = {
    "dingtalk": ("access_token", ["https://oapi.dingtalk.com/robot/send?token=fake-token"]),
    "discord": (
        "/api/webhooks/ID/TOKEN",
        [
            f"https://discord.com{path}"
            for path in (
                "/",
                "/api/webhooks/1",
                "/api/webhooks/fake-token/1",
                "/api/webhooks/1/fake-token/slack",
                "/api/webhooks/1/fake-token/github",
            )
        ],
    ),
    "feishu": (
        "/open-apis/bot/v2/hook/",
        [
            f"https://open.feishu.cn{path}"
            for path in (
                "",
                "/open-apis/bot/v2/hook/",
                "/open-apis/bot/hook/fake-token-of-v1",
                "/open-apis/bot/v2/hook/fake-token/more",
            )
        ],
    ),
    "pagerduty": ("/v2/enqueue", ["https://events.pagerduty.com/generic/2010-04-15/create_event.json"]),
    "slack": (
        "/services/",
        [
            f"https://hooks.slack.com{path}"
            for path in (
                "/",
                "/services/T0FAKE000/B0FAKE000",
                "/workflows/T0/A0/1/fake-token",
                "/triggers/T0/1/fake-token",
            )
        ],
    ),
    "teams": (
        "sig|/workflows/|retired Office 365 connector.*Workflows",
        [
            f"{FLOW}/workflows/fake-token/triggers/manual/paths/invoke?api-version=1",
            f"{FLOW}?sig=fake-token",
            "https://fake.environment.api.powerplatform.com/",
            "https://example.webhook.office.com/webhookb2/fake-token@fake/IncomingWebhook/fake-token/fake",
            "https://outlook.office.com/webhook/fake-token/IncomingWebhook/fake",
        ],
    ),
    "telegram": (
        "/bot<token>/sendMessage|chat_id|message_thread_id",
        [
            "https://api.telegram.org/sendMessage?chat_id=-1",
            f"{BOT}/getMe?chat_id=-1",
            f"{BOT}/sendMessage",
            f"{BOT}/sendMessage?chat_id=our%20group",
            f"{BOT}/sendMessage?chat_id=-1&message_thread_id=x",
            f"{BOT}/sendMessage?chat_id=-1&text=hi",
        ],
    ),
    "wecom": (
        "key=",
        [
            f"https://qyapi.weixin.qq.com{rest}"
            for rest in (
                "/cgi-bin/webhook/send",
                "/cgi-bin/webhook/send?key=",
                "/cgi-bin/message/send?access_token=fake-token",
                "/?key=fake-token",
            )
        ],
    ),
}
SECRETS = {
    "dingtalk": ("a text that does not begin with SEC", ["fake-token"]),
    "pagerduty": ("32", [None, "fake-token", "fakeroutingkeyofoncall!!!!!!!!!!", "f" * 33]),
    "webhook": (
        "whsec_",
        [
            None,
            "fake-token",
            "whsec_",
            "whsec_!!!!",
            "whsec_" + base64.b64encode(b"x" * 23).decode(),
            "whsec_" + base64.b64encode(b"x" * 65).decode(),
            f"{KEY} {KEY} {KEY}",
            f"{KEY} plain",
        ],
    ),
}
MENTIONS = {
    "dingtalk": ("phone number", ["13800000000 and friends"]),
    "discord": ("role id", ["ann", "@ann", "<#80351110224678912>", "123", "<@80351110224678912> @everyone", ""]),
    "feishu": (
        "an open_id",
        ["13800000000", "+852-12345678", "on_0a1b2c3d", "a@example.com", "ou_1></at><at id=all", "two people", "刷新"],
    ),
    "pagerduty": ("escalation policy", ["all"]),
    "slack": ("subteam", ["ann", "#general", "<#C024BE7LH>", "13800000000", "<!date^1^x|y>", "<@U1> hello", ""]),
    "teams": (
        "user@example.com",
        ["all", "@ann", "Ann Lee", GUID, "Ann|", "<at>Ann</at>|ann@example.com", "a|b|ann@example.com", "ann@example"],
    ),
    "telegram": ("@username", ["oncall_team", "all", "@all everyone", "@x", "0", "@oncall<b>", "12:3"]),
    "webhook": ("machines", ["all"]),
    "wecom": ("user id, a phone number, or all", ["two people", "<@all>", "", "@zhangsan", "张三", "+852 1234"]),
}
MOST = {
    "discord": ("<@80351110224678000>", 50),
    "feishu": ("ou_1", 20),
    "slack": ("U024BE700", 50),
    "wecom": ("li", 20),
}
ACCEPTED = {
    "dingtalk": {"mention": ("13800000000", "+852-12345678", "@manager01", "all")},
    "discord": {"mention": ("<@80351110224678912>", "<@&165511591545143296>", "@here")},
    "feishu": {"mention": ("ou_0a1b2c3d", "7f8a9b2c", "li.lei", "all", "@all")},
    "pagerduty": {"url": "https://gateway.example.com/pagerduty/v2/enqueue", "secret": "R" * 32},
    "slack": {"mention": ("<@U024BE7LH>", "<!subteam^SAZ94GDB8>", "<!here>", "all")},
    "teams": {
        "url": "https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=fake",
        "mention": ("ann@example.com", "Ann of Org|ann@example.org", "o'neil_guest.com#EXT#@example.onmicrosoft.com"),
    },
    "telegram": {"url": "https://gateway.example.com/chat/telegram/bot1:x/sendMessage?chat_id=@our_channel"},
    "webhook": {"secret": f"{KEY} whsec_{base64.b64encode(b'x' * 64).decode()}"},
    "wecom": {"mention": ("zhangsan", "13800001111", "+852-12345678", "all")},
}


def _refused(kind: str, match: str, **changes: object) -> str:
    with pytest.raises(BadInput, match=rf"channel oncall: .*({match})") as error:
        adapter(kind).check(replace(sample_channel(kind), **changes))  # type: ignore[arg-type]
    text = str(error.value)
    assert "\n" not in text
    return text


def _cases(table: dict[str, tuple[str, list[str]]] | dict[str, tuple[str, list[str | None]]]) -> list[object]:
    return [
        pytest.param(kind, match, given, id=f"{kind}-{place}")
        for kind, (match, wrong) in table.items()
        for place, given in enumerate(wrong)
    ]


@pytest.mark.parametrize(("kind", "match", "url"), _cases(URLS))
def test_a_url_that_cannot_be_posted_to_is_refused_without_showing_it(kind: str, match: str, url: str) -> None:
    text = _refused(kind, match, url=Secret(url))
    assert "url: " in text
    assert "fake-token" not in text


@pytest.mark.parametrize(("kind", "match", "secret"), _cases(SECRETS))
def test_a_malformed_secret_is_refused_without_showing_it(kind: str, match: str, secret: str | None) -> None:
    text = _refused(kind, match, secret=None if secret is None else Secret(secret))
    assert "secret" in text
    assert secret is None or len(secret) < 7 or secret[6:] not in text


@pytest.mark.parametrize(("kind", "match", "person"), _cases(MENTIONS))
def test_a_mention_that_the_vendor_has_no_form_for_is_refused(kind: str, match: str, person: str) -> None:
    assert "mention: " in _refused(kind, match, mention=(person,))


@pytest.mark.parametrize("kind", MOST)
def test_more_mentions_than_there_is_room_for_are_refused(kind: str) -> None:
    person, most = MOST[kind]
    adapter(kind).check(replace(sample_channel(kind), mention=(person,) * most))
    assert f"{most + 1} mentions" in _refused(kind, "all", mention=(person,) * (most + 1))


def test_two_people_of_one_name_are_refused_by_teams() -> None:
    _refused("teams", "another name", mention=("ann@example.com", "ann@example.org"))


@pytest.mark.parametrize("kind", kinds())
def test_what_works_is_accepted(kind: str) -> None:
    changes = {key: Secret(value) if isinstance(value, str) else value for key, value in ACCEPTED.get(kind, {}).items()}
    adapter(kind).check(sample_channel(kind))
    adapter(kind).check(replace(sample_channel(kind), **changes))  # type: ignore[arg-type]
