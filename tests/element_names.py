"""The names of elements that stand in the program, and whether the tables have them.

A misspelt name does no harm that is seen: the element it asks for is never there, so that its text is empty and its
amount 0 for ever. So every text in the rooms that work on documents which looks like a name has to be one: of an
element (``elements.tsv``, ``books/elements.tsv``), or of a column or section of the TXT (``parser/txt/layout.tsv``)
where the parser asks a row for it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import dteplanows
from dteplanows.books.table import structure as book_structure
from dteplanows.document.elements import NUMBERS, ROOTS, branch
from dteplanows.parser.txt.layout import SECTIONS

PACKAGE = Path(dteplanows.__file__).parent

ROOMS = ("archive", "books", "document", "folios", "issuing", "parser", "printing", "purchases", "signer", "validator")
"""Where elements are read by name."""

_TEXTS, _NUMBERS, _WHOLE = frozenset({"text", "texts", "value", "field"}), frozenset({"number"}), frozenset({"amount"})
_DAYS, _GROUPS = frozenset({"day"}), frozenset({"group", "all", "add_group"})
_ANY = frozenset({"place_of", "put", "add", "drop", "child"})
_ASKED = _TEXTS | _NUMBERS | _WHOLE | _DAYS | _GROUPS | _ANY
"""Methods of groups and of printed parts whose first argument names an element."""

_HELD: Mapping[str, str] = {"id_doc": "IdDoc", "emisor": "Emisor", "receptor": "Receptor", "totales": "Totales"}
"""What holds a group of the header is called so: what it is asked for has to be below that group."""

_ROWS = re.compile(r"(?:row|rows\[0\]|first)")
"""What rows of the TXT are called in the modules of the parser that know them: their texts go by the columns' names."""

_NAME = re.compile(r"(?:\.//|/)?(?:\{\*\})?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(?:/(?:\{\*\})?[A-Za-z0-9]+)*/?")
"""What looks like the name of an element or a path of them."""

_PARTS: Mapping[str, frozenset[str]] = {
    "parser": frozenset({"Descto", "Recgo", "Porc", "NroLin", "Tasa", "Pct"}),
    "validator": frozenset({"Descuento", "Recargo", "Encabezado/OtraMoneda/Mnt"}),
    "purchases": frozenset({"Descuento", "Recargo"}),
}
"""What names are put together from, and how those of several elements begin or end."""

OTHER_WORDS: Mapping[str, frozenset[str]] = {
    "books": frozenset({"LibroCompraVenta", "TmstFirma", "Signature", "LceCal", "LceCoCertif", "LibroCV"}),
    "document/clock.py": frozenset({"America/Santiago"}),
    "document/codes.py": frozenset({"CodPais", "CodUnid"}),
    "document/text.py": frozenset({"Cf", "Co", "Cs", "Cn"}),
    "issuing/same_folio.py": frozenset({"TED/", "TmstFirma"}),
    "parser/txt/free_text.py": frozenset({"Texto"}),
    "parser/xml/reader.py": frozenset({"Adicional", "Observaciones", "Observacion", "f'Adicional/{name}'"}),
    "parser/xml/source.py": frozenset({"TmstFirma", "Signature", "Libro", "EnvioLibro"}),
    "signer/envelope.py": frozenset({"SetDoc", "EnvioBOLETA", "EnvioDTE"}),
    "validator/form/schema.py": frozenset({"f'{XS}complexType'", "f'{XS}simpleType'"}),
    "validator/transport/location.py": frozenset({"Latitud", "Longitud", "Sistema"}),
    "validator/transport/statements.py": frozenset({"PatenteDesconocida", "TransporteCourier", "TrasladoProlongado",
                                          "MotivoTraslado"}),
    "validator/form/structure.py": frozenset({"Infinity"}),
}  # fmt: skip
"""Texts of the form of a name that name no element: of a signature or an envelope, of this service's own additions to
the XML, of tables of codes, and of Python."""

_WITHOUT_WORDS = frozenset({"archive", "folios", "issuing", "printing"})
"""Rooms whose texts are also words for people: there only paths, and names that are asked for, are looked at."""


class Unknown(NamedTuple):
    """A name that no table has."""

    module: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.name}"


@cache
def _elements(room: str) -> Mapping[str, frozenset[str]]:
    """The names of all elements of *room*'s structures with the kinds that they have there."""
    roots = [book_structure()] if room == "books" else [branch(name) for name in ROOTS]
    found: dict[str, set[str]] = {}
    for root in roots:
        for one in root.walk():
            found.setdefault(one.name, set()).add(one.kind)
    return {name: frozenset(kinds) for name, kinds in found.items()}


@cache
def _paths(room: str) -> frozenset[str]:
    """Every path of *room*'s structures, from whichever element it begins at, each also as the beginning of another."""
    roots = [book_structure()] if room == "books" else [branch(name) for name in ROOTS]
    found: set[str] = set()
    for root in roots:
        for one in root.walk():
            steps = (one.path or one.name).split("/")
            found.update("/".join(steps[begin:]) for begin in range(len(steps)))
    return frozenset(found | {f"{path}/" for path in found})


