"""Each chat's own syntax: what one reads as a mark stands in another as it was written."""

from __future__ import annotations

from typing import Any

import pytest

from refresh_watch_emulator.chat_page.page import draw
from tests.unit.chat_page.reading import Reading, read

MARKED = "# head\n- item\n**bold** `code` *x* _y_\n> quote\n[text](http://a.example/)"


def thread(kind: str, body: dict[str, Any]) -> Reading:
    return read(draw(kind, body).partition("</p>")[2].removesuffix("</div>"))


def words_in(reading: Reading, tag: str) -> list[str]:
    return [" ".join(element.words.split()) for element in reading.elements if element.tag == tag]


def card(text: str) -> dict[str, Any]:
    body = [{"type": "TextBlock", "text": text}]
    content = {"type": "AdaptiveCard", "body": body}
    return {"attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}]}


BODIES: dict[str, Any] = {
    "dingtalk": lambda text: {"msgtype": "markdown", "markdown": {"title": "t", "text": text}},
    "feishu": lambda text: {
        "msg_type": "interactive",
        "card": {"body": {"elements": [{"tag": "markdown", "content": text}]}},
    },
    "wecom": lambda text: {"msgtype": "markdown", "markdown": {"content": text}},
    "slack": lambda text: {"text": text},
    "teams": card,
    "discord": lambda text: {"content": text},
    "telegram": lambda text: {"text": text, "parse_mode": "HTML"},
}

KNOWS = {
    # heading, list, bold by two stars, code, quote, [text](url)
    "dingtalk": (True, True, True, True, True, True),
    "feishu": (True, True, True, True, True, True),
    "wecom": (True, False, True, True, True, True),
    "slack": (False, False, False, True, True, False),
    "teams": (False, True, True, False, False, True),
    "discord": (True, True, True, True, True, True),
    "telegram": (False, False, False, False, False, False),
}


@pytest.mark.parametrize("kind", KNOWS)
def test_each_chat_knows_its_own_marks_and_no_others(kind: str) -> None:
    reading = thread(kind, BODIES[kind](MARKED))
    heading, listed, bold, code, quoted, linked = KNOWS[kind]
    assert (reading.of("h") == ["head"]) is heading
    assert (reading.of("words") == ["item"]) is listed
    assert ("bold" in words_in(reading, "strong")) is bold
    assert ("code" in words_in(reading, "code")) is code
    assert any("quote" in words for words in words_in(reading, "blockquote")) is quoted
    assert ("text" in words_in(reading, "a")) is linked
    for known, written in zip(
        KNOWS[kind], ("# head", "- item", "**bold**", "`code`", "> quote", "[text]("), strict=True
    ):
        assert known or written in reading.words


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "wecom", "slack", "discord"])
def test_nothing_is_a_mark_inside_code(kind: str) -> None:
    reading = thread(
        kind, BODIES[kind]('`**a** [b](http://b.example/) http://c.example/ <font color="warning">d</font>`')
    )
    assert reading.tags & {"strong", "a"} == set()
    assert len(words_in(reading, "code")) == 1
    assert '<font color="warning">d</font>' in reading.words


@pytest.mark.parametrize(
    ("kind", "breaks"),
    [
        ("feishu", True),
        ("wecom", True),
        ("slack", True),
        ("discord", True),
        ("telegram", True),
        ("dingtalk", False),
        ("teams", False),
    ],
)
def test_a_single_line_break_is_one_or_a_space(kind: str, breaks: bool) -> None:
    assert ("br" in thread(kind, BODIES[kind]("one\ntwo")).tags) is breaks


@pytest.mark.parametrize("kind", ["dingtalk", "wecom", "slack", "discord", "telegram"])
def test_a_bare_url_is_drawn_as_the_link_that_the_client_makes_of_it(kind: str) -> None:
    assert "http://b.example/x" in thread(kind, BODIES[kind]("see http://b.example/x, now")).links[0]


def test_lists_keep_their_levels() -> None:
    reading = thread("dingtalk", BODIES["dingtalk"]("- one\n    - two\n        - three"))
    assert [element.kinds for element in reading.elements if element.tag == "li"] == [
        ["level0"],
        ["level1"],
        ["level2"],
    ]


def test_wecom_draws_its_three_colours_and_writes_out_others() -> None:
    text = '<font color="warning">w</font> <font color="info">i</font> <font color="red">r</font>'
    reading = thread("wecom", BODIES["wecom"](text))
    assert (reading.of("wecom-warning"), reading.of("wecom-info")) == (["w"], ["i"])
    assert '<font color="red">r</font>' in reading.words


