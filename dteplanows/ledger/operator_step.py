"""The step of :mod:`dteplanows.ledger.migrations` that came with the orders of whoever runs the service."""

from __future__ import annotations

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
