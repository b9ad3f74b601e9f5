"""What the tables of a document say of each reference and each line; line breaks part the texts of a cell."""

from __future__ import annotations

from dteplanows.printing import shown
from dteplanows.printing.fields import coded, entries, words_or_code
from dteplanows.printing.stored import Part, Stored


def reference(one: Part) -> list[str]:
    """Document, folio, day and reason of a reference."""
    reasons = [words_or_code("CodRef", code) for code in one.texts("CodRef")]
    reasons += one.texts("RazonRef")
    reasons += [f"R.U.T. {shown.rut(text)}" for text in one.texts("RUTOtr")]
    reasons += one.texts("IdAdicOtr") + one.texts("CodVndor") + one.texts("CodCaja")
    folio = "Global" if one.text("IndGlobal") == "1" else one.text("FolioRef")
    if folio == "Global" and one.text("FolioRef") not in ("", "0"):
        folio = f"Global {one.text('FolioRef')}"
    return [coded("TpoDoc", one.text("TpoDocRef")), folio, shown.day(one.text("FchRef")), ". ".join(reasons)]


def line(stored: Stored, one: Part) -> list[str]:
    """Codes, description, quantity, unit, price, discounts and surcharges, and amount of a line of *stored*."""
    values, number, decimals = one.values, shown.number, stored.decimals
    notes = [f"{entry.label}: {entry.text}" if entry.label else entry.text for entry in entries("linea", stored, one)]
    description = "\n".join(
        [*values.get("NmbItem", ()), *values.get("DscItem", ()), *([". ".join(notes)] if notes else ())]
    )
    changes = [f"-{shown.amount(text, decimals)}" for text in values.get("DescuentoMonto", ())]
    changes += [f"+{shown.amount(text, decimals)}" for text in values.get("RecargoMonto", ())]
    return [
        "\n".join(one.texts("CdgItem/VlrCodigo")),
        description,
        number(one.text("QtyItem")),
        one.text("UnmdItem"),
        shown.amount(one.text("PrcItem"), decimals),
        "\n".join(changes),
        shown.amount(one.text("MontoItem"), decimals),
    ]


def packages(one: Part) -> list[str]:
    """Kind, number, marks, container and seals of packages."""
    return [
        coded("CodTpoBultos", one.text("CodTpoBultos")),
        shown.number(one.text("CantBultos")),
        one.text("Marcas"),
        one.text("IdContainer"),
        " / ".join(one.texts("Sello") + one.texts("EmisorSello")),
    ]


def commission(stored: Stored, one: Part) -> list[str]:
    """Kind, words, rate, net amount, exempt amount and IVA of a commission or other charge."""
    rate = one.text("TasaComision")
    amounts = [shown.amount(one.text(name), stored.decimals) for name in ("ValComNeto", "ValComExe", "ValComIVA")]
    kind = words_or_code("TipoMovim", one.text("TipoMovim"))
    return [kind, one.text("Glosa"), f"{shown.number(rate)}%" if rate else "", *amounts]
