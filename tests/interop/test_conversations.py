"""The customers' programs that call the service, one test for each: its login, its calls in their order, its reading.

Every conversation is held with a service that runs, with files in that program's manner, and to its bad end too: a
document that is refused, and a folio that exists where the program numbers its documents itself.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zeep
from lxml import etree

from dteplanows.bulk.queue import Worker
from tests.clients import Fetched, Service, b64, fetch, post_soap11, post_soap12, served, zeep_client
from tests.installation import Installation
from tests.interop import readers
from tests.interop.files import numbered, spoiled
from tests.interop.readers import Read
from tests.interop.scenario import fixture
from tests.interop.stacks import DOTNET, NODE, PHP, SAVON, SoapFault, Stack, result_of

Login = dict[str, str]

EXISTS = "Ya existe el Documento"
WRONG_RUT = "dígito verificador"
_ADDRESS = re.compile(
    r"http://127\.0\.0\.1:\d+/plano/descargar\.php\?p1=[\w-]+&p2=GDI&m=V&i=\d+&c=(?P<cedible>true|false)", re.ASCII
)

_SII = "{http://www.sii.cl/SiiDte}"
_KEPT_BY_TILLS = {
    33: ("RznSoc", "GiroEmis", "Acteco", "FmaPago", "TasaIVA", "FchRef"),
    39: (
        "IndServicio", "RznSocEmisor", "GiroEmisor", "CdgIntRecep", "MntNeto", "IVA", "MntTotal",
        "CdgItem", "UnmdItem", "PrcItem",
    ),
    61: ("RznSoc", "GiroEmis", "Acteco", "TasaIVA", "FchRef", "CodRef"),
}  # fmt: skip
"""What a program of tills reads in the signed documents of each type."""


@pytest.fixture
def service(installation: Installation) -> Iterator[Service]:
    with served(installation) as running:
        yield running


def processor(
    stack: Stack, service: Service, login: Login, formato: object, read: Callable[[str], Read]
) -> Callable[[bytes], tuple[Read, str]]:
    """``Procesar`` of a file by *stack*: what the program reads, and the answer."""

    def process(file: bytes) -> tuple[Read, str]:
        answer = stack.call(service, "Procesar", {"login": login, "file": b64(file), "formato": formato})
        return read(answer), answer

    return process


def opened(address: str, cedible: bool = False) -> None:
    """The address has the shape that programs know, and opens the PDF file itself: by GET, by HEAD, on both paths."""
    shape = _ADDRESS.fullmatch(address)
    assert shape, address
    assert shape["cedible"] == str(cedible).lower()
    for one in (address, address.replace("/plano/", "/sistema/")):
        got, asked = fetch(one), fetch(one, "HEAD")
        assert _is_pdf(got)
        assert got.content.startswith(b"%PDF-")
        assert _is_pdf(asked)
        assert (asked.content, asked.headers["Content-Length"]) == (b"", str(len(got.content)))
        assert "Content-Encoding" not in got.headers
        assert len(got.content) < 5_000_000


def _is_pdf(found: Fetched) -> bool:
    return (found.status, found.headers["Content-Type"]) == (200, "application/pdf")


def decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


# --- PHP ------------------------------------------------------------------------------------------------------------


def test_php_that_bills_hours(service: Service) -> None:
    """No ``IncluyeLink``; every value in CDATA; after issuing, both addresses and the XML; it tries EliminarDoc."""
    login = service.login()
    assert PHP.call(service, "Online", {}) == "Online=1"
    process = processor(PHP, service, login, 2, readers.php_simplexml)

    def ask(operation: str, tpomov: str, folio: str, tipo: int, **more: str) -> str:
        named = {"tpomov": b64(tpomov), "folio": b64(folio), "tipo": b64(str(tipo)), **more}
        return PHP.call(service, operation, {"login": login, **named})

    for name, tipo in (("factura33-cdata.xml", 33), ("boleta39-cdata.xml", 39), ("nota-credito61-cdata.xml", 61)):
        read, answer = process(fixture(name).data)
        assert read.accepted, read
        assert "<url" not in answer
        tpomov = "B" if tipo == 39 else readers.movement_of(answer)
        assert tpomov in "VB"
        opened(readers.php_address(ask("ObtenerLink", tpomov, read.folio, tipo, cedible=b64("False"))))
        cedible = ask("ObtenerLink", tpomov, read.folio, tipo, cedible=b64("True"))
        opened(readers.php_address(cedible), cedible=tipo == 33)
        xml = base64.b64decode(ask("getXMLDte", tpomov, read.folio, tipo), validate=True)
        assert f"<Folio>{read.folio}</Folio>".encode() in xml
        assert etree.fromstring(xml).tag == "{http://www.sii.cl/SiiDte}DTE"
        assert "es electrónico" in readers.php_order(ask("EliminarDoc", tpomov, read.folio, tipo))
        plain = {"login": login, "tpomov": tpomov, "folio": read.folio, "tipo": tipo}
        assert "es electrónico" in readers.php_order(PHP.call(service, "EliminarDoc", plain))

    # It asks for both in a row, takes any text for the address, and shows what a fault says.
    assert readers.php_address(ask("ObtenerLink", "V", "123", 33, cedible=b64("False"))) == ""
    with pytest.raises(SoapFault, match="no ha emitido ningún documento de tipo 33 con folio 123"):
        ask("getXMLDte", "V", "123", 33)

    read, _ = process(spoiled(fixture("factura33-cdata.xml").data))
    assert (read.accepted, read.folio) == (False, "0")
    assert read.error.startswith("El archivo fue rechazado: 1 problema. No se emitió ningún documento. - [")
    assert WRONG_RUT in read.error
    own = numbered(fixture("factura33-cdata.xml").data, 5150)
    assert process(own)[0] == Read(True, "5150")
    repeated, _ = process(own)
    assert (repeated.accepted, repeated.folio) == (False, "5150")
    assert EXISTS in repeated.error


def test_php_of_a_distributor(service: Service) -> None:
    """Its own folios, ``formato`` as a text; books through the same call; removes purchases that it entered."""
    login = service.login()
    process = processor(PHP, service, login, "2", readers.php_every_error)
    names = (
        ("factura33-impuestos-adicionales.xml", "4406", 33),
        ("nota-credito61-referencia-repetida.xml", "212", 61),
        ("nota-debito56-adicional-antes-de-referencia.xml", "19", 56),
    )
    for name, folio, tipo in names:
        one = fixture(name)
        assert process(one.data)[0] == Read(True, folio)
        for cedible in ("False", "True"):
            named = {"tpomov": b64("V"), "folio": b64(folio), "tipo": b64(str(tipo)), "cedible": b64(cedible)}
            address = readers.php_address(PHP.call(service, "ObtenerLink", {"login": login, **named}))
            opened(address, cedible=cedible == "True" and tipo == 33)
        # An empty address makes it ask again; on a fault the program itself fails, with the document issued.
        for missing in ({"folio": b64("99")}, {"folio": ""}, {"tpomov": b64("C")}):
            assert readers.php_address(PHP.call(service, "ObtenerLink", {"login": login, **named, **missing})) == ""
        stranger = {**login, "Clave": b64("ajena")}
        assert readers.php_address(PHP.call(service, "ObtenerLink", {"login": stranger, **named})) == ""
        again, _ = process(one.data)
        assert (again.accepted, again.folio) == (False, folio)
        assert EXISTS in again.error
        wrong, _ = process(spoiled(numbered(one.data, 7001)))
        assert (wrong.accepted, wrong.folio) == (False, "7001")
        assert WRONG_RUT in wrong.error

    empty, _ = process(b"")
    assert "no es un XML" in empty.error
    other, _ = processor(PHP, service, {**login, "Clave": b64("ajena")}, "2", readers.php_every_error)(one.data)
    assert (other.accepted, other.folio) == (False, "0")
    assert "AUT-001" in other.error

    bought = processor(PHP, service, login, "1", readers.php_every_error)
    electronic = numbered(fixture("compra33-con-impuesto-adicional.txt").data, 815)
    on_paper = electronic.replace(b"33;815;", b"30;816;")
    for file, folio in ((electronic, "815"), (on_paper, "816")):
        read, answer = bought(file)
        assert read == Read(True, folio)
        assert readers.movement_of(answer) == "C"

    def remove(tpomov: str, folio: str, tipo: str) -> str:
        named = {"tpomov": b64(tpomov), "folio": b64(folio), "tipo": b64(tipo)}
        return readers.php_order(PHP.call(service, "EliminarDoc", {"login": login, **named}))

    assert remove("C", "816", "30") == "OK"
    assert "no tiene registrado" in remove("C", "816", "30")
    assert "es electrónico" in remove("C", "815", "33")
    assert "es electrónico" in remove("V", "4406", "33")


def test_php_books(service: Service) -> None:
    """The distributor's books: the answer is read as that of a document."""
    process = processor(PHP, service, service.login(), "2", readers.php_every_error)
    for name, operation in (("libro-compra.xml", "C"), ("libro-venta.xml", "V")):
        read, answer = process(fixture(name).data)
        assert read == Read(True, "0")
        assert readers.movement_of(answer) == operation
        wrong, _ = process(re.sub(rb"<TotMntTotal>\d+", b"<TotMntTotal>1", fixture(name).data, count=1))
        assert not wrong.accepted
        assert "[LIB-" in wrong.error


