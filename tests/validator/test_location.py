"""Coordinates of the place of issue and of wood."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows.document.problem import Severity
from tests.validator.judging import codes
from tests.validator.test_dispatch import TRANSPORT, told
from tests.validator.xml_documents import judged, line

PLACE: dict[str, object] = {"LatitudEmision": "-33.4489", "LongitudEmision": "-70.6693", "SistemaReferencia": 1}
WOOD: dict[str, object] = {
    "ComunaRolOrigen": 8101, "MnzRolOrigen": 10, "PrdRolOrigen": 20, "ComunaRolDestino": 8102, "MnzRolDestino": 11,
    "PrdRolDestino": 21, "CodPlanConaf": "P-1", "LatitudOrigenMadera": "-37.1", "LongitudOrigenMadera": "-73",
    "LatitudDestinoMadera": "-36.8", "LongitudDestinoMadera": "-73.1", "SistemareferenciaMadera": 1,
}  # fmt: skip
LINE = line(1000, QtyItem=1, UnmdItem="UN", PrcItem=1000)


def at(tipo: int = 33, **root: Any) -> Any:
    header = {"Transporte": TRANSPORT} if tipo == 52 else {}
    return judged(tipo, [LINE], {}, header=header, **root)


@pytest.mark.parametrize("tipo", [33, 52])
def test_good_places(tipo: int) -> None:
    document = at(tipo, GeoRefEmision=PLACE, ManejoMadera=WOOD)
    assert codes(document) == []
    assert told(document) == set()
    assert "DOC-003" not in codes(document, Severity.AVISO)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("LatitudEmision", "33°26'S"),
        ("LatitudEmision", "-91"),
        ("LongitudEmision", "-70,66"),
        ("LongitudEmision", "181"),
    ],
)
def test_coordinates_are_decimal_degrees(name: str, wrong: str) -> None:
    assert codes(at(GeoRefEmision={**PLACE, name: wrong}), Severity.REPARO) == ["DOC-081"]


def test_the_system_is_wgs84() -> None:
    assert told(at(GeoRefEmision={**PLACE, "SistemaReferencia": 2})) == {"DOC-082"}
    assert told(at(ManejoMadera={**WOOD, "SistemareferenciaMadera": 2})) == {"DOC-082"}
    assert told(at(ManejoMadera={**WOOD, "LatitudOrigenMadera": "S 37"})) == {"DOC-081"}


@pytest.mark.parametrize("name", sorted(WOOD))
def test_all_about_wood_is_told(name: str) -> None:
    document = at(ManejoMadera={**WOOD, name: ""})
    told_missing = [one for one in document.problems if one.code in ("DOC-002", "DOC-003")]
    assert any(name in one.message for one in told_missing)


@pytest.mark.parametrize("tipo", [34, 46, 56, 61])
def test_other_documents_have_no_wood(tipo: int) -> None:
    document = at(tipo, ManejoMadera=WOOD, GeoRefEmision=PLACE)
    assert codes(document, Severity.AVISO).count("DOC-007") == 2
