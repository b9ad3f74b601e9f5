"""The state of an envelope: QueryEstUp, and the service of boletas, which gives the reasons as well.

``EPR`` only says that the SII is done: the counts decide. An envelope whose documents were all refused is ``EPR`` too.
What the states are stands in ``states.tsv``: ``phase`` is ``pasa`` (wait), ``procesado`` (the counts decide),
``rechazado`` (all of it), ``repetido`` (another TRACKID has it) or ``perdido`` (the SII lost the file).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from dteplanows.sii import soap
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.answers import Fields, read_json, read_xml
from dteplanows.sii.calls import USER_AGENT, Answer, Request
from dteplanows.sii.outcomes import OUTCOMES, Outcome, rows_of
from dteplanows.sii.reasons import Reason, read_reason, reasons_in
from dteplanows.sii.statuses import Status, status_of
from dteplanows.sii.upload import track_of

Phase = Literal["pasa", "procesado", "rechazado", "repetido", "perdido"]

_COUNTED = {"INFORMAD": "informados", "ACEPTA": "aceptados", "RECHAZ": "rechazados", "REPARO": "reparos"}
"""How the names of the counts begin; they end in several ways."""


class State(NamedTuple):
    """A state of envelopes."""

    phase: Phase
    reason: str


STATES: Mapping[str, State] = {
    row["state"]: State(row["phase"], row["reason"])  # type: ignore[arg-type]
    for row in rows_of("states.tsv")
}
"""Every state that is known."""


class Counts(NamedTuple):
    """What became of the documents of one type; each of them is counted once behind ``informados``."""

    tipo: int
    informados: int = 0
    aceptados: int = 0
    """Without any remark."""
    rechazados: int = 0
    reparos: int = 0
    """Accepted with a remark."""


class Judged(NamedTuple):
    """A document that was refused or remarked, with all its reasons."""

    tipo: int
    """0 where the SII leaves it out."""
    folio: int
    state: str
    """``RCH`` or ``RPR``, as it came."""
    reasons: tuple[Reason, ...]


class EnvelopeState(NamedTuple):
    """What is known of an envelope now."""

    outcome: Outcome
    """``respondido`` where the SII gave a state."""
    state: str = ""
    """As it came; one that is not known is in process."""
    gloss: str = ""
    """The words beside it: where the whole envelope is refused they hold the reason."""
    counts: tuple[Counts, ...] = ()
    judged: tuple[Judged, ...] = ()
    """Of boletas only; for others the reasons come by mail."""
    reason: str = ""
    """Code of the reason of the state, or of what the question met."""
    err_code: str = ""
    attention: str = ""
    """``NUM_ATENCION``, for whoever asks the SII about it."""
    detail: str = ""
    wait: int = 0
    """Seconds that the SII asked to wait."""
    track_id: str = ""
    """Of the envelope that the answer is about; most states come without it."""

    def about(self, track_id: str) -> EnvelopeState:
        """This answer to a question about *track_id*; one about another envelope says nothing of this one."""
        if self.track_id in ("", track_id):
            return self
        words = f"la respuesta es de otro envío, el {self.track_id}"
        return EnvelopeState(OUTCOMES["respuesta_desconocida"], detail=words, track_id=self.track_id)

    @property
    def phase(self) -> Phase:
        """What follows from the state."""
        known = STATES.get(self.state)
        return known.phase if known else "pasa"

    @property
    def is_known(self) -> bool:
        """Whether the state is one that was seen before."""
        return self.state in STATES

    @property
    def reported(self) -> int:
        """Documents that the SII counted."""
        return sum(one.informados for one in self.counts)

    @property
    def accepted(self) -> int:
        """Documents that count as issued: without remark, and with."""
        return sum(one.aceptados + one.reparos for one in self.counts)

    @property
    def refused(self) -> int:
        """Documents that do not exist for the SII, so that their folios are free."""
        return sum(one.rechazados for one in self.counts)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons that stand in the words beside the state."""
        return reasons_in(self.gloss)


def state_request(hosts: Hosts, rut_emisor: str, track_id: str, token: str) -> Request:
    """The question of QueryEstUp."""
    number, _, digit = rut_emisor.partition("-")
    parts = {"RutCompania": number, "DvCompania": digit, "TrackId": track_id, "Token": token}
    return soap.question(f"{hosts.soap}/DTEWS/QueryEstUp.jws", "getEstUp", parts, token)


def state_request_of_boletas(hosts: Hosts, rut_emisor: str, track_id: str, token: str) -> Request:
    """The question to the service of boletas."""
    url = f"{hosts.boletas}/recursos/v1/boleta.electronica.envio/{rut_emisor}-{track_id}"
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Cookie": f"TOKEN={token}"}
    return Request("GET", url, headers, token=token)