def test_dingtalk_opens_the_page_that_its_own_address_wraps() -> None:
    wrapped = "dingtalk://dingtalkclient/page/link?pc_slide=false&url=http%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2"
    assert thread("dingtalk", BODIES["dingtalk"](f"[Console]({wrapped})")).links == ["http://a.example/?x=1&y=2"]
    hostile = "dingtalk://dingtalkclient/page/link?url=javascript%3Aalert"
    assert thread("dingtalk", BODIES["dingtalk"](f"[Console]({hostile})")).links == []


def test_dingtalk_draws_a_colour_and_writes_out_what_is_none() -> None:
    text = "<font color=#D93026>**3** failed</font> <font color=red;x>no</font>"
    reading = thread("dingtalk", BODIES["dingtalk"](text))
    assert reading.of("inked") == ["3 failed"]
    assert "<font color=red;x>no</font>" in reading.words


@pytest.mark.parametrize(("text", "notes"), [("`<b>`", 1), ("</x>", 1), ("<font color=#D93026>a</font> 1 < 2", 0)])
def test_a_tag_that_may_blank_a_dingtalk_message_is_pointed_out(text: str, notes: int) -> None:
    assert len(thread("dingtalk", BODIES["dingtalk"](text)).of("note")) == notes


def test_feishu_reads_entities_and_its_tags() -> None:
    reading = thread("feishu", BODIES["feishu"]("&#60;at id=all&#62; &lt; <font color='green'>g</font> ~~s~~"))
    assert "<at id=all> <" in reading.words
    assert reading.of("ink-green") == ["g"]
    assert words_in(reading, "s") == ["s"]


def test_slack_reads_entities_once() -> None:
    assert "&lt;b> a & b" in thread("slack", {"text": "&amp;lt;b&gt; a &amp; b"}).words


def test_slack_keeps_code_and_its_own_bold_and_links() -> None:
    reading = thread("slack", {"text": "*b* <http://a.example/|label> `x *y*`"})
    assert words_in(reading, "strong") == ["b"]
    assert words_in(reading, "a") == ["label"]
    assert words_in(reading, "code") == ["x *y*"]


def test_colours_come_from_the_payload() -> None:
    def bar(kind: str, body: dict[str, Any]) -> list[str]:
        return [each.attributes["style"] for each in read(draw(kind, body)).elements if "style" in each.attributes]

    assert bar("slack", {"attachments": [{"color": "#d00000"}]}) == ["--bar:#d00000"]
    assert bar("slack", {"attachments": [{"color": "red;display:none"}]}) == [""]
    assert bar("discord", {"embeds": [{"color": 0x00FF7F}]}) == ["--bar:#00ff7f"]
    assert bar("discord", {"embeds": [{"color": 1 << 24}]}) == [""]
    header = {"title": {"tag": "plain_text", "content": "t"}, "template": "red"}
    drawn = read(draw("feishu", {"msg_type": "interactive", "card": {"header": header}}))
    assert drawn.of("template-red") == ["t"]


@pytest.mark.parametrize(
    "text", ["<b>open", "<i><b>x</i></b>", "<font>x</font>", "</b>", "<span>x</span>", "a<!-- b -->"]
)
def test_html_that_telegram_would_refuse_is_said_to_be(text: str) -> None:
    reading = read(draw("telegram", {"text": text, "parse_mode": "HTML"}))
    assert any("would refuse" in note for note in reading.of("note"))


@pytest.mark.parametrize(
    "text", ["<b>x</b> &lt;y&gt; 1 &amp; 2", "<pre>a\nb</pre>", "<blockquote>q</blockquote>", "no tag"]
)
def test_html_that_telegram_takes_is_drawn_without_complaint(text: str) -> None:
    assert read(draw("telegram", {"text": text, "parse_mode": "HTML"})).of("note") == []


@pytest.mark.parametrize("scheme", ["dingtalk://x/link?url=1", "javascript:alert(1)", "mailto:a@b.example"])
def test_an_address_that_is_no_web_page_is_shown_and_leads_nowhere(scheme: str) -> None:
    reading = thread("dingtalk", BODIES["dingtalk"](f"[Console]({scheme.replace('(1)', '')})"))
    assert reading.links == []
    assert scheme.replace("(1)", "") in reading.words
