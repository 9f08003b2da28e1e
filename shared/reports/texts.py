"""The texts by language and key. Every text that people read in a message stands in `texts_en` and `texts_zh`."""

from __future__ import annotations

from shared.reports import texts_en, texts_zh

TEXTS = {"en": texts_en.TEXTS, "zh": texts_zh.TEXTS}


def text(language: str, key: str, **values: object) -> str:
    """The text of that key, its placeholders filled. `language` is one of `settings.LANGUAGES`."""
    return TEXTS[language][key].format(**values)
