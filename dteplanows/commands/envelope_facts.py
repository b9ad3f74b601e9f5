"""What is told of an envelope: its row in a list, and all of it with its documents and its conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Column as TableColumn
from rich.table import Table
from rich.text import Text

from dteplanows.archive.rows import Row
from dteplanows.commands.listing import Column, plain
from dteplanows.document import clock
from dteplanows.document.text import decode
from dteplanows.ledger.deliveries import Standing
from dteplanows.ledger.delivery_tables import Exchange, StoredEnvelope
from dteplanows.ledger.store import Ledger
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import read_reason
from dteplanows.validator.report import money

FIELDS = (
    "envio", "rut_emisor", "ambiente", "clase", "documentos", "estado", "desde", "track_id", "servidor", "creado",
    "subido", "subidas", "estado_sii", "glosa", "informados", "aceptados", "rechazados", "reparos", "resultado",
    "detalle", "de_prueba", "bytes", "sha256",
)  # fmt: skip
"""What CSV and JSON tell of an envelope."""

_COUNTED = ("informados", "aceptados", "rechazados", "reparos")
_NAMES = {"facturas": "factura", "boletas": "boleta"}
_STYLES = {
    "aceptado": "green", "aceptado con reparos": "yellow", "rechazado": "bold red", "detenido": "bold red",
}  # fmt: skip
_SHOWN = 50
"""Documents that are shown where nobody asks for all."""


def envelope_row(one: StoredEnvelope) -> dict[str, Any]:
    """An envelope as CSV and JSON name its facts; moments are local time in Chile."""
    counts = counted(one)
    facts = (
        *(one.id, one.rut_emisor, one.ambiente, one.clase, one.documentos, one.situacion, _moment(one.desde)),
        *(one.track_id, one.servidor, _moment(one.creado), _moment(one.subido), one.subidas, one.estado_sii, one.glosa),
        *(counts[name] if one.conteo else None for name in _COUNTED),
        *(one.resultado, one.detalle, one.de_prueba, one.bytes, one.sha256),
    )
    return dict(zip(FIELDS, facts, strict=True))


def counted(one: StoredEnvelope) -> dict[str, int]:
    """What the SII counted over all types."""
    return {name: sum(numbers[at] for numbers in one.conteo.values()) for at, name in enumerate(_COUNTED)}


def said(row: Row) -> str:
    """What the SII said last of the envelope of *row*, or why it is where it is; empty where nothing was said."""
    if row["informados"] is not None:
        amounts = [(row["aceptados"], "aceptado"), (row["reparos"], "con reparos"), (row["rechazados"], "rechazado")]
        words = ", ".join(f"{n} {name if n == 1 or ' ' in name else f'{name}s'}" for n, name in amounts if n)
        if words:
            return f"{row['estado_sii']}: {words}"
    outcome = OUTCOMES.get(row["resultado"])
    failed = outcome.meaning if outcome and outcome.name not in ("respondido", "recibido", "aun_no") else ""
    if row["estado"] in ("detenido", "rechazado", "disuelto") and row["detalle"]:
        return " ".join(str(row["detalle"]).split())
    state = f"{row['estado_sii']} {row['glosa']}".strip()
    return " ".join(f"{failed} {'' if failed else state}".split())


def age(since: datetime) -> str:
    """How long ago *since* was, in at most six letters.

    >>> from unittest.mock import patch
    >>> with patch.object(clock, "now", return_value=datetime(2026, 1, 2, 12)):
    ...     age(datetime(2026, 1, 2, 11, 59)), age(datetime(2026, 1, 2, 9)), age(datetime(2025, 12, 1))
    ('1 min', '3 h', '32 d')
    """
    gone = max(clock.now() - since, timedelta(0))
    minutes = int(gone.total_seconds()) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{gone.days} d"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


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


def facts_of(ledger: Ledger, one: StoredEnvelope) -> dict[str, Any]:
    """All that is kept of an envelope but its bytes and what was said word by word."""
    travelling = {document.documento_id: document for document in ledger.deliveries.of_envelope(one.id)}
    documents = []
    for identifier in ledger.envelopes.documents(one.id):
        standing = travelling.get(identifier)
        if standing:
            documents.append(_document(standing))
        elif document := ledger.documents.by_id(identifier):
            documents.append({"tipo": document.tipo, "folio": document.folio, "estado": "en otro envío", "motivos": []})
    calls = [
        {
            "momento": _moment(call.momento), "servicio": call.servicio, "estado_http": call.estado_http,
            "resultado": call.resultado, "milisegundos": call.milisegundos,
        }
        for call in ledger.envelopes.exchanges(one.id)
    ]  # fmt: skip
    return {**envelope_row(one), "lista": documents, "conversacion": calls}


def reasons_of(text: str) -> list[dict[str, str]]:
    """Reasons as the ledger keeps them, one in each line, with what each code means and asks for."""
    found = []
    for line in text.splitlines():
        one = read_reason(line)
        meaning, remedy = one.known or ("", "")
        found.append({
            "codigo": one.code, "texto": one.as_it_came, "significado": meaning, "remedio": remedy,
            "explicado": one.told(),
        })  # fmt: skip
    return found


def _document(one: Standing) -> dict[str, Any]:
    return {"tipo": one.tipo, "folio": one.folio, "estado": one.estado, "motivos": reasons_of(one.motivos)}


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
        yield "Contó:", ", ".join(f"{facts[name]} {name}" for name in _COUNTED)
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
        out.rule(f"{_moment(one.momento)}  {one.servicio}", style="dim")
        out.print(Text(_readable(one.pregunta), overflow="fold"))
        out.print(Text(f"\n--- Respuesta: HTTP {one.estado_http or '-'}, {one.resultado}, {one.milisegundos} ms",
                       style="bold"))  # fmt: skip
        out.print(Text(_readable(decode(one.respuesta)), overflow="fold"))


def _readable(text: str) -> str:
    """*text* without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))
