"""The Spanish texts of the pages, by key: ``texts.toml``. What the catalogue of problems says is not among them."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.phrases import read_texts

TEXTS: Mapping[str, str] = read_texts("dteplanows.portal", "texts.toml")
"""Every text by its key, ``group.name``."""


def t(key: str, **facts: object) -> str:
    """The text *key* with *facts* in the place of what stands in braces. It is plain text: a template escapes it.

    :raises KeyError: there is no such text, or a fact that it names is missing: a programming error.
    """
    return TEXTS[key].format(**facts) if facts else TEXTS[key]
