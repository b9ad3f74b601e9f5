"""Questions about issued documents, asked as old programs ask: without a type, for copies that there are not."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.installation import CLAVE, FIRST_FOLIO, Installation
from tests.soap.document_calls import LOGIN, call
from tests.soap.soap_support import Caller, b64
from tests.soap.test_document_operations import NOTE_OF_THE_ERP, get, issue, link, refused


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


def test_the_cedible_copy_of_what_has_none_is_the_ordinary_one(made: Installation, caller: Caller) -> None:
    issue(made, "factura33.txt")
    sale = issue(made, "guia52.txt")
    transfer = issue(made, "guia52.txt", replaced={b";2;1;44444444-4;": b";2;6;44444444-4;"})
    boleta = issue(made, "boleta39.txt")

    def copies(folio: int, tipo: int) -> list[str]:
        asked = (call(caller, "ObtenerLink", folio=folio, tipo=tipo, cedible=one) for one in ("False", "True", "1"))
        return [link(one) for one in asked]

    for folio, tipo, has_one in ((FIRST_FOLIO, 33, True), (sale, 52, True), (transfer, 52, False), (boleta, 39, False)):
        original, cedible, again = copies(folio, tipo)
        assert (cedible == again, cedible != original) == (True, has_one)
        assert get(caller, cedible).body.startswith(b"%PDF-")


def test_of_two_types_with_one_folio_the_newest_counts(made: Installation, caller: Caller) -> None:
    invoice, boleta, guia = (issue(made, name) for name in ("factura33.txt", "boleta39.txt", "guia52.txt"))
    assert invoice == boleta == guia

    def opened(**parameters: Any) -> int:
        copy = made.links.copy_of(urlsplit(link(call(caller, "ObtenerLink", **parameters))).query)
        stored = made.ledger.documents.by_id(copy.documento_id) if copy else None
        return stored.tipo if stored else 0

    def signed(**parameters: Any) -> int:
        data = base64.b64decode(call(caller, "getXMLDte", **parameters).result(), validate=True)
        return int(etree.fromstring(data).findtext(".//{*}TipoDTE") or 0)

    for ask in (opened, signed):
        for tipo in ("TipoDte", "", "0", "factura"):
            assert ask(folio=invoice, tipo=tipo) == 52
            assert ask(tpomov="V", folio=invoice, tipo=tipo) == 52
            assert ask(tpomov="B", folio=invoice, tipo=tipo) == 39
        assert ask(tpomov="B", folio=invoice, tipo="33") == 33
    issue(made, "factura34.txt")
    assert opened(tpomov="V", folio=invoice, tipo="TipoDte") == signed(folio=invoice) == 34


@pytest.mark.parametrize("form", ["00{}", "{:0>20}", "  {}  ", "+{}", "{}.0", "{},00", "{}\0\0", "00{}\r\n"])
def test_numbers_as_fixed_fields_write_them(made: Installation, caller: Caller, form: str) -> None:
    folio, boleta = form.format(issue(made, "factura33.txt", NOTE_OF_THE_ERP)), form.format(issue(made, "boleta39.txt"))

    for plain in (False, True)[: 1 + ("\0" not in form)]:
        assert link(call(caller, "ObtenerLink", plain=plain, folio=folio, tipo="033")).startswith("http://")
        assert link(call(caller, "AltNum", plain=plain, folio=folio, tipo=form.format(33), campo="A1")) == "OT-4711"
        assert call(caller, "getXMLDte", plain=plain, folio=folio, tipo="00033").result()
        ticket = call(caller, "getBoletaTicket", plain=plain, ticket=f"ticket@039@{boleta}")
        assert "<Head>" in ticket.result()


@pytest.mark.parametrize("operation", ["ObtenerLink", "getBoletaTicket", "AltNum", "getXMLDte"])
def test_questions_need_a_login(caller: Caller, operation: str) -> None:
    named = {"ticket": "ticket@39@1"} if operation == "getBoletaTicket" else {"folio": 1, "campo": "A1"}
    assert refused(call(caller, operation, "", **named)) == "SRV-010"
    assert refused(call(caller, operation, LOGIN.replace(b64(CLAVE), b64("otra")), **named)) == "AUT-001"
