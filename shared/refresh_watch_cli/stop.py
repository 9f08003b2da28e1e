"""`refresh-watch stop`: ends a watch by hand; its final report says that it was stopped, and by whom."""

from __future__ import annotations

import argparse
import getpass
import re
import socket

from refresh_watch.errors import BadInput
from refresh_watch.workflow.stop import stop
from refresh_watch_cli.context import read_context

LONGEST_NAME = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("watch_id", metavar="WATCH_ID", help="as start and every report name it")
    parser.add_argument("--by", metavar="NAME", help="who stops it (default: user@host)")


def run(namespace: argparse.Namespace) -> int:
    """Stop it. A watch that had ended before is left as it is. Raises BadInput, NoSuchWatch, EngineError."""
    watch_id = read_watch_id(namespace.watch_id)
    who = _who() if namespace.by is None else namespace.by
    if not who.strip() or not who.isprintable() or len(who) > LONGEST_NAME:
        raise BadInput("--by", who, f"1 to {LONGEST_NAME} printable characters")
    context = read_context()
    if stop(watch_id, who, engine=context.engine(), clock=context.clock):
        print(f"watch {watch_id} is stopped; its final report says so and names {who}")
    else:
        print(f"watch {watch_id} had ended before; nothing was stopped")
    return 0


def read_watch_id(text: str) -> str:
    """A watch's id. Raises BadInput."""
    if re.fullmatch(r"[0-9A-Za-z]{1,40}", text) is None:
        raise BadInput("WATCH_ID", text, "letters and digits, as start and every report name it")
    return text


def _who() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        name = "someone"
    return f"{name}@{socket.gethostname()}"[:LONGEST_NAME]
