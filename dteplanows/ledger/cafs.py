"""CAFs: ranges of folios that the SII authorized. :mod:`dteplanows.folios` decides which one stamps a folio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.ledger.companies import Companies
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Series, Span, StoredCaf
from dteplanows.ledger.tables import CAF
from dteplanows.ledger.vault import Vault

_INSERT = CAF.insert("secreto", "cargado")
_MARK_CROSSED = """
    UPDATE caf SET cruzado = 1 WHERE ambiente = ? AND rut = ? AND tipo = ? AND desde <= ? AND hasta >= ? AND cruzado = 0
"""


class Cafs(Repository):
    """The part of the ledger that holds the CAFs."""

    def __init__(self, db: Database, events: Events, companies: Companies, vault: Vault) -> None:
        super().__init__(db)
        self.events = events
        self.companies = companies
        self._vault = vault

    def save(
        self,
        series: Series,
        span: Span,
        fecha_autorizacion: date,
        trusted: bytes,
        solo_pedidos: bool = False,
    ) -> int:
        """Save a CAF of *series* with the folios of *span*, sealed. Gives its id.

        Its range may cross others, which are marked then, as it is itself.

        :param trusted: the CAF with its key, in clear.
        :param solo_pedidos: automatic numbering takes nothing from it.
        :raises Refused: there is no such company (AUT-004).
        """
        with self.db.writing():
            self.companies.must_exist(series.ambiente, series.rut)
            crossed = any(one.span.crosses(span) for one in self.of(*series))
            if crossed:
                self.db.connection.execute(_MARK_CROSSED, (*series, span.hasta, span.desde))
            row = StoredCaf(0, *series, *span, fecha_autorizacion, span.desde, solo_pedidos, crossed)
            sealed = self._vault.seal(trusted)
            identifier = self.db.insert(_INSERT, CAF.values(row, sealed, clock.now().isoformat(" ")))
            detalle = f"tipo {series.tipo}, folios {span.desde} a {span.hasta}"
            self.events.note(NewEvent("caf cargado", detalle, series.ambiente, series.rut))
            return identifier

    def of(self, ambiente: Ambiente, rut: str, tipo: int | None = None, automaticos: bool = False) -> list[StoredCaf]:
        """The CAFs of a company, oldest authorization first, of one day the one that was loaded first.

        :param automaticos: only those from which automatic numbering may take, and that may have a free folio.
        """
        clause = "ambiente = ? AND rut = ?"
        values: list[str | int] = [ambiente, rut]
        if tipo is not None:
            clause += " AND tipo = ?"
            values.append(tipo)
        if automaticos:
            clause += " AND siguiente <= hasta AND solo_pedidos = 0"
        query = f"{CAF.select} WHERE {clause} ORDER BY fecha_autorizacion, id"
        rows = self.db.connection.execute(query, values)
        return list(map(CAF.row, rows))

    def secret(self, caf_id: int) -> bytes:
        """The CAF with its key, in clear.

        :raises LookupError: there is no such CAF.
        """
        return self._vault.open(self.sealed(caf_id))

    def sealed(self, caf_id: int) -> bytes:
        """The same, sealed: no two CAFs, and no two sealings of one, are alike.

        :raises LookupError: there is no such CAF.
        """
        row = self.db.connection.execute("SELECT secreto FROM caf WHERE id = ?", (caf_id,)).fetchone()
        if row is None:
            raise LookupError(f"no CAF {caf_id}")
        return bytes(row[0])

    def advance(self, caf_id: int, siguiente: int) -> None:
        """Note that none of the CAF's own folios below *siguiente* is free."""
        self.db.connection.execute("UPDATE caf SET siguiente = ? WHERE id = ?", (siguiente, caf_id))

    def number_from(self, caf_id: int) -> None:
        """Let automatic numbering take from a CAF that was only for folios asked for."""
        with self.db.writing():
            row = self.db.connection.execute(
                "SELECT ambiente, rut, tipo, desde, hasta FROM caf WHERE id = ? AND solo_pedidos <> 0", (caf_id,)
            ).fetchone()
            if row:
                detalle = "tipo {}, folios {} a {}: también para la numeración automática".format(*row[2:])
                self.events.note(NewEvent("caf cambiado", detalle, ambiente=row[0], rut_emisor=row[1]))
            self.db.connection.execute("UPDATE caf SET solo_pedidos = 0 WHERE id = ?", (caf_id,))


def ranges(spans: Iterable[Span]) -> str:
    """*spans* in words, ascending: ``1 a 50, 61 y 101 en adelante``; the highest ten when there are many."""
    words = [one.words for one in sorted(spans)[-10:]]
    return " y ".join(", ".join(words).rsplit(", ", 1))
