"""Fields whose length a vendor counts in characters, and words made to fit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def characters(text: str) -> int:
    """The length in UTF-16 code units: an emoji counts as two. No vendor's own way of counting gives more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(words: str, most: int, form: Callable[[str], str] = str) -> str:
    """`form(words)` in at most `most` characters: what does not fit is cut off the words, never off the form.

    Cut words end in an ellipsis. `form` gives no shorter text for longer words.
    """
    made = form(words)
    if characters(made) <= most:
        return made
    kept, too_many = 0, len(words)
    while kept + 1 < too_many:
        middle = (kept + too_many) // 2
        if characters(form(words[:middle] + "…")) <= most:
            kept = middle
        else:
            too_many = middle
    return form(words[:kept] + "…")


def paragraphs(lines: Iterable[str], most: int) -> list[str]:
    """The lines in as few texts of at most `most` characters as hold them in their order. No line is longer."""
    texts: list[str] = []
    for line in lines:
        longer = f"{texts[-1]}\n{line}" if texts else line
        if texts and characters(longer) <= most:
            texts[-1] = longer
        else:
            texts.append(line)
    return texts
