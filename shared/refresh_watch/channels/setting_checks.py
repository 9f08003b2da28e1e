"""What is wrong with a channel's setting, in one line that shows no credential."""

from __future__ import annotations

from collections.abc import Callable

from refresh_watch.errors import LONGEST_WORD, BadInput, Described, as_word, missing
from refresh_watch.settings import ChannelSetting

EVERYONE = ("all", "@all")


def malformed(channel: ChannelSetting, key: str, given: str, allowed: str) -> BadInput:
    """The refusal of its `url` or `secret`, of which only what `given` says is shown; empty: it is missing."""
    field = f"channel {channel.name}: {key}"
    return BadInput(field, Described(given), allowed) if given else missing(field, allowed)


def check_mentions(
    channel: ChannelSetting, known: Callable[[str], object], allowed: str, most: int | None = None
) -> None:
    """Raise BadInput for a mention that the vendor does not know, and for more than `most`: use `all` instead."""
    field = f"channel {channel.name}: mention"
    for person in channel.mention:
        if not known(person):
            is_short = len(person) <= LONGEST_WORD and "/" not in person
            raise BadInput(field, person if is_short else as_word(person), allowed)
    if most is not None and len(channel.mention) > most:
        raise BadInput(field, Described(f"{len(channel.mention)} mentions"), f"at most {most}, or all")
