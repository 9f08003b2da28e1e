"""What a channel of Slack may be set to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refresh_watch.channels.slack import check
from refresh_watch.errors import BadInput
from refresh_watch.settings import ChannelSetting, Secret

CHANNEL = ChannelSetting(
    "oncall", "slack", Secret("https://hooks.slack.com/services/T0FAKE000/B0FAKE000/fake-token-of-oncall")
)


@pytest.mark.parametrize(
    "path",
    ["/", "/services/T0FAKE000/B0FAKE000", "/workflows/T0/A0/1/fake-token", "/triggers/T0/1/fake-token"],
)
def test_a_url_that_is_no_incoming_webhook_is_refused_without_showing_it(path: str) -> None:
    with pytest.raises(BadInput, match=r"channel oncall: url: .*/services/") as error:
        check(replace(CHANNEL, url=Secret(f"https://hooks.slack.com{path}")))
    assert "fake-token" not in str(error.value)
    check(CHANNEL)


@pytest.mark.parametrize(
    "given", ["ann", "#general", "<#C024BE7LH>", "13800000000", "<!date^1^x|y>", "<@U1> hello", ""]
)
def test_a_mention_that_slack_has_no_form_for_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match=r"channel oncall: mention: .*subteam"):
        check(replace(CHANNEL, mention=(given,)))


def test_more_mentions_than_a_block_holds_are_refused() -> None:
    with pytest.raises(BadInput, match="51 mentions"):
        check(replace(CHANNEL, mention=tuple(f"U024BE7{n:02}" for n in range(51))))
