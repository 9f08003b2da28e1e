"""How many people a channel may name: each mention takes a place in the message."""

from __future__ import annotations

from refresh_watch.errors import BadInput, Described
from refresh_watch.settings import ChannelSetting


def check_count(channel: ChannelSetting, most: int) -> None:
    """Raise BadInput for more than `most` mentions: whoever needs more wants everyone."""
    if len(channel.mention) > most:
        given = Described(f"{len(channel.mention)} mentions")
        raise BadInput(f"channel {channel.name}: mention", given, f"at most {most}, or all")
