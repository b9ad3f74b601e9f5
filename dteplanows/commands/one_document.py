"""One issued document as ``documentos TIPO FOLIO`` shows it: what was signed, its state, and its avisos."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from dteplanows.archive.states import state_of
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.figures import Figures, of_signed
from dteplanows.document.values import write
from dteplanows.ledger.delivery_states import UNSENT
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.printers.shown import Line, lines_of
from dteplanows.sii.delivery.told import reasons_of
from dteplanows.validator.report import money


def facts_of(ledger: Ledger, company: Company, document: StoredDocument) -> dict[str, Any]:
    """What is shown of *document*, by the names of the JSON; amounts as the texts that were signed."""
    figures = of_signed(document.xml)
    annulled = ledger.marks.annulled(document.id)
    state = state_of(ledger, company, document, annulled)
    earlier = ledger.documents.history(company.ambiente, company.rut, document.tipo, document.folio)
    return {
        "tipo": document.tipo,
        "folio": document.folio,
        "ambiente": document.ambiente,
        "rut_emisor": document.rut_emisor,
        "fecha_emision": document.fecha_emision,
        "receptor": {"rut": document.rut_receptor, "razon_social": document.razon_social_receptor},
        "montos": _amounts(figures),
        "estado": state.name,
        "anulada": annulled.isoformat() if annulled else None,
        "notas": [{"tipo": one.tipo, "folio": one.folio, "codigo": one.codigo} for one in state.notas],
        "sii": _delivery(ledger, document),
        "reemplazados": [
            {"creado": one.creado.isoformat(), "total": one.monto_total} for one in earlier if one.id < document.id
        ],
        "usuario": document.usuario,
        "creado": document.creado.isoformat(),
        "archivo_sha256": document.archivo_sha256,
        "adicionales": json.loads(document.beside).get("adicionales", {}),
        "impresiones": [_print(one) for one in lines_of(ledger, ledger.prints.of_document(document.id))],
        "avisos": avisos_of(document),
    }


def _print(one: Line) -> dict[str, Any]:
    """A copy that was printed, or is to be."""
    return {
        "trabajo": one.job.id, "momento": f"{one.moment:%Y-%m-%d %H:%M:%S}", "impresora": one.printer,
        "copia": one.copy, "estado": one.state, "detalle": one.job.problema,
    }  # fmt: skip


def _delivery(ledger: Ledger, document: StoredDocument) -> dict[str, Any]:
    """Where *document* stands on its way to the SII, how it came there, and what the SII says against it."""
    found = ledger.deliveries.find(document.id)
    if found is None:
        return {"estado": UNSENT, "desde": None, "envio": None, "track_id": "", "motivos": [], "historia": []}
    envelope = ledger.envelopes.find(found.envio_id) if found.envio_id else None
    history = [
        {"momento": f"{one.momento:%Y-%m-%d %H:%M:%S}", "estado": one.estado, "envio": one.envio_id,
         "detalle": one.detalle}
        for one in ledger.deliveries.history(document.id)
    ]  # fmt: skip
    return {
        "estado": found.estado, "desde": f"{found.desde:%Y-%m-%d %H:%M:%S}", "envio": found.envio_id,
        "track_id": envelope.track_id if envelope else "", "motivos": reasons_of(found.motivos), "historia": history,
    }  # fmt: skip


def avisos_of(document: StoredDocument) -> list[str]:
    """The avisos that *document* was issued with, as its sender could read them."""
    return list(json.loads(document.respuesta).get("avisos", ()))


def show_document(out: Console, facts: Mapping[str, Any]) -> None:
    """Print *facts*, as :func:`facts_of` gives them."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _lines(facts):
        table.add_row(Text(label, style="bold"), Text(text))
    out.print(table)
    _show_history(out, facts["sii"]["historia"])
    if not facts["avisos"]:
        out.print("Se emitió sin avisos.")
        return
    avisos = Table("Avisos con que se emitió", show_lines=True)
    for text in facts["avisos"]:
        avisos.add_row(Text(text))
    out.print(avisos)


def _lines(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    montos, receptor = facts["montos"], facts["receptor"]
    currency = f" {montos['moneda']}" if "moneda" in montos else ""
    lines = [
        ("Documento:", f"{facts['tipo']} ({DOCUMENT_NAMES.get(facts['tipo'], '')}), folio {facts['folio']}"),
        ("Emisor:", f"{facts['rut_emisor']}, {facts['ambiente']}"),
        ("Fecha:", facts["fecha_emision"]),
        ("Receptor:", f"{receptor['rut']}, {receptor['razon_social']}".rstrip(", ")),
        *((f"{name.capitalize()}:", _shown(montos[name]) + currency) for name in ("neto", "exento", "iva", "total")),
    ]
    if currency:
        lines.append(("Total en pesos:", _shown(montos["total_en_pesos"])))
    lines += [
        ("Estado:", _state(facts)),
        ("Ante el SII:", _standing(facts["sii"])),
        *(("El SII dice:", one["explicado"]) for one in facts["sii"]["motivos"]),
        *(
            ("Reemplaza a:", f"el de {money(one['total'])} que el SII rechazó, emitido el {one['creado'][:10]}")
            for one in facts["reemplazados"]
        ),
        ("Emitido:", f"{datetime.fromisoformat(facts['creado']):%Y-%m-%d %H:%M:%S}, por {facts['usuario']}"),
        *(("Impresión:", _printed(one)) for one in facts["impresiones"]),
        ("Archivo:", f"SHA-256 {facts['archivo_sha256']}"),
    ]
    return lines + [(f"Dato {name}:", value) for name, value in facts["adicionales"].items()]


def _printed(one: Mapping[str, Any]) -> str:
    detail = f": {one['detalle']}" if one["detalle"] else ""
    return f"{one['copia']}, en «{one['impresora']}», {one['momento']}, {one['estado']}{detail}"


def _standing(sii: Mapping[str, Any]) -> str:
    if sii["estado"] == UNSENT:
        return f"{UNSENT}: se emitió antes de que este programa enviara; vea la orden «envios adoptar»"
    envelope = f", en el envío {sii['envio']}" if sii["envio"] else ""
    track = f", TRACKID {sii['track_id']}" if sii["track_id"] else ""
    return f"{sii['estado']} desde {sii['desde']}{envelope}{track}"


def _show_history(out: Console, history: Sequence[Mapping[str, Any]]) -> None:
    if not history:
        return
    table = Table(Column("Camino al SII", no_wrap=True), Column("Estado", no_wrap=True), "Envío",
                  Column("Qué se dijo", overflow="fold"))  # fmt: skip
    for one in history:
        table.add_row(one["momento"], one["estado"], str(one["envio"] or ""), Text(one["detalle"]))
    out.print(table)


def _state(facts: Mapping[str, Any]) -> str:
    if facts["anulada"]:
        return f"anulada el {facts['anulada'][:10]}"
    named = ", ".join(f"tipo {one['tipo']} folio {one['folio']}" for one in facts["notas"])
    if not named:
        return str(facts["estado"])
    return f"{facts['estado']}; notas que lo corrigen: {named}"


def _amounts(figures: Figures) -> dict[str, str]:
    named = {"neto": figures.neto, "exento": figures.exento, "iva": figures.iva, "total": figures.total}
    amounts = {name: write(value) for name, value in named.items()}
    if figures.moneda:
        amounts |= {"moneda": figures.moneda, "total_en_pesos": write(figures.total_en_pesos)}
    return amounts


def _shown(amount: str) -> str:
    return money(Decimal(amount))
