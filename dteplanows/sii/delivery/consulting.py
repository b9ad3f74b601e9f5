"""One document, or a folio with which nothing was issued, asked of the SII: what it says, and what is known here."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS
from dteplanows.document.problem import Refused
from dteplanows.ledger.delivery_states import UNSENT
from dteplanows.ledger.rows import Series, StoredDocument
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.questions import Meant, ask_about, ask_about_folio, caf_with, meaning
from dteplanows.sii.document_state import DocumentState, asked


class Told(NamedTuple):
    """What there is to say of a document after the SII was asked."""

    lines: list[tuple[str, str]]
    """Each with its label, in Spanish."""
    is_good: bool
    """The SII answered, and agrees with what is known here."""


def consult(delivery: Delivery, company: Company, tipo: int, folio: int) -> Told:
    """Ask the SII about a document of *company*, or about a free folio of one of its CAFs. Nothing is changed.

    :raises Refused: nothing was issued with that folio, and no CAF has it (SII-047).
    """
    document = delivery.ledger.documents.find(company.ambiente, company.rut, tipo, folio)
    return _about(delivery, company, document) if document else _about_free(delivery, company, tipo, folio)


def _about(delivery: Delivery, company: Company, document: StoredDocument) -> Told:
    """What is told of a document that was issued here, and whether all is well."""
    standing = delivery.ledger.deliveries.find(document.id)
    estado = standing.estado if standing else UNSENT
    told = [("Documento:", f"tipo {document.tipo}, folio {document.folio}, del {document.fecha_emision}"),
            ("Aquí figura:", f"{estado} desde {standing.desde:%Y-%m-%d %H:%M:%S}" if standing else UNSENT)]  # fmt: skip
    state = ask_about(delivery, document, company)
    meant = meaning(state, estado)
    track = ""
    question = asked(document)
    certificate = delivery.certificate(company)
    hosts = delivery.sii.addresses.of(company.ambiente, of_test_authority=question.of_test_authority)
    if state.received and certificate and (document.tipo not in BOLETAS or hosts.way_of_boletas != "rest"):
        track = delivery.sii.document_with_track(question, certificate).track_id
    told += _answer(hosts.name, state, meant)
    if track:
        told.append(("TRACKID:", f"{track}, del envío que lo llevó"))
    return Told(told, state.outcome.name == "respondido" and not meant.difference)


def _about_free(delivery: Delivery, company: Company, tipo: int, folio: int) -> Told:
    """What is told of a folio with which nothing was issued here."""
    caf = caf_with(delivery, company, tipo, folio)
    if caf is None:
        raise Refused([problem("SII-047", value=str(folio), tipo=tipo)])
    use = delivery.ledger.folios.use(Series(company.ambiente, company.rut, tipo), folio)
    state = ask_about_folio(delivery, company, caf, folio)
    words = "El SII tiene un documento con ese folio." if state.received else "El SII no tiene ese folio."
    heard = state.outcome.name == "respondido"
    difference = "el SII lo tiene y aquí no se emitió" if state.received and not use.estado else ""
    remedy = "Si lo emitió otro sistema, regístrelo con «caf anular» y --otro-sistema." if difference else ""
    meant = Meant(words, difference, remedy) if heard else meaning(state, "")
    told = [
        ("Documento:", f"tipo {tipo}, folio {folio}"),
        ("Aquí figura:", ", ".join(filter(None, (use.estado or "libre", use.motivo)))),
    ]
    return Told([*told, *_answer("El SII", state, meant)], heard and not difference)


def _answer(name: str, state: DocumentState, meant: Meant) -> list[tuple[str, str]]:
    said = f"{meant.words} ({state.gloss})" if state.gloss else meant.words
    told = [(f"{name[:1].upper()}{name[1:]} dice:", said)]
    if state.attention:
        told.append(("N.º de atención:", state.attention))
    if meant.difference:
        told.append(("Diferencia:", f"{meant.difference}."))
    remedy = meant.remedy or ("" if state.outcome.name == "respondido" else state.outcome.remedy)
    return [*told, ("Qué hacer:", remedy)] if remedy else told
