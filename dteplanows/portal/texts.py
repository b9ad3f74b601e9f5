"""The Spanish texts of the pages, by key: ``texts.toml``. What the catalogue of problems says is not among them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources


def _read() -> dict[str, str]:
    table = tomllib.loads(resources.files("dteplanows.portal").joinpath("texts.toml").read_text("utf-8"))
    return {f"{group}.{key}": text for group, rows in table.items() for key, text in rows.items()}


TEXTS: Mapping[str, str] = _read()
"""Every text by its key, ``group.name``."""


def t(key: str, **facts: object) -> str:
    """The text *key* with *facts* in the place of what stands in braces. It is plain text: a template escapes it.

    :raises KeyError: there is no such text, or a fact that it names is missing: a programming error.
    """
    return TEXTS[key].format(**facts) if facts else TEXTS[key]
