"""A Lark custom bot: Feishu's, under another name."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch_emulator.chats import feishu
from refresh_watch_emulator.chats.contract import Chat
from refresh_watch_emulator.chats.feishu import address, mentioned, receive, visible_text

__all__ = ["address", "create_chat", "mentioned", "receive", "visible_text"]


def create_chat(name: str) -> Chat:
    """A bot with fake secrets of its own."""
    return replace(feishu.create_chat(name), kind="lark")
