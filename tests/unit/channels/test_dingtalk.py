"""What is sent to a DingTalk robot."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refresh_watch.channels.dingtalk import LIMIT, sign, signed
from refresh_watch.deployment import Deployment
from refresh_watch.model import FailedObject, Outcome
from refresh_watch.product_specs.registry import all_specs
from refresh_watch.report import Report, TaskReport
from refresh_watch.reports.texts import TEXTS
from refresh_watch.settings import ChannelSetting, Secret
from tests.channels.judging import rendered
from tests.unit.reports.sample_reports import (
    BROKEN,
    COMPLETE,
    FEW,
    INTERIM,
    PARTLY_FAILED,
    reports,
)

URL = "https://oapi.dingtalk.com/robot/send?access_token=fake-token"
CHANNEL = ChannelSetting("oncall", "dingtalk", Secret(URL), Secret("SECtest"))
ONCALL = replace(CHANNEL, mention=("13800000000", "+852-12345678", "@manager01", "all"))
NOW = 1700000000.0


def _sent(report: Report, channel: ChannelSetting = CHANNEL, step: int = 0, language: str = "en") -> dict[str, Any]:
    request = rendered(report, channel, language=language, deployment=Deployment("prod"), now=NOW, step=step)
    assert len(request.body) <= LIMIT
    body: dict[str, Any] = json.loads(request.body)
    return body


def _text(body: dict[str, Any]) -> str:
    return str(body["markdown"]["text"] if body["msgtype"] == "markdown" else body["text"]["content"])


def _outside_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", text)


def _in_browser(url: str) -> str:
    return f"dingtalk://dingtalkclient/page/link?pc_slide=false&url={quote(url, safe='')}"


def _without_our_markup(text: str) -> str:
    """Links to the console, and the one line that has the outcome's colour."""
    text = re.sub(r"^<font color=#[0-9A-F]{6}>(.*)</font>$", r"\1", text, count=1, flags=re.MULTILINE)
    for spec in all_specs():
        for language, texts in TEXTS.items():
            name = texts["link.console"].format(product=spec.names[language])
            text = text.replace(f"[{name}]({_in_browser(spec.console)})", f"console, {language}")
    return text


@pytest.mark.parametrize(
    ("secret", "timestamp", "raw", "wire"),
    [
        (
            "SECtest",
            "1700000000000",
            "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=",
            "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D",
        ),
        (
            "this is secret",
            "1599360473000",
            "hXZTWifRGHclNuZSKxoXc//sh51SWfVfRIhcdeKs63I=",
            "hXZTWifRGHclNuZSKxoXc%2F%2Fsh51SWfVfRIhcdeKs63I%3D",
        ),
    ],
)
def test_the_signature_is_that_of_the_vectors_and_encoded_once(
    secret: str, timestamp: str, raw: str, wire: str
) -> None:
    assert sign(secret, timestamp) == raw
    url = signed(URL, secret, int(timestamp) / 1000)
    assert url.endswith(f"access_token=fake-token&timestamp={timestamp}&sign={wire}")
    assert parse_qs(urlsplit(url).query)["sign"] == [raw]


def test_each_try_is_signed_afresh() -> None:
    request = rendered(PARTLY_FAILED, CHANNEL, language="en", deployment=Deployment(), now=NOW, step=0)
    later = rendered(PARTLY_FAILED, CHANNEL, language="en", deployment=Deployment(), now=NOW + 7200, step=0)
    assert "timestamp=1700000000000&" in request.url
    assert "timestamp=1700007200000&" in later.url
    assert request.body == later.body


def test_a_url_that_was_copied_with_a_signature_is_signed_anew() -> None:
    url = signed(signed(URL, "SECtest", NOW - 9999), "SECtest", NOW)
    assert url == signed(URL, "SECtest", NOW)


def test_without_a_secret_the_url_is_left_as_it_is() -> None:
    request = rendered(COMPLETE, replace(CHANNEL, secret=None), language="en", deployment=Deployment(), now=NOW, step=0)
    assert request.url == URL


def test_the_title_stands_in_the_notification_and_in_the_text() -> None:
    body = _sent(PARTLY_FAILED)
    assert body["markdown"]["title"] == "[CDN refresh][prod][failed 6/120] release 2026.11.22"
    assert _text(body).startswith("#### [CDN refresh][prod][failed 6/120] `release 2026.11.22`\n")


def test_a_failure_shows_reasons_samples_and_how_many_more() -> None:
    text = _text(_sent(PARTLY_FAILED))
    assert "- OriginTimeout (the origin did not answer in time): 4\n    - `http://example.com/0.txt`" in text
    assert "    - 1 more" in text
    assert "`refresh-watch list cdn --task-id 704222904 --status failed --urls`" in text
    assert "\n\n<font color=#B06000>6 of 120 objects failed. The others: 114 complete.</font>\n\n**Failures**\n" in text
    assert f"\n\n[CDN console]({_in_browser('https://cdn.console.aliyun.com/refresh/record')})\n" in text
    assert text.index("OriginTimeout") < text.index("Next step") < text.index("Submitted"), "what failed comes first"
    assert "event f-0a1b2c3d" in text


@pytest.mark.parametrize("words", ["<b>x</b>", "http://example.com/?q=<script>", "<font color=#000000>"])
def test_no_tag_of_others_is_left_for_dingtalk_reads_tags_in_code_too(words: str) -> None:
    failed = (FailedObject(words, "Failed", words),)
    report = replace(
        PARTLY_FAILED,
        label=words,
        problem=words,
        tasks=(TaskReport("1", Outcome.FAILED, 1, None, words, failed=failed),),
        notes=(words,),
    )
    assert "<" not in _without_our_markup(_text(_sent(report)))


@pytest.mark.parametrize("report", [PARTLY_FAILED, INTERIM, BROKEN])
def test_a_failure_mentions_the_people_in_at_and_in_the_text(report: Report) -> None:
    body = _sent(report, ONCALL)
    assert body["at"] == {
        "atMobiles": ["13800000000", "+852-12345678"],
        "atUserIds": ["manager01"],
        "isAtAll": True,
    }
    assert "</font>\n\n@13800000000 @+852-12345678 @manager01 @all\n\n**Failures**" in _text(body)


@FEW
@given(report=reports(), language=st.sampled_from(["en", "zh"]), step=st.integers(0, 3))
def test_whatever_the_report_says_the_message_fits_and_nothing_of_it_is_active(
    language: str, report: Report, step: int
) -> None:
    body = _sent(report, replace(ONCALL, mention=("13911111111",)), step, language)
    mentions = ["13911111111"] if body["at"]["atMobiles"] else []
    assert body["at"] == {"atMobiles": mentions, "atUserIds": [], "isAtAll": False}
    text = _text(body)
    # outside code spans stand only our own words: no mention but ours, no markup, no HTML, no bare URL
    ours = _without_our_markup(_outside_code(text)) if body["msgtype"] == "markdown" else text
    assert ours.count("@") == len(mentions)
    assert not re.search(r"\]\(|<font|://|\u202e|\x1b|`", ours)
    assert "@" not in (body["markdown"]["title"] if body["msgtype"] == "markdown" else "")
