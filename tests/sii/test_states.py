"""What became of an envelope and of a document: every state, every shape it comes in."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii.calls import Reply
from dteplanows.sii.document_state import Asked, asked, read_advanced, read_state_of_boleta
from dteplanows.sii.document_state import read_state as read_document
from dteplanows.sii.envelope_state import STATES, Counts, EnvelopeState, read_state, read_state_of_boletas
from dteplanows.sii.mail_again import read_mail_asked
from dteplanows.sii.reasons import REASONS
from dteplanows.sii.service import Sent, Sii
from tests.installation import Installation
from tests.sii import shapes
from tests.sii.server import Say, Server

COUNTS = (
    "<TIPO_DOCTO>33</TIPO_DOCTO><INFORMADOS>5</INFORMADOS><ACEPTADOS>2</ACEPTADOS><RECHAZADOS>1</RECHAZADOS>"
    "<REPAROS>2</REPAROS>"
)


def read(header: str, body: str = "", prefix: str = "SII:") -> EnvelopeState:
    return read_state(Reply(200, {}, shapes.state(header, body, prefix)))


def question(server: Server) -> dict[str, str]:
    """The parts of the last question by SOAP."""
    root = etree.fromstring(server.seen[-1].body)
    return {one.tag: one.text or "" for one in root.iter() if not len(one)}


# --- Envelopes by SOAP --------------------------------------------------------------------------------------------


def test_the_question_and_a_whole_answer(sii: Sii, server: Server, installed: Installation) -> None:
    other = "<TIPO_DOCTO>61</TIPO_DOCTO><INFORMADOS>1</INFORMADOS><ACEPTA>1</ACEPTA><RECHAZO>0</RECHAZO>"
    header = (
        "<TRACKID>53292</TRACKID><ESTADO>EPR</ESTADO><GLOSA>Envio Procesado</GLOSA>"
        "<NUM_ATENCION>532 ( 2026/11/29 16:44:20)</NUM_ATENCION>"
    )
    server.on("QueryEstUp", Say(shapes.state(header, COUNTS + other)))
    found = sii.envelope_state(Sent("pruebas", "facturas", "76354771-K", "53292"), installed.certificate)
    assert question(server) == {"RutCompania": "76354771", "DvCompania": "K", "TrackId": "53292", "Token": "TOKEN-1"}
    assert server.seen[-1].path == "/DTEWS/QueryEstUp.jws"
    assert found.counts == (Counts(33, 5, 2, 1, 2), Counts(61, 1, 1, 0, 0))
    assert (found.state, found.phase, found.gloss) == ("EPR", "procesado", "Envio Procesado")
    assert found.attention == "532 ( 2026/11/29 16:44:20)"
    assert (found.reported, found.accepted, found.refused) == (6, 5, 1), "a remark is an acceptance"


def test_epr_alone_accepts_nothing() -> None:
    body = COUNTS.replace(">2<", ">0<").replace("<RECHAZADOS>1", "<RECHAZADOS>5")
    found = read("<ESTADO>EPR</ESTADO><GLOSA>Envio Procesado</GLOSA>", body)
    assert (found.phase, found.accepted, found.refused) == ("procesado", 0, 5)


@pytest.mark.parametrize("prefix", ["SII:", ""])
@pytest.mark.parametrize("where", ["header", "body", "beside"])
def test_the_number_of_attention_stands_in_three_places(prefix: str, where: str) -> None:
    number = "<NUM_ATENCION>9 ( 2026/11/29)</NUM_ATENCION>"
    whole = shapes.respuesta(
        "<ESTADO>EPR</ESTADO>" + number * (where == "header"), COUNTS + number * (where == "body"), prefix
    )
    if where == "beside":
        whole = whole.replace(f"</{prefix}RESPUESTA>", f"{number}</{prefix}RESPUESTA>")
    found = read_state(Reply(200, {}, shapes.soap("getEstUp", whole)))
    assert (found.attention, found.accepted) == ("9 ( 2026/11/29)", 4)


PHASES = {
    "pasa": ["REC", "SOK", "FOK", "CRT", "COK", "PDR", "PRD"],
    "procesado": ["EPR", "RPR", "RLV"],
    "rechazado": ["RSC", "RFR", "RCT", "RCO", "RCH"],
    "repetido": ["RPT"],
    "perdido": ["VOF"],
}


@pytest.mark.parametrize(("phase", "state"), [(phase, one) for phase, states in PHASES.items() for one in states])
def test_every_state(phase: str, state: str) -> None:
    found = read(f"<ESTADO>{state}</ESTADO><GLOSA>palabras</GLOSA>")
    assert (found.outcome.name, found.phase, found.is_known, found.gloss) == ("respondido", phase, True, "palabras")
    assert set(STATES) == {one for states in PHASES.values() for one in states}


@pytest.mark.parametrize("state", ["SDK", "05", "XYZ", "7"])
def test_a_state_that_nobody_knows_is_in_process(state: str) -> None:
    found = read(f"<ESTADO>{state}</ESTADO>")
    assert (found.outcome.name, found.state, found.phase, found.is_known) == ("respondido", state, "pasa", False)


def test_the_gloss_of_a_whole_refusal_holds_the_reason() -> None:
    found = read(
        "<ESTADO>RCT</ESTADO><GLOSA>Rechazado por Error en Caratula (CRT-3-19) Fecha/Numero Resolucion Invalido"
        " [0] &lt;&gt; [80]</GLOSA>"
    )
    (reason,) = found.reasons
    assert (reason.code, reason.ours, reason.theirs) == ("CRT-3-19", "0", "80")
    assert "Corrija la resolución" in reason.told()


@pytest.mark.parametrize(
    ("code", "error", "outcome", "reason"),
    [
        ("001", "", "no_autenticado", "EST-001"), ("002", "", "no_autenticado", "EST-002"),
        ("003", "", "no_autenticado", "EST-003"), ("-1", "1", "pregunta_rechazada", "EST--1"),
        ("-1", "0", "pregunta_rechazada", "EST--1"), ("-1", "2", "falla_del_sii", "EST--1"),
        ("-2", "", "falla_del_sii", "EST--2"), ("-3", "", "sin_permiso", "EST--3"),
        ("-6", "", "sin_permiso", "EST--6"), ("-10", "", "pregunta_rechazada", "EST--10"),
        ("-11", "2", "aun_no", "EST--11"), ("-11", "1", "aun_no", "EST--11"), ("-13", "", "no_autenticado", "EST--13"),
        ("-14", "", "falla_del_sii", "EST--2"),
    ],
)  # fmt: skip
def test_what_a_question_can_meet(code: str, error: str, outcome: str, reason: str) -> None:
    found = read(f"<ESTADO>{code}</ESTADO><GLOSA>No</GLOSA><ERR_CODE>{error}</ERR_CODE><SQL_CODE/><SRV_CODE/>")
    assert (found.outcome.name, found.reason, found.err_code, found.phase) == (outcome, reason, error, "pasa")


def test_a_session_that_ended_is_renewed_for_a_question(sii: Sii, server: Server, installed: Installation) -> None:
    server.on("GetTokenFromSeed", shapes.token("A"), shapes.token("B"))
    server.on("QueryEstUp", Say(shapes.state("<ESTADO>001</ESTADO>")), Say(shapes.state("<ESTADO>SOK</ESTADO>")))
    found = sii.envelope_state(Sent("pruebas", "facturas", "76354771-K", "1"), installed.certificate)
    assert found.state == "SOK"
    assert question(server)["Token"] == "B"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [(b"", "respuesta_vacia"), (shapes.PAGE, "pagina_html"), (shapes.soap("getEstUp", ""), "respuesta_vacia"),
     (shapes.soap("getEstUp", "<SII:RESP"), "respuesta_ilegible"), (shapes.state("<X/>"), "respuesta_desconocida"),
     (shapes.fault("nogal"), "falla_del_sii"), (shapes.state("<ESTADO>EPR</ESTADO>")[:300], "respuesta_ilegible")],
)  # fmt: skip
def test_answers_that_are_none(body: bytes, outcome: str) -> None:
    assert read_state(Reply(200, {}, body)).outcome.name == outcome


@pytest.mark.parametrize(("track", "state"), [("53292", "EPR"), ("0000053292", "EPR"), ("", "EPR"), ("53293", "")])
def test_an_answer_about_another_envelope_says_nothing_of_this_one(
    sii: Sii, server: Server, installed: Installation, track: str, state: str
) -> None:
    header = f"<TRACKID>{track}</TRACKID><ESTADO>EPR</ESTADO>"
    server.on("QueryEstUp", Say(shapes.state(header, COUNTS)))
    server.on("boleta.electronica.envio", Say(json.dumps(REST | {"trackid": track}).encode()))
    for kind in ("facturas", "boletas"):
        sent = Sent("pruebas", kind, "76354771-K", "53292")
        found = sii.envelope_state(sent, installed.certificate)
        assert found.state == state
        if not state:
            assert (found.outcome.name, found.counts, found.accepted) == ("respuesta_desconocida", (), 0)
            assert "53293" in found.detail


# --- Envelopes of boletas -----------------------------------------------------------------------------------------

REST: dict[str, Any] = {
    "rut_emisor": "45000054-K", "rut_envia": "5656565-0", "trackid": 123456789012345,
    "fecha_recepcion": "29/11/2026 10:00:00", "estado": "EPR",
    "estadistica": [{"tipo": 39, "informados": 3, "aceptados": 1, "rechazados": 0, "reparos": 2}],
    "detalle_rep_rech": [
        {"tipo": 39, "folio": 11, "estado": "RPR", "descripcion": "Con reparos", "error": [
            {"seccion": "DET", "linea": 2, "nivel": 1, "codigo": 200, "descripcion": "Valor de línea",
             "detalle": "[100] <> [99]"},
            {"seccion": "HED", "linea": 0, "nivel": 0, "codigo": "HED-2-260", "descripcion": "Total"},
            {"seccion": "XYZ", "linea": None, "nivel": 9, "codigo": 7, "descripcion": "Algo nuevo", "detalle": None}]},
        {"folio": 12, "estado": "RCH", "descripcion": "(CRT-3-11) Rut envia"},
    ],
}  # fmt: skip


def test_the_service_of_boletas_gives_the_reasons(sii: Sii, server: Server, installed: Installation) -> None:
    server.on("boleta.electronica.envio", Say(json.dumps(REST).encode()))
    found = sii.envelope_state(Sent("pruebas", "boletas", "76354771-K", "123456789012345"), installed.certificate)
    assert server.seen[-1].path == "/recursos/v1/boleta.electronica.envio/76354771-K-123456789012345"
    assert server.seen[-1].headers["cookie"] == "TOKEN=BOLETAS-1"
    assert (found.state, found.phase, found.accepted, found.refused) == ("EPR", "procesado", 3, 0)
    first, second = found.judged
    assert (first.tipo, first.folio, first.state) == (39, 11, "RPR")
    known, whole, new = first.reasons
    assert (whole.code, whole.text) == ("HED-2-260", "Total")
    assert (known.code, known.line, known.ours, known.theirs) == ("DET-1-200", 2, "100", "99")
    assert known.told().startswith("DET-1-200 (línea 2): el monto de una línea")
    assert (new.code, new.told()) == ("XYZ-9-7", "(XYZ-9-7) Algo nuevo")
    assert (second.tipo, second.folio, second.reasons[0].code) == (0, 12, "CRT-3-11")


@pytest.mark.parametrize(
    ("changed", "state", "phase"),
    [({"estado": "REC", "estadistica": None, "detalle_rep_rech": None}, "REC", "pasa"),
     ({"estado": "RSC", "estadistica": None, "detalle_rep_rech": []}, "RSC", "rechazado"),
     ({"estado": "NUEVO"}, "NUEVO", "pasa"), ({"estadistica": "?", "detalle_rep_rech": {"a": 1}}, "EPR", "procesado")],
)  # fmt: skip
def test_answers_of_boletas_with_gaps(changed: dict[str, Any], state: str, phase: str) -> None:
    found = read_state_of_boletas(Reply(200, {}, json.dumps(REST | changed).encode("utf-8")))
    assert (found.outcome.name, found.state, found.phase) == ("respondido", state, phase)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [(404, b"no existe", "no_existe"), (401, b"", "no_autenticado"), (400, b"TOKEN", "pregunta_rechazada"),
     (500, b"{}", "falla_del_sii"), (503, b"", "ocupado"), (200, b"{}", "respuesta_desconocida"),
     (200, b"null", "respuesta_ilegible"), (200, shapes.PAGE, "pagina_html")],
)  # fmt: skip
def test_failures_of_the_service_of_boletas(status: int, body: bytes, outcome: str) -> None:
    found = read_state_of_boletas(Reply(status, {"retry-after": "60"}, body))
    assert found.outcome.name == outcome
    assert found.wait == (60 if status != 200 else 0)


# --- Documents ----------------------------------------------------------------------------------------------------


@pytest.fixture
def one(issued: dict[int, StoredDocument]) -> Asked:
    return asked(issued[33])


def document(state: str, gloss: str = "Documento Recibido", name: str = "GLOSA") -> bytes:
    header = (
        f"<ESTADO>{state}</ESTADO><{name}>{gloss}</{name}><ERR_CODE>0</ERR_CODE><GLOSA_ERR>Los datos</GLOSA_ERR>"
        "<NUM_ATENCION>12 ( 2026/11/29)</NUM_ATENCION>"
    )
    return shapes.soap("getEstDte", shapes.respuesta(header))


def test_the_question_about_a_document(
    sii: Sii, server: Server, installed: Installation, issued: dict[int, StoredDocument], one: Asked
) -> None:
    server.on("QueryEstDte.jws", Say(document("DOK")))
    found = sii.document_state(one, installed.certificate)
    stored = issued[33]
    day = stored.fecha_emision.split("-")
    assert question(server) == {
        "RutConsultante": installed.certificate.rut[:-2], "DvConsultante": installed.certificate.rut[-1],
        "RutCompania": "76354771", "DvCompania": "K", "RutReceptor": stored.rut_receptor[:-2],
        "DvReceptor": stored.rut_receptor[-1], "TipoDte": "33", "FolioDte": str(stored.folio),
        "FechaEmisionDte": day[2] + day[1] + day[0], "MontoDte": str(stored.monto_total), "Token": "TOKEN-1",
    }  # fmt: skip
    assert (found.state, found.received, found.gloss, found.attention) == (
        "DOK", True, "Los datos", "12 ( 2026/11/29)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "received"),
    [("DOK", True), ("DNK", True), ("FAU", False), ("FNA", False), ("FAN", False), ("EMP", False), ("TMD", True),
     ("TMC", True), ("MMD", True), ("MMC", True), ("NNC", True), ("AND", True), ("ANC", True)],
)  # fmt: skip
def test_every_state_of_a_document(state: str, received: bool) -> None:
    for body in (document(state), document(state, name="GLOSA_ESTADO")):
        found = read_document(Reply(200, {}, body))
        assert (found.outcome.name, found.state, found.received) == ("respondido", state, received)
        assert found.reason == "" or found.reason in REASONS


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("001", "no_autenticado"),
        ("-3", "pregunta_rechazada"),
        ("-1", "falla_del_sii"),
        ("QQQ", "respuesta_desconocida"),
    ],
)
def test_a_document_of_which_nothing_is_known(state: str, outcome: str) -> None:
    found = read_document(Reply(200, {}, document(state)))
    assert (found.outcome.name, found.received) == (outcome, None)


def advanced(head: str, body: str) -> bytes:
    """The children of its head have the prefix, those of its body have not."""
    return shapes.soap(
        "getEstDteAv",
        f'<?xml version="1.0" encoding="ISO-8859-1"?><SII:RESPUESTA xmlns:SII="{shapes.NAMESPACE}">'
        f"<SII:RESP_HDR>{head}</SII:RESP_HDR><SII:RESP_BODY>{body}</SII:RESP_BODY></SII:RESPUESTA>",
        "ISO-8859-1",
    )


def test_the_way_back_after_a_lost_answer(
    sii: Sii, server: Server, installed: Installation, issued: dict[int, StoredDocument], one: Asked
) -> None:
    body = (
        "<RECIBIDO>SI</RECIBIDO><ESTADO>DOK</ESTADO><GLOSA>Documento Recibido por el SII. Datos Coinciden</GLOSA>"
        "<TRACKID>0000258</TRACKID><NUMATENCION>[12 ( 2026/11/29)]</NUMATENCION>"
    )
    server.on("QueryEstDteAv", Say(advanced("<SII:ESTADO>0</SII:ESTADO><SII:GLOSA/>", body)))
    found = sii.document_with_track(one, installed.certificate)
    assert (found.received, found.track_id, found.state) == (True, "258", "DOK")
    assert found.attention == "12 ( 2026/11/29)"
    sent = question(server)
    year, month, day = issued[33].fecha_emision.split("-")
    assert sent["FechaEmisionDte"] == f"{day}-{month}-{year}"
    value = etree.fromstring(issued[33].xml).findtext("{*}Signature/{*}SignatureValue")
    assert value
    assert sent["FirmaDte"] == "".join(value.split())


@pytest.mark.parametrize(
    ("head", "body", "outcome", "received", "track"),
    [
        ("0", "<RECIBIDO>NO</RECIBIDO><ESTADO>FAU</ESTADO>", "respondido", False, ""),
        ("0", "<RECIBIDO>SI</RECIBIDO><ESTADO>DNK</ESTADO>", "respondido", True, ""),
        ("0", "<RECIBIDO>SÍ</RECIBIDO><ESTADO>QQQ</ESTADO>", "respondido", True, ""),
        ("0", "<RECIBIDO/><ESTADO>QQQ</ESTADO>", "respuesta_desconocida", None, ""),
        ("0", "", "respuesta_desconocida", None, ""),
        ("1", "", "no_autenticado", None, ""),
        ("9", "", "sin_permiso", None, ""),
        ("5", "", "pregunta_rechazada", None, ""),
        ("12", "", "falla_del_sii", None, ""),
        ("44", "", "respuesta_desconocida", None, ""),
    ],
)
def test_what_the_way_back_can_meet(head: str, body: str, outcome: str, received: bool | None, track: str) -> None:
    found = read_advanced(Reply(200, {}, advanced(f"<SII:ESTADO>{head}</SII:ESTADO>", body)))
    assert (found.outcome.name, found.received, found.track_id) == (outcome, received, track)


def test_a_boleta_is_asked_by_its_own_service(
    sii: Sii, server: Server, installed: Installation, issued: dict[int, StoredDocument]
) -> None:
    server.on("/estado", Say(b'{"codigo":"DOK","descripcion":"Documento Recibido"}'))
    found = sii.document_state(asked(issued[39]), installed.certificate)
    assert (found.state, found.received, found.gloss) == ("DOK", True, "Documento Recibido")
    parts = urlsplit(server.seen[-1].path)
    assert parts.path == f"/recursos/v1/boleta.electronica/76354771-K-39-{issued[39].folio}/estado"
    year, month, day = issued[39].fecha_emision.split("-")
    facts = parse_qs(parts.query)
    assert facts["fechaEmision"] == [f"{day}-{month}-{year}"]
    assert facts["monto"] == [str(issued[39].monto_total)]
    assert set(facts) == {"rut_receptor", "dv_receptor", "monto", "fechaEmision"}
    with pytest.raises(ValueError, match="boletas"):
        sii.document_with_track(asked(issued[39]), installed.certificate)


@pytest.mark.parametrize(("body", "outcome"), [(b'{"codigo":"FAU"}', "respondido"), (b"{}", "respuesta_desconocida")])
def test_a_boleta_that_is_not_there(body: bytes, outcome: str) -> None:
    found = read_state_of_boleta(Reply(200, {}, body))
    assert found.outcome.name == outcome
    assert found.received is (False if outcome == "respondido" else None)


# --- The mail, once more ------------------------------------------------------------------------------------------


def test_the_mail_is_asked_for(sii: Sii, server: Server, installed: Installation) -> None:
    server.on("wsDTECorreo", Say(shapes.soap("reenvioCorreo", shapes.respuesta("<ESTADO>0</ESTADO>"))))
    found = sii.mail_again(Sent("pruebas", "facturas", "76354771-K", "12"), installed.certificate)
    assert found.outcome.name == "respondido"
    assert question(server) == {"Token": "TOKEN-1", "RutEmpresa": "76354771", "DvEmpresa": "K", "TrackId": "12"}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("101", "pregunta_rechazada"), ("104", "no_autenticado"), ("105", "no_existe"), ("106", "sin_permiso"),
     ("112", "falla_del_sii"), ("114", "aun_no"), ("999", "respuesta_desconocida"), ("", "respuesta_desconocida")],
)  # fmt: skip
def test_what_asking_for_the_mail_can_meet(code: str, outcome: str) -> None:
    answer = shapes.soap("reenvioCorreo", shapes.respuesta(f"<ESTADO>{code}</ESTADO><GLOSA>No</GLOSA>"))
    assert read_mail_asked(Reply(200, {}, answer)).outcome.name == outcome
