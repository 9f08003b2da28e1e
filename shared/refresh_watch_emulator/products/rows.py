"""How a row is spelled in JSON, as the switches say."""

from __future__ import annotations

from typing import Any

from refresh_watch.instants import format_instant
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import FAILURES, RowState, StoredRow

_JOINED = {
    "Internal Error": "InternalError",
    "Origin Timeout": "OriginTimeout",
    "Origin Return StatusCode 5XX": "OriginReturn StatusCode 5XX",
}


def row_json(row: StoredRow, switches: Switches) -> dict[str, Any]:
    """Spell one row."""
    written: dict[str, Any] = {
        "CreationTime": format_instant(row.created_at),
        "ObjectPath": row.path,
        "Status": shown_status(row.state.status, switches),
        "TaskId": int(row.task_id) if switches.numeric_ids else row.task_id,
        "ObjectType": switches.directory_word if row.object_type == "directory" else row.object_type,
        "Process": _process(row.state.process, switches),
    }
    description = _description(row, switches)
    if description is not None:
        written["Description"] = description
    return written


def shown_state(state: RowState, switches: Switches) -> RowState:
    """What a state gives away before its end, as the switch for progress says."""
    if switches.progress == "moves" or state.status not in ("Pending", "Refreshing"):
        return state
    return RowState("Refreshing" if switches.progress == "mute" else state.status, 0.0)


def shown_status(status: str, switches: Switches) -> str:
    """The word that an answer has for a status."""
    return "Failed" if status in FAILURES and not switches.timeout_and_canceled else status


def _process(share: float, switches: Switches) -> str | int:
    if switches.process_form == "int":
        return int(share)
    if switches.process_form == "plain":
        return str(int(share))
    if switches.process_form == "decimal":
        return f"{share:.2f}".rstrip("0").rstrip(".") + "%"
    return f"{int(share)}%"


def _description(row: StoredRow, switches: Switches) -> str | None:
    text = row.state.description
    if not text:
        fine = {"absent": None, "empty": "", "error": "Internal Error"}[switches.description_when_fine]
        if not fine:
            return fine
        text = fine
    return _JOINED.get(text, text) if switches.description_form == "joined" else text