def test_php_that_asks_whether_the_service_is_online(service: Service) -> None:
    """It sends the word ``TipoDte`` as type, with the folio just read."""
    login = service.login()
    assert PHP.call(service, "Online", {}) == "Online=1"
    process = processor(PHP, service, login, "2", readers.php_simplexml)
    file = fixture("factura34-emisor-rut-sucursal-vendedor.xml").data
    for _ in range(2):
        read, _answer = process(file)
        assert read.accepted, read
        named = {"tpomov": b64("V"), "folio": b64(read.folio), "tipo": b64("TipoDte"), "cedible": b64("False")}
        opened(readers.php_address(PHP.call(service, "ObtenerLink", {"login": login, **named})))

    # Where every type begins at the same folio, the one just issued is meant.
    taken, _answer = processor(PHP, service, login, "2", readers.php_simplexml)(fixture("factura33-cdata.xml").data)
    assert taken.accepted and taken.folio == str(int(read.folio) - 1)
    named = {"tpomov": b64("V"), "folio": b64(taken.folio), "tipo": b64("TipoDte"), "cedible": b64("True")}
    address = readers.php_address(PHP.call(service, "ObtenerLink", {"login": login, **named}))
    opened(address, cedible=True)
    copy = service.installation.links.copy_of(address.partition("?")[2])
    stored = copy and service.installation.ledger.documents.by_id(copy.documento_id)
    assert stored and stored.tipo == 33

    wrong, _ = process(spoiled(file))
    assert not wrong.accepted
    assert WRONG_RUT in wrong.error


