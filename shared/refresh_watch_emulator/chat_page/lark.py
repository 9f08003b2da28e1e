"""Lark's bot: Feishu's, at another host."""

from __future__ import annotations

from refresh_watch_emulator.chat_page.feishu import draw

__all__ = ["draw"]
