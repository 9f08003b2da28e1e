"""What Serverless Devs prints is seen as it comes, and never with a secret, wherever it was cut into pieces."""

from __future__ import annotations

import pytest

from refresh_watch_cli.deploy.hiding import without_secrets

CHANNELS = '[{"url": "https://oapi.dingtalk.com/robot/send?access_token=made-up", "secret": "SEC-made-up"}]'
SHOWN = '[{"url": "https://oapi.dingtalk.com/***", "secret": "***"}]'


@pytest.mark.parametrize("place", range(0, len(CHANNELS) + 30, 3))
def test_no_secret_is_seen_wherever_the_text_was_cut(place: int) -> None:
    text = f"channels: {CHANNELS} key made-up-key\nDone\n"
    seen = "".join(without_secrets([text[:place], text[place:]], ["made-up-key"]))
    assert seen == f"channels: {SHOWN} key ***\nDone\n"


def test_a_question_is_seen_before_its_answer_and_the_url_of_a_function_as_it_is() -> None:
    asked, *_ = without_secrets(["https://intake.cn-hangzhou.fcapp.run deployed\nDeploy it? (Y/n) ", "y\n"], [])
    assert asked == "https://intake.cn-hangzhou.fcapp.run deployed\nDeploy it? (Y/n) "