def test_php_with_regular_expressions(service: Service) -> None:
    """It puts ``IncluyeLink`` beside ``login``, where its library drops it: so it never gets an address."""
    process = processor(PHP, service, service.login(), "1", readers.php_expression)
    file = fixture("factura34-descuento-por-linea.txt").data
    read, answer = process(file)
    assert read.accepted, read
    assert re.findall("<urlOriginal>(.*?)</urlOriginal>", answer) == []
    wrong, _ = process(spoiled(file))
    assert not wrong.accepted
    assert WRONG_RUT in wrong.error


# --- Node and Ruby --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", ["", "9978"], ids=["older", "newer"])
def test_node_with_compact_objects(service: Service, port: str) -> None:
    """``?wsdl=0``; ``Puerto`` empty or plain; it reads ``._text`` of everything, of both addresses on success."""
    contract = fetch(f"{service.address}?wsdl=0")
    assert (contract.status, contract.content[:5]) == (200, b"<?xml")
    login = service.login(Puerto=port, IncluyeLink="1")
    process = processor(NODE, service, login, "2", readers.node_compact)
    file = fixture("factura33-rut-con-puntos.xml").data
    read, answer = process(file)
    assert read == Read(True, "58")
    original, cedible = readers.node_compact_addresses(answer)
    opened(original)
    opened(cedible, cedible=True)

    again, _ = process(file)
    assert again[:2] == (False, "58")
    assert EXISTS in again.error
    wrong, _ = process(spoiled(numbered(file, 59)))
    assert wrong[:2] == (False, "59")
    assert WRONG_RUT in wrong.error


