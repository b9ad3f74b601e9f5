"""The questions in SOAP: QueryEstUp, QueryEstDte, QueryEstDteAv, and wsDTECorreo."""

from __future__ import annotations

from dteplanows.simulator import ruts, soap, states
from dteplanows.simulator.documents import Question, known
from dteplanows.simulator.messages import Response
from dteplanows.simulator.respuesta import attention, fields, respuesta
from dteplanows.simulator.sii import Sii
from dteplanows.simulator.soap import Call, Operation
from dteplanows.simulator.store import Envelope
from dteplanows.simulator.tables import rows, texts
from dteplanows.simulator.tokens import Holder, TokenError

_TOKEN_STATES = {"inactivo": "001", "inexistente": "002", "falta": "003"}


class _RefusedError(Exception):
    """The question has no answer; *state* is one of the table ``query_states``."""

    def __init__(self, state: str, code: str = "") -> None:
        super().__init__(state)
        self.state = state
        self.code = code


def _holder(sii: Sii, call: Call) -> Holder:
    try:
        return sii.tokens.holder(call.parts.get("Token", ""), "soap")
    except TokenError as fault:
        raise _RefusedError(_TOKEN_STATES[fault.kind]) from None


def _rut(call: Call, name: str) -> str:
    return ruts.joined(call.parts.get(f"Rut{name}", ""), call.parts.get(f"Dv{name}", ""))


def _error(sii: Sii, refused: _RefusedError) -> str:
    """An answer without an answer; with -1 the number of attention stands beside the header."""
    parts = [("ESTADO", refused.state), ("GLOSA", texts("query_states")[refused.state])]
    number = fields([("NUM_ATENCION", attention(sii.clock))])
    if refused.code:
        parts += [("ERR_CODE", refused.code), ("SQL_CODE", ""), ("SRV_CODE", "")]
        return respuesta(fields(parts), beside=number)
    return respuesta(fields(parts) + number)


def envelope_state(sii: Sii, operation: Operation, call: Call) -> Response:
    """QueryEstUp.getEstUp."""
    try:
        holder = _holder(sii, call)
        envelope = _envelope(sii, call, holder, "Compania")
        text = _state(sii, envelope)
    except _RefusedError as refused:
        text = _error(sii, refused)
    return soap.answer(operation, call, text)


def _envelope(sii: Sii, call: Call, holder: Holder, company: str) -> Envelope:
    rut, track = _rut(call, company), call.parts.get("TrackId", "")
    if not ruts.valid(rut) or not (track.isascii() and track.isdigit()):
        raise _RefusedError("-1", "1")
    envelope = sii.store.envelope(int(track))
    if envelope is None or envelope.company != rut or envelope.channel != "dte":
        raise _RefusedError("-1", "1")
    register = sii.companies.get(rut)
    if register is None or not register.knows(holder.rut):
        raise _RefusedError("-3")
    if not register.may(holder.rut, "consultar"):
        raise _RefusedError("-6")
    return envelope


def _state(sii: Sii, envelope: Envelope) -> str:
    told = states.told(envelope, sii.clock.now(), sii.behaviour.demora)
    if not told.state:
        raise _RefusedError("-11", "2")
    number = ("NUM_ATENCION", attention(sii.clock))
    if told.state != "EPR":
        return respuesta(fields([("ESTADO", told.state), ("GLOSA", told.gloss), number]))
    counts: list[tuple[str, object]] = []
    for one in sii.store.totals(envelope.track):
        counts += [
            ("TIPO_DOCTO", one.tipo), ("INFORMADOS", one.informados), ("ACEPTADOS", one.aceptados),
            ("RECHAZADOS", one.rechazados), ("REPAROS", one.reparos),
        ]  # fmt: skip
    header = fields([("TRACKID", envelope.track), ("ESTADO", "EPR"), ("GLOSA", told.gloss)])
    return respuesta(header, fields([*counts, number]))


