"""The kinds of channels, and channels that cannot work."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from refresh_watch.channels import dingtalk, registry
from refresh_watch.errors import BadInput
from refresh_watch.settings import ChannelSetting, Secret

CHANNEL = ChannelSetting("oncall", "dingtalk", Secret("https://oapi.dingtalk.com/robot/send?access_token=fake-token-1"))


def test_a_kind_is_the_file_of_that_name() -> None:
    assert registry.adapter("dingtalk") is dingtalk
    assert {"dingtalk", "webhook"} <= set(registry.kinds())


@pytest.mark.parametrize("kind", ["pager", "delivery", "registry", "transport", "adapter", "os", "", "../x"])
def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(kind: str) -> None:
    with pytest.raises(BadInput, match=r"kind: .*dingtalk, .*webhook"):
        registry.adapter(kind)


def test_a_channel_of_an_unknown_kind_is_named() -> None:
    with pytest.raises(BadInput, match=r"channel oncall: kind: 'pigeon' .*dingtalk"):
        registry.check((replace(CHANNEL, kind="pigeon"),), ())


def test_a_chat_at_another_host_is_refused_unless_the_host_is_allowed() -> None:
    elsewhere = replace(CHANNEL, url=Secret("https://chat.example.com:8443/robot?access_token=fake-token-1"))
    with pytest.raises(BadInput, match=r"channel oncall: url: .*chat\.example\.com.*oapi\.dingtalk\.com") as error:
        registry.check((elsewhere,), ("other.example.com", "chat.example.com:443"))
    assert "fake-token-1" not in str(error.value)
    registry.check((elsewhere,), ("chat.example.com",))
    registry.check((elsewhere,), ("chat.example.com:8443",))
    registry.check((CHANNEL,), ())


def test_a_host_that_only_looks_like_the_vendors_is_refused() -> None:
    for host in ("oapi.dingtalk.com.example.com", "xoapi.dingtalk.com", "oapi.dingtalk.com@example.com"):
        with pytest.raises(BadInput):
            registry.check((replace(CHANNEL, url=Secret(f"https://{host}/robot/send?access_token=x")),), ())


def test_a_webhook_may_be_at_any_host_but_needs_its_secret() -> None:
    hook = ChannelSetting("audit", "webhook", Secret("https://hooks.example.com/in"), Secret("not-a-whsec"))
    with pytest.raises(BadInput, match="whsec_"):
        registry.check((hook,), ())
    registry.check((replace(hook, secret=Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),), ())


def test_a_delivery_imports_no_alibaba_sdk() -> None:
    program = (
        "import sys, refresh_watch.channels.delivery.deliver, refresh_watch.channels.dingtalk, refresh_watch.channels.webhook\n"
        "heavy = [name for name in sys.modules if name.startswith(('alibabacloud', 'Tea', 'darabonba', 'requests'))]\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
