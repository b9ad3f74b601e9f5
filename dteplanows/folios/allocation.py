"""Which folio a document gets. Every folio of a CAF is free, issued or void, and never leaves the last two.

* *to take* a folio is to choose it for a document that the same transaction records; when that transaction does not
  happen, the folio was never taken, so nothing is reserved and nothing need be given back.
* *automatic* numbering (folio 0) gives the lowest free folio of the oldest CAF in force; an *explicit* folio is the
  customer's own choice and need only be loaded and free.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple
from weakref import WeakKeyDictionary

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios.age import MAXIMUM_DAYS, expired, in_force
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import StoredCaf
from dteplanows.ledger.store import Ledger

BLOCK = 1000
"""Folios of a CAF that is made on demand."""

MARGIN = 200
"""Free folios below which the test authority makes the next block: more than the documents that may be under way."""

STRIDE = 16
"""Taken folios after which a CAF's note of where to search begins is brought up to date."""


class Taken(NamedTuple):
    """A folio for a document, and the CAF that stamps it."""

    folio: int
    caf_id: int
    fecha_autorizacion: date
    """Day on which the SII authorized the CAF."""


class CafAccount(NamedTuple):
    """What became of the folios of one CAF. Each of the three is counted by itself; they add up to the range."""

    caf: StoredCaf
    libres: int
    emitidos: int
    anulados: int
    siguiente: int
    """The lowest free folio; 0 when none is left."""


# --- taking ---------------------------------------------------------------------------------------------------


def take(ledger: Ledger, company: Company, tipo: int, folio: int, today: date) -> Taken:
    """Take a folio, inside the transaction that records its document.

    :param folio: the folio asked for; 0 for the next one.
    :raises Refused: it cannot be had: out of bounds (FOL-030), in no CAF (FOL-031), used (FOL-032), void (FOL-033), of
        a CAF out of force (FOL-037) or authorized after *today* (FOL-070); for 0: no CAF (FOL-034), all used up
        (FOL-035), all out of force (FOL-036, FOL-070).
    """
    if folio:
        return _take_explicit(ledger, company, tipo, folio, today)
    for caf in ledger.cafs(company.ambiente, company.rut, tipo, con_folios=True):
        if not in_force(tipo, caf.fecha_autorizacion, today):
            continue
        found = next(_free(ledger, caf), 0)
        # Not past the folio found: it is free until its document is recorded, and the next search skips it then.
        # Nor with every folio: to step over a few taken ones costs less than to write the CAF's row again.
        if not found:
            ledger.advance_caf(caf.id, caf.hasta + 1)
        elif found - caf.siguiente >= STRIDE:
            ledger.advance_caf(caf.id, found)
        if found:
            return Taken(found, caf.id, caf.fecha_autorizacion)
    raise Refused([_nothing_left(ledger, company, tipo, today)])


def _take_explicit(ledger: Ledger, company: Company, tipo: int, folio: int, today: date) -> Taken:
    if not 1 <= folio <= MAXIMUM_FOLIO:
        raise Refused([problem("FOL-030", value=str(folio))])
    use = ledger.folio_use(company.ambiente, company.rut, tipo, folio)
    if use:
        raise Refused([problem("FOL-032" if use == "emitido" else "FOL-033", value=str(folio), tipo=tipo)])
    caf = _covering(ledger, company, tipo, folio)
    if expired(tipo, caf.fecha_autorizacion, today):
        fecha = caf.fecha_autorizacion.isoformat()
        raise Refused([problem("FOL-037", value=str(folio), tipo=tipo, fecha=fecha, dias=MAXIMUM_DAYS)])
    if caf.fecha_autorizacion > today:
        raise Refused([_too_early(caf, folio, today)])
    return Taken(folio, caf.id, caf.fecha_autorizacion)


