"""A PagerDuty event (Events API v2): what the incident and whoever is called show of it."""

from __future__ import annotations

from typing import Any

from refresh_watch_emulator.chat_page.markup import Html, element, joined, lines, link
from refresh_watch_emulator.chat_page.parts import bubble, listed, message, note, of, raw, rest, said

_SEVERITIES = ("critical", "error", "warning", "info")
_WORDS = {"trigger": "Triggered", "acknowledge": "Acknowledged", "resolve": "Resolved"}
# the routing key is a credential
_KNOWN = ("routing_key", "event_action", "dedup_key", "payload", "links", "client", "client_url")
_RESOLVES = "It ends the open incident of this dedup key; where none is open, nobody hears of it."
_ALERT = ("source", "component", "group", "class", "timestamp")


def draw(body: dict[str, Any]) -> str:
    """The incident's page; a notification reads its summary."""
    action = said(body, "event_action")
    if action not in _WORDS:
        told = {key: value for key, value in body.items() if key != "routing_key"}
        return message("pagerduty", "", bubble(raw(f"event_action {action}", told)))
    payload = of(body, "payload")
    severity = said(payload, "severity")
    summary = said(payload, "summary")
    facts = [(key, said(payload, key)) for key in _ALERT if key in payload]
    facts.append(("dedup key", said(body, "dedup_key")))
    client = link(said(body, "client"), said(body, "client_url")) if "client_url" in body else said(body, "client")
    inside = element(
        "div",
        element(
            "p",
            element("span", _WORDS[action], kind=f"tag action-{action}"),
            element("span", severity, kind=f"tag severity-{severity}") if severity in _SEVERITIES else severity,
        ),
        element("p", summary, kind="h h3") if summary else "",
        element(
            "dl", *(element("div", element("dt", key), element("dd", value)) for key, value in facts), kind="facts"
        ),
        _details(payload.get("custom_details")),
        element("p", *(link(said(each, "text"), said(each, "href"), "button") for each in listed(body, "links"))),
        element("p", "via ", client, kind="foot") if client else "",
        rest(payload, "summary", "severity", "custom_details", *_ALERT),
        rest(body, *_KNOWN),
        kind="inside",
    )
    return message(
        "pagerduty",
        summary if action == "trigger" else f"{_WORDS[action]}: {summary or 'the incident'}",
        bubble(inside, kind="bubble card"),
        note(_RESOLVES) if action == "resolve" else "",
    )


def _details(details: Any) -> Html:
    return element("div", _value(details), kind="details") if details is not None else Html()


def _value(value: Any) -> Html:
    """As PagerDuty lays custom details out: a table, whose values may be tables."""
    if isinstance(value, dict):
        return element("dl", *(_row(key, each) for key, each in value.items()), kind="facts")
    if isinstance(value, list):
        return joined(element("div", _value(each), kind="item") for each in value)
    return lines(value)


def _row(key: str, value: Any) -> Html:
    kind = "deep" if isinstance(value, (dict, list)) else ""
    return element("div", element("dt", key), element("dd", _value(value)), kind=kind)
