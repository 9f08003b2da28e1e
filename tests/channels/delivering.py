"""What the tests of this folder share: a clock that stands still, and a delivery to a chat of the wall."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from refresh_watch.channels.delivery.deliver import Delivery, deliver
from refresh_watch.channels.delivery.pacing import Pacing
from refresh_watch.report import Report
from refresh_watch.settings import ChannelSetting, Settings, read_channels
from refresh_watch_emulator.chat_wall import ChatWall
from tests.hand_clock import HandClock
from tests.unit.reports.sample_reports import PARTLY_FAILED

ALLOWED = ("127.0.0.1", "localhost")
QUICKLY = 0.3
"""Time-out of a post that never gets an answer. No test that expects an answer uses it: a loaded machine may be slower."""


def clock_at_rest() -> HandClock:
    return HandClock(1_800_000_000.0)


def channel_of(wall: ChatWall, kind: str = "dingtalk", name: str = "oncall", **more: Any) -> ChannelSetting:

    (channel,) = read_channels(json.dumps([wall.entry(kind, name, **more)]), ALLOWED)
    return channel


def delivered(channel: ChannelSetting, clock: HandClock, report: Report = PARTLY_FAILED, **more: Any) -> Delivery:
    settings = Settings(allowed_hosts=ALLOWED, environment="prod", region="cn-hangzhou")
    # a pacing of its own for each: what is shared is for the test to say
    given = {"pacing": Pacing(), **more}
    return deliver(report, channel, settings=settings, clock=clock, **given)


def with_url(channel: ChannelSetting, url: str) -> ChannelSetting:
    return replace(channel, url=type(channel.url)(url))


@contextmanager
def dripping(begins: bytes) -> Iterator[tuple[str, threading.Event]]:
    """The URL of a server that answers so and then goes on a byte at a time, and whether it ever came to an end."""
    ran_dry, left = threading.Event(), threading.Event()

    def answer(caller: socket.socket) -> None:
        with caller:
            caller.recv(65536)
            try:
                caller.sendall(begins)
                for _ in range(400):
                    if left.wait(0.05):
                        return
                    caller.sendall(b"x")
            except OSError:
                return
        ran_dry.set()

    def serve() -> None:
        for _ in range(3):
            try:
                caller, _from = chat.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(caller,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as chat:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{chat.getsockname()[1]}/webhook/audit", ran_dry
        finally:
            left.set()
