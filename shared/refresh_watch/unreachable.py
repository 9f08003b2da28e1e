"""Why a service gave no answer at all, in our own words: the text of an SDK may hold the whole request."""

from __future__ import annotations

_SIGNS = (
    ("timed out", "the connection timed out"),
    ("refused", "the connection was refused"),
    ("resolve", "the host name could not be resolved"),
    ("NameResolution", "the host name could not be resolved"),
    ("CERTIFICATE", "the server's certificate is not trusted"),
    ("ProxyError", "the proxy did not let it through"),
    ("reset", "the connection was reset"),
    ("aborted", "the connection was closed without an answer"),
    ("IncompleteRead", "the answer was cut off"),
    ("json", "the answer is not JSON"),
)


def why_unanswered(error: Exception) -> str:
    """The network error behind an exception of an SDK that has no HTTP status; empty where it is not a known one."""
    inner = getattr(error, "inner_exception", None) or error
    text = str(getattr(inner, "message", "") or inner)
    return next((words for sign, words in _SIGNS if sign in text), "")
