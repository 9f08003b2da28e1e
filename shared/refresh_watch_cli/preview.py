"""`refresh-watch preview`: every message of every kind of channel on one local page, to judge wording and layout.

The page is drawn from what the channels would send. Nothing is sent, and no setting is read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from refresh_watch.deployment import Deployment
from refresh_watch.errors import BadInput
from refresh_watch.instants import parse_instant
from refresh_watch.reports.message import LAST_STEP
from refresh_watch.settings import LANGUAGES
from refresh_watch_cli.sample_channels import sample_channel
from refresh_watch_cli.sample_reports import NAMES, sample_report
from refresh_watch_emulator.chat_page.page import Drawn, page

FILE = "refresh-watch-preview.html"
_TITLE = "refresh-watch preview"
_HEAD = 2000  # bytes: the title stands in them
_NOW = parse_instant("2026-11-22T08:05:30Z")
_DEPLOYMENT = Deployment(environment="prod", region="cn-hangzhou", account="1234567890123456")
_LADDER_OF = "partly_failed"
_RUNGS = {1: "fewer samples", 2: "no URLs", LAST_STEP: "plain text"}
_INTRO = (
    "Every message of refresh-watch, drawn from what each channel would be sent, with sample reports of no real job. "
    "What a lock screen shows stands above each message. A dashed box is what this page does not know how to draw."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", metavar="FILE", default=FILE, help=f"where the page is written (default: {FILE})")
    parser.add_argument("--language", choices=LANGUAGES, help="only messages in that language (default: both)")
    parser.add_argument("--kind", metavar="KIND", action="append", help="only that kind of channel; may be repeated")


def run(namespace: argparse.Namespace) -> int:
    """Write the page and say where. Raises BadInput for a kind that does not exist or a file that cannot be written."""
    from refresh_watch.channels.registry import adapter, kinds

    chosen = tuple(dict.fromkeys(namespace.kind)) if namespace.kind else kinds()
    for kind in chosen:
        adapter(kind)
    languages = (namespace.language,) if namespace.language else LANGUAGES
    messages = [message for kind in chosen for message in _messages(kind, languages)]
    file = Path(namespace.output)
    try:
        _check_output(file)
        file.write_text(page(_TITLE, _INTRO, messages), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise BadInput("--output", namespace.output, f"a file that can be written ({type(error).__name__})") from None
    print(f"{file.resolve()}: {len(messages)} messages")
    return 0


def _check_output(file: Path) -> None:
    """Raise BadInput for a file that holds something else: nothing of others is written over."""
    if not file.is_file():
        return
    with file.open("rb") as existing:
        head = existing.read(_HEAD)
    if head and f"<title>{_TITLE}</title>".encode() not in head:
        raise BadInput("--output", str(file), "a file that does not exist yet, or an earlier page of preview")


def _messages(kind: str, languages: tuple[str, ...]) -> Iterator[Drawn]:
    for name in NAMES:
        for language in languages:
            yield _message(kind, name, language, 0, name.replace("_", " "))
    for step, rung in _RUNGS.items():
        for language in languages:
            yield _message(kind, _LADDER_OF, language, step, f"{_LADDER_OF.replace('_', ' ')}, {rung}")


def _message(kind: str, name: str, language: str, step: int, about: str) -> Drawn:
    from refresh_watch.channels.contract import create_draft
    from refresh_watch.channels.registry import adapter

    report = sample_report(name, _NOW, "0a1b2c3d", language)
    draft = create_draft(report, sample_channel(kind), language=language, deployment=_DEPLOYMENT, now=_NOW)
    return Drawn(kind, about, language, json.loads(adapter(kind).render(draft, step).body))
