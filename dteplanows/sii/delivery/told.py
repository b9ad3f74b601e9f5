"""What is told of an envelope: its row in a list, and all of it with its documents and its conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dteplanows.document import clock
from dteplanows.ledger.deliveries import Standing
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.store import Ledger
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.reasons import read_reason

FIELDS = (
    "envio", "rut_emisor", "ambiente", "clase", "documentos", "estado", "desde", "track_id", "servidor", "creado",
    "subido", "subidas", "estado_sii", "glosa", "informados", "aceptados", "rechazados", "reparos", "resultado",
    "detalle", "de_prueba", "bytes", "sha256",
)  # fmt: skip
"""What CSV and JSON tell of an envelope."""

COUNTED = ("informados", "aceptados", "rechazados", "reparos")
"""What the SII counts."""


def envelope_row(one: StoredEnvelope) -> dict[str, Any]:
    """An envelope as CSV and JSON name its facts; moments are local time in Chile."""
    counts = counted(one)
    facts = (
        *(one.id, one.rut_emisor, one.ambiente, one.clase, one.documentos, one.situacion, moment_of(one.desde)),
        *(one.track_id, one.servidor, moment_of(one.creado), moment_of(one.subido), one.subidas),
        *(one.estado_sii, one.glosa),
        *(counts[name] if one.conteo else None for name in COUNTED),
        *(one.resultado, one.detalle, one.de_prueba, one.bytes, one.sha256),
    )
    return dict(zip(FIELDS, facts, strict=True))


def counted(one: StoredEnvelope) -> dict[str, int]:
    """What the SII counted over all types."""
    return {name: sum(numbers[at] for numbers in one.conteo.values()) for at, name in enumerate(COUNTED)}


def said(row: Mapping[str, Any]) -> str:
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
            "momento": moment_of(call.momento), "servicio": call.servicio, "estado_http": call.estado_http,
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


def moment_of(moment: datetime | None) -> str:
    """*moment* as lists have it; empty for None."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
