"""What a person decides about documents that wait for a word and not for the SII. Each decision is an event."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.deliveries import PART, Step
from dteplanows.ledger.delivery_states import ENVELOPE_DONE, UNSENT, State
from dteplanows.ledger.delivery_tables import Delivery as Where
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.finding import ListedDocument, Wanted
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.sii.delivery.by_person import is_untaken
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.questions import ask_about, meaning

_OUTSIDE: tuple[State, ...] = ("detenido", "enviado")
"""States in which a document may wait for a person alone: a note that was stopped, one whose folio the SII has already,
and what was sent by other means."""
_AT_ONCE = 500
"""Documents that are adopted in one transaction: issuing has to wait for each."""


# --- sent by other means, or due --------------------------------------------------------------------------------


def adoptable(ledger: Ledger, company: Company, wanted: Wanted, *, sent: bool) -> Iterator[ListedDocument]:
    """The wanted documents about whose delivery a person may decide, newest first.

    Those issued before delivery existed, notes that were stopped, and what was said to be sent by other means and the
    SII has not confirmed; a note of what the SII does not have is not among them, for it would be stopped again.

    :param sent: as for :func:`adopt`: then also those that were stopped alone, though their envelope came to its end.
    """
    yield from ledger.finding.found(company, wanted._replace(estado=UNSENT))
    for state in _OUTSIDE:
        for one in ledger.finding.found(company, wanted._replace(estado=state)):
            standing = ledger.deliveries.find(one.id)
            waits = standing is not None and _waits_alone(ledger, standing, sent)
            if waits and (sent or not ledger.deliveries.corrects_nothing(one.id)):
                yield one


def adopt(ledger: Ledger, company: Company, ids: Sequence[int], *, sent: bool) -> int:
    """Make documents of *company* that :func:`adoptable` gave due, or have the SII asked about them. Gives how many.

    :param sent: the SII got them by other means.
    """
    state: State = "enviado" if sent else "pendiente"
    words = "enviado por otro medio, dice una persona" if sent else "por decisión de una persona"
    waiting, done = iter(ids), 0
    while portion := list(islice(waiting, _AT_ONCE)):
        with ledger.writing(PART):
            known = {one: ledger.deliveries.find(one) for one in portion}
            new = [one for one, found in known.items() if found is None]
            others = [found for found in known.values() if found and _waits_alone(ledger, found, sent)]
            moment = time.time() if sent else 0.0
            ledger.deliveries.adopt(new, state, words, moment)
            moved = [one for one in others if _moves(ledger, one, state, words)]
            if sent:
                ledger.deliveries.ask_at([one.documento_id for one in others], moment)
            done += len(new) + (len(others) if sent else len(moved))
    detail = f"{done} documentos: {words}"
    ledger.events.note(NewEvent("documentos adoptados", detail, company.ambiente, company.rut))
    return done


def _waits_alone(ledger: Ledger, standing: Where, sent: bool) -> bool:
    if standing.envio_id is None:
        return standing.estado in _OUTSIDE
    envelope = ledger.envelopes.find(standing.envio_id)
    return bool(sent and standing.estado == "detenido" and envelope and envelope.estado in ENVELOPE_DONE)


def _moves(ledger: Ledger, standing: Where, state: State, words: str) -> bool:
    """Move a document and keep what the SII said against it."""
    return bool(ledger.deliveries.move([standing.documento_id], Step(state, words, reasons=standing.motivos)))


# --- never to be sent -------------------------------------------------------------------------------------------


def discard(delivery: Delivery, company: Company, document: StoredDocument, motivo: str) -> None:
    """End a stopped document that the SII does not have: it is sent no more and counts in no total.

    The SII is asked first about one that may have left. Its folio stays used.

    :param motivo: why, in the person's words.
    :raises Refused: it is not stopped (SII-043), or the SII has it or may have it (SII-044).
    """
    ledger = delivery.ledger
    standing = _stopped(ledger, document)
    if reason := _may_be_there(delivery, company, document, standing.envio_id):
        raise Refused([reason])
    with ledger.writing(PART):
        step = Step("descartado", motivo, reasons=standing.motivos)
        if not ledger.deliveries.move([document.id], step):
            _stopped(ledger, document)  # it went on while the SII was asked
        envelope = ledger.envelopes.find(standing.envio_id) if standing.envio_id else None
        if envelope and envelope.estado not in ENVELOPE_DONE:
            ledger.envelopes.change(envelope, {"estado": "disuelto", "siguiente": 0.0, "detalle": motivo})
        detail = f"tipo {document.tipo}, folio {document.folio}: {motivo}"
        ledger.events.note(NewEvent("documento descartado", detail, company.ambiente, company.rut))


def _stopped(ledger: Ledger, document: StoredDocument) -> Where:
    """Where *document* stands, which is stopped.

    :raises Refused: it is not (SII-043).
    """
    standing = ledger.deliveries.find(document.id)
    if standing is None or standing.estado != "detenido":
        estado = standing.estado if standing else UNSENT
        raise Refused([problem("SII-043", value=str(document.folio), tipo=document.tipo, estado=estado)])
    return standing


def _may_be_there(
    delivery: Delivery, company: Company, document: StoredDocument, envio_id: int | None
) -> Problem | None:
    """Why a stopped document may not be discarded; None where it may."""
    if all(step.estado in ("pendiente", "detenido") for step in delivery.ledger.deliveries.history(document.id)):
        return None  # it never left
    envelope = delivery.ledger.envelopes.find(envio_id) if envio_id else None
    if envelope and envelope.estado not in ENVELOPE_DONE:
        hosts = delivery.sii.addresses.of(company.ambiente, of_test_authority=envelope.de_prueba)
        if envelope.documentos > 1:
            return _cannot(
                document, f"está en el envío {envio_id} con otros documentos, y ese envío puede salir todavía",
                f"Forme de nuevo el envío con «envios rehacer {envio_id}» o siga con «envios reintentar {envio_id}».",
            )  # fmt: skip
        if not is_untaken(envelope, hosts.name):
            return _cannot(
                document, f"el SII puede tener el envío {envio_id}",
                f"Siga con él con «envios reintentar {envio_id}»: entonces se le pregunta al SII.",
            )  # fmt: skip
        return None
    state = ask_about(delivery, document, company)
    if state.outcome.name != "respondido":
        return _cannot(
            document, f"el SII no contestó si lo tiene ({meaning(state, 'detenido').words})",
            "Repita la orden cuando el SII conteste.",
        )  # fmt: skip
    if state.is_this:
        return _cannot(
            document, "el SII tiene ese folio con estos mismos datos",
            "Revise en el sitio del SII si es este documento. Si lo es, dígalo con «envios adoptar --ya-enviados».",
        )  # fmt: skip
    return None


def _cannot(document: StoredDocument, reason: str, remedy: str) -> Problem:
    return problem("SII-044", value=str(document.folio), tipo=document.tipo, reason=reason, que_hacer=remedy)
