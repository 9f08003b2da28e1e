"""Bodies that the real chats refuse, and bodies that mention people: a table, from the vendors' documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refresh_watch_emulator.chat_wall import chat_kind

TEXT_PLAIN = {"headers": (("content-type", "text/plain"),)}


def embed(**embed: object) -> dict[str, Any]:
    return {"content": "", "embeds": [{"title": "x", **embed}]}


def fields_of(count: int, name: int = 1, value: int = 1) -> dict[str, Any]:
    return embed(fields=[{"name": "n" * name, "value": "v" * value}] * count)


def allowed(**mentions: object) -> dict[str, Any]:
    return {"content": "x", "allowed_mentions": mentions}


ANN = "80351110224678912"
TOO_LONG, ALLOWED = "BASE_TYPE_MAX_LENGTH", "allowed_mentions"
DISCORD: list[tuple[dict[str, Any], str, str]] = [
    ({"content": "x" * 2001}, "content", TOO_LONG),
    ({"content": "🔥" * 1001}, "content", TOO_LONG),
    ({"embeds": "x"}, "embeds", "LIST_TYPE_CONVERT"),
    ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_BAD_LENGTH"),
    (embed(title="x" * 257), "embeds", TOO_LONG),
    (embed(description="x" * 4097), "embeds", TOO_LONG),
    (embed(footer={"text": "x" * 2049}), "embeds", TOO_LONG),
    (embed(color="red"), "embeds", "NUMBER_TYPE_MAX"),
    (embed(color=0x1000000), "embeds", "NUMBER_TYPE_MAX"),
    (fields_of(26), "embeds", "BASE_TYPE_BAD_LENGTH"),
    (fields_of(1, name=257), "embeds", TOO_LONG),
    (fields_of(1, value=1025), "embeds", TOO_LONG),
    (fields_of(1, value=0), "embeds", "BASE_TYPE_REQUIRED"),
    (fields_of(6, value=1000), "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
    (allowed(parse=["all"]), ALLOWED, "BASE_TYPE_CHOICES"),
    (allowed(parse=["users"], users=[ANN]), ALLOWED, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
    (allowed(users=[ANN, ANN]), ALLOWED, "SET_TYPE_ALREADY_CONTAINS_VALUE"),
    (allowed(users=[str(n) for n in range(101)]), ALLOWED, TOO_LONG),
    (allowed(users=[f"<@{ANN}>"]), ALLOWED, "NUMBER_TYPE_COERCE"),
]

FEISHU_TEXT = {"msg_type": "text", "content": {"text": "hello"}}
MARKDOWN = {"tag": "markdown", "content": "words"}


def card(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    title = {"tag": "plain_text", "content": "title"}
    card = {"schema": "2.0", "header": {"title": title, "template": "red"}, "body": {"elements": list(elements)}}
    return {"msg_type": "interactive", "card": {**card, **more}}


SIGNED = chat_kind("feishu").create_chat("oncall")
BUTTON = {"tag": "button", "text": {"tag": "plain_text", "content": "go"}, "behaviors": []}
FEISHU: list[tuple[object, dict[str, Any], str]] = [
    (FEISHU_TEXT, {"path": "/open-apis/bot/v2/hook/another"}, "19001"),
    (b"{", {}, "9499"),
    (FEISHU_TEXT, TEXT_PLAIN, "9499"),
    ({"msg_type": "text", "content": {"text": ""}}, {}, "9499"),
    ({"msg_type": "text", "content": {"text": "x" * 20_000}}, {}, "19036"),
    ({"msg_type": "postcard"}, {}, "19002"),
    ({**FEISHU_TEXT, "timestamp": "1700000000", "sign": "AAAA"}, {"chat": SIGNED}, "19021"),
    (FEISHU_TEXT, {"chat": replace(SIGNED, secret="", keyword="刷新通知")}, "19024"),
    (card(MARKDOWN, schema="1.0"), {}, "11246"),
    (card(), {}, "11246"),
    (card({**MARKDOWN, "text_color": "red"}), {}, "11246"),
    (card({"tag": "note", "elements": []}), {}, "11246"),
    (card(MARKDOWN, elements=[MARKDOWN]), {}, "11246"),
    (card(BUTTON), {}, "11246"),
]

EVENT: dict[str, Any] = {
    "routing_key": chat_kind("pagerduty").create_chat("oncall").secret,
    "event_action": "trigger",
    "dedup_key": "x",
    "payload": {"summary": "hello", "source": "here", "severity": "info"},
}


def event(**payload: Any) -> dict[str, Any]:
    return {**EVENT, "payload": {**EVENT["payload"], **payload}}


PAGERDUTY: list[tuple[object, dict[str, Any], str]] = [
    ({**EVENT, "routing_key": ""}, {}, "'routing_key' is missing or blank"),
    ({**EVENT, "routing_key": "fake"}, {}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
    ({**EVENT, "routing_key": "f" * 32}, {}, "Invalid routing key"),
    ({**EVENT, "event_action": "close"}, {}, "'event_action' is invalid"),
    ({**EVENT, "dedup_key": "x" * 256}, {}, "'dedup_key' is invalid"),
    ({**EVENT, "payload": None}, {}, "'payload' is missing or blank"),
    (event(summary=""), {}, "'payload.summary' is missing or blank"),
    (event(summary="x" * 1025), {}, "'payload.summary' is too long (maximum is 1024 characters)"),
    (event(severity="red"), {}, "'payload.severity' is invalid (must be one of critical, error, warning, info)"),
    (event(custom_details="x"), {}, "'payload.custom_details' is invalid (must be an object)"),
    ({**EVENT, "links": [{"text": "x"}]}, {}, "'links' is invalid"),
    ([], {}, "JSON payload could not be parsed"),
]

MRKDWN: dict[str, Any] = {"type": "mrkdwn", "text": "x", "verbatim": True}
SECTION = {"type": "section", "text": MRKDWN}


def block(**block: object) -> dict[str, Any]:
    return {"text": "title", "blocks": [block]}


def words(length: int, kind: str = "mrkdwn") -> dict[str, str]:
    return {"type": kind, "text": "x" * length}


def attached(**attachment: object) -> dict[str, Any]:
    return {"text": "x", "attachments": [attachment]}


def button(text: dict[str, Any], url: str) -> dict[str, Any]:
    return block(type="actions", elements=[{"type": "button", "text": text, "url": url}])


SLACK: list[tuple[object, dict[str, Any], str]] = [
    (b"no json", {}, "invalid_payload"),
    ([], {}, "invalid_payload"),
    ({"text": "x"}, TEXT_PLAIN, "invalid_payload"),
    ({"text": ["x"]}, {}, "invalid_payload"),
    ({}, {}, "no_text"),
    ({"text": ""}, {}, "no_text"),
    ({"text": "x" * 40_001}, {}, "msg_too_long"),
    ({"text": "x", "attachments": [{"blocks": []}] * 101}, {}, "too_many_attachments"),
    ({"text": "x", "blocks": [SECTION] * 51}, {}, "invalid_blocks"),
    (block(type="section"), {}, "invalid_blocks"),
    (block(type="section", text=words(3001)), {}, "invalid_blocks"),
    (block(type="section", text=words(0)), {}, "invalid_blocks"),
    (block(type="section", fields=[words(2001)]), {}, "invalid_blocks"),
    (block(type="section", fields=[words(1)] * 11), {}, "invalid_blocks"),
    (block(type="section", text={**MRKDWN, "emoji": False}), {}, "invalid_blocks"),
    (block(type="header", text=words(151, "plain_text")), {}, "invalid_blocks"),
    (block(type="header", text=MRKDWN), {}, "invalid_blocks"),
    (block(type="context", elements=[]), {}, "invalid_blocks"),
    (block(type="context", elements=[MRKDWN] * 11), {}, "invalid_blocks"),
    (button(MRKDWN, "https://x"), {}, "invalid_blocks"),
    (button(words(1, "plain_text"), "x y"), {}, "invalid_blocks"),
    (block(type="card"), {}, "invalid_blocks"),
    (attached(color="red-ish", blocks=[SECTION]), {}, "invalid_attachments"),
    (attached(blocks=[SECTION] * 51), {}, "invalid_attachments"),
    (attached(blocks=[{"type": "section", "text": words(2999)}] * 5), {}, "msg_blocks_too_long"),
]


def html(text: str) -> dict[str, str]:
    return {"text": text, "parse_mode": "HTML"}


TELEGRAM: list[tuple[object, dict[str, Any], str]] = [
    (html("1 < 2"), {}, "can't parse entities: Unsupported start tag"),
    (html("<font>x</font>"), {}, "can't parse entities: Unsupported start tag"),
    (html("<code>x"), {}, "can't parse entities: Can't find end tag"),
    (html("<b>x</code></b>"), {}, "can't parse entities: Unexpected end tag"),
    (html("<code><b>x</b></code>"), {}, "can't parse entities: Nested tag"),
    (html("<b></b>"), {}, "message text is empty"),
    (html(f"<b>{'🔥' * 2049}</b>"), {}, "message is too long"),
    ({}, {}, "message text is empty"),
    (b"[]", {}, "can't parse JSON"),
    ({"text": "x"}, TEXT_PLAIN, "message text is empty"),
    ({"text": "x", "entities": [{"type": "code", "offset": 0, "length": 2}]}, {}, "entity beyond"),
    ({"text": "x", "chat_id": 1}, {}, "chat not found"),
]


def wecom(content: str, **lists: Any) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content, **lists}}


def wecom_markdown(content: str) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": content}}


WECOM: list[tuple[object, dict[str, Any], str]] = [
    (wecom("刷" * 683), {}, "40058"),
    (wecom_markdown("x" * 4097), {}, "40058"),
    (wecom("hello", mentioned_list="zhangsan"), {}, "40058"),
    (wecom(" "), {}, "44004"),
    ({"msgtype": "markdown", "text": {"content": "x"}}, {}, "44004"),
    ({"msgtype": "postcard", "postcard": {}}, {}, "40008"),
    (b"[]", {}, "47001"),
    (wecom("hello"), {"query": "key=another"}, "93000"),
    (wecom("hello"), {"path": "/cgi-bin/message/send"}, "93000"),
]

CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.4",
    "msteams": {"entities": [{"type": "mention", "text": "<at>A</at>", "mentioned": {"id": "a@x.io", "name": "A"}}]},
    "body": [{"type": "TextBlock", "text": "hello <at>A</at>"}],
}


def teams_message(card: Any) -> dict[str, Any]:
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def changed_card(**changes: Any) -> dict[str, Any]:
    return teams_message({**CARD, **changes})


def card_with(*blocks: dict[str, Any]) -> dict[str, Any]:
    return changed_card(body=list(blocks))


LOST = [
    CARD,
    {"text": "hello"},
    {**teams_message(CARD), "type": "card"},
    changed_card(version="2.0"),
    card_with(),
    card_with({"type": "Heading", "text": "<at>A</at>"}),
    card_with({"type": "TextBlock", "text": ""}),
    card_with({"type": "TextBlock", "text": "<at>A</at>", "color": "Red"}),
    card_with({"type": "TextBlock", "text": "<at>A</at>", "size": "Huge"}),
    card_with({"type": "TextBlock", "text": "no mention"}),
    card_with({"type": "TextBlock", "text": "<at>A</at> <at>B</at>"}),
    card_with({"type": "RichTextBlock", "inlines": []}, *CARD["body"]),
    card_with({"type": "FactSet", "facts": [{"title": "x"}]}, *CARD["body"]),
    changed_card(actions=[{"type": "Action.OpenUrl", "title": "x", "url": "javascript:x"}]),
    card_with({"type": "TextBlock", "text": f"<at>A</at>{'x' * 28_000}"}),
]


DINGTALK_TEXT = {"msgtype": "text", "text": {"content": "hello @138"}}
DINGTALK: list[tuple[object, dict[str, Any], str]] = [
    (DINGTALK_TEXT, {"query": "access_token=another"}, "300005"),
    ({"msgtype": "card"}, {}, "400105"),
    (b"not json", {}, "400105"),
    ({"msgtype": "markdown", "markdown": {"title": "x"}}, {}, "40035"),
    (DINGTALK_TEXT, TEXT_PLAIN, "43004"),
    ({"msgtype": "text", "text": {"content": "x" * 20_000}}, {}, "460101"),
    (DINGTALK_TEXT, {"chat": replace(chat_kind("dingtalk").create_chat("oncall"), secret="", keyword="cdn")}, "310000"),
]

REFUSED = {
    "dingtalk": DINGTALK,
    "discord": [
        (b"no json", {}, "50109"),
        ([], {}, "50109"),
        ({}, {}, "50006"),
        ({"content": "x"}, TEXT_PLAIN, "50006"),
    ],
    "feishu": FEISHU,
    "pagerduty": PAGERDUTY,
    "slack": SLACK,
    "teams": [(b"[]", {}, "SchemaMismatch"), (b"x", {}, "SchemaMismatch"), (b"{}", TEXT_PLAIN, "SchemaMismatch")],
    "telegram": TELEGRAM,
    "wecom": WECOM,
}


MENTIONS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "dingtalk",
        {**DINGTALK_TEXT, "at": {"atMobiles": ["138", "139"], "atUserIds": ["u1"], "isAtAll": False}},
        ("138",),
    ),
    ("discord", {"content": f"<@{ANN}> <@!1> <@&2> @everyone @here"}, (ANN, "1", "2", "all", "here")),
    ("discord", {"content": f"`<@{ANN}>`", "allowed_mentions": {"parse": ["users"]}}, (ANN,)),
    ("discord", {"content": f"<@{ANN}> <@&2> @here", "allowed_mentions": {"parse": [], "users": [ANN]}}, (ANN,)),
    ("discord", allowed(users=[ANN]), ()),
    ("discord", {"content": "x", "embeds": [{"title": f"<@{ANN}> @everyone"}]}, ()),
    (
        "feishu",
        {"msg_type": "text", "content": {"text": 'hi <at user_id="ou_1">x</at><AT user_id=all></AT>'}},
        ("ou_1", "all"),
    ),
    ("feishu", card({**MARKDOWN, "content": "`<at id=ou_1></at>` <at ids=ou_2,ou_3></at>"}), ("ou_1", "ou_2", "ou_3")),
    ("feishu", card({**MARKDOWN, "content": "<at email='a@example.com'></at>"}), ("a@example.com",)),
    ("feishu", card({**MARKDOWN, "content": "&#60;at id=all&#62; ＜at id=all>＜/at> @all"}), ()),
    ("feishu", card(MARKDOWN, header={"title": {"tag": "plain_text", "content": "<at id=all></at>"}}), ()),
    ("slack", {"text": "`<!here>` <@U024BE7LH|ann>"}, ("here", "U024BE7LH")),
    ("slack", {"text": "&lt;!here&gt; @here"}, ()),
    ("slack", {"text": "@here", "link_names": 1}, ("here",)),
    ("slack", block(type="section", text={"type": "mrkdwn", "text": "@channel"}), ("all",)),
    ("slack", block(type="section", text={**MRKDWN, "text": "@channel <!subteam^SAZ94GDB8>"}), ("SAZ94GDB8",)),
    ("slack", block(type="header", text={"type": "plain_text", "text": "<!channel>"}), ()),
    ("slack", attached(blocks=[{**SECTION, "text": {**MRKDWN, "text": "<!everyone>"}}]), ("all",)),
    ("slack", block(type="section", fields=[{**MRKDWN, "text": "<@W024BE7LH>"}]), ("W024BE7LH",)),
    ("teams", teams_message(CARD), ("a@x.io",)),
    ("telegram", html("@user_one and <b>@user_two</b>"), ("@user_one", "@user_two")),
    ("telegram", html("<code>@user_one</code> <pre>@user_two</pre> me@example.com @x"), ()),
    ("telegram", html('<a href="tg://user?id=7">she</a> <a href="https://example.com">@user_one</a>'), ("7",)),
    ("telegram", html("&#64;user_one &lt;code&gt;@user_two&lt;/code&gt;"), ("@user_one", "@user_two")),
    (
        "wecom",
        wecom("x", mentioned_list=["li", "@all"], mentioned_mobile_list=["13800001111"]),
        ("li", "all", "13800001111"),
    ),
    ("wecom", wecom("`<@zhangsan>`"), ("zhangsan",)),
    ("wecom", wecom_markdown("**<@zhangsan>** `<@all>`"), ("zhangsan", "all")),
    ("wecom", {"msgtype": "markdown", "markdown": {"content": "x", "mentioned_list": ["li"]}}, ()),
    ("wecom", wecom_markdown("@zhangsan @all ＜@li> < @li> &lt;@li&gt;"), ()),
]
