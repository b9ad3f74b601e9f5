"""The folios of a company that have no document here, beside the SII: free ones that it has, and those held back.

A ledger restored from an old copy, whose mark is old too, takes folios for free that were issued: what the SII has of
them is held back at once, so that nobody gets it. No service of the SII lists what it has, so the search begins at the
first free folio and goes on until the SII lacks several in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.folios import held_back
from dteplanows.folios.ownership import free_spans
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span, StoredCaf
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.document_state import DocumentState

_VOID = "regístrelo con «caf anular {} {} --otro-sistema --motivo TEXTO»"


class Difference(NamedTuple):
    """Where ledger and SII do not say the same."""

    tipo: int
    folio: int
    aqui: str
    """What the ledger says."""
    sii: str
    """What the SII says."""
    diferencia: str
    remedio: str


Ask = Callable[[StoredCaf, int], DocumentState | None]
"""Asks the SII about a folio; None where it gives no answer."""


def differences(delivery: Delivery, company: Company, tipo: int, most: int, ask: Ask) -> Iterator[Difference]:
    """What the SII says otherwise of folios that have no document here; what it has of the free ones is held back.

    :param tipo: only of that type; 0 for all.
    :param most: how many folios in a row the SII must lack until no more of a type is asked for; 0 for no question.
    """
    if most:
        cafs = delivery.ledger.cafs.of(company.ambiente, company.rut, tipo or None)
        for one_type in sorted({one.series.tipo for one in cafs}):
            series = Series(company.ambiente, company.rut, one_type)
            yield from _held(delivery, series, most, ask)
            yield from _free(delivery, series, most, ask)


def _free(delivery: Delivery, series: Series, most: int, ask: Ask) -> Iterator[Difference]:
    lacked = 0
    for caf, folio in _free_folios(delivery, series):
        state = ask(caf, folio)
        if state is None or not state.received:
            lacked += 1
            if lacked >= most:
                return
            continue
        lacked = 0
        motivo = f"el SII lo tiene, y aquí no se emitió; se supo el {clock.now():%d-%m-%Y %H:%M}"
        if not held_back.hold(delivery.ledger, series, Span(folio, folio), motivo):
            continue  # issued since the question, by this ledger
        remedy = (
            "Quedó retenido: aquí nadie lo recibe. Si lo usó otro sistema, o se emitió aquí y la base de datos es "
            f"anterior, {_VOID.format(series.tipo, folio)}."
        )
        words = f"{state.state}: el SII tiene ese folio."
        yield Difference(series.tipo, folio, "libre", words, "el SII lo tiene y aquí estaba libre", remedy)


def _free_folios(delivery: Delivery, series: Series) -> Iterator[tuple[StoredCaf, int]]:
    for caf in delivery.ledger.cafs.of(*series):
        for span in list(islice(free_spans(delivery.ledger, caf), _SPANS)):
            for folio in range(span.desde, span.hasta + 1):
                yield caf, folio


_SPANS = 1000
"""Stretches of free folios of a CAF that are looked at."""


def _held(delivery: Delivery, series: Series, most: int, ask: Ask) -> Iterator[Difference]:
    cafs = delivery.ledger.cafs.of(*series)
    for hold in held_back.held(delivery.ledger, series):
        lacking: list[Span] = []
        for caf in cafs:
            lacked = 0
            own = caf.span.minus(one.span for one in cafs if one.id < caf.id)  # each folio is asked for once
            for folio in (folio for span in own for folio in _common(span, hold.span)):
                state = ask(caf, folio)
                if state and state.received:
                    yield _issued(series, folio, state)
                elif state and state.received is False:
                    lacking.append(Span(folio, folio))
                    lacked += 1
                    if lacked >= most:
                        break
        if lacking:
            asked = Span(min(lacking).desde, max(lacking).hasta)
            words = f"No tiene estos folios: {ranges(asked.minus(asked.minus(lacking)))}."
            remedy = (
                f"Lo que tampoco haya recibido un cliente se libera con «folio liberar {series.tipo} FOLIOS --motivo "
                "TEXTO»."
            )
            yield Difference(series.tipo, asked.desde, "retenido", words, "retenido, y el SII no lo tiene", remedy)


def _issued(series: Series, folio: int, state: DocumentState) -> Difference:
    remedy = f"Se emitió: {_VOID.format(series.tipo, folio)}."
    words = f"{state.state}: el SII tiene ese folio."
    return Difference(series.tipo, folio, "retenido", words, "el SII lo tiene y aquí está retenido", remedy)


def _common(one: Span, other: Span) -> range:
    return range(max(one.desde, other.desde), min(one.hasta, other.hasta) + 1)
