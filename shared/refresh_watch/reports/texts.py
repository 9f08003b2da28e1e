"""The texts by language and key: all that a message says is in `texts_en` and `texts_zh`."""

from __future__ import annotations

import string

from refresh_watch.reports import texts_en, texts_zh

TEXTS = {"en": texts_en.TEXTS, "zh": texts_zh.TEXTS}
UTC_OFFSETS = {"en": texts_en.UTC_OFFSET, "zh": texts_zh.UTC_OFFSET}


def text(language: str, key: str, **values: object) -> str:
    """The text of that key, its placeholders filled. `language` is one of `settings.LANGUAGES`."""
    return TEXTS[language][key].format(**values)


def placeholders(words: str) -> set[str]:
    """The names of a text's placeholders."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}
