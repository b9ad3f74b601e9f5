"""The customers' programs that write files for another to send, and the files of the manual: one test for each.

The sender of those files is not known, so each answer is read in every known way. Each file is issued, refused when it
comes again, and refused when the receptor's RUT is wrong, with a folio of its own that stays free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from lxml import etree
from zeep.proxy import ServiceProxy

from tests.clients import Service, b64, served, zeep_client
from tests.installation import Installation
from tests.interop.files import numbered, spoiled
from tests.interop.readers import OF_THE_ANSWER, Read, movement_of
from tests.interop.scenario import fixture


class Sender(NamedTuple):
    """Sends files and reads the answers in every way."""

    service: Service
    calls: ServiceProxy

    def send(self, file: bytes, formato: int = 1) -> tuple[Read, str]:
        """What all programs read in the answer; and the answer. What they say of errors differs."""
        answer = self.calls.Procesar(login=self.service.login(), file=b64(file), formato=formato)
        found = [read(answer) for read in OF_THE_ANSWER]
        assert len({one[:2] for one in found}) == 1, found
        first = max(found, key=lambda one: len(one.error))
        assert all(bool(one.error) is not first.accepted for one in found), found
        return first, answer

    def issue(self, file: bytes, formato: int = 1) -> int:
        """The folio of *file*'s first document, once it was issued, sent again and spoiled."""
        read, answer = self.send(file, formato)
        assert read.accepted, read
        folio = int(read.folio)
        again, _ = self.send(file if movement_of(answer) == "C" else numbered(file, folio), formato)
        assert again[:2] == (False, read.folio)
        assert "Ya existe el Documento" in again.error
        other = folio + 5000
        wrong, _ = self.send(spoiled(numbered(file, other)), formato)
        assert wrong[:2] == (False, str(other))
        assert "dígito verificador" in wrong.error
        corrected, _ = self.send(numbered(file, other), formato)
        assert corrected == Read(True, str(other))
        return folio


@pytest.fixture
def sender(installation: Installation) -> Iterator[Sender]:
    with served(installation) as service:
        yield Sender(service, zeep_client(service).service)


def test_java_servlets(sender: Sender) -> None:
    """No separator after the last column; e-mail ``null``; a file that a second run made longer."""
    assert sender.issue(fixture("factura33-sin-separador-final.txt").data) > 0
    assert sender.issue(fixture("guia52-venta-con-descuento.txt").data) == 640
    assert sender.issue(fixture("factura34-correo-null.txt").data) > 0
    _, answer = sender.send(fixture("factura33-dos-documentos.txt").data)
    found = etree.fromstring(answer.encode())
    folios = [int(one.text or "") for one in found.iterfind("Detalle/Documento/Folio")]
    assert len(set(folios)) == 2
    assert {one.text for one in found.iter("Resultado")} == {"True"}


def test_java_boletas(sender: Sender) -> None:
    """``Valor`` is the price of one, and ``Total`` that of all."""
    assert sender.issue(fixture("boleta39-valor-unitario.txt").data) == 710


def test_visual_basic_forms(sender: Sender) -> None:
    """A header of 18 columns, gross lines, references and discounts without content; Windows-1252."""
    for name in ("factura33-encabezado-de-18-campos.txt", "factura33-de-guias.txt", "boleta39-referencia-vacia.txt"):
        one = fixture(name)
        assert [sender.issue(one.data)] == one.folios


def test_4d_of_a_school(sender: Sender) -> None:
    """Boletas whose every line has ``ValorExento``: with or without IVA, the indicator of the line says it."""
    rows = (
        "->Boleta<-",
        "{0};{1};2026-03-11;3;0;;;;66666666-6;77;Apoderado Ñancupil;Particular;Calle Larga 8;Lota;Concepción;;",
        "->BoletaTotales<-",
        "{2};0;0;0;9500;",
        "->BoletaDetalle<-",
        "1;M1;Materiales;{3};2;3000;6000;6000;INT1;UN;;",
        "2;M2;Biblioteca;{3};1;4000;4000;4000;INT1;UN;;",
        "->BoletaDescRec<-",
        "1;D;Beca;$;500;{3};",
        "->Observacion<-",
        "Curso 5º B;;;",
    )
    text = "\r\n".join(rows) + "\r\n"
    assert sender.issue(text.format(39, 2210, "0;0;0;9500", "0").encode()) == 2210
    assert sender.issue(text.format(41, 2310, "0;9500;0;9500", "1").encode()) == 2310


def test_php_of_a_landlord(sender: Sender) -> None:
    """Its own folios; semicolons of the texts became commas. A line below zero is refused with the way to write it."""
    file = fixture("factura33-folio-propio.txt").data
    assert sender.issue(file) == 3107
    lines = (
        "->Encabezado<- 33;3120;2026-02-01;0;0;96777120-1;Lácteos Tronador S.A.;Lechería;Ruta 225;Puerto Varas;;;",
        "->Totales<- 0;0;0;0;90000;0;19;17100;107100;",
        "->Detalle<- 1;A9;Arriendo de bodega;1;100000;0;0;0;0;0;100000;INT1;UN;;",
        "->Detalle<- 2;A9;Menos reparaciones;1;10000;0;0;0;0;0;-10000;INT1;UN;;",
    )
    read, _ = sender.send("\n".join(lines).encode())
    assert read[:2] == (False, "3120")
    assert "DOC-023" in read.error
    assert "no se escribe como monto negativo" in read.error


def test_csharp_bridge(sender: Sender) -> None:
    """Amounts with fractions. A tax that only the total knows of is told with its difference."""
    rows = (
        "->Encabezado<-",
        "33;{0};2026-05-01;0;0;96777120-1;Minimercado Arauco;Minimercado;Los Boldos 31;Lebu;Lebu;;",
        "->Totales<-",
        "0;0;0;0;9692;0;19;1841;{1};",
        "->Detalle<-",
        "1;514;Jugo de membrillo;48;212.5417;5;510;0;0;0;9691.95;INT1;C/U;Botella de 1 litro;",
    )
    text = "\r\n".join(rows) + "\r\n"
    assert sender.issue(text.format(11, 11533).encode()) == 11
    read, _ = sender.send(text.format(21, 12793).encode())
    assert read[:2] == (False, "21")
    assert "MntTotal dice 12.793 y debería ser 11.533" in read.error


def test_the_manual_s_factura(sender: Sender) -> None:
    """Tabulations, empty additional nodes, a declaration that is not true."""
    assert sender.issue(fixture("factura33-tabulaciones.xml").data, 2) > 0


def test_the_manual_s_purchase(sender: Sender) -> None:
    """A received document is entered, once, and answered as one that was issued."""
    file = fixture("compra33-con-impuesto-adicional.txt").data
    assert sender.issue(numbered(file, 4400)) == 4400
    read, answer = sender.send(file)
    assert read == Read(True, "0")
    assert movement_of(answer) == "C"
    again, _ = sender.send(file)
    assert not again.accepted
