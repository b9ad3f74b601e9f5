"""The one scenario that every client program runs, and what it has to see.

A program gets the scenario as a file of lines, each ``name TAB address TAB operation TAB key=value...``; the parts of
``login`` are keys ``login.Usuario`` and so on, in the contract's order. ``@folio`` and ``@tipo`` stand for what the
program itself read in the last answer that said True, to be sent in base64. For each line it writes one JSON object:

``paso``
    the name of the line
``valor``
    the result as its SOAP library gave it; bytes in base64
``resultado``, ``folio``, ``tipo``, ``error``
    what its own way of reading found in a WSPLANO answer with documents
``falla``, ``texto``
    instead of all that: the code and the text of a SOAP fault
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dteplanows
from fixtures import BOOKS, FIXTURES, RECEIVED, Fixture
from tests.clients import PATH, Service, b64

BROKEN = "/roto"
"""Below this path every call is damaged on its way: it names an operation that there is not."""

_DAMAGE = ((b"Online", b"Onlino"), (b"Procesar", b"Procesor"))
_FILES = (
    "boleta39-latin1.txt",
    "factura33-codificacion-mixta.txt",
    "factura33-rut-con-puntos.xml",
    "factura34-descuento-por-linea.txt",
    "guia52-otros-traslados.xml",
    "nota-credito61-cdata.xml",
)
_NOT_BASE64 = "¿Ñandú & <pingüino>?"


@dataclass(frozen=True)
class Step:
    """One call and what its answer has to be."""

    name: str
    operation: str
    values: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    """The whole result."""
    accepted: bool | None = None
    """The outer ``Resultado``; None where the answer has none."""
    folio: int | None = None
    """The folio to read; None for one of the company's own range."""
    says: tuple[str, ...] = ()
    """Texts in the error, in the fault or, where there is neither, in the result."""
    documents: tuple[int, ...] = ()
    """The types of the documents in the answer."""
    stored: bool = False
    """The result is the document issued before, byte for byte."""
    fault: bool = False
    """The answer is a fault of the client."""
    damaged: bool = False
    """The call names an operation that there is not."""


def fixture(name: str) -> Fixture:
    """The input file of that name."""
    return next(one for one in (*FIXTURES, *RECEIVED, *BOOKS) if str(one) == name)


