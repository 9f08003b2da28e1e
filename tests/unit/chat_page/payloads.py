"""A payload of each chat as its vendor documents it, with every element that the channels use."""

from __future__ import annotations

from typing import Any

TITLE = "[CDN refresh][failed 3/120] release 7"
LINK = "https://console.example.com/tasks"
SAMPLE = "http://example.com/a.txt"

DINGTALK = {
    "msgtype": "markdown",
    "markdown": {
        "title": TITLE,
        "text": f"#### {TITLE}\n\n3 of **120** failed\n\n- `{SAMPLE}`\n    - 2 more\n\n[Console]({LINK})\n\n> event f-1\n\n@138",
    },
    "at": {"atMobiles": ["138"], "atUserIds": ["u1"], "isAtAll": False},
}
DINGTALK_TEXT = {"msgtype": "text", "text": {"content": f"{TITLE}\n3 of 120 @138"}, "at": {"atMobiles": ["138"]}}
FEISHU = {
    "timestamp": "1700000000",
    "sign": "fake-signature",
    "msg_type": "interactive",
    "card": {
        "schema": "2.0",
        "config": {"update_multi": True},
        "header": {"title": {"tag": "plain_text", "content": TITLE}, "template": "red"},
        "body": {
            "elements": [
                {"tag": "markdown", "content": f"3 of **120** failed\n- `{SAMPLE}`\n<at id=ou_1></at>"},
                {
                    "tag": "button",
                    "text": {"tag": "plain_text", "content": "Console"},
                    "type": "default",
                    "behaviors": [{"type": "open_url", "default_url": LINK}],
                },
            ]
        },
    },
}
FEISHU_TEXT = {"msg_type": "text", "content": {"text": f'{TITLE}\n3 of 120 <at user_id="ou_1">Ann</at>'}}
WECOM = {
    "msgtype": "markdown",
    "markdown": {
        "content": f'## <font color="warning">{TITLE}</font>\n3 of **120** failed\n- `{SAMPLE}`\n[Console]({LINK})\n<@u1>\n> event f-1'
    },
}
WECOM_TEXT = {"msgtype": "text", "text": {"content": f"{TITLE}\n3 of 120", "mentioned_mobile_list": ["138", "@all"]}}
SLACK = {
    "text": TITLE,
    "blocks": [{"type": "header", "text": {"type": "plain_text", "text": TITLE}}],
    "attachments": [
        {
            "color": "#d00000",
            "blocks": [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": f"3 of *120* failed &amp; `{SAMPLE}` <@U1> <!subteam^S1>"},
                    "fields": [{"type": "mrkdwn", "text": "*Objects*\n120"}],
                },
                {"type": "section", "text": {"type": "mrkdwn", "text": f"<{LINK}|Console>"}},
                {"type": "context", "elements": [{"type": "plain_text", "text": "event f-1"}]},
            ],
        }
    ],
}
TEAMS = {
    "type": "message",
    "attachments": [
        {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": None,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": {
                    "width": "Full",
                    "entities": [
                        {
                            "type": "mention",
                            "text": "<at>Ann</at>",
                            "mentioned": {"id": "ann@example.com", "name": "Ann"},
                        }
                    ],
                },
                "body": [
                    {"type": "TextBlock", "text": TITLE, "wrap": True, "color": "Attention", "weight": "Bolder"},
                    {"type": "TextBlock", "text": "3 of **120** failed <at>Ann</at> <at>Bob</at>", "wrap": True},
                    {
                        "type": "RichTextBlock",
                        "inlines": [{"type": "TextRun", "text": SAMPLE, "fontType": "Monospace"}],
                    },
                    {"type": "TextBlock", "text": "event f-1", "isSubtle": True},
                ],
                "actions": [{"type": "Action.OpenUrl", "title": "Console", "url": LINK}],
            },
        }
    ],
}
DISCORD = {
    "content": f"{TITLE} <@1> <@&2> @everyone",
    "embeds": [
        {
            "title": "3 of 120 failed",
            "description": f"- `{SAMPLE}`\n[Console]({LINK}) <@3>",
            "color": 13631488,
            "fields": [{"name": "Objects", "value": "120", "inline": True}],
            "footer": {"text": "event f-1"},
        }
    ],
    "allowed_mentions": {"parse": [], "users": ["1"], "roles": ["2"]},
}
TELEGRAM = {
    "chat_id": "-100",
    "text": f'<b>{TITLE}</b>\n3 of 120 &amp; more\n<code>{SAMPLE}</code>\n<a href="{LINK}">Console</a> @oncall',
    "parse_mode": "HTML",
    "link_preview_options": {"is_disabled": True},
}
PAGERDUTY = {
    "routing_key": "fakeroutingkeyfakeroutingkey0000",
    "event_action": "trigger",
    "dedup_key": "refresh-watch-1",
    "payload": {
        "summary": TITLE,
        "source": "refresh-watch",
        "severity": "error",
        "component": "cdn",
        "custom_details": {"counts": {"failed": 3, "total": 120}, "samples": [SAMPLE], "next": "Ask the origin."},
    },
    "links": [{"href": LINK, "text": "Console"}],
    "client": "refresh-watch",
}
WEBHOOK = {
    "type": "refresh_watch.final",
    "data": {"label": TITLE, "counts": {"failed": 3, "total": 120}, "url": SAMPLE},
}

EVERY: dict[str, tuple[str, dict[str, Any]]] = {
    "dingtalk": ("dingtalk", DINGTALK),
    "dingtalk text": ("dingtalk", DINGTALK_TEXT),
    "feishu": ("feishu", FEISHU),
    "feishu text": ("feishu", FEISHU_TEXT),
    "lark": ("lark", FEISHU),
    "wecom": ("wecom", WECOM),
    "wecom text": ("wecom", WECOM_TEXT),
    "slack": ("slack", SLACK),
    "teams": ("teams", TEAMS),
    "discord": ("discord", DISCORD),
    "telegram": ("telegram", TELEGRAM),
    "pagerduty": ("pagerduty", PAGERDUTY),
    "webhook": ("webhook", WEBHOOK),
}
