"""Uploads: the form to the byte, and every receipt."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import MIMEPart

import pytest

from dteplanows.sii.calls import Reply
from dteplanows.sii.envelopes import Envelope
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.service import Sii
from dteplanows.sii.upload import Receipt, form, read_receipt, read_receipt_of_boletas, track_of, upload_request
from tests.installation import Installation
from tests.signer.signer_support import signer
from tests.sii import shapes
from tests.sii.conftest import hosts_at
from tests.sii.server import Say, Seen, Server


def read(body: bytes, status: int = 200) -> Receipt:
    return read_receipt(Reply(status, {}, body))


def read_rest(body: bytes, status: int = 200) -> Receipt:
    return read_receipt_of_boletas(Reply(status, {}, body))


def parts_of(seen: Seen) -> list[MIMEPart]:
    """The parts of a form as another library reads them."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    return list(message_from_bytes(head + seen.body, policy=policy.HTTP).iter_parts())


def test_the_form_that_arrives(sii: Sii, server: Server, installed: Installation, factura: Envelope) -> None:
    server.on("DTEUpload", Say(shapes.receipt("0", "0000258")))
    found = sii.upload(factura, installed.certificate)
    assert (found.outcome.name, found.track_id, found.status) == ("recibido", "258", "0")
    seen = server.seen[-1]
    assert (seen.method, seen.path) == ("POST", "/cgi_dte/UPL/DTEUpload")
    assert int(seen.headers["content-length"]) == len(seen.body)
    assert "transfer-encoding" not in seen.headers
    assert "PROG 1.0" in seen.headers["user-agent"]
    assert seen.headers["cookie"] == "TOKEN=TOKEN-1"
    parts = parts_of(seen)
    assert [one.get_param("name", header="content-disposition") for one in parts] == [
        "rutSender", "dvSender", "rutCompany", "dvCompany", "archivo",
    ]  # fmt: skip
    texts = [one.get_payload(decode=True) for one in parts]
    sender, company = installed.certificate.rut.split("-"), installed.company.rut.split("-")
    assert texts == [*(one.encode() for one in (*sender, *company)), factura.file]
    assert parts[-1].get_filename() == factura.file_name
    assert parts[-1].get_content_type() == "text/xml"


def test_the_same_envelope_is_the_same_form(factura: Envelope) -> None:
    hosts = hosts_at("http://x")
    first, again = (upload_request(hosts, "dteupload", factura, token) for token in ("A", "B"))
    assert first.body == again.body
    assert b"A" * 20 not in first.body


def test_what_divides_the_parts_is_not_in_the_file(factura: Envelope) -> None:
    header = upload_request(hosts_at("http://x"), "dteupload", factura, "A").headers["Content-Type"]
    boundary = header.partition("boundary=")[2]
    tricky = replace(factura, file=factura.file + boundary.encode())
    other = upload_request(hosts_at("http://x"), "dteupload", tricky, "A").headers["Content-Type"]
    assert other != header
    assert form(tricky, other.partition("boundary=")[2]).count(other.partition("boundary=")[2].encode()) == 6


def test_boletas_go_to_their_own_service(sii: Sii, server: Server, installed: Installation, boleta: Envelope) -> None:
    answer = (
        b'{"rut_emisor":"45000054-K","rut_envia":"5656565-0","trackid":123456789012345,'
        b'"fecha_recepcion":"2026-11-29 10:00:00","estado":"REC","file":"x.xml"}'
    )
    server.on("boleta.electronica.envio", Say(answer))
    found = sii.upload(boleta, installed.certificate)
    assert (found.outcome.name, found.track_id, found.status) == ("recibido", "123456789012345", "REC")
    seen = server.seen[-1]
    assert seen.path == "/recursos/v1/boleta.electronica.envio"
    assert seen.headers["cookie"] == "TOKEN=BOLETAS-1"
    assert "PROG 1.0" in seen.headers["user-agent"]
    assert parts_of(seen)[-1].get_payload(decode=True) == boleta.file


