"""How large a module and a function may be, and which rooms keep to it already."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.soap.contract.rows import OPERATIONS

PACKAGE = Path(__file__).parents[1] / "dteplanows"

LINES = 300
"""Lines of code that a module may have: those with something on them besides comments and docstrings."""

PARAMETERS = 5
"""Parameters that a function may have, ``self`` not counted. What travels together is one named value."""

OPTIONS = frozenset({"command", "group"})
"""Decorators of functions whose parameters are the options of a command (click)."""

OPERATIONS_ROOM = PACKAGE / "soap" / "operations"
CONTRACT = frozenset(row.method.rpartition(".")[2] for row in OPERATIONS.values())
"""Methods of that room whose parameters are those of an operation of the contract, and who calls it."""

_NO_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)

MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The folder of *path* in the package, or its own name where it stands in none."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


ROOMS = sorted({room_of(one) for one in MODULES})


def code_lines(source: str) -> int:
    """How many lines of *source* hold code."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            found.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(found)


def names_of(decorator: ast.expr) -> str:
    """The last part of a decorator's name."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")


def long_functions(source: str, excepted: frozenset[str] = frozenset()) -> Iterator[str]:
    """The functions of *source* that have too many parameters, without those *excepted* by name."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name in excepted or OPTIONS & {names_of(one) for one in node.decorator_list}:
            continue
        given = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        count = len(given) - (given[:1] in (["self"], ["cls"]))
        if count > PARAMETERS:
            yield f"{node.name} has {count} parameters"


def too_long(room: str) -> list[str]:
    """What is too long in *room*, in words that name it."""
    found = []
    for path in MODULES:
        if room_of(path) == room:
            source, name = path.read_text("utf-8"), path.relative_to(PACKAGE).as_posix()
            if (lines := code_lines(source)) > LINES:
                found.append(f"{name} has {lines} lines of code")
            excepted = CONTRACT if path.parent == OPERATIONS_ROOM else frozenset[str]()
            found += [f"{name}: {one}" for one in long_functions(source, excepted)]
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_modules_and_functions_are_short(room: str) -> None:
    assert too_long(room) == [], f"split it: at most {LINES} lines of code and {PARAMETERS} parameters"


def test_what_counts() -> None:
    source = '"""Says\nwhat it is."""\n\n# why\nx = """a\nb"""\ndef f(self, a, b, c, d, e, *, g):\n    """Doc."""\n'
    assert code_lines(source) == 3
    assert list(long_functions(source)) == ["f has 6 parameters"]
    assert list(long_functions(source.replace("def", "@click.command('f')\ndef"))) == []
    assert list(long_functions(source, frozenset({"f"}))) == []
    assert list(long_functions(source.replace(", *, g", ""))) == []
