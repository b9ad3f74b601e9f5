"""Steps of :mod:`dteplanows.ledger.migrations` from the thirteenth on: the statements of each."""

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
