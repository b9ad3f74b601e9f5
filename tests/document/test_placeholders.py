from __future__ import annotations

from dteplanows.document.catalogue import RULES
from dteplanows.document.placeholders import names, placeholders, readable


def used() -> set[str]:
    """Every placeholder of the catalogue."""
    texts = (text for rule in RULES.values() for text in (rule.message, rule.expected, rule.remedy))
    return {name for text in texts for name in placeholders(text)}


def test_every_placeholder_has_a_spanish_name_and_no_other() -> None:
    assert set(names()) == used(), "each one needs a line in placeholders.toml, and only those"


def test_readable() -> None:
    assert readable("«{value}» no va: {{así}}.") == "«‹valor›» no va: {así}."
    assert readable("Sin nada.") == "Sin nada."
