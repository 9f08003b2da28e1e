"""How a row is spelled in JSON, as the switches say."""

from __future__ import annotations

from typing import Any

from refresh_watch.instants import format_instant
from refresh_watch_emulator.products.switches import Switches
from refresh_watch_emulator.products.world import FAILURES, ObjectPlan, RowState, SubmittedTask

_JOINED = {
    "Internal Error": "InternalError",
    "Origin Timeout": "OriginTimeout",
    "Origin Return StatusCode 5XX": "OriginReturn StatusCode 5XX",
}


def row_json(task: SubmittedTask, plan: ObjectPlan, state: RowState, switches: Switches) -> dict[str, Any]:
    """Spell one row: an object of a task, and the state that is shown of it."""
    written: dict[str, Any] = {
        "CreationTime": format_instant(task.created_at),
        "ObjectPath": plan.path,
        "Status": shown_status(state.status, switches),
        "TaskId": int(task.id) if switches.numeric_ids else task.id,
        "ObjectType": switches.directory_word if task.object_type == "directory" else task.object_type,
        "Process": _process(state.process, switches),
    }
    description = _description(state.description, switches)
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


def _description(text: str, switches: Switches) -> str | None:
    if not text:
        fine = {"absent": None, "empty": "", "error": "Internal Error"}[switches.description_when_fine]
        if not fine:
            return fine
        text = fine
    return _JOINED.get(text, text) if switches.description_form == "joined" else text
