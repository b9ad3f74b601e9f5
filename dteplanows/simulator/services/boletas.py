"""The questions of the boleta service: the state of an envelope with its reasons, of a document, and the tables."""

from __future__ import annotations

import re
from typing import Any

from dteplanows.simulator import ruts, states
from dteplanows.simulator.documents import Question, known
from dteplanows.simulator.messages import Request, Response, as_json, plain
from dteplanows.simulator.moments import in_chile
from dteplanows.simulator.sii import Sii
from dteplanows.simulator.store import Document, Envelope, Remark
from dteplanows.simulator.tables import rows
from dteplanows.simulator.tokens import TokenError

_ENVELOPE = re.compile(r"([0-9]+)-([0-9Kk])-([0-9]+)")
_DOCUMENT = re.compile(r"([0-9]+)-([0-9Kk])-([0-9]+)-([0-9]+)")


def refusal(sii: Sii, request: Request) -> Response | None:
    """Why the caller is not answered, if so."""
    if not request.token:
        return plain(400, "Falta el TOKEN")
    try:
        sii.tokens.holder(request.token, "boleta")
    except TokenError:
        return plain(401, "NO ESTA AUTENTICADO")
    return None


def envelope_state(sii: Sii, request: Request, rest: str) -> Response:
    """GET boleta.electronica.envio/{rut}-{dv}-{trackid}."""
    refused = refusal(sii, request)
    if refused is not None:
        return refused
    asked = _ENVELOPE.fullmatch(rest)
    if asked is None:
        return plain(400, "Parametros invalidos")
    envelope = sii.store.envelope(int(asked[3]))
    if envelope is None or envelope.channel != "boleta" or envelope.company != ruts.joined(asked[1], asked[2]):
        return plain(404, "Envio no encontrado")
    told = states.told(envelope, sii.clock.now(), sii.behaviour.demora)
    answer: dict[str, Any] = {
        "rut_emisor": envelope.company,
        "rut_envia": envelope.sender,
        "trackid": envelope.track,
        "fecha_recepcion": f"{in_chile(envelope.received):%d/%m/%Y %H:%M:%S}",
        "estado": told.state or "REC",
        "estadistica": None,
        "detalle_rep_rech": None,
    }
    if told.final:
        answer |= _details(sii, envelope)
    return as_json(answer)


def _details(sii: Sii, envelope: Envelope) -> dict[str, Any]:
    """Counts and reasons; the lists that are empty are null."""
    counts = [
        {
            "tipo": one.tipo,
            "informados": one.informados,
            "aceptados": one.aceptados,
            "rechazados": one.rechazados,
            "reparos": one.reparos,
        }
        for one in sii.store.totals(envelope.track)
    ]
    reasons = [_reasons(document, remarks) for document, remarks in sii.store.remarked(envelope.track)]
    # The whole envelope refused has no documents; its reasons come as one without type (inferred from the schema).
    faults = sii.store.faults(envelope.track)
    if faults:
        errors = [_error(*_split(one)) for one in faults]
        reasons = [{"folio": 0, "estado": envelope.state, "descripcion": envelope.gloss, "error": errors}]
    return {"estadistica": counts or None, "detalle_rep_rech": reasons or None}


def _reasons(document: Document, remarks: list[Remark]) -> dict[str, Any]:
    refused = document.estado == "RCH"
    return {
        "tipo": document.tipo,
        "folio": document.folio,
        "estado": document.estado,
        "descripcion": "DTE Rechazado" if refused else "DTE Aceptado con Reparos",
        "error": [
            _error(one.code, one.text, one.line, f"[{one.ours}] <> [{one.theirs}]" if one.ours else "")
            for one in remarks
        ],
    }


def _split(fault: str) -> tuple[str, str]:
    """``(CRT-3-18) text`` as code and text."""
    code, _, text = fault.partition(") ")
    return (code[1:], text) if code.startswith("(") else ("", fault)


def _error(code: str, text: str, line: int = 0, detail: str = "") -> dict[str, Any]:
    parts = code.split("-")
    section, level, number = parts if len(parts) == 3 else (parts[0], "3", "0")
    return {
        "seccion": section,
        "linea": line,
        "nivel": int(level) if level.isdigit() else 3,
        "codigo": int(number) if number.isdigit() else 0,
        "descripcion": text,
        "detalle": detail,
    }


def document_state(sii: Sii, request: Request, rest: str) -> Response:
    """GET boleta.electronica/{rut}-{dv}-{tipo}-{folio}/estado."""
    refused = refusal(sii, request)
    if refused is not None:
        return refused
    asked = _DOCUMENT.fullmatch(rest)
    if asked is None:
        return plain(400, "Parametros invalidos")
    found = known(
        sii,
        Question(
            ruts.joined(asked[1], asked[2]),
            asked[3],
            asked[4],
            ruts.joined(request.parameter("rut_receptor"), request.parameter("dv_receptor")),
            request.parameter("monto"),
            request.parameter("fechaEmision"),
        ),
    )
    row = next(one for one in rows("document_states") if one["estado"] == found.state)
    return as_json({"codigo": found.state, "descripcion": row["glosa"]})


def table(name: str) -> Response:
    """GET globales/boleta.electronica.{estado,tipo,nivel,seccion}."""
    listed = [row for row in rows("boleta_tables") if row["tabla"] == name]
    if not listed:
        return plain(404, "No existe el recurso")
    return as_json([{"codigo": row["codigo"], "descripcion": row["descripcion"]} for row in listed])
