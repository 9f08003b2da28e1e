"""A Lark custom bot: Feishu's, under another name."""

from __future__ import annotations

from dataclasses import replace

from shared.local.robots import feishu
from shared.local.robots.feishu import address, judge, mentioned, shown
from shared.local.robots.robot import Robot

__all__ = ["address", "judge", "made", "mentioned", "shown"]


def made(name: str) -> Robot:
    """A bot with fake secrets of its own."""
    return replace(feishu.made(name), kind="lark")
