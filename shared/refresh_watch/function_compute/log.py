"""JSON logs: one line an event, with the request id and the watch id on each.

Function Compute takes lines of up to 32 KB from standard output. Headers of events and URLs of channels are never
handed to a logger; what is logged are the fields named here and in `extra`.
"""

from __future__ import annotations

import contextvars
import json
import logging
import sys
import time
from typing import Any

_MAX_FIELD = 2000
_bound: contextvars.ContextVar[tuple[tuple[str, str], ...]] = contextvars.ContextVar("bound", default=())
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one JSON line: time (UTC), level, logger, message, what is bound, and the fields of `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Encode one record; an exception is named by its type and place, without values."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:_MAX_FIELD],
            **dict(_bound.get()),
        }
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        extra |= extra.pop("fields", {})
        for key, value in extra.items():
            line[key] = value if isinstance(value, (int, float, bool)) or value is None else str(value)[:_MAX_FIELD]
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def configure() -> None:
    """Send the loggers of the project to standard output; safe to call on every warm invocation."""
    logger = logging.getLogger("refresh_watch")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    _bound.set(())


def bind(**fields: str) -> None:
    """Put these fields on every line of this invocation from now on."""
    _bound.set(tuple({**dict(_bound.get()), **fields}.items()))
