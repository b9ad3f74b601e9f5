"""What is told of an envelope: its row in a list, and all of it with its documents and its conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Column as TableColumn
from rich.table import Table
from rich.text import Text

from dteplanows.archive.rows import Row
from dteplanows.commands.listing import Column, plain
from dteplanows.document.text import decode
from dteplanows.ledger.delivery_tables import Exchange, StoredEnvelope
from dteplanows.sii.delivery.told import COUNTED, age, moment_of, said
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.validator.report import money

_NAMES = {"facturas": "factura", "boletas": "boleta"}
_STYLES = {
    "aceptado": "green", "aceptado con reparos": "yellow", "rechazado": "bold red", "detenido": "bold red",
}  # fmt: skip
_SHOWN = 50
"""Documents that are shown where nobody asks for all."""


def _worst(row: Row) -> str:
    """What of the SII's counts matters most, in few letters; empty where it has not counted."""
    if row["informados"] is None:
        return ""
    for name, word in (("rechazados", "rechaz."), ("reparos", "con reparos"), ("aceptados", "aceptad.")):
        if row[name]:
            return f"{row[name]} {word}"
    return ""


def documents_of(one: StoredEnvelope) -> str:
    """How many documents an envelope has, and of which kind."""
    return _documents({"documentos": one.documentos, "clase": one.clase})


def _documents(row: Row) -> str:
    return f"{money(row['documentos'])} {_NAMES[row['clase']] if row['documentos'] == 1 else row['clase']}"


_WIDE = 118
"""Characters of a line from which on nothing is shortened."""

ENVELOPES = (
    Column("Envío", plain("envio"), 6, right=True),
    Column("Empresa", plain("rut_emisor"), 10),
    Column("Ambiente", plain("ambiente"), 10, least=_WIDE),
    Column("Documentos", _documents, 14, least=_WIDE),
    Column("Documentos", lambda row: f"{row['documentos']} {row['clase'][:3]}.", 10, most=_WIDE - 1),
    Column("Estado", plain("estado"), 13),
    Column("TRACKID", plain("track_id"), 15, right=True),
    Column("Desde", lambda row: str(row["desde"])[:16], 16, least=_WIDE),
    Column("Hace", lambda row: age(datetime.fromisoformat(row["desde"])), 6, right=True, most=_WIDE - 1),
    Column("Qué dijo el SII", said, 0, least=_WIDE),
    Column("Dijo el SII", lambda row: _worst(row) or said(row), 0, most=_WIDE - 1),
)


# --- one envelope -----------------------------------------------------------------------------------------------


def show_envelope(out: Console, facts: Mapping[str, Any], every: bool = False) -> None:
    """Print *facts*, as :func:`facts_of` gives them.

    :param every: all documents, and not only the first of those that are well.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _lines(facts):
        table.add_row(Text(label, style="bold"), Text(text))
    out.print(table)
    out.print()
    _show_documents(out, facts["lista"], every)
    if facts["conversacion"]:
        out.print()
        _show_calls(out, facts["conversacion"])


def _lines(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    trial = ", timbrado con CAF de prueba: solo para el simulador" if facts["de_prueba"] else ""
    yield "Envío:", f"{facts['envio']}, de {_documents(facts)}{trial}"
    yield "Empresa:", f"{facts['rut_emisor']}, {facts['ambiente']}"
    yield "Estado:", f"{facts['estado']}, desde {facts['desde']} (hace {age(datetime.fromisoformat(facts['desde']))})"
    yield "TRACKID:", facts["track_id"] or "el SII no le ha dado uno"
    yield "Servidor:", facts["servidor"]
    uploads = f"subido el {facts['subido']}" if facts["subido"] else "no consta que el SII lo tenga"
    yield "Creado:", f"{facts['creado']}; {uploads}; intentos de subirlo: {facts['subidas']}"
    yield "El SII dijo:", " ".join(f"{facts['estado_sii']} {facts['glosa']}".split()) or "nada todavía"
    if facts["informados"] is not None:
        yield "Contó:", ", ".join(f"{facts[name]} {name}" for name in COUNTED)
    outcome = OUTCOMES.get(facts["resultado"])
    if outcome and outcome.name != "respondido":
        yield "Último intento:", f"{outcome.meaning} Qué hacer: {outcome.remedy}"
    if facts["detalle"]:
        yield "Detalle:", facts["detalle"]
    number = facts["envio"]
    if facts["estado"] == "detenido":
        yield (
            "Qué hacer:",
            f"Remedie la causa y siga con «dteplanows envios reintentar {number}»; si el SII no tomó nada de él, "
            f"también se puede formar de nuevo con «dteplanows envios rehacer {number}».",
        )
    if facts["estado"] == "por subir":
        yield (
            "Qué hacer:",
            f"Guárdelo con «dteplanows envios guardar {number} ARCHIVO», súbalo en el sitio del SII y anote el número "
            f"que dé con «dteplanows envios subido {number} --track NÚMERO».",
        )
    yield "Archivo:", f"{money(facts['bytes'])} bytes, SHA-256 {facts['sha256']}"


def _show_documents(out: Console, documents: Iterable[Mapping[str, Any]], every: bool) -> None:
    table = Table("Tipo", TableColumn("Folio", no_wrap=True, justify="right"), TableColumn("Estado", no_wrap=True),
                  TableColumn("Qué dice el SII, y qué hacer", overflow="fold"))  # fmt: skip
    hidden = 0
    # What somebody must see to comes first; of the rest the first ones are enough.
    for number, one in enumerate(sorted(documents, key=lambda one: not one["motivos"])):
        if number >= _SHOWN and not every and not one["motivos"]:
            hidden += 1
            continue
        told = "\n".join(reason["explicado"] for reason in one["motivos"])
        state = Text(one["estado"], style=_STYLES.get(one["estado"], ""))
        table.add_row(str(one["tipo"]), str(one["folio"]), state, Text(told))
    out.print(table)
    if hidden:
        out.print(f"Hay {money(hidden)} documentos más sin observaciones; se muestran todos con --todos.")


def _show_calls(out: Console, calls: Iterable[Mapping[str, Any]]) -> None:
    table = Table("Momento", TableColumn("Servicio", overflow="fold"), "HTTP", "Resultado", "ms")
    table.columns[0].no_wrap = True
    for one in calls:
        http = str(one["estado_http"] or "-")
        table.add_row(one["momento"], urlsplit(one["servicio"]).path, http, one["resultado"], str(one["milisegundos"]))
    out.print(table)


def show_conversation(out: Console, calls: Iterable[Exchange]) -> None:
    """Print every kept call whole, as it went out and came back."""
    for one in calls:
        out.rule(f"{moment_of(one.momento)}  {one.servicio}", style="dim")
        out.print(Text(_readable(one.pregunta), overflow="fold"))
        out.print(Text(f"\n--- Respuesta: HTTP {one.estado_http or '-'}, {one.resultado}, {one.milisegundos} ms",
                       style="bold"))  # fmt: skip
        out.print(Text(_readable(decode(one.respuesta)), overflow="fold"))


def _readable(text: str) -> str:
    """*text* without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))
