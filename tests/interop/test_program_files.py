"""What real programs write is issued with the amounts that it means."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lxml import etree

from fixtures import HERE, PROGRAMS, Fixture
from tests.installation import Installation, make_installation

with (HERE / "programs" / "amounts.tsv").open(encoding="utf-8", newline="") as _table:
    AMOUNTS = {row["file"]: row for row in csv.DictReader(_table, delimiter="\t")}


@pytest.fixture(scope="module")
def emisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A company with folios of every type."""
    made = make_installation(tmp_path_factory.mktemp("emisor"))
    yield made
    made.close()


def test_each_file_has_its_amounts() -> None:
    assert sorted(AMOUNTS) == sorted(map(str, PROGRAMS))


@pytest.mark.parametrize("one", PROGRAMS, ids=str)
def test_it_is_issued_with_the_amounts_that_it_means(emisor: Installation, one: Fixture) -> None:
    outcome = emisor.issue(one.data, str(one.formato))

    (document,) = outcome.documents
    assert document.accepted, [each.text() for each in document.problems]
    row = emisor.ledger.documents.find(emisor.company.ambiente, emisor.company.rut, document.tipo, document.folio)
    assert row is not None and row.tipo == one.tipo
    signed = etree.fromstring(row.xml)
    wanted = AMOUNTS[str(one)]
    given = {name: signed.findtext(f".//{{*}}Totales/{{*}}{name}") or "0" for name in _NAMES}
    assert given == {name: wanted[column] for name, column in _NAMES.items()}
    assert [line.findtext("{*}MontoItem") for line in signed.iterfind(".//{*}Detalle")] == wanted["lineas"].split()


_NAMES = {"MntNeto": "neto", "MntExe": "exento", "IVA": "iva", "MntTotal": "total"}
"""Totals by their column of the table."""


def test_another_amount_would_be_seen(emisor: Installation) -> None:
    one = next(each for each in PROGRAMS if str(each) == "factura33-go.txt")

    outcome = emisor.issue(one.data.replace(b"2.52875e+07", b"2.52876e+07"), "1")
    assert not outcome.documents[0].accepted


def test_returns_of_a_part_are_corrections_of_amounts(tmp_path: Path) -> None:
    """The program writes CodRef 1 on every note, also when one of two articles comes back."""
    by_name = {str(each): each for each in PROGRAMS}
    with closing(make_installation(tmp_path)) as made:
        for name, code, avisos in (
            ("factura33-venta-que-vuelve-en-partes.xml", None, set()),
            ("nota-credito61-devolucion-parcial.xml", "3", {"REF-053"}),
            ("nota-credito61-segunda-devolucion.xml", "3", {"REF-053"}),
        ):
            (document,) = made.issue(by_name[name].data, "2").documents
            assert document.accepted, [each.text() for each in document.problems]
            assert {each.code for each in document.problems} & {"REF-053"} == avisos
            signed = etree.fromstring(made.xml(document.tipo, document.folio))
            assert signed.findtext(".//{*}CodRef") == code
        one_more = by_name["nota-credito61-devolucion-parcial.xml"].data
        for told in (False, True):  # the second pair of gloves, and one that was never sold
            (again,) = made.issue(one_more, "2").documents
            assert ("REF-044" in {each.code for each in again.problems}) is told
