"""Foreign text made fit to be shown: one line, nothing invisible, cut to a length."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200d"  # zero width joiner: emoji are made with it
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_NO_NAME = re.compile(r"[^A-Za-z0-9._:, -]")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


def one_line(text: str, longest: int = 1000) -> str:
    """One line without control, direction-changing and other invisible characters, cut at `longest` characters.

    Lone surrogates, which JSON can carry and UTF-8 cannot, go too.
    """
    spaced = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    shown = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _INVISIBLE)
    return cut(" ".join(shown.split()), longest)


def cut(text: str, longest: int) -> str:
    """At most `longest` characters; a cut text ends in an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def name_only(text: str, longest: int) -> str:
    """Only the characters of ids, codes and RAM actions, so that it can stand in a sentence of ours."""
    return cut(_NO_NAME.sub("", text), longest)


def without_urls(text: str) -> str:
    """The text with every URL in it replaced by an ellipsis."""
    return _URL.sub("…", text)
