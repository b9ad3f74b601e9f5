"""What the lines, discounts and taxes of a document add up to (Formato DTE v2.5, section Totales; Boletas v4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS
from dteplanows.document.model import Document
from dteplanows.document.money import IVA_RATE, percent, pesos
from dteplanows.document.taxes import TAXES

AFFECTED, EXEMPT, _NOT_BILLED, _DEPOSIT, _NONE = "", "1", "2", "3", "-"

_CLASSES = {0: AFFECTED, 1: EXEMPT, 2: _NOT_BILLED, 3: _DEPOSIT, 4: _NONE, 5: _NONE, 6: _NOT_BILLED}
"""IndExe of a line to the total it belongs to; 4 (not a sale) and 5 (to be deducted) belong to none."""


@dataclass(slots=True)
class Sums:
    """Amounts in pesos that follow from the lines, before looking at the totals of the file."""

    affected: int
    """Affected lines after global discounts; with IVA when ``gross``."""
    exempt: int
    not_billed: int
    deposit: int
    gross: bool
    """The affected amounts include IVA (MntBruto 1; a boleta without IndMntNeto 2)."""
    overdrawn: bool = False
    """A global discount takes more than there is."""
    before: int = 0
    """Affected lines before global discounts."""

    @property
    def neto(self) -> int:
        """MntNeto."""
        return pesos(self.affected / (1 + IVA_RATE / 100)) if self.gross else self.affected

    def iva(self, neto: int) -> int:
        """IVA that belongs to *neto*: the rest of a gross amount, else the rate."""
        return self.affected - neto if self.gross else percent(neto, IVA_RATE)


def is_gross(document: Document) -> bool:
    """Whether the affected lines include IVA."""
    if document.tipo in BOLETAS:
        return document.tipo not in EXEMPT_DOCUMENTS and document.id_doc.amount("IndMntNeto") != 2
    return document.id_doc.amount("MntBruto") == 1


def line_class(document: Document, ind_exe: int) -> str:
    """The total to which a line or global discount with indicator *ind_exe* belongs."""
    found = _CLASSES.get(ind_exe, AFFECTED)
    return EXEMPT if found == AFFECTED and document.tipo in EXEMPT_DOCUMENTS else found


def add_up(document: Document) -> Sums:
    """Sums of the lines of *document*, with the global discounts and surcharges applied in their order."""
    sums = dict.fromkeys((AFFECTED, EXEMPT, _NOT_BILLED, _DEPOSIT, _NONE), 0)
    plain = line_class(document, 0)
    for line in document.detalles:
        if "IndExe" in line.fields:
            ind_exe = line.amount("IndExe")
            sign = -1 if ind_exe == 6 else 1
            sums[line_class(document, ind_exe)] += sign * line.amount("MontoItem")
        else:
            sums[plain] += line.amount("MontoItem")
    overdrawn, before = False, sums[AFFECTED]
    for movement in document.root.all("DscRcgGlobal"):
        key = line_class(document, movement.amount("IndExeDR"))
        value = movement.number("ValorDR") or Decimal(0)
        change = percent(sums[key], value) if movement.text("TpoValor") == "%" else pesos(value)
        sums[key] += change if movement.text("TpoMov") == "R" else -change
        overdrawn = overdrawn or (sums[key] < 0 and key != _NOT_BILLED)
    return Sums(
        sums[AFFECTED], sums[EXEMPT], sums[_NOT_BILLED], sums[_DEPOSIT], is_gross(document), overdrawn, before
    )  # fmt: skip


def taxes(document: Document) -> int:
    """Additional taxes of the totals in pesos: those charged less those withheld."""
    total = 0
    for one in document.totales.all("ImptoReten"):
        tax = TAXES.get(one.text("TipoImp"))
        if tax and tax.effect:
            total += one.amount("MontoImp") if tax.effect == "added" else -one.amount("MontoImp")
    return total


def other_amounts(document: Document) -> int:
    """What else changes MntTotal, in pesos: deposits of containers less credit and commissions."""
    totales = document.totales
    return totales.amount("GrntDep") - totales.amount("CredEC") - deductions(document)


def deductions(document: Document) -> int:
    """Commissions of the totals in pesos, which MntTotal is lessened by."""
    return sum(
        one.amount(name)
        for one in document.totales.all("Comisiones")
        for name in ("ValComNeto", "ValComExe", "ValComIVA")
    )
