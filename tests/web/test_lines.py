"""What each request leaves in the log: who, what, what came of it; and never what it says."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dteplanows.document import clock
from dteplanows.ledger.finding import Wanted
from dteplanows.log import journal
from dteplanows.log.files import day_files
from dteplanows.log.kept import read_kept
from dteplanows.settings import Settings
from tests.installation import CLAVE, COMPANY, USUARIO, Installation
from tests.soap.document_calls import call
from tests.soap.soap_support import Caller, Watched, b64, envelope, procesar
from tests.soap.test_document_operations import SAMPLES, get, link

CALLER = "203.0.113.7"
"""Where the tests' client calls from."""


def login(usuario: str = USUARIO, clave: str = CLAVE) -> str:
    return f"<login><Usuario>{b64(usuario)}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(clave)}</Clave></login>"


def invoice() -> bytes:
    return (SAMPLES / "factura33.txt").read_bytes().replace(b"2026-01-05", clock.today().isoformat().encode())


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with journal.written(Settings(directorio=tmp_path)):
        yield tmp_path


@pytest.fixture
def caller(installation: Installation, folder: Path) -> Caller:
    return Caller(installation.issuer)


def lines(folder: Path) -> list[dict[str, Any]]:
    texts = [one for path in day_files(folder / journal.FOLDER) for one in path.read_text("utf-8").splitlines()]
    return [json.loads(one) for one in texts]


def test_an_issued_file(caller: Caller, folder: Path) -> None:
    answer = caller.post(envelope(procesar(b64(invoice()), login=login())))
    folio = answer.document().findtext("Detalle/Documento/Folio")
    (line,) = lines(folder)
    assert (line["via"], line["operacion"], line["usuario"], line["ip"]) == ("soap", "Procesar", USUARIO, CALLER)
    assert (line["rut"], line["ambiente"], line["estado"]) == (COMPANY.rut, "pruebas", 200)
    assert (line["tipos"], line["folios"], line["documentos"]) == ([33], f"33:{folio}", 1)
    assert line["salen"] == len(answer.body) and line["entran"] > len(invoice())
    assert len(line["huella"]) == 64 and "codigos" not in line
    assert line["id"] == answer.identifier
    assert not (folder / journal.KEPT).exists()


def test_a_refused_file_is_kept_with_what_was_answered(caller: Caller, folder: Path) -> None:
    wrong = invoice().replace(b"33;0;", b"99;0;", 1)
    answer = caller.post(envelope(procesar(b64(wrong), login=login())))
    error = answer.document().findtext("Detalle/Documento/Error") or ""
    (line,) = lines(folder)
    assert line["rechazados"] == 1 and line["nivel"] == "advertencia"
    assert line["codigos"] and all(f"[{code}]" in error for code in line["codigos"])
    kept = read_kept(folder / journal.KEPT, line["guardado"])
    assert kept and kept.content == wrong
    assert kept.problems and all(one.message in error for one in kept.problems)


def test_a_validated_file_is_not_kept(caller: Caller, folder: Path) -> None:
    caller.post(envelope(procesar(b64(b"nada"), login=login(), operation="Validar")))
    (line,) = lines(folder)
    assert (line["operacion"], line["rechazados"], "guardado" in line) == ("Validar", 1, False)


