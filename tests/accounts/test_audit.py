"""The kinds of events, as people read them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import dteplanows
from dteplanows.accounts.audit import kind_of, tipo_of

PACKAGE = Path(dteplanows.__file__).parent


def written(value: ast.expr, constants: dict[str, str]) -> str:
    """What an expression says of a kind: a text, a constant of the same module, or the fixed parts of a text."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(str(one.value) for one in value.values if isinstance(one, ast.Constant))
    return constants.get(value.id, "") if isinstance(value, ast.Name) else ""


def constants_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for one in tree.body:
        if isinstance(one, ast.Assign):
            target, value = one.targets[0], one.value
            pairs = (
                zip(target.elts, value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [(target, value)]
            )  # fmt: skip
            for name, given in pairs:
                if isinstance(name, ast.Name) and isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield name.id, given.value


def kinds() -> set[str]:
    found = set[str]()
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text("utf-8")
        if "NewEvent(" in source:
            tree = ast.parse(source)
            constants = dict(constants_of(tree))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("NewEvent", "self._received_event"):
                    found.add(written(node.args[0], constants))
    return found - {""}


def test_every_kind_has_a_name_in_words() -> None:
    found = kinds()
    assert len(found) > 35 and {"exportacion_pedida", "guia_anulada", "recibido_eliminado"} <= found
    assert [one for one in found if not re.fullmatch(r"[a-záéíóúñ ]+", kind_of(one), re.IGNORECASE)] == []


def test_a_name_leads_back_to_the_kind() -> None:
    assert {tipo_of(kind_of(one)) for one in kinds()} == kinds()
