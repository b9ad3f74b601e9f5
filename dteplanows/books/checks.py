"""What a book says of itself and of each of its rows: issuer, period, dates and the arithmetic of a row."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from dteplanows.books.reader import DETAIL
from dteplanows.books.table import EFFECTS
from dteplanows.document import rut
from dteplanows.document.company import Company
from dteplanows.document.limits import OTHERS_ROUNDING
from dteplanows.document.model import Group
from dteplanows.document.taxes import TAXES
from dteplanows.parser.reading import Reading
from dteplanows.validator.report import money

COMPRA, VENTA = "COMPRA", "VENTA"

_PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_NEEDED = {"ESPECIAL": "FolioNotificacion", "RECTIFICA": "CodAutRec"}
"""What the form asks for in books of a kind."""

_SIGNS = {"added": 1, "withheld": -1}

_EFFECTS = [
    (path.rpartition("/")[0].removeprefix(DETAIL).lstrip("/"), path.rpartition("/")[2], effect)
    for path, effect in EFFECTS.items()
]
"""Group of the row, name of the amount and its effect."""


class Heading(NamedTuple):
    """What the Caratula says; empty where it says nothing usable."""

    operacion: str
    periodo: str
    tipo_libro: str
    tipo_envio: str


def heading(root: Group) -> Heading:
    """The heading of the book *root*."""
    caratula = root.group("Caratula")
    operacion, periodo = caratula.text("TipoOperacion"), caratula.text("PeriodoTributario")
    return Heading(
        operacion if operacion in (COMPRA, VENTA) else "",
        periodo if _PERIOD.fullmatch(periodo) else "",
        caratula.text("TipoLibro"),
        caratula.text("TipoEnvio"),
    )


def check_heading(reading: Reading, company: Company, today: date, identity_from_account: bool) -> None:
    """Whose book it is, and of which month."""
    caratula = reading.document.root.group("Caratula")
    named, facts = caratula.text("RutEmisorLibro"), {"name": company.razon_social, "right": company.rut}
    if named and named not in (company.rut, rut.TEST_LOGIN):
        code = "LIB-011" if identity_from_account else "LIB-010"
        reading.problem(code, caratula.place_of("RutEmisorLibro"), named, **facts)
    periodo = caratula.text("PeriodoTributario")
    if periodo and not _PERIOD.fullmatch(periodo):
        reading.problem("LIB-012", caratula.place_of("PeriodoTributario"), periodo)
    elif periodo > f"{today:%Y-%m}":
        reading.problem("LIB-013", caratula.place_of("PeriodoTributario"), periodo, today=f"{today:%Y-%m}")
    needed = _NEEDED.get(caratula.text("TipoLibro"))
    if needed and needed not in caratula.fields:
        reading.problem("LIB-014", caratula.place_of(needed), caratula.text("TipoLibro"), name=needed)


class Rows:
    """Judges the rows one after another."""

    def __init__(self, reading: Reading, head: Heading) -> None:
        self.reading = reading
        self.head = head
        self._lines: dict[tuple[str, ...], int] = {}

    def check(self, row: Group) -> None:
        """Whether *row* adds up, belongs to the period and stands there for the first time."""
        self._check_date(row)
        self._check_repeated(row)
        if not is_annulled(row) and not self.reading.document.unread:
            self._check_sum(row)

    def _check_date(self, row: Group) -> None:
        day, periodo = row.day("FchDoc"), self.head.periodo
        if day is None or not periodo:
            return
        late = f"{day:%Y-%m}" > periodo
        # purchases may be put in the book some months later
        if late or (self.head.operacion == VENTA and f"{day:%Y-%m}" < periodo):
            self.reading.problem("LIB-031", row.place_of("FchDoc"), str(day), wanted=periodo)

    def _check_repeated(self, row: Group) -> None:
        tipo, number = row.text("TpoDoc"), row.text("NroDoc")
        if not tipo or not number or self.head.tipo_envio == "AJUSTE":
            return
        issuer = row.text("RUTDoc") if self.head.operacion == COMPRA else ""
        # Liquidaciones of several sellers and taxes of several laws share one number.
        key = (tipo, number, issuer, row.text("TpoImp"), row.group("Liquidaciones").text("RutEmisor"))
        first = self._lines.setdefault(key, row.place.line)
        if first != row.place.line:
            self.reading.problem("LIB-032", row.place_of("NroDoc"), number, tipo=tipo, line=first)

    def _check_sum(self, row: Group) -> None:
        if "MntTotal" not in row.fields:
            return
        expected = _expected(row)
        given = row.amount("MntTotal")
        if expected is None or abs(expected - given) <= OTHERS_ROUNDING:
            return
        self.reading.problem(
            "LIB-030", row.place_of("MntTotal"), row.text("MntTotal"),
            given=money(given), computed=money(expected), difference=money(given - expected),
        )  # fmt: skip


def is_annulled(row: Group) -> bool:
    """Whether the document of *row* was annulled: it is counted and its amounts are not."""
    return "Anulado" in row.fields


def _expected(row: Group) -> int | None:
    """What MntTotal of *row* comes to; None where nothing certain can be said."""
    total = 0
    for step, name, effect in _EFFECTS:
        for group in row.all(step) if step else (row,):
            amount = group.amount(name)
            sign = {"+": 1, "-": -1}.get(effect, 0)
            if effect == "tax" and group.text("CodImp") in TAXES:
                sign = _SIGNS.get(TAXES[group.text("CodImp")].effect, 0)
            if amount and not sign:
                return None
            total += sign * amount
    return total