def document_state(sii: Sii, operation: Operation, call: Call) -> Response:
    """QueryEstDte.getEstDte."""
    try:
        _holder(sii, call)
        found = known(sii, _question(call, "Compania"))
    except _RefusedError as refused:
        return soap.answer(operation, call, _error(sii, refused))
    row = next(one for one in rows("document_states") if one["estado"] == found.state)
    header = fields(
        [
            ("ESTADO", found.state),
            ("GLOSA_ESTADO", "DTE Recibido" if found.received else "DTE No Recibido"),
            ("ERR_CODE", row["err_code"]),
            ("GLOSA_ERR", row["glosa"]),
            ("NUM_ATENCION", attention(sii.clock)),
        ]
    )
    return soap.answer(operation, call, respuesta(header))


def _question(call: Call, company: str, firma: str = "") -> Question:
    given = call.parts
    return Question(
        _rut(call, company), given.get("TipoDte", ""), given.get("FolioDte", ""), _rut(call, "Receptor"),
        given.get("MontoDte", ""), given.get("FechaEmisionDte", ""), firma,
    )  # fmt: skip


def advanced_state(sii: Sii, operation: Operation, call: Call) -> Response:
    """QueryEstDteAv.getEstDteAv: the only one that gives the TRACKID. Its header's fields carry the prefix."""
    try:
        holder = _holder(sii, call)
    except _RefusedError as refused:
        # 1 inactive, 2 unknown; a missing token is bad input.
        state = {"001": "1", "002": "2", "003": "5"}[refused.state]
        return _advanced(operation, call, state, texts("query_states")[refused.state])
    question = _question(call, "Empresa", call.parts.get("FirmaDte", ""))
    company = sii.companies.get(question.company)
    if company is not None and not company.may(holder.rut, "consultar"):
        return _advanced(operation, call, "9", "Usuario sin permiso sobre la empresa")
    if not question.firma or len(question.fecha) != len("DD-MM-AAAA"):
        return _advanced(operation, call, "5", "Error en los parametros de entrada")
    found = known(sii, question)
    glosses = {one["estado"]: one["glosa"] for one in rows("document_states")}
    body: list[tuple[str, object]] = [
        ("RECIBIDO", "SI" if found.received else "NO"), ("ESTADO", found.state), ("GLOSA", glosses[found.state]),
    ]  # fmt: skip
    if found.received and found.state != "DNK" and found.document is not None:
        body.append(("TRACKID", found.document.track))
    body.append(("NUMATENCION", f"[{attention(sii.clock)}]"))
    return _advanced(operation, call, "0", "", fields(body))


def _advanced(operation: Operation, call: Call, state: str, gloss: str, body: str | None = None) -> Response:
    return soap.answer(operation, call, respuesta(fields([("ESTADO", state), ("GLOSA", gloss)], "SII:"), body))


def mail_again(sii: Sii, operation: Operation, call: Call) -> Response:
    """wsDTECorreo.reenvioCorreo."""
    state = _mail_state(sii, call)
    if state == "0":
        sii.store.post(int(call.parts["TrackId"]), sii.clock.now())
        sii.processing.wake()
    gloss = texts("mail_states")[state]
    return soap.answer(operation, call, respuesta(fields([("ESTADO", state), ("GLOSA", gloss)])))


def _mail_state(sii: Sii, call: Call) -> str:
    given = call.parts
    try:
        holder = _holder(sii, call)
    except _RefusedError:
        return "104"
    if not all(given.get(name) for name in ("RutEmpresa", "DvEmpresa", "TrackId")):
        return "102"
    rut = _rut(call, "Empresa")
    if not ruts.valid(rut):
        return "101"
    try:
        envelope = _envelope(sii, call, holder, "Empresa")
    except _RefusedError as refused:
        return "106" if refused.state in ("-3", "-6") else "105"
    if envelope.final is None or envelope.final > sii.clock.now():
        return "114"
    return "0"