STATUSES = {
    "1": "sin_permiso", "2": "tamano", "3": "truncado", "5": "no_autenticado", "6": "empresa_no_autorizada",
    "7": "esquema", "8": "firma", "9": "bloqueado", "99": "repetido", "106": "sin_permiso",
}  # fmt: skip


@pytest.mark.parametrize("code", [str(one) for one in range(1, 107)])
def test_every_status(code: str) -> None:
    found = read(shapes.receipt(code, ""))
    assert found.outcome.name == STATUSES.get(code, "respuesta_desconocida")
    assert (found.status, found.track_id) == (code, "")
    assert bool(found.reason) == (code in STATUSES)
    if code not in STATUSES:
        assert (found.outcome.received, found.outcome.ask_first) == ("no se sabe", True)


@pytest.mark.parametrize("code", ["", "OK", "0x", "-1", "²"])
def test_a_status_that_nobody_knows(code: str) -> None:
    assert read(shapes.receipt(code, "5")).outcome.name == "respuesta_desconocida"


@pytest.mark.parametrize("track", ["", "0", "abc"])
def test_received_without_a_number_is_not_believed(track: str) -> None:
    found = read(shapes.receipt("0", track))
    assert (found.outcome.name, found.outcome.ask_first) == ("respuesta_desconocida", True)


@pytest.mark.parametrize(
    ("text", "track"), [("39", "39"), (" 0258000001 ", "258000001"), ("123456789012345", "123456789012345"), ("", "")]
)
def test_zeros_that_fill_a_number_are_no_part_of_it(text: str, track: str) -> None:
    assert track_of(text) == track


@pytest.mark.parametrize(
    ("words", "track", "times"),
    [
        ("Archivo enviado 2 veces con Trackid 0000258", "258", 2),
        ("Envio repetido: este archivo fue enviado 1 vez con TrackId: 77", "77", 1),
        ("Documento ya recibido, Identificador de Envío 5551234", "5551234", 0),
        ("Ya recibido", "", 0),
    ],
)
def test_a_repetition_names_the_first_upload(words: str, track: str, times: int) -> None:
    for more in (f"<DETAIL><ERROR>{words}</ERROR></DETAIL>", f"<GLOSA>{words}</GLOSA>"):
        found = read(shapes.receipt("99", "", more))
        assert (found.outcome.name, found.track_id, found.times) == ("repetido", track, times)
        assert found.outcome.received == "sí"


def test_what_the_schema_has_against_it() -> None:
    detail = (
        "<DETAIL><ERROR>LSX-00265: attribute &quot;version&quot; value &quot;1&quot; is wrong</ERROR>"
        "<ERROR>CHR-00002: Line too long (4090)</ERROR><ERROR>cvc-elt.1: no declaration</ERROR><ERROR>raro</ERROR>"
        "</DETAIL>"
    )
    found = read(shapes.receipt("7", "", detail))
    assert [one.code for one in found.errors] == ["LSX-00265", "CHR-00002", "CVC", ""]
    assert found.errors[0].text == 'attribute "version" value "1" is wrong'
    assert "más de 4090 bytes" in found.errors[1].told()
    assert found.errors[3].told() == "raro"


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        (b"", 200, "respuesta_vacia"),
        (b"\r\n ", 200, "respuesta_vacia"),
        (shapes.PAGE, 200, "pagina_html"),
        (b"<html><body>Identificador de env&iacute;o: <b>12</b></body></html>", 200, "pagina_html"),
        (shapes.receipt()[:120], 200, "respuesta_ilegible"),
        (b"Error 500", 200, "respuesta_ilegible"),
        (b"<OTRA/>", 200, "respuesta_desconocida"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 200, "respuesta_ilegible"),
        (shapes.fault("Acceso Denegado"), 500, "falla_del_sii"),
        (shapes.fault("Acceso Denegado"), 200, "falla_del_sii"),
        (b"NO ESTA AUTENTICADO", 401, "no_autenticado"),
        (b"", 503, "ocupado"),
        (b"", 429, "ocupado"),
        (b"", 302, "respuesta_desconocida"),
        (b"x", 404, "no_existe"),
        ("<RECEPCIONDTE><STATUS>0</STATUS><TRACKID>4</TRACKID></RECEPCIONDTE>".encode("utf-16"), 200, "recibido"),
    ],
)
def test_answers_that_are_no_receipt(body: bytes, status: int, outcome: str) -> None:
    assert read(body, status).outcome.name == outcome


