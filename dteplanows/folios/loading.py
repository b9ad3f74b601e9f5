"""Loading a CAF that the SII gave, for a company that may have used part of it elsewhere."""

from __future__ import annotations

from datetime import date

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.folios.caf import Caf, check_for
from dteplanows.folios.keys import passing_key
from dteplanows.folios.voiding import Voided, void_free
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span, StoredCaf
from dteplanows.ledger.store import Ledger

USED_ELSEWHERE = "usado en otro sistema antes de cargar el CAF"
"""Why the folios of a CAF below the first one to be used are void."""

_NOTHING = Voided(0, 0)


def load(ledger: Ledger, company: Company, caf: Caf, today: date, desde_folio: int = 0) -> tuple[Voided, list[Problem]]:
    """Load *caf*, and void what of it another system used, at once: nothing of that is ever free.

    Its folios may be in CAFs that are loaded already, when the SII gave them again; what became of them stays.

    :param desde_folio: the first folio that is not used yet; 0 for the first one of the range.
    :return: what was voided, and what there is to say (FOL-013, FOL-041).
    :raises Refused: the company cannot use it (FOL-010 to FOL-012), *desde_folio* is not in it (FOL-042), it is loaded
        already (FOL-040).
    """
    with ledger.writing():
        found = consider(ledger, company, caf, today, desde_folio)
        if errors(found):
            raise Refused(found)
        series, span = Series.of(company, caf.tipo), Span(caf.desde, caf.hasta)
        ledger.cafs.save(series, span, caf.fecha_autorizacion, caf.to_trusted())
        voided = _NOTHING
        if desde_folio > caf.desde:
            voided = void_free(ledger, series, Span(caf.desde, desde_folio - 1), USED_ELSEWHERE, otro_sistema=True)
    return voided, found


def consider(ledger: Ledger, company: Company, caf: Caf, today: date, desde_folio: int = 0) -> list[Problem]:
    """What there is to say of *caf* before :func:`load` loads it, or refuses to."""
    found = check_for(caf, company, today)
    span = Span(caf.desde, caf.hasta)
    if desde_folio and not caf.desde <= desde_folio <= caf.hasta:
        found.append(problem("FOL-042", value=str(desde_folio), tipo=caf.tipo, rangos=ranges([span])))
    if errors(found):
        return found
    crossing = [one for one in ledger.cafs.of(*Series.of(company, caf.tipo)) if one.span.crosses(span)]
    if any(_is_same(ledger, one, caf) for one in crossing):
        return [problem("FOL-040", value=ranges([span]), tipo=caf.tipo)]
    if crossing:
        there = ranges(one.span for one in crossing)
        found.append(problem("FOL-041", value=ranges([span]), tipo=caf.tipo, rangos=there))
    return found


def _is_same(ledger: Ledger, stored: StoredCaf, caf: Caf) -> bool:
    """Whether both have one key: the SII makes a new one each time that it authorizes."""
    key = passing_key(ledger, stored.id).key
    return key.public_key().public_numbers() == caf.key.public_key().public_numbers()