def read_state(answer: Answer) -> EnvelopeState:
    """What QueryEstUp answered."""
    heard = read_xml(answer)
    if heard.outcome.name != "respondido":
        return EnvelopeState(heard.outcome, detail=heard.detail, wait=heard.wait)
    fields = heard.fields
    state, gloss, error = fields.first("ESTADO"), fields.first("GLOSA"), fields.first("ERR_CODE")
    attention = fields.first("NUM_ATENCION", "NUMATENCION")
    if not state:
        return EnvelopeState(OUTCOMES["respuesta_desconocida"], gloss=gloss, detail=fields.root_name)
    if status := _not_a_state(state, error):
        return EnvelopeState(
            status.outcome, state, gloss, reason=status.reason, err_code=error, attention=attention,
            detail=f"ESTADO {state}: {gloss}".rstrip(": "),
        )  # fmt: skip
    reason = STATES[state].reason if state in STATES else ""
    return EnvelopeState(
        heard.outcome, state, gloss, _counts(fields), reason=reason, err_code=error, attention=attention,
        track_id=track_of(fields.first("TRACKID")),
    )  # fmt: skip


def read_state_of_boletas(answer: Answer) -> EnvelopeState:
    """What the service of boletas answered."""
    heard = read_json(answer)
    if heard.outcome.name != "respondido":
        return EnvelopeState(heard.outcome, detail=heard.detail, wait=heard.wait)
    data: dict[str, Any] = heard.data
    state = str(data.get("estado") or "").upper()
    if not state:
        return EnvelopeState(OUTCOMES["respuesta_desconocida"], detail=str(data)[:300])
    counts = tuple(_counts_of(one) for one in _objects(data.get("estadistica")))
    judged = tuple(_judged(one) for one in _objects(data.get("detalle_rep_rech")))
    reason = STATES[state].reason if state in STATES else ""
    gloss = str(data.get("glosa") or data.get("descripcion") or "")
    track = track_of(str(data.get("trackid") or ""))
    return EnvelopeState(heard.outcome, state, gloss, counts, judged, reason, track_id=track)


def _not_a_state(state: str, error: str) -> Status | None:
    """What *state* means when it says that the question met something; None when it is a state."""
    if state == "-1" and error == "2":
        return Status(OUTCOMES["falla_del_sii"], "EST--1")
    return status_of("estado", state) if state in ("001", "002", "003") or state.startswith("-") else None


def _counts(fields: Fields) -> tuple[Counts, ...]:
    """The counts: five elements that follow each other for each type, without any element around them."""
    found: list[dict[str, int]] = []
    for name, text in fields:
        if name in ("TIPO_DOCTO", "TIPODOC", "TIPO_DOC"):
            found.append({"tipo": _number(text)})
        elif found and (key := _key(name)):
            found[-1][key] = _number(text)
    return tuple(Counts(**one) for one in found)


def _counts_of(one: Mapping[str, Any]) -> Counts:
    found = {"tipo": _number(str(one.get("tipo", "")))}
    for name, value in one.items():
        if key := _key(name.upper()):
            found[key] = _number(str(value))
    return Counts(**found)


def _judged(one: Mapping[str, Any]) -> Judged:
    reasons = tuple(_reason(error) for error in _objects(one.get("error")))
    if not reasons and one.get("descripcion"):
        reasons = (read_reason(str(one["descripcion"])),)
    return Judged(
        _number(str(one.get("tipo", ""))), _number(str(one.get("folio", ""))), str(one.get("estado") or ""), reasons
    )


def _reason(error: Mapping[str, Any]) -> Reason:
    """A reason that comes in parts, put together as the mail writes it and read as that."""
    parts = (error.get(name) for name in ("seccion", "nivel", "codigo"))
    section, level, code = ("" if one is None else str(one) for one in parts)
    line = _number(str(error.get("linea") or ""))
    text = " ".join(str(error[name]) for name in ("descripcion", "detalle") if error.get(name))
    if "-" in code:  # the whole code, as the mail has it
        return read_reason(f"({code}) {text}")
    where = f" L[{line}] " if line else ""
    return read_reason(f"({section}{where}-{level}-{code}) {text}" if section and code else text)


def _objects(value: object) -> Sequence[Mapping[str, Any]]:
    """The objects of a list in JSON; none for null or something else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _key(name: str) -> str:
    return next((key for begin, key in _COUNTED.items() if name.startswith(begin)), "")


def _number(text: str) -> int:
    found = re.fullmatch(r"\s*([0-9]{1,12})\s*", text)
    return int(found[1]) if found else 0
