"""The whole house with every chat refusing and echoing its own secrets: none is kept, logged or answered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from refresh_watch.reports.wire import encode
from refresh_watch.workflow.replay import UndeliveredReport, undelivered
from refresh_watch_emulator.chat_wall import KINDS, ChatWall, ScriptedAnswer
from tests.unit.reports.sample_reports import PARTLY_FAILED
from tests.workflow.house import house, wait_for


def test_no_secret_is_in_the_functions_log_the_queues_file_or_the_list_of_undelivered_reports(tmp_path: Path) -> None:
    with ChatWall(rate_limits=False) as wall:
        names = {kind: f"robot_{kind}" for kind in KINDS}
        chats = [wall.chat(kind, name) for kind, name in names.items()]
        secrets = [secret for chat in chats for secret in (chat.secret, chat.access_token) if secret]
        for chat in chats:
            held = [chat.secret, chat.access_token]
            echo = " ".join([*held, *(quote(each, safe="") for each in held)])
            wall.script(chat.kind, chat.name, *[ScriptedAnswer(400, f"refused: {echo}")] * 5)
        channels = [wall.entry(kind, name) for kind, name in names.items()]
        with house(tmp_path, channels=channels) as home:
            report = replace(PARTLY_FAILED, channels=())
            home.fc.start_later("notify", encode(report), 0, report.id)
            kept = wait_for(lambda: _all_given_up(undelivered(home.fc)), "every report given up")
            assert sorted(one.channel for one in kept) == sorted(names.values())
            assert all("refused:" in one.why or "HTTP 400" in one.why for one in kept)
            shown = "\n".join([*home.log, *(one.why for one in kept), *(str(one) for one in kept)])
        # the queue's file and its journal, as they are on the disk
        files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(secrets) >= len(KINDS)
    assert files
    assert "refresh_watch.deliver" in shown
    own = {chat.name: (chat.secret, chat.access_token) for chat in chats}
    leaked = [
        name
        for name, held in own.items()
        for secret in held
        if secret and (secret in shown or any(secret.encode() in data for data in files))
    ]
    assert leaked == []


def _all_given_up(found: list[UndeliveredReport]) -> list[UndeliveredReport]:
    return found if len(found) == len(KINDS) else []
