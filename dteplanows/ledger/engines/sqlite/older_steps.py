"""The statements of the second to the twelfth step of :mod:`dteplanows.ledger.engines.sqlite.steps`."""

from __future__ import annotations

REPAROS = (
    "ALTER TABLE empresa ADD COLUMN reparos TEXT NOT NULL DEFAULT '' CHECK (reparos IN ('', 'detener', 'avisar'))",
)

BATCHES = (
    """
    CREATE TABLE lote (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        usuario TEXT NOT NULL,
        identidad_de_cuenta INTEGER NOT NULL,
        archivo_sha256 VARCHAR(255) NOT NULL REFERENCES archivo (sha256),
        formato VARCHAR(255) NOT NULL,
        recibido DATETIME NOT NULL,
        estado VARCHAR(255) NOT NULL CHECK (estado IN ('pendiente', 'en proceso', 'terminado')),
        total INTEGER NOT NULL,
        hechos INTEGER NOT NULL,
        rechazados INTEGER NOT NULL CHECK (rechazados BETWEEN 0 AND hechos),
        comenzado DATETIME,
        terminado DATETIME,
        turnos INTEGER NOT NULL,
        trabajador TEXT NOT NULL,
        vence REAL NOT NULL,
        FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)
    )
    """,
    "CREATE INDEX lote_abierto ON lote (turnos, id) WHERE estado <> 'terminado'",
    """
    CREATE TABLE lote_documento (
        lote_id INTEGER NOT NULL REFERENCES lote (id),
        numero INTEGER NOT NULL,
        folio INTEGER NOT NULL,
        tipo INTEGER NOT NULL,
        fecha DATETIME NOT NULL,
        emitido INTEGER NOT NULL,
        problemas TEXT NOT NULL,
        PRIMARY KEY (lote_id, numero)
    )
    """,
)

# Of documents recorded before this step nothing is known here; the notes to them are only not remarked upon.
REFERENCES = (
    """
    CREATE TABLE referencia (
        id INTEGER NOT NULL PRIMARY KEY,
        documento_id INTEGER NOT NULL REFERENCES documento (id),
        tipo INTEGER NOT NULL,
        folio INTEGER NOT NULL,
        codigo INTEGER NOT NULL,
        monto INTEGER NOT NULL
    )
    """,
    "CREATE INDEX referencia_documento ON referencia (documento_id)",
    "CREATE INDEX referencia_tipo_folio ON referencia (tipo, folio)",
    """
    CREATE TRIGGER referencia_no_cambia BEFORE UPDATE ON referencia
    BEGIN SELECT RAISE(ABORT, 'la referencia de un documento emitido no se modifica'); END
    """,
    """
    CREATE TRIGGER referencia_no_se_borra BEFORE DELETE ON referencia
    BEGIN SELECT RAISE(ABORT, 'la referencia de un documento emitido no se borra'); END
    """,
)

BOOKS = (
    """
    CREATE TABLE libro (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        operacion VARCHAR(255) NOT NULL CHECK (operacion IN ('COMPRA', 'VENTA')),
        periodo VARCHAR(255) NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        tipo_libro VARCHAR(255) NOT NULL,
        tipo_envio VARCHAR(255) NOT NULL,
        archivo_sha256 VARCHAR(255) NOT NULL REFERENCES archivo (sha256),
        usuario TEXT NOT NULL,
        creado DATETIME NOT NULL,
        UNIQUE (ambiente, rut_emisor, operacion, periodo, version),
        FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    CREATE TRIGGER libro_no_cambia BEFORE UPDATE ON libro
    BEGIN SELECT RAISE(ABORT, 'un libro recibido no se modifica'); END
    """,
    """
    CREATE TRIGGER libro_no_se_borra BEFORE DELETE ON libro
    BEGIN SELECT RAISE(ABORT, 'un libro recibido no se borra'); END
    """,
)

