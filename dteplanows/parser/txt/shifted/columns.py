"""What the columns of a section hold, and whether the texts of a row can be that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from dteplanows.document.elements import NUMBERS, ROOTS, at
from dteplanows.parser.txt.layout import Section, structure_of
from dteplanows.parser.txt.shifted.texts import anything, is_date, is_number, says_rut

_MOST_KNOWN, _LONGEST_KNOWN = 64, 12
"""Texts of each column that are remembered to fit it, and their longest."""

_SHORT_CODES = ("TipoCodigo", "UniMedida")
"""Columns that hold no text in which anybody would write a separator."""

_WORDLESS = frozenset({"Adicionales"})
"""Sections whose columns without element are texts; those of all others are numbers."""

_COUNTS = {"Encabezado": {12, 18}, "BoletaDetalle": {11, 13}}


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What the columns of a section hold, by index."""

    fits: tuple[Callable[[str], bool], ...]
    checked: tuple[tuple[int, Callable[[str], bool], set[str]], ...]
    """Those that not every text fits, with their index and short texts that were found to fit."""
    texts: frozenset[int]
    """Those that may hold a separator."""
    counts: frozenset[int]
    """Columns that the programs which write the section are known to give it."""
    named: dict[str, int]
    rut: int
    """Of the party, in a header."""
    line: tuple[int, int, int, int]
    """Of quantity, value, type of the code and unit, in a line."""
    closed: frozenset[int]
    """Parts of a row that ends with a separator and can have no other number of columns."""
    written: frozenset[int]
    """Parts of a row that ends without one."""


@cache
def kind_of(section: Section) -> Kind:
    """What the columns of *section* hold."""
    fits: list[Callable[[str], bool]] = []
    texts = set()
    for column in section.columns:
        element = at(structure_of(section) or "factura", column.path) if column.path else None
        what = element.kind if element else ""
        if what in NUMBERS or not (what or column.beside or column.path
                                                                       or section.name in _WORDLESS):  # fmt: skip
            fits.append(is_number)
        elif what == "date":
            fits.append(is_date)
        elif what == "rut":
            fits.append(says_rut)
        elif element is not None and element.enum:
            fits.append(frozenset({"", *element.enum}).__contains__)
        else:
            if column.name not in _SHORT_CODES and what != "time" and not _is_code(column.path):
                texts.add(column.position - 1)
            fits.append(anything)
    named = {column.name: column.position - 1 for column in section.columns}
    counts = frozenset(_COUNTS.get(section.name, range(section.required, len(section.columns) + 1)))
    rut = next((named[name] for name in ("RUTCliente", "RUTProveedor") if name in named), 0)
    quantity, value, code_type, unit = (named.get(name, 0) for name in ("Cantidad", "Valor", "TipoCodigo", "UniMedida"))
    line = (quantity, value, code_type, unit)
    closed = frozenset(one + 1 for one in counts) - counts
    checked = tuple((i, one, {""}) for i, one in enumerate(fits) if one is not anything)
    return Kind(tuple(fits), checked, frozenset(texts), counts, named, rut, line, closed, counts)


def _is_code(path: str) -> bool:
    """Whether the column of *path* holds a code, in whatever structure has it: in a code nobody writes a separator."""
    return any(found.codes for found in (at(name, path) for name in ROOTS if path) if found is not None)


def misfits(kind: Kind, texts: Sequence[str]) -> int:
    """How many of *texts* cannot be values of their columns."""
    count = len(texts)
    wrong = 0
    for i, fits, known in kind.checked:
        if i >= count or texts[i] in known:
            continue
        if not fits(texts[i]):
            wrong += 1
        elif len(known) < _MOST_KNOWN and len(texts[i]) <= _LONGEST_KNOWN:
            known.add(texts[i])
    return wrong


def counted(kind: Kind, count: int, last_empty: bool) -> bool:
    """Whether a row of *count* parts has as many columns as a program gives it, closed by a separator or not."""
    return count in kind.counts or (last_empty and count - 1 in kind.counts)