def test_node_with_arrays(service: Service) -> None:
    """It logs in to ``Online`` too, and waits forever unless the answer is the one it knows."""
    login = service.login(IncluyeLink="1")
    assert NODE.call(service, "Online", {"login": login}) == "Online=1"
    process = processor(NODE, service, login, 1, readers.node_arrays)
    for name in (
        "factura33-codificacion-mixta.txt",
        "factura34-importes-con-centavos.txt",
        "boleta39-seccion-vacia.txt",
        "boleta41-exenta.txt",
        "guia52-venta-con-descuento.txt",
        "nota-credito61-blanco-tras-la-marca.txt",
    ):
        read, answer = process(fixture(name).data)
        assert read.accepted, read
        opened(readers.node_arrays_address(answer))
        wrong, _ = process(spoiled(fixture(name).data))
        assert not wrong.accepted
        assert WRONG_RUT in wrong.error
    again, _ = process(fixture("boleta41-exenta.txt").data)
    assert EXISTS in again.error


def test_ruby(service: Service) -> None:
    """The login comes last; dates of one form; base64 without tolerance."""
    login = service.login()

    def process(file: bytes) -> Read:
        return readers.ruby_css(SAVON.call(service, "Procesar", {"file": b64(file), "formato": 2, "login": login}))

    file = fixture("boleta39-elementos-vacios.xml").data
    read = process(file)
    assert read.accepted, read
    named: dict[str, Any] = {"tpomov": b64("B"), "folio": b64(read.folio), "tipo": b64("39")}
    answer = SAVON.call(service, "ObtenerLink", {**named, "cedible": b64("False"), "login": login})
    opened(readers.ruby_address(answer))
    xml = readers.strict_base64(SAVON.call(service, "getXMLDte", {**named, "login": login}))
    assert f"<Folio>{read.folio}</Folio>".encode() in xml
    missing: dict[str, Any] = {**named, "folio": b64("123")}
    assert readers.ruby_address(SAVON.call(service, "ObtenerLink", {**missing, "login": login})) == ""
    with pytest.raises(SoapFault, match="FOL-060"):
        SAVON.call(service, "getXMLDte", {**missing, "login": login})

    wrong = process(spoiled(file))
    assert (wrong.accepted, wrong.folio) == (False, "0")
    assert WRONG_RUT in wrong.error


# --- .NET -----------------------------------------------------------------------------------------------------------


