"""A Workflows webhook that posts to a Teams channel: what it takes is answered with 202, a bad card is lost.

Card: learn.microsoft.com/adaptive-cards and the Teams page on formatting cards. Of its elements the chat takes those
that a report needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from refresh_watch.instants import Instant
from refresh_watch_emulator.chats.contract import Chat, ChatAnswer, Post, blocked, json_answer

MOST_BYTES = 28_000
A_SECOND = 4
_PATH = "/powerautomate/automations/direct/workflows/0fake0workflow0/triggers/manual/paths/invoke"
_AT = re.compile(r"<at>.*?</at>")
_STYLES = {
    "color": ("Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"),
    "fontType": ("Default", "Monospace"),
    "size": ("Default", "Small", "Medium", "Large", "ExtraLarge"),
    "weight": ("Default", "Lighter", "Bolder"),
    "spacing": ("Default", "None", "Small", "Medium", "Large", "ExtraLarge", "Padding"),
}


def create_chat(name: str) -> Chat:
    """A workflow with a fake signature of its own."""
    return Chat("teams", name, access_token=f"fake-signature-of-{name}")


def address(chat: Chat) -> str:
    """The signature stands in the query."""
    return f"{_PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={chat.access_token}"


def receive(chat: Chat, post: Post, recent: tuple[Instant, ...], *, limited: bool) -> ChatAnswer:
    """Address, signature, rate, JSON; what comes after that is 202, whether it is posted or not."""
    if post.path != _PATH:
        return _refusal(404, "WorkflowNotFound", "The workflow could not be found.")
    if chat.access_token and post.given("sig") != chat.access_token:
        words = "The request must be authenticated only by Shared Access scheme."
        return _refusal(401, "DirectApiAuthorizationRequired", words)
    if limited and blocked(post.at, recent, most=A_SECOND, per=1.0):
        refusal = _refusal(429, "TooManyRequests", "Rate limit is exceeded. Try again in 1 seconds.")
        return replace(refusal, headers=(("retry-after", "1"),))
    body = post.json() if post.is_json else None
    if body is None:
        words = "The input body for trigger 'manual' of type 'Request' did not match its schema definition."
        return _refusal(400, "TriggerInputSchemaMismatch", words)
    return ChatAnswer(202, "", accepted=len(post.raw) <= MOST_BYTES and _is_posted(body))


def mentioned(body: dict[str, Any]) -> tuple[str, ...]:
    """The people with an entity whose text stands in a TextBlock."""
    texts = [text for card in _cards(body) for text in _active(card)]
    return tuple(
        str(entity["mentioned"]["id"])
        for card in _cards(body)
        for entity in card.get("msteams", {}).get("entities", [])
        if any(entity["text"] in text for text in texts)
    )


def visible_text(body: dict[str, Any]) -> str:
    """Every element of the cards, a line each, and the buttons."""
    lines = []
    for card in _cards(body):
        for element in card["body"]:
            if element["type"] == "RichTextBlock":
                lines.append("".join(run["text"] for run in element["inlines"]))
            else:
                lines.append(element["text"])
        lines.extend(f"{action['title']} {action['url']}" for action in card.get("actions", []))
    return "\n".join(lines)


def _cards(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [attachment["content"] for attachment in body.get("attachments", [])]


def _active(card: dict[str, Any]) -> Iterator[str]:
    """The texts in which markdown and mentions are read."""
    for element in card["body"]:
        if element["type"] == "TextBlock":
            yield element["text"]


def _is_posted(body: dict[str, Any]) -> bool:
    attachments = body.get("attachments")
    if body.get("type") != "message" or not isinstance(attachments, list) or not attachments:
        return False
    return all(
        isinstance(attachment, dict)
        and attachment.get("contentType") == "application/vnd.microsoft.card.adaptive"
        and isinstance(attachment.get("content"), dict)
        and _is_card(attachment["content"])
        for attachment in attachments
    )


def _is_card(card: dict[str, Any]) -> bool:
    if card.get("type") != "AdaptiveCard" or card.get("version") not in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5"):
        return False
    elements, actions = card.get("body"), card.get("actions", [])
    if not isinstance(elements, list) or not elements or not all(_is_element(element) for element in elements):
        return False
    if not isinstance(actions, list) or not all(_is_link(action) for action in actions):
        return False
    entities = card.get("msteams", {}).get("entities", [])
    written = [tag for text in _active(card) for tag in _AT.findall(text)]
    # a mention without its entity, or an entity that is mentioned nowhere, and the card is not shown
    return all(_is_mention(entity) for entity in entities) and {e["text"] for e in entities} == set(written)


def _is_element(element: Any) -> bool:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind == "TextBlock":
        return _is_text(element)
    if kind == "RichTextBlock":
        runs = element.get("inlines")
        return (
            isinstance(runs, list)
            and bool(runs)
            and _is_styled(element)
            and all(isinstance(run, dict) and run.get("type") == "TextRun" and _is_text(run) for run in runs)
        )
    return False


def _is_text(element: dict[str, Any]) -> bool:
    text = element.get("text")
    return isinstance(text, str) and bool(text) and _is_styled(element)


def _is_styled(element: dict[str, Any]) -> bool:
    return all(element.get(style, "Default") in words for style, words in _STYLES.items())


def _is_link(action: Any) -> bool:
    if not isinstance(action, dict) or action.get("type") != "Action.OpenUrl" or not action.get("title"):
        return False
    return re.match(r"https?://", str(action.get("url"))) is not None


def _is_mention(entity: Any) -> bool:
    if not isinstance(entity, dict) or entity.get("type") != "mention":
        return False
    person = entity.get("mentioned")
    return (
        isinstance(person, dict) and bool(person.get("id")) and entity.get("text") == f"<at>{person.get('name')}</at>"
    )


def _refusal(status: int, code: str, message: str) -> ChatAnswer:
    return json_answer(status, error={"code": code, "message": message})
