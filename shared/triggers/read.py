"""Any decoded event to what it comes to: finds out which kind of event it is, and lets that kind's file read it."""

from __future__ import annotations

from typing import Any

from shared.settings import Settings
from shared.triggers import direct
from shared.triggers.taken import Taken


def read(body: Any, settings: Settings) -> tuple[Taken, ...]:
    """Read a decoded event, item by item. Nothing is raised, whatever it is."""
    return direct.read(body, settings)
