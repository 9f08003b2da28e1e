"""What a channel of Discord may be set to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refresh_watch.channels.discord import check
from refresh_watch.errors import BadInput
from refresh_watch.settings import ChannelSetting, Secret

CHANNEL = ChannelSetting(
    "oncall", "discord", Secret("https://discord.com/api/webhooks/100000000000000001/fake-token-of-oncall")
)
ANN = "80351110224678912"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/webhooks/1",
        "/api/webhooks/fake-token/1",
        "/api/webhooks/1/fake-token/slack",
        "/api/webhooks/1/fake-token/github",
    ],
)
def test_a_url_that_is_no_webhooks_is_refused_without_showing_it(path: str) -> None:
    with pytest.raises(BadInput, match=r"channel oncall: url: .*/api/webhooks/ID/TOKEN") as error:
        check(replace(CHANNEL, url=Secret(f"https://discord.com{path}")))
    assert "fake-token" not in str(error.value)
    check(CHANNEL)


@pytest.mark.parametrize("given", ["ann", "@ann", "<#80351110224678912>", "123", f"<@{ANN}> @everyone", ""])
def test_a_mention_that_discord_has_no_form_for_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match=r"channel oncall: mention: .*role id"):
        check(replace(CHANNEL, mention=(given,)))


def test_more_mentions_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(BadInput, match="51 mentions"):
        check(replace(CHANNEL, mention=tuple(f"<@{80351110224678000 + n}>" for n in range(51))))