def steps(service: Service) -> list[Step]:
    """The scenario for *service*."""
    login = {f"login.{name}": text for name, text in service.login(Puerto="9978", IncluyeLink="0").items()}
    asked = {**login, "tpomov": b64("V"), "folio": "@folio", "tipo": "@tipo"}

    def send(name: str) -> dict[str, str]:
        one = fixture(name)
        return {**login, "file": b64(one.data), "formato": str(one.formato)}

    done, nothing = "<Resultado>OK</Resultado>", "<Mensaje></Mensaje><Motivo>["
    stranger = {**login, "login.Clave": b64("otra ñ")}
    after = {
        "boleta39-latin1.txt": [
            Step("ticket", "getBoletaTicket", {**login, "ticket": b64("ticket@39@905")},
                 says=("<Head>", "<TED>", "<Foot>")),
            Step("ticket de fijo", "getBoletaTicket", {**login, "ticket": "ticket@039@000000000905"},
                 says=("<Head>", "<TED>", "<Foot>")),
            Step("sin ticket", "getBoletaTicket", {**login, "ticket": b64("ticket@39@906")}, fault=True,
                 says=("FOL-060", "no ha emitido ningún documento de tipo 39 con folio 906")),
            Step("ticket ajeno", "getBoletaTicket", {**stranger, "ticket": b64("ticket@39@905")}, fault=True,
                 says=("AUT-001", "Revise Usuario y Clave en la configuración de su sistema")),
        ],
        "factura33-codificacion-mixta.txt": [
            Step("enlace", "ObtenerLink", {**asked, "cedible": b64("False")}, says=(f"<Mensaje>{b64('http:/')}",)),
            Step("cedible", "ObtenerLink", {**asked, "cedible": b64("True")}, says=(f"<Mensaje>{b64('http:/')}",)),
            Step("tipo en letras", "ObtenerLink", {**asked, "tipo": b64("TipoDte"), "cedible": b64("False")},
                 says=(f"<Mensaje>{b64('http:/')}",)),
            Step("sin enlace", "ObtenerLink", {**asked, "folio": b64("4300000001"), "cedible": b64("False")},
                 says=(f"{nothing}FOL-060] La empresa", "no ha emitido ningún documento")),
            Step("enlace ajeno", "ObtenerLink", {**asked, **stranger, "cedible": b64("False")},
                 says=(f"{nothing}AUT-001]",)),
            Step("sin número", "AltNum", {**login, "folio": "@folio", "tipo": "@tipo", "campo": b64("A9")},
                 says=(f"{nothing}SRV-075]",)),
            Step("número alternativo", "AltNum", {**login, "folio": "@folio", "tipo": "@tipo", "campo": b64("A1")},
                 says=(f"<Mensaje>{b64('7')}</Mensaje>",)),
            Step("estado en el SII", "EstadoDte", asked, says=("<Situacion>", "<PalabraFinal>")),
            Step("estado en el SII ajeno", "EstadoDte", {**asked, **stranger}, fault=True,
                 says=("AUT-001", "Revise Usuario y Clave en la configuración de su sistema")),
            Step("eliminar", "EliminarDoc", asked, says=("es electrónico y no se elimina",)),
        ],
        "guia52-otros-traslados.xml": [
            Step("sin cedible", "ObtenerLink", {**asked, "cedible": b64("True")}, says=(f"<Mensaje>{b64('http:/')}",)),
            Step("anular", "AnularGuia", asked, says=(done,)),
        ],
    }  # fmt: skip
    found = [
        Step("en línea", "Online", value="Online=1"),
        Step("versión", "Version", value=dteplanows.__version__),
        Step("dirección", "getIP", says=("127.0.0.1",)),
        Step("validar", "Validar", send("boleta39-latin1.txt"), accepted=True, folio=905, documents=(39,)),
    ]
    for name in _FILES:
        one = fixture(name)
        folio = one.folios[0] or None
        found.append(Step(f"emitir {name}", "Procesar", send(name), accepted=True, folio=folio, documents=(one.tipo,)))
        found.append(Step(f"pedir {name}", "getXMLDte", asked, stored=True))
        found += after.get(name, [])
    two, own = send("factura33-dos-documentos.txt"), send("factura33-folio-propio.txt")
    duplicated = ("Ya existe el Documento", "3107")
    return [
        *found,
        Step("emitir dos", "Procesar", two, accepted=True, documents=(33, 33)),
        Step("folio propio", "Procesar", own, accepted=True, folio=3107, documents=(33,)),
        Step("folio repetido", "Procesar", own, accepted=False, folio=3107, says=duplicated, documents=(33,)),
        Step("otra clave", "Procesar", {**own, **stranger}, accepted=False, folio=0, says=("AUT-001",),
             documents=(0,)),
        Step("sin archivo", "Procesar", {**login, "file": "", "formato": "2"}, accepted=False, folio=0,
             says=("no es un XML",), documents=(0,)),
        Step("no es base64", "Procesar", {**login, "file": _NOT_BASE64, "formato": "1"}, accepted=False, folio=0,
             says=(f"«{_NOT_BASE64}»", "parámetro"), documents=(0,)),
        Step("no hay tal folio", "getXMLDte", {**asked, "folio": b64("9999999999")}, fault=True,
             says=("FOL-060", "no ha emitido ningún documento")),
        Step("XML de compra", "getXMLDte", {**asked, "tpomov": b64("C")}, fault=True,
             says=("SRV-031", "esta operación es solo para los que emite la empresa")),
        Step("XML ajeno", "getXMLDte", {**asked, **stranger}, fault=True,
             says=("AUT-001", "la clave distingue mayúsculas y minúsculas")),
        Step("oyente", "RegIP", {**login, "puerto": b64("9978")}, says=(done,)),
        Step("masivo", "ProcesarWSMasivo", send("boleta39-latin1.txt"),
             says=("<Resultado>True</Resultado>", "<TrackId>1</TrackId>")),
        Step("estado", "ConsultarEstado", {**login, "trackid": "1"},
             says=("<Resultado>True</Resultado>", "PENDIENTE", "<Total>")),
        Step("no hay tal lote", "ConsultarEstado", {**login, "trackid": "77"},
             says=("<Resultado>False</Resultado>", "<Motivo>[SRV-101]")),
        Step("lote ajeno", "ConsultarEstado", {**stranger, "trackid": "1"},
             says=("<Resultado>False</Resultado>", "<Motivo>[AUT-001]")),
        Step("falla", "Online", fault=True, damaged=True, says=("La operación «Onlino» no existe", "SRV-054")),
        Step("falla con parámetros", "Procesar", own, fault=True, damaged=True,
             says=("La operación «Procesor» no existe",)),
    ]  # fmt: skip


def write(path: Path, service: Service, scenario: Iterable[Step]) -> None:
    """The file that the programs read."""
    lines = []
    for one in scenario:
        address = service.address.replace(PATH, BROKEN + PATH) if one.damaged else service.address
        lines.append("\t".join((one.name, address, one.operation, *(f"{k}={v}" for k, v in one.values.items()))))
    path.write_bytes("".join(line + "\n" for line in lines).encode())


def damaging(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """*application* with the damage below ``BROKEN``."""

    def around(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(BROKEN):
            body = environ["wsgi.input"].read()
            changed = {**environ, "PATH_INFO": path.removeprefix(BROKEN), "SCRIPT_NAME": BROKEN}
            for good, bad in _DAMAGE:
                body = body.replace(good, bad)
                for header in ("HTTP_SOAPACTION", "CONTENT_TYPE"):
                    changed[header] = changed.get(header, "").replace(good.decode(), bad.decode())
            environ = {**changed, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environ, start_response)

    return around
