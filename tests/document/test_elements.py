from __future__ import annotations

from decimal import Decimal

import pytest

from dteplanows.document.elements import (
    BOLETAS,
    BRANCHES,
    DOCUMENT_NAMES,
    EXEMPT_DOCUMENTS,
    NOTES,
    ROOTS,
    Element,
    bounds,
    branch,
    find,
    structure,
)

ALL = [element for name in ROOTS for element in branch(name).walk() if element.path]


def test_all_branches_are_whole() -> None:
    """So many elements stand in DTE_v10 and EnvioBOLETA_v11 of 06-02-2026, without TED and TmstFirma."""
    counts = {name: sum(1 for one in branch(name).walk() if one.path) for name in ROOTS}
    assert counts == {"factura": 254, "liquidacion": 120, "exportacion": 176, "boleta": 100}


def test_order_is_that_of_the_table() -> None:
    assert [one.name for one in branch("factura").children] == [
        "Encabezado", "Detalle", "SubTotInfo", "DscRcgGlobal", "Referencia", "GeoRefEmision", "ManejoMadera",
        "Comisiones",
    ]  # fmt: skip
    assert [one.name for one in find(39, "Encabezado").children] == [
        "IdDoc",
        "Emisor",
        "Receptor",
        "RUTProvSW",
        "Totales",
    ]


def test_rows_make_sense() -> None:
    for element in ALL:
        assert _contradictions(element) == [], element.path


def _contradictions(element: Element) -> list[str]:
    """What is wrong with a row of the table, in itself."""
    rules = {
        "name is the end of the path": element.path.rpartition("/")[2] == element.name,
        "occurrences": 0 <= element.min <= 1 <= element.max,
        "a group has children, a value has none": (element.kind == "group") == bool(element.children),
        "children are called differently": len({one.name for one in element.children}) == len(element.children),
        "only decimals have decimals": element.fraction == 0 or element.kind == "decimal",
        "a length is one of text": element.max_length == 0 or element.kind == "text",
        "the longest is not shorter than the shortest": not element.max_length
        or element.min_length <= element.max_length,
        "a text is a code or has a length": element.kind != "text" or bool(element.enum) != bool(element.max_length),
        "obligation": {level for _, level in element.obligation} <= {0, 1, 2, 3},
    }
    return [rule for rule, kept in rules.items() if not kept]


def test_obligation_is_only_said_for_types_of_the_branch() -> None:
    for tipo, name in BRANCHES.items():
        for other in ROOTS.keys() - {name}:
            assert all(one.obliged(tipo) is None for one in branch(other).walk())


def test_facets_of_some_rows() -> None:
    price = find(33, "Detalle/PrcItem")
    assert (price.kind, price.digits, price.fraction, price.min, price.max) == ("decimal", 18, 6, 0, 1)
    currency = find(33, "Encabezado/OtraMoneda/TpoMoneda")
    assert ("DOLAR USA" in currency.enum, len(currency.enum)) == (True, 40)
    assert find(33, "Detalle").max == 60
    assert find(39, "Detalle").max == 1000
    assert find(33, "Encabezado/Receptor/RznSocRecep").max_length == 100


def test_obligation_of_some_rows() -> None:
    assert find(52, "Encabezado/IdDoc/IndTraslado").obliged(52) == 1
    assert find(33, "Encabezado/IdDoc/IndTraslado").obliged(33) == 0
    assert find(61, "Referencia/CodRef").obliged(61) == 1
    assert find(39, "Encabezado/IdDoc/MedioPago").obliged(39) is None


@pytest.mark.parametrize(
    ("path", "lowest", "highest"),
    [
        ("Encabezado/IdDoc/Folio", Decimal(1), None),
        ("Encabezado/Totales/MntTotal", Decimal(0), None),
        ("Encabezado/Totales/MontoNF", None, None),
        ("Detalle/NroLinDet", Decimal(1), Decimal(99)),
        ("Encabezado/Totales/ImptoReten/TasaImp", Decimal("0.01"), Decimal(100)),
    ],
)
def test_bounds(path: str, lowest: Decimal | None, highest: Decimal | None) -> None:
    assert bounds(find(33, path)) == (lowest, highest)


def test_child_and_find() -> None:
    assert structure(33).child("Detalle") is find(33, "Detalle")
    assert structure(33).child("Nada") is None
    assert find(39, "Detalle") is not find(33, "Detalle")
    assert find(34, "Detalle") is find(33, "Detalle")


@pytest.mark.parametrize("path", ["", "Nada", "Detalle/Nada", "Detalle/NmbItem/Nada", "Encabezado/Emisor/RznSocEmisor"])
def test_find_without_result(path: str) -> None:
    with pytest.raises(KeyError):
        find(33, path)


def test_unknown_type() -> None:
    with pytest.raises(KeyError):
        structure(30)


def test_every_type_has_a_branch_and_a_name() -> None:
    assert set(BRANCHES) == set(DOCUMENT_NAMES) == {33, 34, 39, 41, 43, 46, 52, 56, 61, 110, 111, 112}
    assert {tipo for tipo, name in BRANCHES.items() if name == "boleta"} == BOLETAS
    assert set(BRANCHES) > EXEMPT_DOCUMENTS | NOTES
    for tipo in BRANCHES:
        assert str(tipo) in find(tipo, "Encabezado/IdDoc/TipoDTE").enum
