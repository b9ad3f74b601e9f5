"""The phrases that reasons are put together from, by key: ``phrases.toml``. No other module writes words for a reason.

A phrase stands in the place of a fact of the catalogue's texts (``{reason}``, ``{missing}``...) where what is to be
said depends on the document. It may name facts in braces itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources


def read_texts(package: str, name: str) -> dict[str, str]:
    """The texts of the file *name* of a package, in groups, each by its key: ``group.name``."""
    table = tomllib.loads(resources.files(package).joinpath(name).read_text("utf-8"))
    return {f"{group}.{key}": text for group, rows in table.items() for key, text in rows.items()}


PHRASES: Mapping[str, str] = read_texts("dteplanows.document", "phrases.toml")
"""Every phrase by its key, ``group.name``."""


def phrase(key: str, **facts: object) -> str:
    """The phrase *key* with *facts* filled in.

    :raises KeyError: there is no such phrase, or a fact that it names is missing: a programming error.
    """
    return PHRASES[key].format(**facts)
