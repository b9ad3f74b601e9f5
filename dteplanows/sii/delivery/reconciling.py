"""The ledger beside the SII: documents without a last word are asked for again, and differences are listed.

No service of the SII lists what it has. So a folio that it has and this ledger lacks is only found where it is asked
for (:mod:`~dteplanows.sii.delivery.unissued`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.ledger.deliveries import PART, Step
from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.rows import StoredCaf
from dteplanows.sii.delivery import unissued, verdicts
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.questions import ask_about, ask_about_folio, meaning
from dteplanows.sii.delivery.unissued import Difference
from dteplanows.sii.document_state import DocumentState

LONG = timedelta(hours=1)
"""How long a document may be without a last word before it is asked for apart from its envelope."""
_ON_ITS_WAY = ("en sobre", "enviado", "recibido", "detenido")
"""States of which the SII may know more than the ledger."""
_PAUSE = 0.2
"""Seconds between two questions to the SII; the simulator needs none."""
_SILENT = 3
"""Questions without an answer, one after the other, after which nothing more is asked."""


class Scope(NamedTuple):
    """What is compared."""

    desde: date | None = None
    """First day of issue of a period, all of whose documents are asked for; None for no period."""
    hasta: date | None = None
    tipo: int = 0
    folios: int = 20
    """So many folios in a row the SII must lack until no more folios of a type are asked for that have no document
    here; 0 for no question about any."""
    most: int = 5000
    """Questions at most."""
    long: timedelta = LONG


class Comparison(NamedTuple):
    """What came out."""

    preguntas: int
    resueltos: int
    """Documents that have the SII's word now, and had none."""
    sin_respuesta: int
    diferencias: tuple[Difference, ...]
    detalle: str = ""
    """Why nothing more was asked; empty where all was."""


class _Silence(Exception):  # noqa: N818 - nothing failed
    """The SII does not answer."""


class _Enough(Exception):  # noqa: N818 - nothing failed
    """No more questions are allowed."""


def reconcile(
    delivery: Delivery, company: Company, scope: Scope, told: Callable[[int], None] = lambda _: None
) -> Comparison:
    """Compare what the ledger believes of *company*'s documents with what the SII says, and write down what is new.

    :param told: hears how many questions there were.
    """
    work = _Work(delivery, company, scope, told)
    detail = ""
    try:
        for documento_id, estado in _to_ask(delivery, company, scope):
            work.document(documento_id, estado)
        work.differences += unissued.differences(delivery, company, scope.tipo, scope.folios, work.folio)
    except _Silence:
        detail = f"El SII no contesta: {work.last}"
    except _Enough:
        detail = f"Se preguntó lo más que se pregunta de una vez: {scope.most}."
    work.close_envelopes()
    return Comparison(work.asked, work.settled, work.unheard, tuple(work.differences), detail)


def _to_ask(delivery: Delivery, company: Company, scope: Scope) -> Iterator[tuple[int, str]]:
    """The documents that are asked for, each once: those without a last word for long, then those of the period."""
    before, seen = clock.now() - scope.long, set[int]()
    for estado in _ON_ITS_WAY:
        for one in delivery.ledger.finding.found(company, Wanted(tipo=scope.tipo, estado=estado)):
            if _is_old(delivery, one.id, before):
                seen.add(one.id)
                yield one.id, estado
    if scope.desde:
        for one in delivery.ledger.finding.found(company, Wanted(scope.desde, scope.hasta, scope.tipo)):
            # One whose folio was issued again is history: the SII has the other one.
            replaced = one.estado_sii == "rechazado" and not delivery.ledger.documents.is_live(one.id)
            if one.id not in seen and not replaced:
                yield one.id, one.estado_sii


def _is_old(delivery: Delivery, documento_id: int, before: datetime) -> bool:
    standing = delivery.ledger.deliveries.find(documento_id)
    return standing is not None and standing.desde <= before


class _Work:
    """One comparison under way."""

    def __init__(self, delivery: Delivery, company: Company, scope: Scope, told: Callable[[int], None]) -> None:
        self._delivery, self._company, self._scope, self._told = delivery, company, scope, told
        self.asked = self.settled = self.unheard = 0
        self.last = ""
        self._silent = 0
        self._pause = 0.0 if delivery.sii.addresses.of(company.ambiente).name == "simulador" else _PAUSE
        self.differences: list[Difference] = []
        self._envelopes: set[int] = set()

    def document(self, documento_id: int, estado: str) -> None:
        """Ask about a document, and write down what is new."""
        self._may_ask()
        document = self._delivery.document(documento_id)
        state = ask_about(self._delivery, document, self._company)
        if not self._hear(state):
            return
        meant = meaning(state, estado)
        if state.is_this and estado in _ON_ITS_WAY:
            self._settle(documento_id, state)
        elif meant.difference:
            self.differences.append(
                Difference(document.tipo, document.folio, estado, meant.words, meant.difference, meant.remedy)
            )

    def folio(self, caf: StoredCaf, folio: int) -> DocumentState | None:
        """What the SII says of a folio that has no document here; None where it says nothing."""
        self._may_ask()
        state = ask_about_folio(self._delivery, self._company, caf, folio)
        return state if self._hear(state) else None

    def close_envelopes(self) -> None:
        """End the envelopes of which every document has its last word: the SII may never say it of the envelope."""
        ledger = self._delivery.ledger
        for number in sorted(self._envelopes):
            envelope = ledger.envelopes.find(number)
            standing = ledger.deliveries.of_envelope(number)
            if (
                envelope
                and envelope.estado in ("por enviar", "enviado", "por documento", "en duda", "detenido")
                and all(one.estado in FINAL for one in standing)
            ):
                ledger.envelopes.change(envelope, {"estado": "procesado", "siguiente": 0.0})

    def _may_ask(self) -> None:
        if self.asked >= self._scope.most:
            raise _Enough

    def _hear(self, state: DocumentState) -> bool:
        self.asked += 1
        self._told(self.asked)
        time.sleep(self._pause)
        if state.outcome.name == "respondido":
            self._silent = 0
            return True
        self.unheard += 1
        self._silent += 1
        self.last = f"{state.outcome.meaning} {state.detail}".strip()
        if self._silent >= _SILENT or state.outcome.again == "no":
            raise _Silence
        return False

    def _settle(self, documento_id: int, state: DocumentState) -> None:
        deliveries = self._delivery.ledger.deliveries
        with self._delivery.ledger.writing(PART):
            standing = deliveries.find(documento_id)
            if standing is None or (verdicts.is_repeated(standing) and not standing.consulta):
                return  # the SII has that folio: nobody has said that it is this document
            self.settled += deliveries.move([documento_id], Step("aceptado", f"{state.state} {state.gloss}".strip()))
            if standing.envio_id:
                self._envelopes.add(standing.envio_id)
