"""What the eighteenth step does beside its column: the folio of a document that the SII refused may be issued again.

A folio had one document, by a UNIQUE of the table, which SQLite cannot take from a table. So the table is made anew, as
SQLite's manual does it (lang_altertable, 7): new table, copy, drop, rename, and then its indexes and triggers. Triggers
of other tables that name it go before and come back after: ALTER TABLE looks into all of them. The new column stands
before the signed bytes, so that it is read without them. No id changes.
"""

from __future__ import annotations

_COPIED = (
    "id, ambiente, rut_emisor, tipo, folio, reemplaza, fecha_emision, rut_receptor, razon_social_receptor, monto_neto, "
    "monto_exento, iva, monto_total, xml, archivo_sha256, beside, respuesta, caf_id, usuario, creado"
)
_ALL_OF_IT = "SELECT COUNT(*) || ' ' || TOTAL(LENGTH(xml)) || ' ' || TOTAL(id) FROM {}"

_REBUILT = (
    "DROP TRIGGER tramo_anulado_es_libre",
    "DROP TRIGGER guia_anulada_es_guia",
    """
    CREATE TABLE documento_nuevo (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        folio INTEGER NOT NULL CHECK (folio BETWEEN 1 AND 9999999999),
        reemplaza INTEGER NOT NULL DEFAULT 0,
        fecha_emision DATE NOT NULL,
        rut_receptor VARCHAR(255) NOT NULL,
        razon_social_receptor TEXT NOT NULL,
        monto_neto INTEGER NOT NULL,
        monto_exento INTEGER NOT NULL,
        iva INTEGER NOT NULL,
        monto_total INTEGER NOT NULL,
        xml BLOB NOT NULL,
        archivo_sha256 VARCHAR(255) NOT NULL REFERENCES archivo (sha256),
        beside TEXT NOT NULL,
        respuesta TEXT NOT NULL,
        caf_id INTEGER NOT NULL REFERENCES caf (id),
        usuario TEXT NOT NULL,
        creado DATETIME NOT NULL,
        UNIQUE (ambiente, rut_emisor, tipo, folio, reemplaza),
        FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)
    )
    """,
    f"INSERT INTO documento_nuevo ({_COPIED}) SELECT {_COPIED} FROM documento ORDER BY id",
    # A row without values, which is refused, and all of the step with it, unless everything was copied.
    "INSERT INTO documento_nuevo (id) SELECT 0 WHERE "
    f"({_ALL_OF_IT.format('documento')}) <> ({_ALL_OF_IT.format('documento_nuevo')})",
    "DROP TABLE documento",
    "ALTER TABLE documento_nuevo RENAME TO documento",
    "CREATE INDEX documento_por_fecha ON documento (ambiente, rut_emisor, usuario, tipo, fecha_emision, id, "
    "monto_neto, monto_exento, iva, monto_total)",
    "CREATE INDEX documento_por_receptor ON documento "
    "(id / 8192, rut_receptor, rut_emisor, ambiente, tipo, fecha_emision)",
    "CREATE INDEX documento_archivo ON documento (archivo_sha256)",
)

_TRIGGERS_AS_BEFORE = (
    """
    CREATE TRIGGER documento_no_cambia BEFORE UPDATE ON documento
    BEGIN SELECT RAISE(ABORT, 'un documento emitido no se modifica'); END
    """,
    """
    CREATE TRIGGER documento_no_se_borra BEFORE DELETE ON documento
    BEGIN SELECT RAISE(ABORT, 'un documento emitido no se borra'); END
    """,
    """
    CREATE TRIGGER documento_guarda_sus_datos AFTER INSERT ON documento WHEN json_valid(NEW.beside)
    BEGIN
        INSERT INTO dato_adicional (documento_id, ambiente, rut_emisor, nombre, valor)
        SELECT NEW.id, NEW.ambiente, NEW.rut_emisor, dato.key, dato.value
        FROM json_each(NEW.beside, '$.adicionales') AS dato WHERE dato.key IS NOT NULL AND dato.value IS NOT NULL;
    END
    """,
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
    """
    CREATE TRIGGER tramo_anulado_es_libre BEFORE INSERT ON tramo_anulado
    WHEN EXISTS (
        SELECT 1 FROM tramo_anulado otro WHERE otro.ambiente = NEW.ambiente AND otro.rut_emisor = NEW.rut_emisor
        AND otro.tipo = NEW.tipo AND otro.hasta >= NEW.desde AND otro.desde <= NEW.hasta
    ) OR EXISTS (
        SELECT 1 FROM documento WHERE documento.ambiente = NEW.ambiente AND documento.rut_emisor = NEW.rut_emisor
        AND documento.tipo = NEW.tipo AND documento.folio BETWEEN NEW.desde AND NEW.hasta
    )
    BEGIN SELECT RAISE(ABORT, 'solo se anula un folio libre'); END
    """,
    """
    CREATE TRIGGER guia_anulada_es_guia BEFORE INSERT ON guia_anulada
    WHEN (SELECT tipo FROM documento WHERE id = NEW.documento_id) <> 52
    BEGIN SELECT RAISE(ABORT, 'solo se anula una guia de despacho'); END
    """,
)

LIVE_DOCUMENTS = (
    *_REBUILT,
    *_TRIGGERS_AS_BEFORE,
    "CREATE INDEX documento_reemplaza ON documento (reemplaza) WHERE reemplaza > 0",
    # The SII's own word for exactly those bytes, and not that it has such a folio already.
    """
    CREATE TRIGGER documento_reemplaza_rechazado BEFORE INSERT ON documento
    WHEN NEW.reemplaza <> 0 AND NOT EXISTS (
        SELECT 1 FROM documento AS otro JOIN entrega ON entrega.documento_id = otro.id
        WHERE otro.id = NEW.reemplaza AND otro.ambiente = NEW.ambiente AND otro.rut_emisor = NEW.rut_emisor
        AND otro.tipo = NEW.tipo AND otro.folio = NEW.folio AND entrega.estado = 'rechazado'
        AND entrega.motivos NOT LIKE '%DTE%-3-100%' AND entrega.motivos NOT LIKE '%DTE%-3-101%'
    )
    BEGIN SELECT RAISE(ABORT, 'solo se reemplaza un documento que el SII rechazo'); END
    """,
    """
    CREATE TRIGGER entrega_rechazada_es_final BEFORE UPDATE OF documento_id, estado ON entrega
    WHEN OLD.estado = 'rechazado' AND (NEW.estado <> 'rechazado' OR NEW.documento_id <> OLD.documento_id)
    BEGIN SELECT RAISE(ABORT, 'lo que el SII rechazo queda rechazado'); END
    """,
)
"""The statements, after the column was added."""
