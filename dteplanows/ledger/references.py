"""Which notes correct which documents of their issuer. Recorded with the note, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable

from dteplanows.document.company import Ambiente
from dteplanows.ledger.live import without_effect
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewReference, StoredReference
from dteplanows.ledger.tables import REFERENCIA, Reference

_INSERT = REFERENCIA.insert()

# A note that another note annuls corrects nothing any more, and one of which another took a part back corrects less.
# Notes to that other note are not followed: then the first one counts as annulled, and nothing is remarked that might
# not be so. Only notes of the other kind (debit to credit, credit to debit) take back. A note of less than its document
# does not annul it, even where it was issued with CodRef 1; of exports (111, 112) amounts in pesos do not tell. What
# the SII refused is no note, nor what a person discarded.
_IN_FORCE = f"""
    SELECT tipo, folio, codigo, monto - devuelto FROM (
        SELECT nota.id, nota.tipo, nota.folio, referencia.codigo, referencia.monto, (
            SELECT COALESCE(SUM(corrige.monto), 0)
            FROM referencia corrige JOIN documento otra ON otra.id = corrige.documento_id
            WHERE corrige.tipo = nota.tipo AND corrige.folio = nota.folio AND corrige.codigo IN (1, 3)
            AND otra.ambiente = nota.ambiente AND otra.rut_emisor = nota.rut_emisor AND otra.tipo <> nota.tipo
            AND referencia.monto > 0 AND nota.tipo NOT IN (111, 112) AND NOT {without_effect("otra")}
        ) AS devuelto
        FROM referencia JOIN documento nota ON nota.id = referencia.documento_id
        WHERE referencia.tipo = ? AND referencia.folio = ? AND nota.ambiente = ? AND nota.rut_emisor = ?
        AND NOT {without_effect("nota")} AND NOT EXISTS (
            SELECT 1 FROM referencia anula JOIN documento otra ON otra.id = anula.documento_id
            WHERE anula.tipo = nota.tipo AND anula.folio = nota.folio AND anula.codigo = 1
            AND otra.ambiente = nota.ambiente AND otra.rut_emisor = nota.rut_emisor
            AND (anula.monto NOT BETWEEN 1 AND nota.monto_total - 1 OR nota.tipo IN (111, 112))
            AND NOT {without_effect("otra")}
        )
    ) AS note
    WHERE devuelto = 0 OR devuelto < monto
    ORDER BY id
"""


class References(Repository):
    """The part of the ledger that holds what notes correct."""

    def save(self, documento_id: int, references: Iterable[NewReference]) -> None:
        """Note what the note of that id corrects."""
        self.db.connection.executemany(
            _INSERT, [REFERENCIA.values(Reference(0, documento_id, *one)) for one in references]
        )

    def of_note(self, documento_id: int) -> list[NewReference]:
        """What the note of that id corrects, in its own order."""
        query = "SELECT tipo, folio, codigo, monto FROM referencia WHERE documento_id = ? ORDER BY id"
        return [NewReference._make(row) for row in self.db.connection.execute(query, (documento_id,))]

    def notes_in_force(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> list[StoredReference]:
        """The company's notes that correct the document of that type and folio and that no other note annuls, each with
        what is left of its amount.

        Only notes recorded since the ledger keeps references are found.
        """
        rows = self.db.connection.execute(_IN_FORCE, (tipo, folio, ambiente, rut))
        return [StoredReference._make(row) for row in rows]