def test_visual_basic_of_tills(service: Service) -> None:
    """SOAP 1.2 by hand; one document a call, at once or in bulk mode, which it asks for until there is a folio."""
    login = service.login(IncluyeLink="1")
    documents = [
        ("factura33-espacio-de-nombres.xml", "urlCedible"),
        ("nota-credito61-precios-brutos.xml", "urlOriginal"),
        ("boleta39-elementos-vacios.xml", "urlOriginal"),
    ]

    for name, address in documents:
        file = fixture(name).data
        reply = post_soap12(service, "Procesar", login, {"file": b64(file), "formato": 2})
        read = readers.vb_body(reply.body)
        assert read.accepted, read
        assert "Content-Encoding" not in reply.headers
        opened(decoded(readers.vb_first(result_of(reply.body), address)), cedible=address == "urlCedible")
        wrong = readers.vb_body(
            post_soap12(service, "Procesar", login, {"file": b64(spoiled(file)), "formato": 2}).body
        )
        assert (wrong.accepted, wrong.folio) == (False, "0")
        assert WRONG_RUT in wrong.error

        tipo = fixture(name).tipo
        asked = {"tpomov": b64("V"), "folio": b64(read.folio), "tipo": b64(str(tipo))}
        signed = result_of(post_soap12(service, "getXMLDte", login, asked).body)
        dte = etree.fromstring(base64.b64decode(signed, validate=True))
        assert (dte.tag, dte[0].get("ID")) == (f"{_SII}DTE", f"F{read.folio}T{tipo}")
        assert [one for one in _KEPT_BY_TILLS[tipo] if dte.find(f".//{_SII}{one}") is None] == []

    def send(file: bytes) -> str:
        arguments = {"file": b64(file), "formato": 2}
        return readers.vb_receipt(result_of(post_soap12(service, "ProcesarWSMasivo", login, arguments).body))

    def logged(answer: str) -> bool:
        """It enters every answer that says False anywhere into its table of errors."""
        return "<Resultado>False</Resultado>" in answer

    def state(track_id: str) -> tuple[Read, str]:
        body = post_soap12(service, "ConsultarEstado", login, {"trackid": track_id}).body
        return readers.vb_state(body, result_of(body)), result_of(body)

    worker = Worker(service.installation.issuer, limit=10)
    for name, address in documents:
        file = numbered(fixture(name).data, 6200)
        track_id = send(file)
        read, pending = state(track_id)
        assert (read, logged(pending)) == (Read(False, "0"), False)
        # Whatever keeps a question from its answer, the document is asked for again and not sent again.
        stranger, login["Clave"] = login["Clave"], b64("ajena")
        read, refused = state(track_id)
        assert (read, logged(refused)) == (Read(False, "0"), True)
        assert "[AUT-001] " in refused
        login["Clave"] = stranger
        assert worker.work_once()
        read, answer = state(track_id)
        assert read == Read(True, "6200")
        opened(decoded(readers.vb_first(answer, address)), cedible=address == "urlCedible")

        again = send(file)  # as one that got no answer
        assert (again == track_id, state(again)[0]) == (True, Read(True, "6200"))
        for bad, reason in ((file + b"\n", EXISTS), (spoiled(file), WRONG_RUT)):
            track_id = send(bad)
            assert worker.work_once()
            read, _ = state(track_id)
            assert read[:2] == (False, "6200")
            assert reason in read.error

    login["Clave"] = b64("ajena")
    with pytest.raises(readers.Unreadable, match="AUT-001"):
        send(file)


def test_csharp_proxy_of_shops(service: Service) -> None:
    """A generated proxy; the answer as JSON in classes; the address is handed on in base64 for another to decode."""
    process = processor(DOTNET, service, service.login(IncluyeLink="1"), 2, readers.csharp_json)
    for name in (
        "boleta39-neta-con-periodo.xml",
        "factura33-elementos-de-boleta.xml",
        "nota-credito61-otro-orden.xml",
        "guia52-traslado-interno.xml",
    ):
        file = fixture(name).data
        read, answer = process(file)
        assert read.accepted, read
        handed_on = readers.csharp_address(answer)
        assert not handed_on.startswith("http")
        opened(decoded(handed_on))
        wrong, _ = process(spoiled(file))
        assert (wrong.accepted, wrong.folio) == (False, "0")
        assert WRONG_RUT in wrong.error


def test_csharp_library_of_a_printer(service: Service) -> None:
    """A port of its own, and nothing but the folio is taken from the answer."""
    process = processor(DOTNET, service, service.login(Puerto=b64("10033")), 2, readers.csharp_json)
    file = fixture("factura33-tabulaciones.xml").data
    read, _ = process(file)
    assert read.accepted, read
    assert int(read.folio) > 0
    assert not process(spoiled(file))[0].accepted


# --- Java and Python ------------------------------------------------------------------------------------------------