RECEIVED_DOCUMENTS = (
    # The fingerprint is empty where a folio tells the document from the others of its supplier.
    """
    CREATE TABLE documento_recibido (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut_empresa VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        folio INTEGER NOT NULL CHECK (folio BETWEEN 0 AND 9999999999),
        huella VARCHAR(255) NOT NULL CHECK ((huella = '') = (folio > 0)),
        fecha_emision DATE NOT NULL,
        razon_social_emisor TEXT NOT NULL,
        monto_neto INTEGER NOT NULL,
        monto_exento INTEGER NOT NULL,
        iva INTEGER NOT NULL,
        otros_impuestos INTEGER NOT NULL,
        monto_total INTEGER NOT NULL,
        contenido TEXT NOT NULL,
        archivo_sha256 VARCHAR(255) NOT NULL REFERENCES archivo (sha256),
        beside TEXT NOT NULL,
        avisos TEXT NOT NULL,
        usuario TEXT NOT NULL,
        creado DATETIME NOT NULL,
        UNIQUE (ambiente, rut_empresa, rut_emisor, tipo, folio, huella),
        FOREIGN KEY (ambiente, rut_empresa) REFERENCES empresa (ambiente, rut)
    )
    """,
    "CREATE INDEX documento_recibido_fecha ON documento_recibido (ambiente, rut_empresa, fecha_emision)",
    """
    CREATE TRIGGER documento_recibido_no_cambia BEFORE UPDATE ON documento_recibido
    BEGIN SELECT RAISE(ABORT, 'un documento recibido no se modifica'); END
    """,
    "ALTER TABLE lote_documento ADD COLUMN operacion VARCHAR(255) NOT NULL DEFAULT 'VENTA'",
)

OPERATIONS = (
    # The customer's own data of every document, by name and by value. The trigger fills it, so that recording a
    # document stays one statement and nothing can forget it.
    """
    CREATE TABLE dato_adicional (
        id INTEGER NOT NULL PRIMARY KEY,
        documento_id INTEGER NOT NULL REFERENCES documento (id),
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        nombre VARCHAR(255) NOT NULL COLLATE NOCASE,
        valor TEXT NOT NULL
    )
    """,
    "CREATE INDEX dato_adicional_documento ON dato_adicional (documento_id, nombre)",
    "CREATE INDEX dato_adicional_valor ON dato_adicional (ambiente, rut_emisor, nombre, valor)",
    """
    INSERT INTO dato_adicional (documento_id, ambiente, rut_emisor, nombre, valor)
    SELECT documento.id, documento.ambiente, documento.rut_emisor, dato.key, dato.value
    FROM documento, json_each(documento.beside, '$.adicionales') AS dato
    WHERE json_valid(documento.beside) AND dato.key IS NOT NULL AND dato.value IS NOT NULL
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
    CREATE TABLE guia_anulada (
        id INTEGER NOT NULL PRIMARY KEY,
        documento_id INTEGER NOT NULL UNIQUE REFERENCES documento (id),
        usuario TEXT NOT NULL,
        momento DATETIME NOT NULL
    )
    """,
    """
    CREATE TRIGGER guia_anulada_es_guia BEFORE INSERT ON guia_anulada
    WHEN (SELECT tipo FROM documento WHERE id = NEW.documento_id) <> 52
    BEGIN SELECT RAISE(ABORT, 'solo se anula una guia de despacho'); END
    """,
    """
    CREATE TRIGGER guia_anulada_no_se_borra BEFORE DELETE ON guia_anulada
    BEGIN SELECT RAISE(ABORT, 'una guia anulada no vuelve a valer'); END
    """,
    """
    CREATE TABLE oyente (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut VARCHAR(255) NOT NULL,
        usuario TEXT NOT NULL,
        ip VARCHAR(255) NOT NULL,
        puerto INTEGER NOT NULL CHECK (puerto BETWEEN 1 AND 65535),
        momento DATETIME NOT NULL,
        vence DATETIME NOT NULL,
        UNIQUE (ambiente, rut, usuario, ip, puerto),
        FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)
    )
    """,
)

