"""Envelopes of what was really issued: whole, and each document taken out of them as the SII does it."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree

from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii.envelopes import MOST_DOCUMENTS, Envelope, Key, kind_of, make, portions
from tests.installation import TIPOS, Installation
from tests.interop.test_issued import DS, needs_xmlsec1, root_of, xmlsec1_verifies
from tests.official import errors_in_envelope
from tests.sii.conftest import MOMENT
from tests.sii.documents import NAME, issue

SCHEMAS = {"facturas": "EnvioDTE_v10.xsd", "boletas": "EnvioBOLETA_v11.xsd"}
FACTURAS = [one for one in TIPOS if one not in BOLETAS]
DECLARATION = b'<?xml version="1.0" encoding="ISO-8859-1"?>\n'
OF_SET = "/*[local-name()='EnvioDTE' or local-name()='EnvioBOLETA']/*[namespace-uri()='" + DS + "']"


def made(installed: Installation, documents: Sequence[StoredDocument], company: Company | None = None) -> Envelope:
    return make(documents, company or installed.company, installed.certificate, MOMENT)


def cut_out(file: bytes) -> list[bytes]:
    """Each DTE of an envelope as the SII takes it out: as text, a document of its own."""
    return re.findall(rb"<DTE .*?</DTE>", file, re.DOTALL)


def groups() -> list[tuple[int, ...]]:
    """Types of the documents of an envelope: each alone, and all that may go together."""
    return [*((one,) for one in TIPOS), tuple(FACTURAS), tuple(sorted(BOLETAS))]


@pytest.mark.parametrize("tipos", groups(), ids=lambda one: "-".join(map(str, one)))
def test_the_official_schema_accepts_every_envelope(
    installed: Installation, issued: dict[int, StoredDocument], tipos: tuple[int, ...]
) -> None:
    one = made(installed, [issued[tipo] for tipo in tipos])
    assert errors_in_envelope(one.file, SCHEMAS[one.kind]) == []
    assert one.sha256 == sha256(one.file).hexdigest()
    assert one.documents == tuple(Key(tipo, issued[tipo].folio) for tipo in tipos)
    counted = re.findall(rb"<TpoDTE>(\d+)</TpoDTE>\n<NroDTE>(\d+)</NroDTE>", one.file)
    assert {int(tipo): int(count) for tipo, count in counted} == {tipo: tipos.count(tipo) for tipo in tipos}
    assert [int(tipo) for tipo, _ in counted] == list(dict.fromkeys(tipos))


@pytest.mark.parametrize("tipo", [33, 39])
def test_many_documents_of_one_type(installed: Installation, issued: dict[int, StoredDocument], tipo: int) -> None:
    documents = [issued[tipo], *(issue(installed, tipo, range(begin, begin + 40)) for begin in (100, 200, 300))]
    one = made(installed, documents)
    assert errors_in_envelope(one.file, SCHEMAS[one.kind]) == []
    assert b"<TpoDTE>%d</TpoDTE>\n<NroDTE>4</NroDTE>" % tipo in one.file
    folios = [int(re.findall(rb"<Folio>(\d+)<", cut)[0]) for cut in cut_out(one.file)]
    assert folios == [one.folio for one in documents]


@needs_xmlsec1
@pytest.mark.parametrize("tipos", [tuple(FACTURAS), tuple(sorted(BOLETAS))], ids=["facturas", "boletas"])
def test_xmlsec1_verifies_the_set_and_every_document_cut_out_of_it(
    installed: Installation, issued: dict[int, StoredDocument], tmp_path: Path, tipos: tuple[int, ...]
) -> None:
    file = made(installed, [issued[tipo] for tipo in tipos]).file
    root = etree.fromstring(file)
    assert root.nsmap == {None: "http://www.sii.cl/SiiDte", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    assert root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert xmlsec1_verifies(file, tmp_path, "SetDTE", "--node-xpath", OF_SET)
    assert not xmlsec1_verifies(
        file.replace(b"<NroResol>0<", b"<NroResol>1<"), tmp_path, "SetDTE", "--node-xpath", OF_SET
    )
    found = cut_out(file)
    assert len(found) == len(tipos)
    for one in found:
        assert one.startswith(b'<DTE xmlns="http://www.sii.cl/SiiDte" version="1.0">')
        assert xmlsec1_verifies(DECLARATION + one, tmp_path, root_of(one))


def test_the_bytes_of_the_ledger_go_in_as_they_are(installed: Installation, issued: dict[int, StoredDocument]) -> None:
    documents = [issued[tipo] for tipo in FACTURAS]
    whole = [DECLARATION + one + b"\n" for one in cut_out(made(installed, documents).file)]
    assert whole == [one.xml for one in documents]
    names = [etree.fromstring(one).findtext(".//{*}RznSocRecep") for one in whole]
    assert set(names) == {NAME}


def test_the_cover_in_each_environment(installed: Installation, issued: dict[int, StoredDocument]) -> None:
    company = replace(installed.company, numero_resolucion=80, fecha_resolucion=date(2014, 8, 22))
    trial = etree.fromstring(made(installed, [issued[33]], company).file)
    assert (trial.findtext(".//{*}NroResol"), trial.findtext(".//{*}FchResol")) == ("0", "2014-08-22")
    real = [replace(issued[33], ambiente="produccion")]
    there = etree.fromstring(made(installed, real, replace(company, ambiente="produccion")).file)
    assert (there.findtext(".//{*}NroResol"), there.findtext(".//{*}FchResol")) == ("80", "2014-08-22")
    assert there.findtext(".//{*}RutReceptor") == "60803000-K"
    assert there.findtext(".//{*}RutEnvia") == installed.certificate.rut
    unsaid = made(installed, [issued[33]], replace(company, fecha_resolucion=None))
    assert b"<FchResol>2026-11-29<" in unsaid.file


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"numero_resolucion": 0}, "el número"), ({"fecha_resolucion": None}, "la fecha"),
     ({"numero_resolucion": 0, "fecha_resolucion": None}, "el número y la fecha")],
)  # fmt: skip
def test_nothing_leaves_for_real_without_a_resolution(
    installed: Installation, issued: dict[int, StoredDocument], facts: dict[str, object], words: str
) -> None:
    whole = {"ambiente": "produccion", "numero_resolucion": 80, "fecha_resolucion": date(2014, 8, 22)}
    company = replace(installed.company, **(whole | facts))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        made(installed, [replace(issued[33], ambiente="produccion")], company)
    (found,) = refused.value.problems
    assert found.code == "SII-001"
    assert f"falta {words} de la resolución" in found.message


def test_what_the_test_authority_stamped_is_known(installed: Installation, issued: dict[int, StoredDocument]) -> None:
    assert made(installed, [issued[33]]).of_test_authority
    # What the SII's own certification CAF would leave in the stamp.
    certified = replace(issued[33], xml=issued[33].xml.replace(b"<IDK>900<", b"<IDK>100<"))
    assert not made(installed, [certified]).of_test_authority
    assert made(installed, [certified, issued[61]]).of_test_authority


@pytest.mark.parametrize(
    ("tipos", "change"),
    [((), {}), ((33, 39), {}), ((33, 61, 33), {}), ((33,), {"rut_emisor": "1-9"}), ((33,), {"ambiente": "produccion"})],
)
def test_what_one_envelope_cannot_hold(
    installed: Installation, issued: dict[int, StoredDocument], tipos: tuple[int, ...], change: dict[str, str]
) -> None:
    documents = [replace(issued[tipo], **change) for tipo in tipos]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="envelope"):
        made(installed, documents)


@pytest.mark.parametrize(("tipo", "most"), [(33, 2000), (39, 500)])
def test_no_envelope_has_more_documents_than_the_sii_takes(
    installed: Installation, issued: dict[int, StoredDocument], tipo: int, most: int
) -> None:
    assert MOST_DOCUMENTS[kind_of(tipo)] == most
    with pytest.raises(ValueError, match="cannot hold"):
        made(installed, [replace(issued[tipo], folio=folio) for folio in range(most + 1)])
    assert [len(one) for one in portions([issued[tipo]] * (2 * most + 1), most, 10**9)] == [most, most, 1]


def test_portions_are_bounded_by_their_bytes(issued: dict[int, StoredDocument]) -> None:
    small, large = issued[33], replace(issued[33], xml=b"x" * 3_000_000)
    assert [len(one) for one in portions([large, large, small, small, large], 2000)] == [1, 3, 1]
    alone = replace(large, xml=b"x" * 6_000_000)
    assert [len(one) for one in portions([small, alone, small], 2000)] == [1, 1, 1]
    assert list(portions([], 2000)) == []


def test_a_large_envelope_takes_little_more_than_its_file(
    installed: Installation, issued: dict[int, StoredDocument]
) -> None:
    one = issued[33]
    documents = [
        replace(one, folio=folio, xml=one.xml.replace(b"<Folio>%d<" % one.folio, b"<Folio>%d<" % folio))
        for folio in range(1, 301)
    ]
    made(installed, documents[:1])
    tracemalloc.start()
    try:
        file = made(installed, documents).file
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(file) > 1_000_000
    assert peak < 2.5 * len(file)


def test_the_same_documents_give_the_same_bytes(installed: Installation, issued: dict[int, StoredDocument]) -> None:
    """RSA as the SII wants it has no chance in it; another moment is another file."""
    first, again = made(installed, [issued[33]]), made(installed, [issued[33]])
    assert (first.file, first.file_name) == (again.file, again.file_name)
    other = make([issued[33]], installed.company, installed.certificate, datetime(2026, 11, 29, 10, 20, 31))
    assert other.sha256 != first.sha256
    assert repr(first).count("DTE") == 0, "the file is not shown"
