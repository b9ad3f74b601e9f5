"""The tables of what is printed, and how values are shown."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dteplanows.document.elements import BRANCHES, ROOTS, at, branch
from dteplanows.printing import fields, shown
from dteplanows.printing.stored import read
from tests.printing.papers import full

UNEXPLAINED = {"16", "40", "54", "55"}
"""Taxes that the schema lists and no table of the SII's form explains."""

FOLDER = Path(fields.__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """A table of the package."""
    text = (FOLDER / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", rows("campos.tsv"), ids=lambda row: row["ruta"])
def test_every_row_names_an_element(row: dict[str, str]) -> None:
    path = f"Detalle/{row['ruta']}" if row["seccion"] == "linea" else row["ruta"]
    assert any(at(name, path) for name in ROOTS)


def test_every_code_that_the_schema_lists_has_words() -> None:
    without = []
    for row in rows("campos.tsv"):
        kind, _, table = row["forma"].partition(":")
        for name in ROOTS:
            path = f"Detalle/{row['ruta']}" if row["seccion"] == "linea" else row["ruta"]
            element = at(name, path)
            if element and kind in ("glosa", "codigo"):
                without += [(name, path, code) for code in set(element.enum) - UNEXPLAINED
                            if not fields.words(table, code, name)]  # fmt: skip
    assert without == []


@pytest.mark.parametrize("tipo", BRANCHES)
def test_every_tax_has_words(tipo: int) -> None:
    names = {element.name: element for element in branch(BRANCHES[tipo]).walk()}
    codes = names["TipoImp"].enum if "TipoImp" in names else ()
    assert {code for code in codes if not fields.words("TipoImp", code)} <= UNEXPLAINED


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", "0"), ("999", "999"), ("1000", "1.000"), ("-1234567", "-1.234.567"), ("1234.5", "1.234,5"), ("x", "x"),
     ("999999999999.999999", "999.999.999.999,999999"), ("", "")],
)  # fmt: skip
def test_numbers(text: str, expected: str) -> None:
    assert shown.number(text) == expected


def test_ruts_and_days() -> None:
    assert shown.rut("1-9") == "1-9"
    assert shown.rut("60803000-K") == "60.803.000-K"
    assert shown.day("2026-02-01") == "01-02-2026"
    assert shown.day("mañana") == "mañana"


@pytest.mark.parametrize("bad", [b"", b"<DTE/>", b"<DTE><Documento/></DTE>", full(33).replace(b"TED", b"TAD"),
                                 full(33).replace(b"<TipoDTE>33", b"<TipoDTE>30")])  # fmt: skip
def test_what_is_no_signed_document_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="document"):
        read(bad)
