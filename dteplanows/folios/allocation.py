"""Which folio a document gets. Every folio of a CAF is free, issued, void or held back.

* one that is issued or void stays so, but that of a document which the SII refused may be asked
  for again; one that is held back nobody gets until a person frees it (:mod:`held_back`).

* *to take* a folio is to choose it for a document that the same transaction records; when that transaction does not
  happen, the folio was never taken, so nothing is reserved and nothing need be given back.
* *automatic* numbering (folio 0) gives the lowest free folio of the oldest CAF in force; an *explicit* folio is the
  customer's own choice and need only be loaded and free.
* where several CAFs have a folio, it is only of one of them: see :mod:`dteplanows.folios.ownership`.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios.age import MAXIMUM_DAYS, expired, in_force
from dteplanows.folios.ownership import free, free_spans, newest_with, own_spans
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, StoredCaf
from dteplanows.ledger.store import Ledger

STRIDE = 16
"""Taken folios after which a CAF's note of where to search begins is brought up to date."""


class Taken(NamedTuple):
    """A folio for a document, and the CAF that stamps it."""

    folio: int
    caf_id: int
    fecha_autorizacion: date
    """Day on which the SII authorized the CAF."""
    reemplaza: int = 0
    """Id of the document that has it and that the SII refused; 0 for none."""


class CafAccount(NamedTuple):
    """What became of the folios of one CAF. Each of the five is counted by itself; they add up to the range."""

    caf: StoredCaf
    libres: int
    emitidos: int
    anulados: int
    en_otro: int
    """Those that a newer CAF has, in whose account they are."""
    siguiente: int
    """The lowest free folio; 0 when none is left."""
    retenidos: int
    """Those that may have been issued; see :mod:`dteplanows.folios.held_back`."""


# --- taking ---------------------------------------------------------------------------------------------------


def take(ledger: Ledger, company: Company, tipo: int, folio: int, today: date) -> Taken:
    """Take a folio, inside the transaction that records its document.

    :param folio: the folio asked for; 0 for the next one.
    :raises Refused: it cannot be had: out of bounds (FOL-030), in no CAF (FOL-031), used (FOL-032), void (FOL-033),
        held back (FOL-080), of a CAF out of force (FOL-037) or authorized after *today* (FOL-070); for 0: no CAF
        (FOL-034), all used up (FOL-035) or held back (FOL-081), all out of force (FOL-036, FOL-070).
    """
    if folio:
        return _take_explicit(ledger, company, tipo, folio, today)
    for caf in ledger.cafs.of(company.ambiente, company.rut, tipo, automaticos=True):
        if not in_force(tipo, caf.fecha_autorizacion, today):
            continue
        found = next(free(ledger, caf), 0)
        # Not past the folio found: it is free until its document is recorded, and the next search skips it then.
        # Nor with every folio: to step over a few taken ones costs less than to write the CAF's row again.
        if not found:
            ledger.cafs.advance(caf.id, caf.hasta + 1)
        elif found - caf.siguiente >= STRIDE:
            ledger.cafs.advance(caf.id, found)
        if found:
            return Taken(found, caf.id, caf.fecha_autorizacion)
    raise Refused([_nothing_left(ledger, company, tipo, today)])


def _take_explicit(ledger: Ledger, company: Company, tipo: int, folio: int, today: date) -> Taken:
    if not 1 <= folio <= MAXIMUM_FOLIO:
        raise Refused([problem("FOL-030", value=str(folio))])
    series = Series(company.ambiente, company.rut, tipo)
    use = ledger.folios.use(series, folio)
    # Automatic numbering takes it for issued: another document only has it because somebody wants that.
    reemplaza = ledger.documents.to_replace(series, folio) if use.estado == "emitido" else 0
    if use.estado == "emitido" and not reemplaza:
        raise Refused([problem("FOL-032", value=str(folio), tipo=tipo, comparado="")])
    if use.estado == "retenido":
        raise Refused([problem("FOL-080", value=str(folio), tipo=tipo, motivo=shown(use.motivo))])
    if use.estado and not reemplaza:
        raise Refused([problem("FOL-033", value=str(folio), tipo=tipo, motivo=shown(use.motivo))])
    caf = _covering(ledger, company, tipo, folio)
    if expired(tipo, caf.fecha_autorizacion, today):
        fecha = caf.fecha_autorizacion.isoformat()
        raise Refused([problem("FOL-037", value=str(folio), tipo=tipo, fecha=fecha, dias=MAXIMUM_DAYS)])
    if caf.fecha_autorizacion > today:
        raise Refused([_too_early(caf, folio, today)])
    return Taken(folio, caf.id, caf.fecha_autorizacion, reemplaza)


