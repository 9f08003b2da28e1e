"""A refusal in the words of the command line: options in place of the fields that they fill."""

from __future__ import annotations

import argparse
import re

from refresh_watch.errors import BadInput

_TYPED_AS = {
    "task_ids": ("ids",),
    "object_paths": ("object_path",),
    "channels": ("channel", "name"),  # `test-channel NAME`
    "page_number": ("page",),
}
"""Fields whose argument is called otherwise."""

_FIELD = re.compile(r"(?P<name>[a-z_]+)(\[\d+\])?(?=: | is missing; )")
_ALLOWED = re.compile(r"(?P<given>.*(; allowed: |: give only one of |: must be ))(?P<allowed>.*)")
_FIELDS = re.compile(r"[a-z]+(?:_[a-z]+)+")  # of one word alone there is no telling whether it means the field


class AsTyped(BadInput):
    """The same refusal, for who typed the command."""

    def __init__(self, error: BadInput, line: str) -> None:
        super().__init__(error.field, "", error.allowed)
        self.args = (line,)


def as_typed(error: BadInput, parser: argparse.ArgumentParser) -> BadInput:
    """The refusal with the names of the parser's own arguments; as it is where none of them was meant."""
    line = str(error)  # what intake has refused is known by its line alone
    match = _FIELD.match(line)
    action = match and _action(match["name"], parser)
    if match is None or action is None:
        return error
    said = _typed(action) + line[match.end() :]
    parts = _ALLOWED.fullmatch(said)
    if parts is None:
        return AsTyped(error, said)
    # `submitted` is what `-` reads
    allowed = parts["allowed"].replace("task_ids, submitted, object_paths", "task_ids, -, object_paths")
    allowed = _FIELDS.sub(lambda found: _typed(_action(found[0], parser)) or found[0], allowed)
    return AsTyped(error, parts["given"] + allowed)


def _action(field: str, parser: argparse.ArgumentParser) -> argparse.Action | None:
    """The argument that fills a field; None where the command takes no such thing."""
    destinations = _TYPED_AS.get(field, (field,))
    return next((action for action in parser._actions if action.dest in destinations), None)  # noqa: SLF001


def _typed(action: argparse.Action | None) -> str:
    if action is None:
        return ""
    return action.option_strings[0] if action.option_strings else str(action.metavar or "")
