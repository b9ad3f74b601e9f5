"""Nothing stands in the package that nothing calls: a rule that is written down and never asked judges nobody."""

from __future__ import annotations

import ast
from pathlib import Path

from dteplanows.cli import COMMANDS

PACKAGE = Path(__file__).parents[1] / "dteplanows"

BY_NAME = frozenset({
    "dteplanows.__main__", "dteplanows.web.loaded", "dteplanows.ledger.engines.postgresql.exchange",
    "dteplanows.ledger.engines.postgresql.loading",
    *(f"dteplanows.commands.{module}" for modules in COMMANDS.values() for module in modules),
})  # fmt: skip
"""Modules that Python starts, or that are imported by a name which is put together."""

SOURCES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path.read_text("utf-8")
    for path in PACKAGE.rglob("*.py")
}
"""Every module of the package by its name."""


def imported(source: str) -> set[str]:
    """The modules that *source* imports, and what it imports from them, by their full names; those above them too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f"{node.module}.{one.name}" for one in node.names)
    return {".".join(name.split(".")[:count]) for name in found for count in range(1, name.count(".") + 2)}


def never_called(source: str) -> list[str]:
    """The private functions of *source* that stand at its top level and that nothing else in it names.

    One that has a decorator is known to whatever the decorator puts it into.
    """
    tree = ast.parse(source)
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    private = [one.name for one in functions if one.name.startswith("_") and not one.decorator_list]
    named = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    return [one for one in private if one not in named]


def test_every_module_is_imported() -> None:
    reached = set().union(*map(imported, SOURCES.values())) | BY_NAME
    assert sorted(set(SOURCES) - reached) == []


def test_every_private_function_is_called() -> None:
    taken = set().union(*map(imported, SOURCES.values()))
    found = [f"{module}.{name}" for module, source in SOURCES.items() for name in never_called(source)]
    assert [one for one in found if one not in taken] == []


def test_what_is_not_used_would_be_found() -> None:
    assert never_called("def check(a):\n    _one(a)\ndef _one(a): ...\ndef _two(a): ...\n") == ["_two"]
    assert imported("from a.b import c\nimport d.e") == {"a", "a.b", "a.b.c", "d", "d.e"}
