"""The step of :mod:`dteplanows.ledger.migrations` that came with the answers to files that come again."""

from __future__ import annotations

ANSWERS = (
    "CREATE INDEX documento_archivo ON documento (archivo_sha256)",
    "CREATE INDEX lote_archivo ON lote (archivo_sha256)",
    """
    CREATE TABLE respuesta_no_entregada (
        clave VARCHAR(255) NOT NULL PRIMARY KEY,
        desde INTEGER NOT NULL,
        momento REAL NOT NULL
    )
    """,
    "ALTER TABLE empresa ADD COLUMN minutos_repetido INTEGER NOT NULL DEFAULT 0 CHECK (minutos_repetido >= 0)",
)