def test_java_of_a_yard(service: Service) -> None:
    """SOAP 1.1 by hand, ``IncluyeLink`` 0; it cuts at literal tags and knows of no address by ``faultcode``."""
    login = service.login(IncluyeLink="0")

    def process(file: bytes) -> Read:
        return readers.java_body(post_soap11(service, "Procesar", login, {"file": b64(file), "formato": 2}).body)

    def address(folio: str) -> str:
        named = {"tpomov": b64("V"), "folio": b64(folio), "tipo": b64("52"), "cedible": b64("False")}
        return readers.java_address(post_soap11(service, "ObtenerLink", login, named).body)

    file = fixture("guia52-otros-traslados.xml").data
    read = process(file)
    assert read.accepted, read
    opened(address(read.folio))
    assert address("4300000001") == "0"
    wrong = process(spoiled(file))
    assert (wrong.accepted, wrong.folio) == (False, "0")
    assert WRONG_RUT in wrong.error


def test_python_of_a_kiosk(service: Service) -> None:
    """``IncluyeLink`` and ``Puerto`` in base64; prints the ticket of every boleta."""
    login = service.login(Puerto=b64("1"), IncluyeLink=b64("1"))
    calls = zeep_client(service).service

    def process(file: bytes, who: Login) -> tuple[Read, str]:
        answer = calls.Procesar(login=who, file=b64(file), formato="1")
        return readers.python_elementtree(answer), answer

    script = {name: text for name, text in login.items() if name != "IncluyeLink"}
    for name, who in (
        ("boleta39-solo-total.txt", login),
        ("boleta39-solo-total-con-descuento.txt", login),
        ("boleta39-sin-sucursal.txt", script),
    ):
        file = fixture(name).data
        read, answer = process(file, who)
        assert read.accepted, read
        assert ("<urlOriginal>" in answer) is ("IncluyeLink" in who)
        printed = readers.python_ticket(calls.getBoletaTicket(login=who, ticket=b64(f"ticket@39@{read.folio}")))
        assert printed is not None
        assert read.folio in printed.head
        assert printed.stamp.startswith('<TED version="1.0">')
        assert etree.fromstring(printed.stamp.encode()).findtext("DD/F") == read.folio
        assert printed.foot.strip()
        wrong, _ = process(spoiled(file), who)
        assert (wrong.accepted, wrong.folio) == (False, "0")
        assert WRONG_RUT in wrong.error
    # It prints whatever has a Mensaje, an empty paper too; a fault it enters into its log, and prints nothing.
    for ticket in ("ticket@39@8", "ticket@39@0", "ticket@33@905"):
        with pytest.raises(zeep.exceptions.Fault, match=r"\[(FOL-060|SRV-073)\]"):
            calls.getBoletaTicket(login=login, ticket=b64(ticket))


def test_python_of_a_carrier(service: Service) -> None:
    """Regular expressions on TXT and XML; success is looked for before the duplicate; its ObtenerLink never leaves."""
    login = service.login(IncluyeLink="1")
    calls = zeep_client(service).service

    def process(file: bytes, formato: str) -> tuple[Read, str]:
        answer = calls.Procesar(login=login, file=b64(file), formato=formato)
        return readers.python_substrings(answer), answer

    for name, formato in (("factura34-cr-cr-lf.txt", "1"), ("factura34-comillas-simples.xml", "2")):
        file = fixture(name).data
        read, answer = process(file, formato)
        assert read.accepted, read
        opened(readers.python_cedible(answer), cedible=True)
        wrong, _ = process(spoiled(file), formato)
        assert not wrong.accepted
        assert WRONG_RUT in wrong.error
        repeated, answer = process(numbered(file, int(read.folio)), formato)
        assert (repeated.accepted, repeated.folio) == (False, read.folio)
        assert EXISTS in repeated.error
        assert "<Resultado>True</Resultado>" not in answer

    boleta, answer = process(fixture("boleta41-exenta.txt").data, "1")
    assert boleta == Read(True, "38")
    assert "<urlCedible>" not in answer
    with pytest.raises(TypeError):
        calls.ObtenerLink(login=login, tipoDte=b64("34"), folio=b64(boleta.folio))
