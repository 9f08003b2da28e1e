"""Task ids as people paste them."""

from __future__ import annotations

import re


def split_ids(text: str) -> list[str]:
    """The ids between commas (of either width), spaces and lines; what is empty between two is none."""
    return [word for word in re.split(r"[\s,，]+", text) if word]
