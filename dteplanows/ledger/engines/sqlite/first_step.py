"""The statements of the first step of :mod:`dteplanows.ledger.engines.sqlite.steps`: what a database began with."""

from __future__ import annotations

FIRST = (
    """
    CREATE TABLE empresa (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL CHECK (ambiente IN ('pruebas', 'produccion')),
        rut VARCHAR(255) NOT NULL,
        razon_social TEXT NOT NULL,
        giro TEXT NOT NULL,
        actecos TEXT NOT NULL,
        direccion TEXT NOT NULL,
        comuna TEXT NOT NULL,
        ciudad TEXT NOT NULL,
        sucursal TEXT NOT NULL,
        codigo_sii_sucursal TEXT NOT NULL,
        telefono TEXT NOT NULL,
        correo TEXT NOT NULL,
        tolerante INTEGER NOT NULL,
        UNIQUE (ambiente, rut)
    )
    """,
    """
    CREATE TABLE usuario (
        id INTEGER NOT NULL PRIMARY KEY,
        usuario TEXT NOT NULL,
        usuario_normal TEXT NOT NULL,
        ambiente VARCHAR(255) NOT NULL,
        rut VARCHAR(255) NOT NULL,
        clave TEXT NOT NULL,
        creado DATETIME NOT NULL,
        UNIQUE (usuario_normal, ambiente, rut),
        FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    CREATE TABLE certificado (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        ambiente VARCHAR(255) NOT NULL,
        rut VARCHAR(255) NOT NULL,
        rut_firmante VARCHAR(255) NOT NULL,
        titular TEXT NOT NULL,
        valid_from DATETIME NOT NULL,
        valid_until DATETIME NOT NULL,
        secreto BLOB NOT NULL,
        cargado DATETIME NOT NULL,
        FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)
    )
    """,
    "CREATE INDEX certificado_empresa ON certificado (ambiente, rut)",
    """
    CREATE TABLE caf (
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
        UNIQUE (ambiente, rut, tipo, desde),
        FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    CREATE TABLE archivo (
        sha256 VARCHAR(255) NOT NULL PRIMARY KEY,
        formato VARCHAR(255) NOT NULL,
        contenido BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE documento (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        folio INTEGER NOT NULL CHECK (folio BETWEEN 1 AND 9999999999),
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
        UNIQUE (ambiente, rut_emisor, tipo, folio),
        FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    CREATE TABLE folio_anulado (
        id INTEGER NOT NULL PRIMARY KEY,
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        tipo INTEGER NOT NULL,
        folio INTEGER NOT NULL,
        motivo TEXT NOT NULL,
        momento DATETIME NOT NULL,
        UNIQUE (ambiente, rut_emisor, tipo, folio),
        FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)
    )
    """,
    """
    CREATE TABLE evento (
        id INTEGER NOT NULL PRIMARY KEY,
        documento_id INTEGER REFERENCES documento (id),
        ambiente VARCHAR(255) NOT NULL,
        rut_emisor VARCHAR(255) NOT NULL,
        momento DATETIME NOT NULL,
        tipo VARCHAR(255) NOT NULL,
        detalle TEXT NOT NULL
    )
    """,
    "CREATE INDEX evento_documento ON evento (documento_id)",
    """
    CREATE TABLE ajuste (
        clave VARCHAR(255) NOT NULL PRIMARY KEY,
        valor TEXT NOT NULL
    )
    """,
    # What was signed, answered and numbered stays; a program error must not be able to undo it.
    """
    CREATE TRIGGER documento_no_cambia BEFORE UPDATE ON documento
    BEGIN SELECT RAISE(ABORT, 'un documento emitido no se modifica'); END
    """,
    """
    CREATE TRIGGER documento_no_se_borra BEFORE DELETE ON documento
    BEGIN SELECT RAISE(ABORT, 'un documento emitido no se borra'); END
    """,
    """
    CREATE TRIGGER folio_anulado_no_se_borra BEFORE DELETE ON folio_anulado
    BEGIN SELECT RAISE(ABORT, 'un folio anulado no vuelve a quedar libre'); END
    """,
)