def test_never_content_nor_a_secret(caller: Caller, installation: Installation, folder: Path) -> None:
    with_receiver = procesar(b64(invoice()), login=login())
    issued = caller.post(envelope(with_receiver)).document()
    caller.post(envelope(procesar(b64(b"contenido-del-archivo"), login=login())))
    caller.post(envelope(procesar(b64(invoice()), login=login(clave="otra-clave-secreta"))))
    caller.post("<roto>contenido-del-sobre")
    given = {"usuario": USUARIO, "rut": "1-9", "clave": CLAVE}
    token = json.loads(caller.send("POST", "/login", json.dumps(given).encode()).body)["token"]
    bearer: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    caller.send("GET", "/wsds/procesar", query=f"formato=1&file={b64(b'contenido-por-rest')}", **bearer)
    address = link(call(caller, "ObtenerLink", login(), folio=issued.findtext("Detalle/Documento/Folio"), tipo=33,
                        tpomov="V", cedible="False"))  # fmt: skip
    assert get(caller, address).status == 200
    caller.send("GET", "/secreto-en-la-ruta")
    whole = "".join(path.read_text("utf-8") for path in day_files(folder / journal.FOLDER))
    words = ["contenido", b64("contenido")[:8], "clave", CLAVE, b64(CLAVE), token, token[-20:], "secret", "p1="]
    receiver = next(installation.ledger.finding.found(installation.company, Wanted()))
    assert [one for one in [*words, receiver.razon_social_receptor, receiver.rut_receptor] if one in whole] == []
    # Where another test of the process has begun it, messages of the service stand there too.
    assert [one["operacion"] for one in lines(folder) if "operacion" in one] == [
        *("Procesar", "Procesar", "Procesar", "sin operación", "login", "Procesar", "ObtenerLink", "PDF", "otra")
    ]


def test_the_other_ways_in(caller: Caller, installation: Installation, folder: Path) -> None:
    issued = caller.post(envelope(procesar(b64(invoice()), login=login()))).document()
    folio = issued.findtext("Detalle/Documento/Folio")
    address = link(call(caller, "ObtenerLink", login(), folio=folio, tipo=33, tpomov="V", cedible="False"))
    get(caller, address)
    get(caller, f"{address}x")
    caller.send("GET", query="wsdl")
    caller.send("GET", "/WSDS/wsplano.asmx/Online")
    caller.send("GET", "/manual/")
    caller.send("GET", "/wsds/version", HTTP_AUTHORIZATION="Bearer none")
    _, asked, pdf, altered, wsdl, online, manual, rest = lines(folder)
    assert (asked["pedidos"], asked["usuario"]) == (f"33:{folio}", USUARIO)
    assert (pdf["operacion"], pdf["documento"], pdf["estado"]) == ("PDF", 1, 200)
    assert (altered["codigos"], altered["estado"], "documento" in altered) == (["SRV-082"], 404, False)
    assert (wsdl["operacion"], online["operacion"], manual["operacion"]) == ("WSDL", "Online", "manual")
    assert (rest["via"], rest["operacion"], rest["codigos"], rest["estado"]) == ("rest", "Version", ["AUT-017"], 401)


def test_205_wrong_passwords_leave_counted_lines(issuer: Watched, folder: Path) -> None:
    caller = Caller(issuer)
    for _ in range(205):
        caller.post(envelope(procesar(b64("x"), login=login(clave="mala"))))
    journal.close()
    found = lines(folder)
    counts = dict.fromkeys(("AUT-001", "AUT-013"), 0)
    for one in found:
        assert one["usuario_dicho" if one["linea"] == "llamada" else "usuarios_dichos"] in (USUARIO, [USUARIO])
        (code,) = one["codigos"]
        counts[code] += one.get("veces", 1)
    assert counts == {"AUT-001": 10, "AUT-013": 195}
    assert len(found) == 21


def test_a_failure_of_ours_names_the_call(issuer: Watched, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    issuer.failure = ValueError("what the customer sent")
    caller = Caller(issuer)
    journal.start(Settings(directorio=folder))
    try:
        demo = login("DEMO")
        answer = caller.post(envelope(procesar(b64("x"), login=demo)))
        assert f"el identificador {answer.identifier}." in answer.result()
        message, line = lines(folder)
        assert (message["llamada"], line["id"]) == (answer.identifier, answer.identifier)
        assert answer.identifier in message["texto"] and "ValueError" in message["texto"]
        assert "customer" not in str(lines(folder))
    finally:
        root = logging.getLogger()
        root.handlers[:] = [one for one in root.handlers if not isinstance(one, journal.Handler)]
        journal._used.pop()


def test_an_application_that_fails_altogether_leaves_its_line(
    caller: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller.application, "_front", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        caller.send("GET")
    (line,) = lines(folder)
    assert (line["falla"], line["estado"], line["nivel"]) == ("ZeroDivisionError", 500, "error")