def _covering(ledger: Ledger, company: Company, tipo: int, folio: int) -> StoredCaf:
    """The CAF that has *folio*.

    :raises Refused: none has it (FOL-031), or there is none at all (FOL-034).
    """
    cafs = ledger.cafs(company.ambiente, company.rut, tipo)
    for caf in cafs:
        if caf.desde <= folio <= caf.hasta:
            return caf
    if not cafs:
        raise Refused([_no_caf(company, tipo)])
    raise Refused([problem("FOL-031", value=str(folio), tipo=tipo, rangos=ranges(cafs))])


def _free(ledger: Ledger, caf: StoredCaf) -> Iterator[int]:
    """The free folios of *caf*, ascending."""
    candidate = caf.siguiente
    for taken in ledger.taken_folios(caf, candidate):
        yield from range(candidate, taken)
        candidate = taken + 1
    yield from range(candidate, caf.hasta + 1)


def _no_caf(company: Company, tipo: int) -> Problem:
    return problem("FOL-034", tipo=tipo, rut=company.rut, ambiente=company.ambiente)


def _too_early(caf: StoredCaf, folio: int, today: date) -> Problem:
    """The clock of this machine is behind the CAF: what it signs would be older than the authorization."""
    fecha = caf.fecha_autorizacion.isoformat()
    return problem("FOL-070", value=str(folio), tipo=caf.tipo, fecha=fecha, today=today)


def _nothing_left(ledger: Ledger, company: Company, tipo: int, today: date) -> Problem:
    """Why automatic numbering finds no folio."""
    cafs = ledger.cafs(company.ambiente, company.rut, tipo)
    if not cafs:
        return _no_caf(company, tipo)
    early = next((one for one in cafs if one.fecha_autorizacion > today and next(_free(ledger, one), 0)), None)
    if early:
        return _too_early(early, next(_free(ledger, early)), today)
    lapsed = [one for one in cafs if expired(tipo, one.fecha_autorizacion, today) and next(_free(ledger, one), 0)]
    if lapsed:
        return problem("FOL-036", tipo=tipo, rangos=ranges(lapsed), dias=MAXIMUM_DAYS)
    return problem("FOL-035", tipo=tipo, rangos=ranges(cafs))


# --- CAFs on demand -------------------------------------------------------------------------------------------


def ensure(
    ledger: Ledger, company: Company, tipo: int, folio: int, today: date, authority: TestAuthority | None
) -> None:
    """Before the transaction of a test document: make and load the CAF it needs, if none has its folio.

    Only in ``pruebas`` and with an authority; otherwise nothing happens. An explicit folio gets the block of 1000 that
    it is in, without what is loaded already; automatic numbering gets the block after the highest one loaded, as soon
    as fewer than 200 folios are free, since several documents may be under way between this and their taking.
    """
    if authority is None or not on_demand(ledger, company, tipo, folio, today, authority):
        return
    with ledger.writing():
        # Asked again under the write lock: another process may have made it meanwhile.
        if not on_demand(ledger, company, tipo, folio, today, authority):
            return
        desde, hasta = _block(ledger.cafs(company.ambiente, company.rut, tipo), folio)
        file = authority.make_caf(company.rut, company.razon_social, tipo, desde, hasta, today)
        caf = read_caf(file, authority.public_key)
        ledger.save_caf(company.ambiente, company.rut, tipo, desde, hasta, caf.fecha_autorizacion, caf.to_trusted())


def on_demand(
    ledger: Ledger, company: Company, tipo: int, folio: int, today: date, authority: TestAuthority | None
) -> bool:
    """Whether :func:`ensure` would make a CAF."""
    if authority is None or company.ambiente != "pruebas" or not 0 <= folio <= MAXIMUM_FOLIO:
        return False
    if folio:
        cafs = ledger.cafs(company.ambiente, company.rut, tipo)
        return not any(one.desde <= folio <= one.hasta for one in cafs)
    cafs = ledger.cafs(company.ambiente, company.rut, tipo, con_folios=True)
    usable = (free for one in cafs if in_force(tipo, one.fecha_autorizacion, today) for free in _free(ledger, one))
    return sum(1 for _ in islice(usable, MARGIN)) < MARGIN and _has_room(ledger, company, tipo)


