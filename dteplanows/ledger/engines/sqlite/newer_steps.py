"""The statements of the newer steps, from the thirteenth on, of :mod:`dteplanows.ledger.engines.sqlite.steps`."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.ledger.engines.sqlite.live_documents import LIVE_DOCUMENTS

HELD_BACK = (
    # Of a company that this ledger need not know: it may have been made after the copy that was restored.
    """
    CREATE TABLE folio_retenido (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        desde INTEGER NOT NULL CHECK (desde >= 1),
        hasta INTEGER NOT NULL CHECK (hasta BETWEEN desde AND 9999999999),
        motivo TEXT NOT NULL,
        momento DATETIME NOT NULL,
        liberado DATETIME,
        liberado_por TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE INDEX folio_retenido_serie ON folio_retenido (ambiente, rut_emisor, tipo, hasta, desde, motivo)
    WHERE liberado IS NULL
    """,
    """
    CREATE TRIGGER folio_retenido_una_vez BEFORE INSERT ON folio_retenido
    WHEN EXISTS (
        SELECT 1 FROM folio_retenido otro WHERE otro.ambiente = NEW.ambiente AND otro.rut_emisor = NEW.rut_emisor
        AND otro.tipo = NEW.tipo AND otro.liberado IS NULL AND otro.hasta >= NEW.desde AND otro.desde <= NEW.hasta
    )
    BEGIN SELECT RAISE(ABORT, 'el folio ya esta retenido'); END
    """,
    """
    CREATE TRIGGER folio_retenido_no_se_borra BEFORE DELETE ON folio_retenido
    BEGIN SELECT RAISE(ABORT, 'un folio retenido se libera, no se borra'); END
    """,
)
"""Folios that may have been issued before the ledger was restored."""

CHANGES_AND_TURNS = (
    # Who changed what: before, nobody was noted.
    "ALTER TABLE evento ADD COLUMN quien TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE evento ADD COLUMN antes TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE evento ADD COLUMN despues TEXT NOT NULL DEFAULT ''",
    # Of a million issued documents each has its event; what was changed is found without reading those.
    "CREATE INDEX evento_cambio ON evento (id) WHERE tipo <> 'emitido'",
    # The worker takes batches in turns per company: the one whose latest turn is longest ago.
    "ALTER TABLE lote ADD COLUMN ultimo_turno INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX lote_turno_de_empresa ON lote (ambiente, rut_emisor, ultimo_turno)",
    "CREATE INDEX lote_turno ON lote (ultimo_turno)",
    # Files of bulk mode of which nothing was issued: they need not be kept for ever.
    "CREATE TABLE archivo_suelto (sha256 VARCHAR(255) NOT NULL PRIMARY KEY REFERENCES archivo (sha256)) WITHOUT ROWID",
    """
    INSERT INTO archivo_suelto SELECT DISTINCT archivo_sha256 FROM lote WHERE rechazados = hechos
        AND archivo_sha256 NOT IN (SELECT archivo_sha256 FROM documento)
        AND archivo_sha256 NOT IN (SELECT archivo_sha256 FROM documento_recibido)
        AND archivo_sha256 NOT IN (SELECT archivo_sha256 FROM libro)
    """,
)

# Finding documents. The first index finds them by date for each user and type, and adds up a month without the table;
# the second finds those of a receiver. Its leading number keeps what an insert touches in a small part of the index:
# ordered by receiver alone, each document would change a page of its own and cost several times as much.
OPERATOR = (
    "CREATE INDEX documento_por_fecha ON documento (ambiente, rut_emisor, usuario, tipo, fecha_emision, id, "
    "monto_neto, monto_exento, iva, monto_total)",
    "CREATE INDEX documento_por_receptor ON documento "
    "(id / 8192, rut_receptor, rut_emisor, ambiente, tipo, fecha_emision)",
    "ALTER TABLE usuario ADD COLUMN deshabilitado DATETIME",
    """
    CREATE TABLE enlace_retirado (
        id INTEGER NOT NULL PRIMARY KEY,
        documento_id INTEGER NOT NULL REFERENCES documento (id),
        cedible INTEGER NOT NULL CHECK (cedible IN (0, 1)),
        usuario TEXT NOT NULL,
        momento DATETIME NOT NULL
    )
    """,
    "CREATE INDEX enlace_retirado_documento ON enlace_retirado (documento_id, cedible)",
    """
    CREATE TRIGGER enlace_retirado_no_se_borra BEFORE DELETE ON enlace_retirado
    BEGIN SELECT RAISE(ABORT, 'un enlace retirado no vuelve a valer'); END
    """,
)
"""What came with the orders of whoever runs the service."""

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

DELIVERY = (
    # With the document itself, so that none can be issued and forgotten.
    """
    CREATE TRIGGER documento_se_entrega AFTER INSERT ON documento
    BEGIN
        INSERT INTO entrega (documento_id, ambiente, rut_emisor, clase, estado, desde, tope, consulta, motivos)
        VALUES (
            NEW.id, NEW.ambiente, NEW.rut_emisor, CASE WHEN NEW.tipo IN (39, 41) THEN 'boletas' ELSE 'facturas' END,
            'pendiente', NEW.creado, 0, 0, ''
        );
    END
    """,
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        for table, name, what, why in (
            ("entrega", "no_se_borra", "DELETE", "la entrega de un documento no se olvida"),
            ("envio_archivo", "no_cambia", "UPDATE", "un envio firmado no se modifica"),
            ("envio_archivo", "no_se_borra", "DELETE", "un envio firmado no se borra"),
            ("envio_documento", "no_se_borra", "DELETE", "un envio conserva sus documentos"),
            ("estado_documento", "no_cambia", "UPDATE", "lo que paso con un documento no se modifica"),
            ("estado_documento", "no_se_borra", "DELETE", "lo que paso con un documento no se borra"),
        )
    ),
)
"""What came with the tables of the delivery to the SII: :mod:`dteplanows.ledger.delivery_tables`."""

BOOKS_OF_MONTHS = (
    # A month of purchases is leafed through and added up without reading what the documents say.
    "CREATE INDEX documento_recibido_libro ON documento_recibido (ambiente, rut_empresa, fecha_emision, id, tipo, "
    "monto_neto, monto_exento, iva, otros_impuestos, monto_total)",
)

WITHDRAWN_LINKS = (
    """
    CREATE TRIGGER enlaces_retirados_no_se_borra BEFORE DELETE ON enlaces_retirados
    BEGIN SELECT RAISE(ABORT, 'un enlace retirado no vuelve a valer'); END
    """,
)

TRIGGERS: Mapping[int, tuple[str, ...]] = {
    17: DELIVERY, 18: LIVE_DOCUMENTS, 22: BOOKS_OF_MONTHS, 26: WITHDRAWN_LINKS,
}  # fmt: skip
"""Of the steps whose tables follow from their columns, by number: what the database itself does and refuses."""
