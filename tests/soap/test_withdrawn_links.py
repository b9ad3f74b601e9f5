"""Addresses of printed documents that were withdrawn, and what the files behind the others are called."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.ledger import marks
from tests.installation import Installation, make_installation
from tests.soap.document_calls import call
from tests.soap.soap_support import Caller
from tests.soap.test_document_operations import get, issue, link


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    with closing(make_installation(tmp_path)) as one:
        yield one


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


def test_a_withdrawn_address_opens_nothing_and_a_new_one_does(made: Installation, caller: Caller) -> None:
    folio, other = issue(made, "factura33.txt"), issue(made, "factura33.txt")

    def address(number: int, cedible: str = "False") -> str:
        return link(call(caller, "ObtenerLink", folio=number, tipo=33, cedible=cedible))

    first, cedible, untouched = address(folio), address(folio, "True"), address(other)
    stored = made.ledger.documents.find("pruebas", made.company.rut, 33, folio)
    assert stored
    made.ledger.marks.withdraw_links(stored, False, "ana")

    gone = get(caller, first)
    assert (gone.status, gone.headers["Content-Type"]) == (410, "text/html; charset=utf-8")
    assert "SRV-210" in gone.body.decode() and "fue retirado" in gone.body.decode()
    assert [get(caller, one).status for one in (cedible, untouched)] == [200, 200]
    second = address(folio)
    assert (second != first, get(caller, second).status) == (True, 200)

    made.ledger.marks.withdraw_links(stored, False, "ana")
    assert [get(caller, one).status for one in (first, second, address(folio))] == [410, 410, 200]
    assert get(caller, first.replace("p1=", "p1=x")).status == 404
    assert [one.tipo for one in made.ledger.events.of(stored.id)] == ["emitido", marks.RETIRADO, marks.RETIRADO]
    with pytest.raises(sqlite3.IntegrityError, match="no vuelve a valer"):
        made.ledger.connection.execute("DELETE FROM enlace_retirado")


def test_a_file_is_called_by_type_and_folio(made: Installation, caller: Caller) -> None:
    folio = issue(made, "factura33.txt")
    for cedible, name in (("False", f"factura-33-{folio}.pdf"), ("True", f"factura-33-{folio}-cedible.pdf")):
        answer = get(caller, link(call(caller, "ObtenerLink", folio=folio, tipo=33, cedible=cedible)))
        assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
