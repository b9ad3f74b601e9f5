"""Books through the service, called as an ERP calls it and read as the PHP client does that sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from dteplanows.document import clock
from fixtures import BOOKS, Fixture
from tests.bad_service import Service
from tests.books.example import COMPRA, PARCIAL, VENTA, spoiled
from tests.installation import make_installation

RESUMEN = ("<TotMntTotal>186500", "<TotMntTotal>186400")


class Read(NamedTuple):
    """What the client keeps of an answer."""

    accepted: bool
    documents: list[dict[str, str]]
    errors: list[str]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with closing(make_installation(tmp_path, cafs=False)) as installation:
        yield Service(installation)


def php(answer: str) -> Read:
    """``simplexml_load_string``; ``foreach`` over the documents and the ``Error`` of each."""
    root = ElementTree.fromstring(answer)
    documents = root.findall("Detalle/Documento")
    errors = [one.text or "" for document in documents for one in document.findall("Error")]
    return Read(
        root.findtext("Resultado") == "True",
        [{child.tag: child.text or "" for child in document} for document in documents],
        errors,
    )


def sent(service: Service, file: bytes, operation: str = "Procesar", **login: str) -> Read:
    return php(service.send(file, "2", operation, **login).result())


def books(service: Service) -> list[tuple[str, str, int]]:
    found = service.installation.ledger.books.of("pruebas", service.installation.company.rut)
    return [(one.operacion, one.periodo, one.version) for one in found]


@pytest.mark.parametrize("one", BOOKS, ids=str)
def test_a_book_is_answered_like_a_document(service: Service, one: Fixture) -> None:
    read = sent(service, one.data)
    (document,) = read.documents
    moment = document.pop("Fecha")
    operacion = "COMPRA" if "compra" in str(one) else "VENTA"
    assert read == (
        True,
        [{"Folio": "0", "TipoDte": "0", "Operacion": operacion, "Resultado": "True", "Avisos": ""}],
        [],
    )
    assert moment[:10] == f"{clock.today()}"
    (stored,) = service.installation.ledger.books.of("pruebas", service.installation.company.rut)
    kept = service.installation.ledger.files.find(stored.archivo_sha256)
    assert kept and kept.contenido == one.data
    assert (stored.operacion, stored.usuario) == (operacion, service.installation.usuario)


def test_a_bad_book_has_one_error_and_is_not_kept(service: Service) -> None:
    file = spoiled(RESUMEN, ("<RUTDoc>78123450-8", "<RUTDoc>78123450-9"))
    (said,) = service.refused(file, "2")
    assert said.codes == ["DOC-011", "LIB-040"]
    assert (said.values["Folio"], said.values["TipoDte"], said.values["Operacion"]) == ("0", "0", "COMPRA")
    read = sent(service, file)
    assert not read.accepted
    assert len(read.errors) == 1
    assert read.errors[0].startswith("1) [DOC-011] Línea ")
    assert books(service) == []


def test_the_message_of_a_refusal_speaks_of_a_book(service: Service) -> None:
    text = service.send(spoiled(RESUMEN), "2").document().findtext("Mensaje")
    assert text == "El archivo fue rechazado: 1 problema. No se guardó el libro."


def test_validar_says_the_same_and_keeps_nothing(service: Service) -> None:
    sent(service, COMPRA)
    before = service.state()
    other = spoiled(("Panadería", "Pastelería"))
    document = service.send(other, "2", "Validar").document()
    (aviso,) = document.iterfind("Detalle/Documento/Avisos/Aviso")
    assert (aviso.text or "").startswith("[LIB-050] Este libro reemplaza al de COMPRA del período 2026-03 recibido el ")
    assert "versión 2" in (aviso.text or "")
    (said,) = service.refused(spoiled(RESUMEN), "2", "Validar")
    assert said.codes == ["LIB-040"]
    assert service.state() == before


def test_every_version_is_kept_and_the_same_file_once(service: Service) -> None:
    other = spoiled(("Panadería", "Pastelería"))
    for file in (COMPRA, COMPRA, other, other, VENTA):
        assert sent(service, file).accepted
    assert books(service) == [("COMPRA", "2026-03", 1), ("COMPRA", "2026-03", 2), ("VENTA", "2026-03", 1)]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (COMPRA, COMPRA, "LIB-051"),
        (COMPRA, spoiled(("Panadería", "Pastelería")), "LIB-050"),
        (PARCIAL, spoiled(("Aceros", "Hierros"), file=PARCIAL), "LIB-052"),
    ],
)
def test_what_is_told_of_former_versions(service: Service, first: bytes, second: bytes, code: str) -> None:
    installation = service.installation
    assert installation.issue(first, "2").problems == ()
    outcome = installation.issue(second, "2")
    assert outcome.accepted
    assert [one.code for one in outcome.problems] == [code]
    assert "{" not in outcome.problems[0].text()


def test_the_book_of_another_company_is_refused(service: Service) -> None:
    other = spoiled(("<RutEmisorLibro>76354771-K", "<RutEmisorLibro>78123450-8"))
    rut = service.installation.company.rut
    read = sent(service, other, rut=rut)
    assert [text.partition("]")[0] for text in read.errors] == ["[LIB-010"]
    assert sent(service, other).accepted, "a test login's book is of the account"


def test_a_company_without_certificate_may_send_books(service: Service) -> None:
    service.installation.ledger.connection.execute("DELETE FROM certificado")
    assert sent(service, COMPRA).accepted


def test_other_books_are_refused(service: Service) -> None:
    (said,) = service.refused(COMPRA.replace(b"LibroCompraVenta", b"LibroBoleta"), "2")
    assert said.codes == ["TXT-013"]
    assert "LibroBoleta" in said.error


def test_a_book_sent_as_text_is_told(service: Service) -> None:
    assert service.codes(COMPRA) == ["TXT-004"]
