"""What each company needs to issue: a certificate, folios, and the SII's resolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from dteplanows.accounts import certificates
from dteplanows.accounts.certificates import WARNING_DAYS, in_days
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios.stock import Stock, days_covered, stock
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import usable
from dteplanows.status.look import Look, group_of
from dteplanows.status.rows import Row, State
from dteplanows.validator.report import money

_FEW_DAYS, _LAST_DAYS = 15, 3
"""Days for which the folios are enough, from which on a row is an aviso, and grave. The SII gives folios at once, but
not to whoever has obligations open, which takes days to mend."""

_WINDOW, _SHORT_WINDOW = 30, 7
"""Days over which the use of folios is counted; the second where there is much to count."""
_MUCH = 20_000

_LOAD = "Pida folios en el sitio del SII y cárguelos con la orden «caf cargar»"
_LOOK_UP = "Búsquelos en el sitio del SII y libere los que no se emitieron con la orden «folio liberar»"


class Rates(NamedTuple):
    """How many folios were used lately."""

    per_day: Mapping[Series, float]
    days: int
    """Over how many days that was counted."""


def rates(look: Look) -> Rates:
    """The use of folios by company and type, over the last days or since there are documents."""
    begin = look.now - timedelta(days=_WINDOW)
    if look.ledger.usage.count_since(begin) > _MUCH:
        begin = look.now - timedelta(days=_SHORT_WINDOW)
    counted = look.ledger.usage.issued_since(begin)
    first = max(begin, look.ledger.usage.first_document())
    days = max(1.0, (look.now - first) / timedelta(days=1))
    return Rates({series: count / days for series, count in counted.items()}, max(1, round(days)))


def certificate(look: Look, company: Company) -> Row:
    """Until when the company can sign."""
    stored = look.ledger.certificates.of(company.ambiente, company.rut)
    end = certificates.lasts_until(stored, look.moment)
    name = "Certificado"
    if end is None:
        found = certificates.why_none(look.ledger, company, look.moment)
        state = look.at_most(company, State.GRAVE)
        nothing = {"dias": None, "vence": None, "titular": None}
        return Row(group_of(company), name, state, found.message, found.remedy, nothing)
    signs = look.ledger.certificates.find(look.ledger.certificates.current(company.ambiente, company.rut, look.moment))
    titular = signs.titular if signs else ""
    left = (end - look.moment) // timedelta(days=1)
    facts = {"dias": left, "vence": clock.day_of(end).isoformat(), "titular": titular}
    waiting = sum(1 for one in stored if one.valid_from > look.moment and not usable(one, one.valid_from))
    next_one = " Hay otro cargado que espera su fecha." if waiting else ""
    text = f"Firma {titular}; vence el {clock.day(end)}, {in_days(left)}.{next_one}"
    if left > WARNING_DAYS[0]:
        return Row(group_of(company), name, State.OK, text, facts=facts)
    soon, urgent = WARNING_DAYS[1:]
    state = look.at_most(company, State.GRAVE) if left <= urgent else State.AVISO
    remedy = "Renueve el certificado con quien lo emite y cárguelo con la orden «certificado cargar»"
    when = " hoy mismo" if left <= urgent else " en estos días" if left <= soon else "; se puede cargar desde ya"
    return Row(group_of(company), name, state, text, f"{remedy}{when}.", facts)


def held_back(look: Look, company: Company) -> Iterator[Row]:
    """The folios that nobody gets until a person has looked them up; nothing where there are none."""
    found: dict[int, list[Span]] = {}
    for one in look.ledger.held.holds():
        if one.series[:2] == (company.ambiente, company.rut):
            found.setdefault(one.series.tipo, []).append(one.span)
    if found:
        one_of = "Hay folios retenidos del tipo" if len(found) == 1 else "Hay folios retenidos de los tipos"
        named = [f"{tipo} ({ranges(spans)})" for tipo, spans in found.items() if not _everything(spans)]
        whole = [str(tipo) for tipo, spans in found.items() if _everything(spans)]
        if whole:
            named.append(f"{', '.join(whole)} (todos)")
        yield Row(
            group_of(company),
            "Retenidos",
            State.AVISO,
            f"{one_of} {', '.join(named)}: pueden haberse emitido antes de restaurar la base, y no se entregan.",
            f"{_LOOK_UP}. Los muestra «folio retenidos».",
            {"tipos": sorted(found)},
        )


def _everything(spans: list[Span]) -> bool:
    return spans == [Span(1, MAXIMUM_FOLIO)]


def folios(look: Look, company: Company, found: Rates, on_demand: bool) -> Iterator[Row]:
    """The folios of each type that the company has, or has used lately.

    :param on_demand: this installation makes the CAFs of companies in ``pruebas`` when they are needed.
    """
    for tipo in types_of(look.ledger, company, found):
        series = Series(company.ambiente, company.rut, tipo)
        left = stock(look.ledger, company, tipo, look.today)
        rate = found.per_day.get(series, 0.0)
        held = not left.libres and [one.span for one in look.ledger.held.holds(series)]
        use = _Use(rate, found.days, held or [])
        # What is held back up to the last folio is so in every CAF that may be made.
        made = on_demand and company.ambiente == "pruebas" and not any(one.hasta == MAXIMUM_FOLIO for one in use.held)
        yield _folios(look, company, left, use, made)


def types_of(ledger: Ledger, company: Company, found: Rates) -> list[int]:
    """The document types that *company* has a CAF for, or has issued lately."""
    used = {one.tipo for one in found.per_day if one[:2] == (company.ambiente, company.rut)}
    return sorted(used | {one.tipo for one in ledger.cafs.of(company.ambiente, company.rut)})


class _Use(NamedTuple):
    """How a type is used."""

    per_day: float
    days: int
    """Over how many days that was counted."""
    held: list[Span]
    """The folios held back, where none is left."""

    @property
    def over(self) -> str:
        """The same in words."""
        return f"los últimos {self.days} días" if self.days > 1 else "el último día"


def _folios(look: Look, company: Company, left: Stock, use: _Use, on_demand: bool) -> Row:
    rate = use.per_day
    group, name = group_of(company), f"Folios de tipo {left.tipo}"
    covered = days_covered(left.lots, rate, look.today)
    last = left.ultimo_dia
    facts = {
        "tipo": left.tipo,
        "libres": left.libres,
        "vencidos": left.vencidos,
        "por_dia": round(rate, 2),
        "dias_contados": use.days,
        "dias": None if covered is None else int(covered),
        "vence": last.isoformat() if last else None,
        "se_crean": on_demand,
    }
    text = " ".join(_told(look, left, use, covered))
    if on_demand:
        return Row(group, name, State.OK, text, facts=facts)
    state, remedy = State.OK, ""
    if not left.libres:
        # A type that nobody uses any more is no emergency.
        state = look.at_most(company, State.GRAVE if rate else State.AVISO)
        remedy = f"{_LOOK_UP if use.held else _LOAD}; hasta entonces no se emiten documentos de tipo {left.tipo}."
    elif covered is not None and covered <= _FEW_DAYS:
        state = look.at_most(company, State.GRAVE if covered <= _LAST_DAYS and rate else State.AVISO)
        remedy = f"{_LOAD} antes de que falten."
    return Row(group, name, state, text, remedy, facts)


def _told(look: Look, left: Stock, use: _Use, covered: float | None) -> Iterator[str]:
    """How it is, sentence by sentence."""
    rate = use.per_day
    used = f"se usan {_rate(rate)} por día" if rate else f"ninguno se usó en {use.over}"
    if use.held:
        yield f"No quedan folios: están retenidos {ranges(use.held)}; {used}."
    elif not left.libres:
        yield f"No quedan folios vigentes; {used}."
    elif rate and covered is not None:
        yield f"{_free(left.libres)}; {used} y alcanzan para {_days(covered)}."
    else:
        yield f"{_free(left.libres)}; {used}."
    if left.ultimo_dia:
        yield f"El último vence el {left.ultimo_dia:%d-%m-%Y}, {in_days((left.ultimo_dia - look.today).days)}."
    if left.vencidos:
        yield f"Vencieron sin usarse {money(left.vencidos)}, que se anulan en el sitio del SII."


def resolution(look: Look, company: Company) -> Row:
    """The resolution by which the SII authorizes the company."""
    group, name = group_of(company), "Resolución"
    number, day = company.numero_resolucion, company.fecha_resolucion
    facts = {"numero": number, "fecha": day.isoformat() if day else None}
    if company.ambiente == "produccion" and not (number and day):
        text = "Falta la resolución del SII: en producción va en cada documento impreso y en cada envío."
        remedy = "Complete su número y su fecha en los datos de la empresa, como figuran en el sitio del SII."
        return Row(group, name, State.GRAVE, text, remedy, facts)
    if not day:
        text = "Sin fecha; el número es el 0 de certificación." if not number else f"Número {number}, sin fecha."
        return Row(group, name, State.OK, text, facts=facts)
    return Row(group, name, State.OK, f"Número {number}, del {day:%d-%m-%Y}.", facts=facts)


def _free(count: int) -> str:
    return "Queda 1 folio" if count == 1 else f"Quedan {money(count)} folios"


def _rate(rate: float) -> str:
    if rate < 0.1:
        return "menos de 0,1"
    return money(round(rate)) if rate >= 10 else f"{rate:.1f}".replace(".", ",").removesuffix(",0")


def _days(days: float) -> str:
    whole = int(days)
    return "menos de 1 día" if not whole else "1 día" if whole == 1 else f"{money(whole)} días"
