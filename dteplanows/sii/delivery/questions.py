"""A question to the SII about one folio, outside the round of the worker, and what it means for the ledger."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.folios.caf import TEST_AUTHORITY
from dteplanows.folios.keys import stamping_key
from dteplanows.ledger.delivery_states import ACCEPTED, UNSENT, WITHOUT_EFFECT
from dteplanows.ledger.rows import StoredCaf, StoredDocument
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.document_state import OTHER_DATA, Asked, DocumentState, asked
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import REASONS

_NOBODY = "66666666-6"
_INVENTED = "1"


class Meant(NamedTuple):
    """What an answer means beside what the ledger believes."""

    words: str
    """What the SII says."""
    difference: str = ""
    """How the ledger differs from it; empty where it does not."""
    remedy: str = ""


def ask_about(delivery: Delivery, document: StoredDocument, company: Company) -> DocumentState:
    """What the SII knows of *document*."""
    certificate = delivery.certificate(company)
    if certificate is None:
        return _without_certificate(company)
    return delivery.sii.document_state(asked(document), certificate)


def ask_about_folio(delivery: Delivery, company: Company, caf: StoredCaf, folio: int) -> DocumentState:
    """Whether the SII has that folio, of which nothing is known here.

    The question has invented data: the SII then says DNK of a folio that it has, and FAU of one that it has not.
    """
    certificate = delivery.certificate(company)
    if certificate is None:
        return _without_certificate(company)
    of_test = stamping_key(delivery.ledger, caf.id).idk == TEST_AUTHORITY
    question = Asked(
        company.ambiente, company.rut, caf.series.tipo, folio, clock.today(), _NOBODY, _INVENTED, "", of_test
    )
    return delivery.sii.document_state(question, certificate)


def meaning(state: DocumentState, estado: str) -> Meant:
    """What *state* means for a document that is in *estado* here, ``sin enviar`` included."""
    if state.outcome.name != "respondido":
        return Meant(f"{state.outcome.meaning} {state.detail}".strip())
    words = _words(state)
    if state.state == OTHER_DATA and estado == "descartado":
        return Meant(words)  # that is why
    if state.state == OTHER_DATA:
        return Meant(
            words, "el SII tiene ese folio con otros datos",
            "Averigüe en el sitio del SII qué documento es, antes de emitir o enviar otro con ese folio.",
        )  # fmt: skip
    if state.received:
        if estado in WITHOUT_EFFECT:
            return Meant(
                words, f"aquí figura {estado} y el SII lo tiene",
                "No lo emita otra vez: revise en el sitio del SII cuál es el documento que recibió.",
            )  # fmt: skip
        if estado in ("pendiente", UNSENT):
            return Meant(
                words, "aquí no se ha enviado y el SII lo tiene",
                "Si lo envió otro sistema, dígalo con «envios adoptar --ya-enviados».",
            )  # fmt: skip
        return Meant(words)
    if estado in ACCEPTED:
        return Meant(
            words, f"aquí figura {estado} y el SII no lo tiene",
            "Pregunte otra vez más tarde; si sigue así, reclame al SII con el TRACKID del envío.",
        )  # fmt: skip
    if estado == UNSENT:
        return Meant(words, "no se ha enviado", "Decida con «envios adoptar».")
    if estado in ("enviado", "recibido"):
        return Meant(
            words, "se envió y el SII todavía no lo tiene",
            "Espere lo que dice «estado»; si no cambia, siga el envío con «envios reintentar».",
        )  # fmt: skip
    return Meant(words)


def _words(state: DocumentState) -> str:
    known = REASONS.get(state.reason)
    told = known.meaning if known else "el SII lo tiene con los mismos datos" if state.received else state.gloss
    return f"{state.state}: {told}."


def _without_certificate(company: Company) -> DocumentState:
    detail = f"La empresa {company.rut} no tiene un certificado vigente."
    return DocumentState(OUTCOMES["certificado"], detail=detail)


def caf_with(delivery: Delivery, company: Company, tipo: int, folio: int) -> StoredCaf | None:
    """A CAF of *company* that has that folio; None where none has."""
    cafs = delivery.ledger.cafs.of(company.ambiente, company.rut, tipo)
    return next((one for one in cafs if one.desde <= folio <= one.hasta), None)
