"""Lark's bot: Feishu's, at another host."""

from __future__ import annotations

from shared.local.chat_page.feishu import draw

__all__ = ["draw"]