PAPER = (
    "ALTER TABLE empresa ADD COLUMN numero_resolucion INTEGER NOT NULL DEFAULT 0 CHECK (numero_resolucion >= 0)",
    "ALTER TABLE empresa ADD COLUMN fecha_resolucion DATE",
    "ALTER TABLE empresa ADD COLUMN unidad_sii TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE lote ADD COLUMN con_enlaces INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE lote_documento ADD COLUMN documento_id INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE lote_documento ADD COLUMN cedible INTEGER NOT NULL DEFAULT 0",
)

TRANSPORT = (
    "ALTER TABLE empresa ADD COLUMN patente_desconocida TEXT NOT NULL DEFAULT 'avisar' "
    "CHECK (patente_desconocida IN ('avisar', 'escribir'))",
    "ALTER TABLE empresa ADD COLUMN transporte_courier TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE empresa ADD COLUMN traslado_prolongado TEXT NOT NULL DEFAULT ''",
)

AVISOS_OF_USERS = (
    # Whoever was there before has the default of its environment, as a new user without a setting of its own.
    "ALTER TABLE usuario ADD COLUMN avisos INTEGER CHECK (avisos IN (0, 1))",
)

# A range may be obtained again from the SII, so that no two CAFs need differ in their folios: the table is made anew,
# as SQLite's own manual does it, while foreign keys are not looked at. The ids stay.
FOLIOS_FROM_ELSEWHERE = (
    """
    CREATE TABLE caf_nuevo (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        ambiente VARCHAR(255) NOT NULL,
        rut VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        desde INTEGER NOT NULL CHECK (desde >= 1),
        hasta INTEGER NOT NULL CHECK (hasta BETWEEN desde AND 9999999999),
        fecha_autorizacion DATE NOT NULL,
        siguiente INTEGER NOT NULL CHECK (siguiente BETWEEN desde AND hasta + 1),
        secreto BLOB NOT NULL,
        cargado DATETIME NOT NULL,
        solo_pedidos INTEGER NOT NULL DEFAULT 0,
        cruzado INTEGER NOT NULL DEFAULT 0,
        FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    INSERT INTO caf_nuevo
        (id, ambiente, rut, tipo, desde, hasta, fecha_autorizacion, siguiente, secreto, cargado)
    SELECT id, ambiente, rut, tipo, desde, hasta, fecha_autorizacion, siguiente, secreto, cargado FROM caf
    """,
    "DROP TABLE caf",
    "ALTER TABLE caf_nuevo RENAME TO caf",
    "CREATE INDEX caf_serie ON caf (ambiente, rut, tipo, desde)",
    # Of a half used range a million folios may be void: one row, not a million.
    """
    CREATE TABLE tramo_anulado (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        desde INTEGER NOT NULL CHECK (desde >= 1),
        hasta INTEGER NOT NULL CHECK (hasta BETWEEN desde AND 9999999999),
        motivo TEXT NOT NULL,
        otro_sistema INTEGER NOT NULL CHECK (otro_sistema IN (0, 1)),
        momento DATETIME NOT NULL,
        FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    INSERT INTO tramo_anulado (ambiente, rut_emisor, tipo, desde, hasta, motivo, otro_sistema, momento)
    SELECT ambiente, rut_emisor, tipo, folio, folio, motivo, 0, momento FROM folio_anulado ORDER BY id
    """,
    "DROP TABLE folio_anulado",
    "CREATE INDEX tramo_anulado_serie ON tramo_anulado (ambiente, rut_emisor, tipo, hasta, desde)",
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
    CREATE TRIGGER tramo_anulado_no_cambia BEFORE UPDATE OF ambiente, rut_emisor, tipo, desde, hasta ON tramo_anulado
    BEGIN SELECT RAISE(ABORT, 'un folio anulado no vuelve a quedar libre'); END
    """,
    """
    CREATE TRIGGER tramo_anulado_no_se_borra BEFORE DELETE ON tramo_anulado
    BEGIN SELECT RAISE(ABORT, 'un folio anulado no vuelve a quedar libre'); END
    """,
)

TAXED_PRICES = (
    "ALTER TABLE empresa ADD COLUMN precios_con_impuestos TEXT NOT NULL DEFAULT 'rechazar' "
    "CHECK (precios_con_impuestos IN ('rechazar', 'convertir'))",
)
