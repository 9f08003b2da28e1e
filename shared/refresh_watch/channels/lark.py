"""Lark custom bot: Feishu's, at the host of the international edition."""

from __future__ import annotations

from refresh_watch.channels.feishu import RATE, check, classify, render

__all__ = ["HOSTS", "RATE", "check", "classify", "render"]

HOSTS = ("open.larksuite.com",)