@cache
def _columns() -> frozenset[str]:
    """The names of the columns of the TXT."""
    return frozenset(column.name for section in SECTIONS for column in section.columns)


@cache
def _sections() -> frozenset[str]:
    return frozenset(section.name for section in SECTIONS)


def _fits(method: str, kinds: frozenset[str]) -> bool:
    """Whether *method* can give anything of an element that is of one of *kinds*."""
    if method in _GROUPS:
        return "group" in kinds
    if method in _WHOLE:
        return bool(kinds & (NUMBERS - {"decimal"}))
    if method in _NUMBERS:
        return bool(kinds & NUMBERS)
    if method in _DAYS:
        return "date" in kinds
    return method in _ANY or kinds != {"group"}


def _is_asked(name: str, call: ast.Call, room: str, has_rows: bool) -> bool:
    """Whether an element *name* can be asked for as *call* does; a column, where it asks a row."""
    assert isinstance(call.func, ast.Attribute)
    if has_rows and call.func.attr == "text" and _ROWS.fullmatch(ast.unparse(call.func.value)):
        return name in _columns()
    steps = name.replace("{*}", "").removeprefix(".//").removeprefix("/")
    kinds = _elements(room).get(steps.rpartition("/")[2], frozenset())
    asked = call.func.value
    held = _HELD.get(ast.unparse(asked).rpartition(".")[2]) if isinstance(asked, ast.Name | ast.Attribute) else None
    if held and room != "books":
        steps = f"{held}/{steps}"
    return steps in _paths(room) and _fits(call.func.attr, kinds)


def _is_known(name: str, room: str, module: str) -> bool:
    """Whether *name*, a text that is not asked for, is a name, a path or a word of *room*."""
    if name in OTHER_WORDS.get(module, ()) or name in OTHER_WORDS.get(room, ()) or name in _PARTS.get(room, ()):
        return True
    steps = name.replace("{*}", "").removeprefix(".//").removeprefix("/")
    if steps in _paths(room) or (room == "books" and steps in _paths("document")):
        return True
    return room == "parser" and steps in _columns() | _sections()


def _is_made(text: ast.JoinedStr, room: str) -> bool:
    """Whether the name that *text* puts together can be that of an element, or of a column."""
    form = re.compile("".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[A-Za-z0-9/]*" for part in text.values
    ))  # fmt: skip
    known = _paths(room) | _paths("document") | (_columns() if room == "parser" else frozenset())
    return any(form.fullmatch(one) for one in known)


def _looks_made(text: ast.JoinedStr) -> bool:
    """Whether *text* looks as if it put a name together: letters, digits and slashes, with a capital."""
    fixed = [str(part.value) for part in text.values if isinstance(part, ast.Constant)]
    return bool(re.fullmatch(r"[A-Za-z0-9/]*[A-Z][a-z][A-Za-z0-9/]*", "".join(fixed)))


def unknown_in(source: str, room: str, module: str = "") -> Iterator[Unknown]:
    """The names in *source*, a module of *room*, that no table has."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    exported = {
        id(one) for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for one in ast.walk(node)
    }  # fmt: skip
    has_rows = room == "parser" and any(
        isinstance(node, ast.alias | ast.ClassDef) and node.name == "Row" for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        holder = above.get(node)
        if isinstance(node, ast.JoinedStr):
            allowed = ast.unparse(node) in OTHER_WORDS.get(module, ())
            if _looks_made(node) and not allowed and not _is_made(node, room):
                yield Unknown(module, node.lineno, ast.unparse(node))
            continue
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in exported:
            continue
        if isinstance(holder, ast.JoinedStr | ast.Expr) or not _NAME.fullmatch(node.value):
            continue
        if _is_first_argument(node, holder):
            assert isinstance(holder, ast.Call)
            wrong = not _is_asked(node.value, holder, room, has_rows)
        elif room in _WITHOUT_WORDS:
            wrong = "/" in node.value and not _is_known(node.value, room, module)
        else:
            wrong = not _is_known(node.value, room, module)
        if wrong:
            yield Unknown(module, node.lineno, ast.unparse(holder) if isinstance(holder, ast.Call) else node.value)


def _is_first_argument(node: ast.Constant, holder: ast.AST | None) -> bool:
    """Whether *node* is what a method of a group is asked for."""
    if not isinstance(holder, ast.Call) or not isinstance(holder.func, ast.Attribute) or not holder.args:
        return False
    return node is holder.args[0] and holder.func.attr in _ASKED


def unknown_in_package() -> list[Unknown]:
    """The names in the rooms of the package that no table has."""
    found: list[Unknown] = []
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            found += unknown_in(path.read_text("utf-8"), room, path.relative_to(PACKAGE).as_posix())
    return found