def _has_room(ledger: Ledger, company: Company, tipo: int) -> bool:
    """Whether any folio up to the highest is not loaded yet."""
    cafs = ledger.cafs(company.ambiente, company.rut, tipo)
    return sum(one.hasta - one.desde + 1 for one in cafs) < MAXIMUM_FOLIO


def _block(cafs: list[StoredCaf], folio: int) -> tuple[int, int]:
    """The range of a new CAF around *folio*, or, for 0, after the highest range; nothing of it is loaded."""
    if folio:
        start = (folio - 1) // BLOCK * BLOCK + 1
    else:
        folio = start = _after_highest(cafs)
    desde = max([start, *(one.hasta + 1 for one in cafs if one.hasta < folio)])
    hasta = min([start + BLOCK - 1, MAXIMUM_FOLIO, *(one.desde - 1 for one in cafs if one.desde > folio)])
    return desde, hasta


def _after_highest(cafs: list[StoredCaf]) -> int:
    """The folio after the highest range; when that is the last folio there is, the lowest that is not loaded."""
    highest = max((one.hasta for one in cafs), default=0)
    if highest < MAXIMUM_FOLIO:
        return highest + 1
    lowest = 1
    for one in sorted(cafs, key=lambda one: one.desde):
        if one.desde > lowest:
            break
        lowest = one.hasta + 1
    return lowest


# --- stamping, voiding, accounting ----------------------------------------------------------------------------

_KEYS: WeakKeyDictionary[Ledger, dict[int, Caf]] = WeakKeyDictionary()


def stamping_key(ledger: Ledger, caf_id: int) -> Caf:
    """The CAF with its key. Unsealed once per process: loading a key costs more than stamping with it.

    :raises LookupError: there is no such CAF.
    """
    known = _KEYS.setdefault(ledger, {})
    caf = known.get(caf_id)
    if caf is None:
        caf = known[caf_id] = Caf.from_trusted(ledger.caf_secret(caf_id))
    return caf


def registered_name(ledger: Ledger, caf_id: int) -> str:
    """The razón social in the CAF. Nothing is kept: a CAF made on trial is rolled back, and another gets its id."""
    known = _KEYS.get(ledger, {}).get(caf_id)
    return (known or Caf.from_trusted(ledger.caf_secret(caf_id))).razon_social


def void(ledger: Ledger, company: Company, tipo: int, folio: int, reason: str) -> None:
    """Declare that a free folio will never be used; for good. CAFs out of force count too: that is what it is for.

    :raises Refused: out of bounds (FOL-030), no reason given (FOL-051), in no CAF (FOL-031, FOL-034), issued (FOL-050)
        or void already (FOL-033).
    """
    if not 1 <= folio <= MAXIMUM_FOLIO:
        raise Refused([problem("FOL-030", value=str(folio))])
    if not reason.strip():
        raise Refused([problem("FOL-051", value=str(folio), tipo=tipo)])
    with ledger.writing():
        _covering(ledger, company, tipo, folio)
        use = ledger.folio_use(company.ambiente, company.rut, tipo, folio)
        if use:
            raise Refused([problem("FOL-050" if use == "emitido" else "FOL-033", value=str(folio), tipo=tipo)])
        ledger.save_void(company.ambiente, company.rut, tipo, folio, reason.strip())


def account(ledger: Ledger, company: Company, tipo: int) -> list[CafAccount]:
    """What became of every folio of that type, CAF by CAF, all as of one moment."""
    with ledger.reading():
        return [_account(ledger, one) for one in ledger.cafs(company.ambiente, company.rut, tipo)]


def _account(ledger: Ledger, caf: StoredCaf) -> CafAccount:
    free, candidate = 0, caf.desde
    for taken in ledger.taken_folios(caf, caf.desde):
        free += taken - candidate
        candidate = taken + 1
    free += caf.hasta + 1 - candidate
    emitidos, anulados = ledger.count_folios(caf)
    return CafAccount(caf, free, emitidos, anulados, next(_free(ledger, caf), 0))