@pytest.mark.parametrize("charset", ["ISO-8859-1", "UTF-8"])
@pytest.mark.parametrize("declared", ["ISO-8859-1", "UTF-8", "US-ASCII", ""])
def test_a_charset_that_is_not_the_declared_one(charset: str, declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = f"{declaration}<RECEPCIONDTE><STATUS>1</STATUS><DETAIL><ERROR>Sin atribución</ERROR></DETAIL></RECEPCIONDTE>"
    assert read(text.encode(charset)).errors[0].text == "Sin atribución"


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        (b'{"estado":"REC"}', 200, "respuesta_desconocida"),
        (b'{"trackid":null,"estado":"REC"}', 200, "respuesta_desconocida"),
        (b"[]", 200, "respuesta_ilegible"),
        (b"{", 200, "respuesta_ilegible"),
        (shapes.PAGE, 200, "pagina_html"),
        (b"", 200, "respuesta_vacia"),
        (b"NO ESTA AUTENTICADO", 401, "no_autenticado"),
        (b"falta TOKEN", 400, "pregunta_rechazada"),
        (b"", 405, "ocupado"),
        (shapes.fault("Acceso Denegado"), 500, "falla_del_sii"),
        (b'{"trackid":"00012"}', 200, "recibido"),
    ],
)
def test_answers_of_the_service_of_boletas(body: bytes, status: int, outcome: str) -> None:
    assert read_rest(body, status).outcome.name == outcome


def test_a_session_that_ended_is_renewed_once(
    sii: Sii, server: Server, installed: Installation, factura: Envelope
) -> None:
    server.on("GetTokenFromSeed", *(_token(one) for one in "ABC"))
    server.on("DTEUpload", Say(shapes.receipt("5", "")), Say(shapes.receipt("0", "7")))
    assert sii.upload(factura, installed.certificate).track_id == "7"
    sent = [one for one in server.seen if "DTEUpload" in one.path]
    assert [one.headers["cookie"] for one in sent] == ["TOKEN=A", "TOKEN=B"]
    assert sent[0].body == sent[1].body


def test_a_session_that_never_holds_is_not_renewed_for_ever(
    sii: Sii, server: Server, installed: Installation, factura: Envelope
) -> None:
    server.on("DTEUpload", Say(shapes.receipt("5", "")))
    assert sii.upload(factura, installed.certificate).outcome.name == "no_autenticado"
    assert sum("DTEUpload" in path for path in server.paths()) == 2


@pytest.mark.parametrize(
    ("seed", "outcome"),
    [(Say(wait=3), "sin_token"), (Say(shapes.PAGE), "sin_token"), (Say(b"", 503), "sin_token"),
     (Say(shapes.fault("máximo de sesiones")), "sesiones")],
)  # fmt: skip
def test_without_a_session_nothing_leaves(
    sii: Sii, server: Server, installed: Installation, factura: Envelope, seed: Say, outcome: str
) -> None:
    server.on("CrSeed", seed)
    found = sii.upload(factura, installed.certificate)
    assert (found.outcome.name, found.outcome.received, found.outcome.ask_first) == (outcome, "no", False)
    assert found.detail
    assert not any("DTEUpload" in path for path in server.paths())


def test_nobody_uploads_what_another_signed(sii: Sii, server: Server, factura: Envelope) -> None:
    with pytest.raises(ValueError, match="CRT-3-11"):
        sii.upload(factura, signer())
    assert server.seen == []


def _token(value: str) -> Say:
    return shapes.token(value)


def test_every_outcome_says_what_to_do() -> None:
    for one in OUTCOMES.values():
        assert one.received in ("sí", "no", "no se sabe")
        assert one.again in ("no", "después", "con otro token")
        assert one.meaning.endswith(".")
        assert one.remedy.endswith(".")
        assert not (one.received != "no se sabe" and one.ask_first and one.name != "truncado"), one.name
