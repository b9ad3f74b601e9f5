"""Which notes correct which documents of their issuer. Recorded with the note, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable

from dteplanows.document.company import Ambiente
from dteplanows.ledger.connection import Connected
from dteplanows.ledger.rows import NewReference, StoredReference

_INSERT = "INSERT INTO referencia (documento_id, tipo, folio, codigo, monto) VALUES (?, ?, ?, ?, ?)"

# A note that another note annuls corrects nothing any more. Notes to that other note are not followed: then the first
# one counts as annulled, and nothing is remarked that might not be so.
_IN_FORCE = """
    SELECT nota.tipo, nota.folio, referencia.codigo, referencia.monto
    FROM referencia JOIN documento nota ON nota.id = referencia.documento_id
    WHERE referencia.tipo = ? AND referencia.folio = ? AND nota.ambiente = ? AND nota.rut_emisor = ?
    AND NOT EXISTS (
        SELECT 1 FROM referencia anula JOIN documento otra ON otra.id = anula.documento_id
        WHERE anula.tipo = nota.tipo AND anula.folio = nota.folio AND anula.codigo = 1
        AND otra.ambiente = nota.ambiente AND otra.rut_emisor = nota.rut_emisor
    )
    ORDER BY nota.id
"""


class References(Connected):
    """The part of the ledger that holds what notes correct."""

    def save_references(self, documento_id: int, references: Iterable[NewReference]) -> None:
        """Note what the note of that id corrects."""
        self.connection.executemany(_INSERT, ((documento_id, *one) for one in references))

    def notes_in_force(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> list[StoredReference]:
        """The company's notes that correct the document of that type and folio and that no other note annuls.

        Only notes recorded since the ledger keeps references are found.
        """
        rows = self.connection.execute(_IN_FORCE, (tipo, folio, ambiente, rut))
        return [StoredReference._make(row) for row in rows]