def _covering(ledger: Ledger, company: Company, tipo: int, folio: int) -> StoredCaf:
    """The CAF that stamps *folio*.

    :raises Refused: none has it (FOL-031), or there is none at all (FOL-034).
    """
    cafs = ledger.cafs.of(company.ambiente, company.rut, tipo)
    if not cafs:
        raise Refused([_no_caf(company, tipo)])
    caf = newest_with(ledger, cafs, folio)
    if caf is None:
        raise Refused([problem("FOL-031", value=str(folio), tipo=tipo, rangos=ranges(one.span for one in cafs))])
    return caf


def _no_caf(company: Company, tipo: int) -> Problem:
    return problem("FOL-034", tipo=tipo, rut=company.rut, ambiente=company.ambiente)


def _too_early(caf: StoredCaf, folio: int, today: date) -> Problem:
    """The clock of this machine is behind the CAF: what it signs would be older than the authorization."""
    fecha = caf.fecha_autorizacion.isoformat()
    return problem("FOL-070", value=str(folio), tipo=caf.tipo, fecha=fecha, today=today)


def _nothing_left(ledger: Ledger, company: Company, tipo: int, today: date) -> Problem:
    """Why automatic numbering finds no folio."""
    series = Series(company.ambiente, company.rut, tipo)
    cafs = [one for one in ledger.cafs.of(company.ambiente, company.rut, tipo) if not one.solo_pedidos]
    if not cafs:
        # A CAF would not help while everything is held back, whatever is loaded.
        onwards = [one.span for one in ledger.held.holds(series) if one.span.hasta == MAXIMUM_FOLIO]
        return problem("FOL-081", tipo=tipo, rangos=ranges(onwards)) if onwards else _no_caf(company, tipo)
    early = next((one for one in cafs if one.fecha_autorizacion > today and next(free(ledger, one), 0)), None)
    if early:
        return _too_early(early, next(free(ledger, early)), today)
    lapsed = [one for one in cafs if expired(tipo, one.fecha_autorizacion, today) and next(free(ledger, one), 0)]
    if lapsed:
        return problem("FOL-036", tipo=tipo, rangos=ranges(one.span for one in lapsed), dias=MAXIMUM_DAYS)
    if holds := [one.span for caf in cafs for one in ledger.held.holds(caf.series, caf.span)]:
        return problem("FOL-081", tipo=tipo, rangos=ranges({*holds}))
    return problem("FOL-035", tipo=tipo, rangos=ranges(one.span for one in cafs))


# --- accounting -----------------------------------------------------------------------------------------------


def account(ledger: Ledger, company: Company, tipo: int) -> list[CafAccount]:
    """What became of every folio of that type, CAF by CAF, all as of one moment."""
    with ledger.reading():
        return [_account(ledger, one) for one in ledger.cafs.of(company.ambiente, company.rut, tipo)]


def _account(ledger: Ledger, caf: StoredCaf) -> CafAccount:
    own = own_spans(ledger, caf)
    counted = [ledger.folios.count(caf.series, one) for one in own]
    return CafAccount(
        caf,
        libres=sum(one.size for one in free_spans(ledger, caf)),
        emitidos=sum(one.emitidos for one in counted),
        anulados=sum(one.anulados for one in counted),
        en_otro=caf.span.size - sum(one.size for one in own),
        siguiente=next(free(ledger, caf), 0),
        retenidos=sum(one.retenidos for one in counted),
    )
