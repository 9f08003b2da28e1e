"""What the vendors answer, and what each answer leads to: a table, from their documents and from logged answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from refresh_watch.channels.post_outcomes import (
    Accepted,
    Ambiguous,
    ContentRejected,
    DeliveryOutcome,
    Permanent,
    Temporary,
    TooLarge,
)
from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.instants import Seconds


@dataclass(frozen=True)
class Expected:
    """An outcome of that type: with `hint` in its hint, or after `after` seconds (None: any)."""

    outcome: type[DeliveryOutcome]
    hint: str = ""
    once_more: bool = False
    after: Seconds | None = None
    rate_limited: bool = False


@dataclass(frozen=True)
class Row:
    """One answer. `code` and `words` are what the outcome has to keep of it, where the body names them."""

    kind: str
    status: int
    body: object  # bytes, or what is sent as JSON
    expected: Expected
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    words: str = ""

    @property
    def response(self) -> ChannelResponse:
        return answer(self.status, self.body, self.headers)


def answer(status: int, body: object, headers: dict[str, str] | None = None) -> ChannelResponse:
    """It was asked for on 14 November 2023, 22:13:20 GMT."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return ChannelResponse(status, raw, tuple((headers or {}).items()), asked_at=1_700_000_000.0)


ACCEPTED, AMBIGUOUS = Expected(Accepted), Expected(Ambiguous)
TOO_LARGE, BAD_CONTENT = Expected(TooLarge), Expected(ContentRejected)


def refused(hint: str, *, once_more: bool = False) -> Expected:
    return Expected(Permanent, hint, once_more)


def retried(after: Seconds | None = None) -> Expected:
    return Expected(Temporary, after=after)


def limited(after: Seconds) -> Expected:
    return Expected(Temporary, after=after, rate_limited=True)


def told(seconds: str) -> dict[str, str]:
    return {"retry-after": seconds}


def dated(date: str) -> dict[str, str]:
    return {"date": date}


OURS = refused("please report it")
URL = refused("`url`")
TWO_HOURS_OFF = dated("Wed, 15 Nov 2023 00:13:20 GMT")
FIVE_SECONDS_OFF = dated("Tue, 14 Nov 2023 22:13:25 GMT")


def dingtalk(code: int, words: str, expected: Expected, headers: dict[str, str] | None = None) -> Row:
    return Row("dingtalk", 200, {"errcode": code, "errmsg": words}, expected, headers or {}, str(code), words)


