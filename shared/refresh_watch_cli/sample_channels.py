"""A channel of each kind, with secrets that are obviously fake: nothing is ever sent to one."""

from __future__ import annotations

from refresh_watch.errors import BadInput
from refresh_watch.settings import ChannelSetting, Secret

_WORKFLOW = (
    "https://fake.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/fake/triggers/manual"
    "/paths/invoke"
)
_BOT = "https://api.telegram.org/bot100000001:fake-token-of-oncall"
_CHANNELS = {
    "dingtalk": ("https://oapi.dingtalk.com/robot/send?access_token=fake-token-of-oncall", "SEC-fake", "13800000000"),
    "discord": ("https://discord.com/api/webhooks/100000000000000001/fake-token-of-oncall", "", "100000000000000002"),
    "feishu": ("https://open.feishu.cn/open-apis/bot/v2/hook/fake-hook-of-oncall", "fake-secret", "ou_fake_oncall"),
    "lark": ("https://open.larksuite.com/open-apis/bot/v2/hook/fake-hook-of-oncall", "fake-secret", "ou_fake_oncall"),
    "pagerduty": ("https://events.pagerduty.com/v2/enqueue", "fakeroutingkeyfakeroutingkey0000", ""),
    "slack": ("https://hooks.slack.com/services/TFAKE/BFAKE/fake-token-of-oncall", "", "U00000FAKE"),
    "teams": (f"{_WORKFLOW}?api-version=1&sp=fake&sv=1.0&sig=fake-signature", "", "oncall@example.com"),
    "telegram": (f"{_BOT}/sendMessage?chat_id=-100000001", "", "@oncall_fake"),
    "webhook": ("https://hooks.example.com/refresh", "whsec_ZmFrZSBzZWNyZXQgb2YgdGhlIHByZXZpZXcsIDMyIGI=", ""),
    "wecom": ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=fake-key-of-oncall", "", "oncall"),
}
"""Of each kind a URL, a secret and who is mentioned, empty where it has none."""


def sample_channel(kind: str) -> ChannelSetting:
    """The channel of that kind. Raises BadInput for a kind that has none here."""
    if kind not in _CHANNELS:
        raise BadInput("kind", kind, ", ".join(_CHANNELS))
    url, secret, mention = _CHANNELS[kind]
    mentioned = (mention,) if mention else ()
    return ChannelSetting("oncall", kind, Secret(url), Secret(secret) if secret else None, mention=mentioned)
