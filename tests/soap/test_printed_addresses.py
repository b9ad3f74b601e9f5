"""What whoever has the address of a printed document gets: never an old one, and the reason when there is none now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.printing.prints import Prints
from dteplanows.settings import load
from dteplanows.soap.limits import limits_of
from tests.installation import Installation, make_installation
from tests.soap.document_calls import call
from tests.soap.soap_support import Caller
from tests.soap.test_document_operations import get, issue, link, text_of


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    with closing(make_installation(tmp_path)) as installation:
        yield installation


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


def test_a_printed_document_is_never_older_than_its_company(made: Installation, caller: Caller) -> None:
    folio = issue(made, "factura33.txt")
    address = link(call(caller, "ObtenerLink", folio=folio, tipo=33))
    first = get(caller, address).body
    assert get(caller, address).body == first
    made.ledger.companies.save(replace(made.company, unidad_sii="VALDIVIA"))
    assert "VALDIVIA" in text_of(get(caller, address).body)


def test_too_many_at_once_are_told_to_come_back(
    made: Installation, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    folio = issue(made, "factura33.txt")
    address = link(call(caller, "ObtenerLink", folio=folio, tipo=33))
    for failure, status, code in (
        (Refused([problem("SRV-170", maximo=4)]), 503, "SRV-170"),
        (OSError("disco SECRETO-9"), 500, "SRV-004"),
    ):

        def fail(*given: object, failure: Exception = failure) -> bytes:
            raise failure

        monkeypatch.setattr(Prints, "pdf", fail)
        answer = get(caller, address)
        assert (answer.status, answer.headers.get("Retry-After")) == (status, "5" if status == 503 else None)
        assert code in answer.body.decode() and "SECRETO-9" not in answer.body.decode()


def test_the_setting_says_how_much_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    monkeypatch.setattr("dteplanows.archive.copies.Prints", sizes.append)
    with closing(make_installation(tmp_path, cafs=False)) as made:
        for settings in ({}, {"impresos_en_memoria": 0}, {"impresos_en_memoria": 3}):
            Caller(made.issuer, limits=limits_of(load(directorio=tmp_path, **settings)))
    assert sizes == [16 * 2**20, 0, 3 * 2**20]
