"""Rules for people to read: what a template names in braces, called by a Spanish name between ``‹`` and ``›``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from string import Formatter


@cache
def names() -> dict[str, str]:
    """The Spanish name of each placeholder of the catalogue."""
    table: dict[str, str] = tomllib.loads(
        resources.files("dteplanows.document").joinpath("placeholders.toml").read_text("utf-8")
    )
    return table


def placeholders(template: str) -> list[str]:
    """The names that *template* has in braces, in their order."""
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def readable(template: str) -> str:
    """*template* with ``‹valor›`` for ``{value}``, and so on."""
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(f"‹{names().get(name, name)}›")
    return "".join(parts)
