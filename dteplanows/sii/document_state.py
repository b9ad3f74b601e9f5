"""The state of one document: QueryEstDte, QueryEstDteAv and the service of boletas.

They say whether the SII has a document with these facts, never why it refused one. QueryEstDteAv also tells the TRACKID
of the envelope that brought it: after an upload whose answer was lost, that is the way back. What the states are stands
in ``document_states.tsv``. ``FAU`` in the first seconds after a good upload only means that the SII is not there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, cast
from urllib.parse import urlencode

from dteplanows.document.company import Ambiente
from dteplanows.ledger.rows import StoredDocument
from dteplanows.signer.verification import parts_of
from dteplanows.sii import soap
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.answers import Fields, Heard, read_json, read_xml
from dteplanows.sii.calls import USER_AGENT, Answer, Request
from dteplanows.sii.envelopes import is_of_test_authority
from dteplanows.sii.outcomes import OUTCOMES, Outcome, rows_of
from dteplanows.sii.statuses import status_of
from dteplanows.sii.upload import track_of


class Asked(NamedTuple):
    """The document that is asked about."""

    ambiente: Ambiente
    rut_emisor: str
    tipo: int
    folio: int
    day: date
    """``FchEmis``."""
    rut_receptor: str
    amount: str
    """``MntTotal`` as it was signed."""
    signature: str
    """Its ``SignatureValue``, in one line."""
    of_test_authority: bool = False


class DocumentState(NamedTuple):
    """What the SII knows of a document."""

    outcome: Outcome
    """``respondido`` where the SII gave a state."""
    state: str = ""
    received: bool | None = None
    """Whether the SII has such a document; None where that is not known."""
    gloss: str = ""
    track_id: str = ""
    """Of the envelope that brought it; only QueryEstDteAv tells it."""
    reason: str = ""
    attention: str = ""
    detail: str = ""
    wait: int = 0

    @property
    def is_this(self) -> bool | None:
        """Whether the SII has this very document, and not another with its folio; None where that is not known."""
        return self.received if self.state != OTHER_DATA else False


OTHER_DATA = "DNK"
"""The SII has the folio, but what was asked does not fit it: without TRACKID, though it is «received»."""

_RECEIVED: Mapping[str, tuple[bool, str]] = {
    row["state"]: (row["received"] == "sí", row["reason"]) for row in rows_of("document_states.tsv")
}


def asked(document: StoredDocument) -> Asked:
    """What is asked about *document*, by the facts that were signed.

    :raises ValueError: its file is not in the form that the signer gives it.
    """
    parts = parts_of(document.xml)
    if parts is None:
        raise ValueError("the stored document is not in the signer's form")
    return Asked(
        cast(Ambiente, document.ambiente), document.rut_emisor, document.tipo, document.folio,
        date.fromisoformat(document.fecha_emision), parts.first("RUTRecep"), parts.first("MntTotal"),
        parts.value.replace("\n", ""), is_of_test_authority(document.xml),
    )  # fmt: skip


def state_request(hosts: Hosts, one: Asked, rut_consultante: str, token: str) -> Request:
    """The question of QueryEstDte.

    :param rut_consultante: of the certificate that the token is for.
    """
    parts = {
        **_rut("Consultante", rut_consultante), **_rut("Compania", one.rut_emisor),
        **_rut("Receptor", one.rut_receptor),
        "TipoDte": str(one.tipo), "FolioDte": str(one.folio), "FechaEmisionDte": f"{one.day:%d%m%Y}",
        "MontoDte": one.amount, "Token": token,
    }  # fmt: skip
    return soap.question(f"{hosts.soap}/DTEWS/QueryEstDte.jws", "getEstDte", parts, token)


def advanced_request(hosts: Hosts, one: Asked, token: str) -> Request:
    """The question of QueryEstDteAv, which wants the date with hyphens and the signature."""
    parts = {
        **_rut("Empresa", one.rut_emisor), **_rut("Receptor", one.rut_receptor),
        "TipoDte": str(one.tipo), "FolioDte": str(one.folio), "FechaEmisionDte": f"{one.day:%d-%m-%Y}",
        "MontoDte": one.amount, "FirmaDte": one.signature, "Token": token,
    }  # fmt: skip
    return soap.question(f"{hosts.soap}/DTEWS/services/QueryEstDteAv", "getEstDteAv", parts, token)


def state_request_of_boleta(hosts: Hosts, one: Asked, token: str) -> Request:
    """The question to the service of boletas."""
    number, _, digit = one.rut_receptor.partition("-")
    facts = {"rut_receptor": number, "dv_receptor": digit, "monto": one.amount, "fechaEmision": f"{one.day:%d-%m-%Y}"}
    path = f"/recursos/v1/boleta.electronica/{one.rut_emisor}-{one.tipo}-{one.folio}/estado"
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Cookie": f"TOKEN={token}"}
    return Request("GET", f"{hosts.boletas}{path}?{urlencode(facts)}", headers, token=token)


def read_state(answer: Answer) -> DocumentState:
    """What QueryEstDte answered."""
    heard = read_xml(answer)
    if heard.outcome.name != "respondido":
        return _not_heard(heard)
    fields = heard.fields
    state = fields.first("ESTADO")
    gloss = fields.first("GLOSA_ERR") or fields.first("GLOSA", "GLOSA_ESTADO")
    if status := status_of("documento", state):
        return DocumentState(
            status.outcome, state, gloss=gloss, reason=status.reason, detail=f"ESTADO {state}: {gloss}"
        )
    return _of(heard.outcome, state, gloss, fields)


def read_advanced(answer: Answer) -> DocumentState:
    """What QueryEstDteAv answered: one state in the head, of the question, and one in the body, of the document."""
    heard = read_xml(answer)
    if heard.outcome.name != "respondido":
        return _not_heard(heard)
    head, body = (next(iter(heard.fields.below(name)), Fields()) for name in ("RESP_HDR", "RESP_BODY"))
    code, gloss = head.first("ESTADO"), head.first("GLOSA")
    status = status_of("avanzado", code)
    if status is None or status.outcome.name != "respondido":
        found = status or None
        outcome = found.outcome if found else OUTCOMES["respuesta_desconocida"]
        reason = found.reason if found else ""
        return DocumentState(outcome, code, gloss=gloss, reason=reason, detail=f"ESTADO {code}: {gloss}")
    said = {"SI": True, "NO": False}.get(body.first("RECIBIDO").upper().replace("Í", "I"))
    one = _of(heard.outcome, body.first("ESTADO"), body.first("GLOSA"), body)
    received = one.received if said is None else said
    if received is None:
        return one._replace(outcome=OUTCOMES["respuesta_desconocida"])
    return one._replace(outcome=heard.outcome, received=received, track_id=track_of(body.first("TRACKID")))


def read_state_of_boleta(answer: Answer) -> DocumentState:
    """What the service of boletas answered: ``codigo`` and ``descripcion``."""
    heard = read_json(answer)
    if heard.outcome.name != "respondido":
        return _not_heard(heard)
    return _of(heard.outcome, str(heard.data.get("codigo") or ""), str(heard.data.get("descripcion") or ""), Fields())


def _of(outcome: Outcome, state: str, gloss: str, fields: Fields) -> DocumentState:
    """The state of a document; one that nobody knows is no answer to whether the SII has it."""
    attention = fields.first("NUM_ATENCION", "NUMATENCION").strip("[] ")
    if state not in _RECEIVED:
        return DocumentState(
            OUTCOMES["respuesta_desconocida"],
            state,
            gloss=gloss,
            attention=attention,
            detail=f"{state} {gloss}".strip(),
        )
    received, reason = _RECEIVED[state]
    return DocumentState(outcome, state, received, gloss, reason=reason, attention=attention)


def _rut(name: str, rut: str) -> dict[str, str]:
    number, _, digit = rut.partition("-")
    return {f"Rut{name}": number, f"Dv{name}": digit}


def _not_heard(heard: Heard) -> DocumentState:
    return DocumentState(heard.outcome, detail=heard.detail, wait=heard.wait)
