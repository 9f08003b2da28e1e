"""A payload of each chat as its vendor documents it, with every element that is known to be in use."""

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
DINGTALK_CARD = {
    "msgtype": "actionCard",
    "actionCard": {"title": TITLE, "text": "3 of 120", "btns": [{"title": "Console", "actionURL": LINK}]},
}
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
                {"tag": "hr"},
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
FEISHU_POST = {
    "msg_type": "post",
    "content": {
        "post": {
            "zh_cn": {
                "title": "失败",
                "content": [[{"tag": "text", "text": "3 / 120"}, {"tag": "at", "user_id": "ou_1"}]],
            },
            "en_us": {"title": TITLE, "content": [[{"tag": "a", "text": "Console", "href": LINK}]]},
        }
    },
}
FEISHU_CARD_1 = {
    "msg_type": "interactive",
    "card": {
        "header": {"title": {"tag": "plain_text", "content": TITLE}, "template": "green"},
        "elements": [
            {"tag": "div", "text": {"tag": "lark_md", "content": "3 of **120**"}},
            {"tag": "note", "elements": [{"tag": "plain_text", "content": "event f-1"}]},
            {
                "tag": "action",
                "actions": [{"tag": "button", "text": {"tag": "plain_text", "content": "C"}, "url": LINK}],
            },
        ],
    },
}
WECOM = {
    "msgtype": "markdown",
    "markdown": {
        "content": f'## <font color="warning">{TITLE}</font>\n3 of **120** failed\n- `{SAMPLE}`\n[Console]({LINK})\n<@u1>\n> event f-1'
    },
}
WECOM_TEXT = {"msgtype": "text", "text": {"content": f"{TITLE}\n3 of 120", "mentioned_mobile_list": ["138", "@all"]}}
WECOM_CARD = {
    "msgtype": "template_card",
    "template_card": {
        "card_type": "text_notice",
        "source": {"desc": "refresh-watch", "desc_color": 2},
        "main_title": {"title": TITLE, "desc": "release 7"},
        "emphasis_content": {"title": "3/120", "desc": "failed"},
        "sub_title_text": SAMPLE,
        "horizontal_content_list": [{"keyname": "Task", "value": "704225667", "type": 1, "url": LINK}],
        "jump_list": [{"type": 1, "title": "Console", "url": LINK}],
        "card_action": {"type": 1, "url": LINK},
    },
}
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
                {"type": "divider"},
                {
                    "type": "actions",
                    "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Console"}, "url": LINK}],
                },
                {"type": "context", "elements": [{"type": "mrkdwn", "text": "event f-1"}]},
            ],
        }
    ],
}
SLACK_RICH = {
    "text": TITLE,
    "blocks": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "3 of 120"},
                        {"type": "link", "url": LINK, "text": "Console"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": SAMPLE, "style": {"code": True}}],
                        }
                    ],
                },
                {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]},
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
                    {"type": "FactSet", "facts": [{"title": "Tasks", "value": "704225667"}]},
                    {
                        "type": "RichTextBlock",
                        "inlines": [{"type": "TextRun", "text": SAMPLE, "fontType": "Monospace"}],
                    },
                    {"type": "Container", "style": "attention", "items": [{"type": "TextBlock", "text": "event f-1"}]},
                    {
                        "type": "ColumnSet",
                        "columns": [{"type": "Column", "items": [{"type": "TextBlock", "text": "c"}]}],
                    },
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
    "disable_web_page_preview": True,
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
    "dingtalk card": ("dingtalk", DINGTALK_CARD),
    "feishu": ("feishu", FEISHU),
    "feishu post": ("feishu", FEISHU_POST),
    "feishu card 1.0": ("feishu", FEISHU_CARD_1),
    "lark": ("lark", FEISHU),
    "wecom": ("wecom", WECOM),
    "wecom text": ("wecom", WECOM_TEXT),
    "wecom card": ("wecom", WECOM_CARD),
    "slack": ("slack", SLACK),
    "slack rich text": ("slack", SLACK_RICH),
    "teams": ("teams", TEAMS),
    "discord": ("discord", DISCORD),
    "telegram": ("telegram", TELEGRAM),
    "pagerduty": ("pagerduty", PAGERDUTY),
    "webhook": ("webhook", WEBHOOK),
}