DINGTALK = [
    dingtalk(-1, "系统繁忙", retried(30)),
    # over its 20 messages a minute, a robot is blocked for ten minutes
    dingtalk(130101, "send too fast, exceed 20 times per minute", limited(600)),
    dingtalk(410100, "发送速度太快而限流", limited(600)),
    Row("dingtalk", 200, {"errcode": 130101, "status": 1111, "wait": 5, "punish": "deny"}, limited(600)),
    Row("dingtalk", 200, {"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}, limited(60)),
    Row("dingtalk", 200, {"status": 1111, "wait": 900, "punish": "deny"}, limited(900)),
    dingtalk(310000, "keywords not in content", refused("`keyword`")),
    dingtalk(310000, "关键词不匹配", refused("`keyword`")),
    dingtalk(310000, "sign not match", refused("`secret`")),
    dingtalk(310000, "签名不匹配", refused("`secret`")),
    dingtalk(310000, "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳", refused("`secret`")),
    dingtalk(310000, "ip 203.0.113.7 not in whitelist", refused("IP list")),
    dingtalk(310000, "not said", refused("security settings")),
    dingtalk(310000, "invalid timestamp", refused("clock", once_more=True)),
    dingtalk(310000, "invalid timestamp", refused("differs from DingTalk's by 7200 s", once_more=True), TWO_HOURS_OFF),
    dingtalk(310000, "签名已过期", refused("differs from DingTalk's by 7200 s", once_more=True), TWO_HOURS_OFF),
    dingtalk(310000, "description:机器人发送签名过期;solution:在timestampms以内", refused("clock", once_more=True)),
    # a robot that wants signatures and gets none says the same, with a clock that is right
    dingtalk(310000, "invalid timestamp", refused("copy the robot's signing secret"), FIVE_SECONDS_OFF),
    *[dingtalk(code, "token is not exist", URL) for code in (300001, 300005, 400101)],
    dingtalk(40035, "缺少参数 access_token", URL),
    dingtalk(40035, "缺少参数 json", OURS),
    *[dingtalk(code, "机器人已停用", refused("make a new one")) for code in (400102, 400106, 400013)],
    *[dingtalk(code, "不支持的消息类型", OURS) for code in (400105, 43004, 43002)],
    dingtalk(460101, "message too long, exceed 20000 bytes", TOO_LARGE),
    dingtalk(101002, "message is too long", TOO_LARGE),
    *[dingtalk(code, "unsafe link", BAD_CONTENT) for code in (430101, 430102, 430103, 430104)],
    dingtalk(90030, "webhook over limit", refused("quota")),
    dingtalk(999999, "something new", retried(60)),
    dingtalk(999998, "发送过于频繁", limited(60)),
    dingtalk(999998, "发送频率过快", limited(60)),
    dingtalk(999997, "the text is too long", TOO_LARGE),
    Row("dingtalk", 429, b"<html>", limited(3), told("3")),
    Row("dingtalk", 429, b"<html>", limited(60), told("")),
]


def discord(status: int, code: int, words: str, expected: Expected) -> Row:
    return Row("discord", status, {"code": code, "message": words}, expected, {}, str(code), words)


def discord_form(form: str, problem: str, expected: Expected) -> Row:
    errors = {form: {"0": {"_errors": [{"code": problem, "message": "Must be 2000 or fewer in length."}]}}}
    body = {"code": 50035, "message": "Invalid Form Body", "errors": errors}
    return Row("discord", 400, body, expected, {}, "50035", "Invalid Form Body")


DISCORD = [
    discord(404, 10015, "Unknown Webhook", refused("make a new one")),
    discord(404, 10003, "Unknown Channel", refused("thread_id")),
    discord(401, 50027, "Invalid Webhook Token", URL),
    discord(401, 40001, "Unauthorized", URL),
    discord(403, 50001, "Missing Access", URL),
    discord(403, 50013, "Missing Permissions", URL),
    discord(400, 50006, "Cannot send an empty message", OURS),
    discord(400, 50109, "The request body contains invalid JSON.", OURS),
    discord(400, 50083, "Thread is archived", refused("thread_id")),
    discord(400, 160005, "Thread is locked", refused("thread_id")),
    discord(400, 220001, "Webhooks posted to forum channels must have a thread_id", refused("thread_id")),
    discord(400, 220003, "Webhooks can only create threads in forum channels", refused("thread_id")),
    discord(404, 99999, "Something new that is gone", refused("make a new one")),
    discord(403, 99999, "Something new that is forbidden", URL),
    discord_form("content", "BASE_TYPE_MAX_LENGTH", TOO_LARGE),
    discord_form("embeds", "BASE_TYPE_BAD_LENGTH", TOO_LARGE),
    discord_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", TOO_LARGE),
    discord_form("embeds", "BASE_TYPE_REQUIRED", BAD_CONTENT),
    discord_form("allowed_mentions", "BASE_TYPE_MAX_LENGTH", refused("`mention`")),
    discord(400, 50035, "Invalid Form Body", BAD_CONTENT),
    discord(413, 40005, "Request entity too large", TOO_LARGE),
    discord(400, 200000, "Message was blocked by automatic moderation", BAD_CONTENT),
    discord(400, 200001, "Title was blocked by automatic moderation", BAD_CONTENT),
    discord(400, 240000, "Message blocked by harmful links filter", BAD_CONTENT),
    discord(400, 20009, "Explicit content cannot be sent", BAD_CONTENT),
    discord(200, 123456, "something new", retried(60)),
    discord(400, 123456, "something new", retried(60)),
    discord(503, 130000, "API resource is currently overloaded", retried(60)),
    # an address that is shut out stays away for ten minutes
    discord(403, 40333, "blocked from accessing our API temporarily", limited(600)),
    *[
        Row("discord", 400, {"code": code, "message": "slow", "retry_after": 4.5}, limited(4.5), {}, str(code), "slow")
        for code in (20016, 20022, 20028, 31001, 31002, 40062)
    ],
    Row("discord", 429, {"message": "limited.", "retry_after": 0.348, "global": False}, limited(0.348)),
    Row("discord", 429, {"message": "limited.", "retry_after": 64.57}, limited(65), told("65")),
    Row("discord", 429, {"message": "limited.", "retry_after": 65.5, "global": True}, limited(65.5), told("65")),
    Row("discord", 429, {"message": "limited."}, limited(65), told("65")),
    Row("discord", 429, {"retry_after": "soon"}, limited(60)),
    Row("discord", 429, {"retry_after": True}, limited(60)),
    Row("discord", 429, {"retry_after": -3}, limited(0)),
    Row("discord", 429, {"retry_after": 1e300}, limited(86_400)),
    Row("discord", 429, b'{"retry_after": NaN}', limited(60)),
    Row("discord", 429, b'{"retry_after": 1e999}', limited(60)),
    Row("discord", 429, b"error code: 1015", limited(3600), told("3600")),
    Row("discord", 429, b"error code: 1015", limited(60)),
    Row("discord", 204, b"", ACCEPTED),
    Row("discord", 404, b"<html>", refused("make a new one")),
    *[Row("discord", 200, body, AMBIGUOUS) for body in (b"ok", b'"1"', b'{"id":""}', b'{"id":7}')],
]


def feishu(
    code: int, words: str, expected: Expected, *, status: int = 200, headers: dict[str, str] | None = None
) -> Row:
    return Row("feishu", status, {"code": code, "msg": words, "data": {}}, expected, headers or {}, str(code), words)


NOT_OUR_SIGNATURE = "sign match fail or timestamp is not within one hour from current time"
BAD_CARD = "Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err; unknown property"

FEISHU = [
    feishu(11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]", limited(60)),
    feishu(9499, "too many request", limited(60), status=400),
    feishu(9499, "too many request", limited(60)),
    feishu(9499, "Bad Request", BAD_CONTENT),
    feishu(9499, "Bad Request", BAD_CONTENT, status=400),
    feishu(19002, "params error, msg_type need", BAD_CONTENT),
    feishu(19021, NOT_OUR_SIGNATURE, refused("`secret`")),
    feishu(19021, NOT_OUR_SIGNATURE, refused("clock is 7200 s off"), headers=TWO_HOURS_OFF),
    feishu(19021, NOT_OUR_SIGNATURE, refused("copy the bot's signing secret"), headers=FIVE_SECONDS_OFF),
    feishu(19022, "Ip Not Allowed", refused("IP whitelist")),
    feishu(19024, "Key Words Not Found", refused("`keyword`")),
    feishu(19001, "param invalid: incoming webhook access token invalid", URL),
    feishu(19001, "param invalid: incoming webhook access token invalid", URL, status=400),
    feishu(19036, "request body over 30KB", TOO_LARGE),
    feishu(11246, BAD_CARD, BAD_CONTENT),
    feishu(230099, BAD_CARD, BAD_CONTENT, status=400),
    feishu(11246, "Failed to create card content, ext=ErrCode: 11310; ErrMsg: element exceeds", BAD_CONTENT),
    *[feishu(99991400, "request trigger frequency limit", limited(60), status=status) for status in (200, 400, 429)],
    *[
        feishu(99991400, "limit", limited(52), status=status, headers={"x-ogw-ratelimit-reset": "52"})
        for status in (400, 429)
    ],
    feishu(777777, "something new", retried(60)),
    feishu(777778, "操作过于频繁", limited(60)),
    feishu(777778, "rate limit", limited(60)),
    feishu(230025, "The length of the message content reaches its limit.", TOO_LARGE, status=400),
    Row("feishu", 429, b"<html>", limited(7), {"x-ogw-ratelimit-reset": "7"}),
    Row("feishu", 429, b"<html>", limited(90), told("90")),
    Row("feishu", 429, b"", limited(60), {"x-ogw-ratelimit-reset": "soon"}),
    # the twin of old says what failed, and never that a message was delivered
    Row("feishu", 200, {"StatusCode": 9499, "StatusMessage": "fail to parse content"}, BAD_CONTENT),
    Row("feishu", 200, {"StatusCode": 0, "StatusMessage": "success"}, AMBIGUOUS),
    Row("feishu", 200, {"StatusCode": 0, "code": 19024, "msg": "Key Words Not Found"}, refused("`keyword`")),
    Row("feishu", 200, {"code": False, "msg": "success"}, AMBIGUOUS),
]


def pagerduty(error: str, expected: Expected) -> Row:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": [error]}
    return Row("pagerduty", 400, body, expected, {}, "invalid event", f"Event object is invalid: {error}")


THROTTLED: list[tuple[int, object]] = [
    (429, {"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly."}),
    (202, {"status": "throttle exceeded", "message": ""}),
    (429, {"status": "something new"}),
    (429, b"Request Limit Exceeded"),
    (429, b""),
]
PAGERDUTY = [
    pagerduty("Length of 'routing_key' is incorrect (should be 32 characters)", refused("`secret`")),
    pagerduty("'routing_key' is missing or blank", refused("`secret`")),
    pagerduty("Invalid routing key", refused("`secret`")),
    pagerduty("'payload.severity' is invalid (must be one of critical, error, warning, info)", OURS),
    pagerduty("Event object exceeds the size limit of 512 KB", TOO_LARGE),
    Row("pagerduty", 400, {"status": "something new"}, OURS),
    Row("pagerduty", 413, {"status": "invalid event"}, TOO_LARGE),
    *[Row("pagerduty", status, body, limited(60)) for status, body in THROTTLED],
    *[Row("pagerduty", status, body, limited(120), told("120")) for status, body in THROTTLED],
    *[Row("pagerduty", status, {"status": "internal error"}, retried()) for status in (500, 502, 503, 504)],
    Row("pagerduty", 202, {"status": "something new", "message": "why"}, retried(60), {}, "something new", "why"),
    *[
        Row("pagerduty", status, body, refused(setting))
        for status, setting in ((302, "`url`"), (401, "`secret`"), (403, "`secret`"), (404, "`url`"))
        for body in (b"<html>", {"status": "something new"})
    ],
    Row("pagerduty", 202, b"<html>502</html>", AMBIGUOUS),
]


def slack(status: int, word: str, expected: Expected) -> list[Row]:
    """A bare word, and the word in JSON."""
    body = {"ok": False, "error": word}
    as_json = Row("slack", status, body, expected, {}, word, json.dumps(body))
    return [Row("slack", status, word.encode(), expected, {}, word, word), as_json]


SLACK = [
    *slack(400, "invalid_payload", OURS),
    *slack(400, "no_text", OURS),
    *slack(400, "too_many_attachments", OURS),
    *slack(400, "user_not_found", URL),
    *slack(403, "invalid_token", URL),
    *slack(403, "action_prohibited", refused("administrator")),
    *slack(403, "posting_to_general_channel_denied", URL),
    *slack(404, "channel_not_found", URL),
    *slack(410, "channel_is_archived", URL),
    *slack(404, "no_service", URL),
    *slack(404, "no_service_id", URL),
    *slack(404, "no_active_hooks", URL),
    *slack(404, "no_team", refused("workspace")),
    *slack(403, "team_disabled", refused("workspace")),
    *[row for status in (200, 400) for row in slack(status, "msg_blocks_too_long", TOO_LARGE)],
    *[row for status in (200, 400) for row in slack(status, "msg_too_long", TOO_LARGE)],
    *[row for status in (200, 400) for row in slack(status, "invalid_blocks", BAD_CONTENT)],
    *[row for status in (200, 400) for row in slack(status, "invalid_blocks_format", BAD_CONTENT)],
    *[row for status in (200, 400) for row in slack(status, "invalid_attachments", BAD_CONTENT)],
    *slack(200, "something_new", retried(60)),
    *slack(410, "rollup_error", URL),
    *slack(503, "rollup_error", retried()),
    *slack(429, "rate_limited", limited(60)),
    *slack(200, "rate_limited", limited(60)),
    Row("slack", 429, b"", limited(30), told("30")),
    Row("slack", 429, {"retry_after": 1, "ok": False, "error": "rate_limited"}, limited(1)),
    Row("slack", 429, {"retry_after": 1, "ok": False, "error": "rate_limited"}, limited(2), told("2")),
    Row("slack", 429, {"retry_after": 10**30, "ok": False, "error": "rate_limited"}, limited(86_400)),
    Row("slack", 200, {"retry_after": 7, "ok": False, "error": "ratelimited"}, limited(7)),
    *[
        Row("slack", 200, body, AMBIGUOUS)
        for body in (b"", b"OK", b"ok ok", b"<html>ok</html>", b"\xff\xfe", b"[]", b"1", b'"ok"', b"{}", b'{"ok":1}')
    ],
    Row("slack", 200, {"ok": "true"}, AMBIGUOUS),
]


def teams(status: int, code: str, expected: Expected, words: str = "why") -> Row:
    return Row("teams", status, {"error": {"code": code, "message": words}}, expected, {}, code, words)


OFF, NOT_ALLOWED = refused("turn the workflow on"), refused("sig=")
CONNECTOR = (
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {} with ContextId x"
)
TOO_FAST = [
    CONNECTOR.format(429).encode(),
    {"error": {"code": "TooManyRequests", "message": "Rate limit is exceeded."}},
]

TEAMS = [
    *[
        Row("teams", status, body, ACCEPTED)
        for status in (200, 201, 202)
        for body in (b"", b"1", b"Received", b'{"status":"accepted","id":"16"}', b'{"error":null}', b'{"error":{}}')
    ],
    teams(400, "WorkflowTriggerIsNotEnabled", OFF, "Could not execute: state 'Deleted'"),
    teams(404, "WorkflowTriggerNotFound", URL),
    teams(404, "WorkflowNotFound", URL),
    teams(400, "WorkflowDisabled", OFF),
    teams(401, "DirectApiAuthorizationRequired", NOT_ALLOWED),
    teams(401, "DirectApiInvalidAuthorizationScheme", NOT_ALLOWED),
    teams(403, "AuthorizationFailed", NOT_ALLOWED),
    teams(400, "TriggerInputSchemaMismatch", BAD_CONTENT),
    teams(413, "RequestEntityTooLarge", TOO_LARGE),
    teams(413, "SomethingNew", TOO_LARGE),
    *[teams(status, "SomethingNew", OFF) for status in (404, 410)],
    *[teams(status, "SomethingNew", NOT_ALLOWED) for status in (401, 403)],
    teams(400, "SomethingNew", refused("run history")),
    Row("teams", 405, {"error": {"code": "SomethingNew"}}, URL),
    *[Row("teams", status, {"error": {"code": "New"}}, retried()) for status in (500, 503, 504)],
    # an error in a 2xx is no success
    *[
        Row("teams", status, body, expected)
        for status in (200, 202)
        for body, expected in (
            (CONNECTOR.format(413).encode(), TOO_LARGE),
            (CONNECTOR.format(400).encode(), BAD_CONTENT),
            (CONNECTOR.format(403).encode(), retried(60)),
            (b"Bad payload received by generic incoming webhook.", BAD_CONTENT),
            (b"Summary or Text is required.", BAD_CONTENT),
            (b"something new has failed", retried(60)),
            (b'{"status":"failed","message":"why"}', retried(60)),
            (b'{"error":{"code":"WorkflowTriggerIsNotEnabled","message":""}}', OFF),
            (b'{"error":{"code":"SomethingNew","message":""}}', retried(60)),
            (b'{"error":"no"}', retried(60)),
            (b'{"error":{}, "message":"fine"}', ACCEPTED),
        )
    ],
    *[Row("teams", status, body, limited(60)) for status in (200, 202, 429) for body in TOO_FAST],
    *[Row("teams", status, body, limited(7), told("7")) for status in (200, 202, 429) for body in TOO_FAST],
    Row("teams", 200, b"<html><body>Sign in</body></html>", AMBIGUOUS),
    Row("teams", 200, b"\n<!DOCTYPE html><p>fine</p>", AMBIGUOUS),
    Row("teams", 200, b"Welcome", AMBIGUOUS, {"content-type": "text/html; charset=utf-8"}),
]


def telegram(code: int, words: str, expected: Expected, headers: dict[str, str] | None = None, **more: object) -> Row:
    body = {"ok": False, "error_code": code, "description": words, "parameters": more}
    return Row("telegram", code, body, expected, headers or {}, str(code), words)


CHAT_ID, TOKEN = refused("chat_id"), refused("token")
TOPIC, RIGHTS, ADD_AGAIN = refused("message_thread_id"), refused("administrator"), refused("add it again")

TELEGRAM = [
    telegram(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3', BAD_CONTENT),
    telegram(400, "Bad Request: can't parse entities: Can't find end tag corresponding to start tag code", BAD_CONTENT),
    telegram(400, "Bad Request: entity beyond the end of the message", BAD_CONTENT),
    telegram(400, "Bad Request: message is too long", TOO_LARGE),
    telegram(413, "Request Entity Too Large", TOO_LARGE),
    telegram(400, "Bad Request: chat not found", CHAT_ID),
    telegram(400, "Bad Request: PEER_ID_INVALID", CHAT_ID),
    telegram(400, "Bad Request: chat_id is empty", CHAT_ID),
    telegram(400, "Bad Request: message thread not found", TOPIC),
    telegram(400, "Bad Request: TOPIC_CLOSED", TOPIC),
    telegram(400, "Bad Request: not enough rights to send text messages to the chat", RIGHTS),
    telegram(400, "Bad Request: CHAT_WRITE_FORBIDDEN", RIGHTS),
    telegram(400, "Bad Request: message text is empty", URL),
    telegram(400, "Bad Request: something new", URL),
    telegram(400, "Bad Request: group chat was upgraded to a supergroup chat", refused("put its new chat_id into")),
    telegram(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        refused("put chat_id=-1009876543210 into the channel's `url`"),
        migrate_to_chat_id=-1009876543210,
    ),
    telegram(401, "Unauthorized", TOKEN),
    telegram(403, "Forbidden: bot was kicked from the supergroup chat", ADD_AGAIN),
    telegram(403, "Forbidden: bot was blocked by the user", ADD_AGAIN),
    telegram(403, "Forbidden: bot is not a member of the channel chat", ADD_AGAIN),
    telegram(404, "Not Found", TOKEN),
    telegram(500, "Internal Server Error", retried()),
    telegram(502, "Bad Gateway", retried()),
    telegram(599, "something new", retried()),
    telegram(418, "something new", retried(60)),
    telegram(499, "something new", retried(60)),
    telegram(429, "Too Many Requests: retry after 37", limited(37), retry_after=37),
    telegram(429, "Too Many Requests", limited(60)),
    telegram(429, "Too Many Requests", limited(9), told("9")),
    telegram(420, "FLOOD_WAIT", limited(60)),
    telegram(420, "in words that are not known", limited(60)),
    *[Row("telegram", 200, {"ok": ok, "result": {}}, AMBIGUOUS) for ok in ("true", 1, None)],
    Row("telegram", 200, {"ok": False, "result": {}}, retried(60)),
    Row("telegram", 200, {"ok": True, "result": {}, "error_code": 400}, CHAT_ID),
    # a code without end
    Row("telegram", 200, b'{"ok":false,"description":"?","error_code":' + b"9" * 4000 + b"}", retried()),
]


def webhook(status: int, expected: Expected, headers: dict[str, str] | None = None) -> Row:
    return Row("webhook", status, b"said", expected, headers or {})


SERVER_TIME = dated("Tue, 14 Nov 2023 22:13:00 GMT")

WEBHOOK = [
    *[webhook(status, Expected(Permanent)) for status in (301, 307, 400, 401, 403, 404, 410, 422)],
    webhook(408, retried()),
    webhook(500, retried(0)),
    webhook(502, retried(60)),
    webhook(504, retried(60)),
    webhook(503, retried(0), told("soon")),
    webhook(429, limited(60)),
    webhook(429, limited(7), told("7")),
    webhook(502, retried(90), told("90")),
    # a date counts from the server's own; without it, from when we asked
    webhook(429, limited(120), {**told("Tue, 14 Nov 2023 22:15:00 GMT"), **SERVER_TIME}),
    webhook(504, retried(0), {**told("Tue, 14 Nov 2023 22:00:00 GMT"), **SERVER_TIME}),
    webhook(429, limited(100), told("Tue, 14 Nov 2023 22:15:00 GMT")),
]


def wecom(code: int, words: str, expected: Expected, headers: dict[str, str] | None = None) -> Row:
    return Row("wecom", 200, {"errcode": code, "errmsg": words}, expected, headers or {}, str(code), words)


WECOM = [
    wecom(-1, "system busy", retried(30)),
    wecom(45009, "api freq out of limit", limited(60)),
    wecom(45009, "api freq out of limit", limited(60), told("3")),
    wecom(45009, "api freq out of limit", limited(300), told("300")),
    wecom(45033, "api concurrent out of limit", limited(60)),
    wecom(93000, "invalid webhook url, hint: [1700000000_fake], from ip: 203.0.113.7", URL),
    wecom(40058, "markdown.content exceed max length 4096. invalid Request Parameter", TOO_LARGE),
    wecom(40058, "text.content exceed max length 2048. invalid Request Parameter", TOO_LARGE),
    wecom(40058, "invalid Request Parameter", BAD_CONTENT),
    wecom(45002, "content size out of limit", TOO_LARGE),
    wecom(40008, "invalid message type", Expected(Permanent)),
    wecom(44004, "empty content", Expected(Permanent)),
    wecom(47001, "data format error", Expected(Permanent)),
    wecom(999999, "something new", URL),
    wecom(999998, "too fast", limited(60)),
    wecom(999997, "the text is too long", TOO_LARGE),
    Row("wecom", 200, {"errcode": False, "errmsg": "ok"}, AMBIGUOUS),
]

ANSWERS = (*DINGTALK, *DISCORD, *FEISHU, *PAGERDUTY, *SLACK, *TEAMS, *TELEGRAM, *WEBHOOK, *WECOM)

SUCCESSES: dict[str, tuple[range, tuple[object, ...]]] = {
    "dingtalk": (range(200, 201), ({"errcode": 0, "errmsg": "ok"}, {"errcode": "0"})),
    "discord": (range(200, 201), ({"id": "1234567890123456789", "type": 0, "content": "x", "webhook_id": "***"},)),
    "feishu": (range(200, 201), ({"StatusCode": 0, "code": 0, "data": {}, "msg": "success"},)),
    "lark": (range(200, 201), ({"StatusCode": 0, "code": 0, "data": {}, "msg": "success"},)),
    "pagerduty": (range(202, 203), ({"status": "success", "message": "Event processed", "dedup_key": "x"},)),
    "slack": (range(200, 201), (b"ok", {"ok": True})),
    "teams": (range(0), (b"", b"ok", b"1", {"status": "accepted"})),
    "telegram": (range(200, 300), ({"ok": True, "result": {"message_id": 7, "chat": {"id": -1001234567890}}},)),
    "webhook": (range(200, 300), (b"", b"said")),
    "wecom": (range(200, 201), ({"errcode": 0, "errmsg": "ok"},)),
}
"""With which HTTP status each body says that the message was posted. A workflow of Teams never says so."""
