"""A Lark custom bot: Feishu's, under another name."""

from __future__ import annotations

from dataclasses import replace

from refresh_watch_emulator.chats import feishu
from refresh_watch_emulator.chats.feishu import address, judge, mentioned, shown
from refresh_watch_emulator.chats.robot import Robot

__all__ = ["address", "judge", "made", "mentioned", "shown"]


def made(name: str) -> Robot:
    """A bot with fake secrets of its own."""
    return replace(feishu.made(name), kind="lark")
