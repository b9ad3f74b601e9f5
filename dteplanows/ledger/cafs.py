"""CAFs and the state of their folios. :mod:`dteplanows.folios.allocation` decides what may be done with a folio."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Literal

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.accounts import Accounts
from dteplanows.ledger.batches import Batches
from dteplanows.ledger.rows import StoredCaf

Use = Literal["", "emitido", "anulado"]
"""What became of a folio; empty for nothing yet."""

_TAKEN = """
    SELECT folio FROM documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND folio BETWEEN ? AND ?
    UNION ALL
    SELECT folio FROM folio_anulado WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND folio BETWEEN ? AND ?
    ORDER BY folio
"""
_USE = """
    SELECT 'emitido' FROM documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND folio = ?
    UNION ALL
    SELECT 'anulado' FROM folio_anulado WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND folio = ?
"""


class Cafs(Accounts, Batches):
    """The part of the ledger that holds the CAFs and what became of their folios."""

    def save_caf(
        self,
        ambiente: Ambiente,
        rut: str,
        tipo: int,
        desde: int,
        hasta: int,
        fecha_autorizacion: date,
        trusted: bytes,
    ) -> int:
        """Save a CAF, sealed. Gives its id.

        :param trusted: the CAF with its key, in clear.
        :raises Refused: there is no such company (AUT-004), or the range was loaded before, whole (FOL-040) or in part
            (FOL-041).
        """
        with self.writing():
            self._must_exist(ambiente, rut)
            crossing = [one for one in self.cafs(ambiente, rut, tipo) if one.desde <= hasta and desde <= one.hasta]
            if crossing:
                same = any((one.desde, one.hasta) == (desde, hasta) for one in crossing)
                code, wanted = "FOL-040" if same else "FOL-041", f"{desde} a {hasta}"
                raise Refused([problem(code, value=wanted, tipo=tipo, rangos=ranges(crossing))])
            cursor = self.connection.execute(
                "INSERT INTO caf (ambiente, rut, tipo, desde, hasta, fecha_autorizacion, siguiente, secreto, cargado) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    ambiente,
                    rut,
                    tipo,
                    desde,
                    hasta,
                    fecha_autorizacion.isoformat(),
                    desde,
                    self._vault.seal(trusted),
                    clock.now().isoformat(" "),
                ),
            )
            self.event("caf cargado", f"tipo {tipo}, folios {desde} a {hasta}", ambiente=ambiente, rut_emisor=rut)
            return int(cursor.lastrowid or 0)

    def cafs(self, ambiente: Ambiente, rut: str, tipo: int | None = None, con_folios: bool = False) -> list[StoredCaf]:
        """The CAFs of a company, oldest authorization first, of one day the one that was loaded first.

        :param con_folios: only those that may have a free folio.
        """
        clause = "ambiente = ? AND rut = ?"
        values: list[str | int] = [ambiente, rut]
        if tipo is not None:
            clause += " AND tipo = ?"
            values.append(tipo)
        if con_folios:
            clause += " AND siguiente <= hasta"
        rows = self.connection.execute(
            "SELECT id, ambiente, rut, tipo, desde, hasta, fecha_autorizacion, siguiente FROM caf "
            f"WHERE {clause} ORDER BY fecha_autorizacion, id",
            values,
        )
        return [StoredCaf._make((*row[:6], date.fromisoformat(row[6]), row[7])) for row in rows]

    def caf_secret(self, caf_id: int) -> bytes:
        """The CAF with its key, in clear.

        :raises LookupError: there is no such CAF.
        """
        row = self.connection.execute("SELECT secreto FROM caf WHERE id = ?", (caf_id,)).fetchone()
        if row is None:
            raise LookupError(f"no CAF {caf_id}")
        return self._vault.open(bytes(row[0]))

    def advance_caf(self, caf_id: int, siguiente: int) -> None:
        """Note that no folio of the CAF below *siguiente* is free."""
        self.connection.execute("UPDATE caf SET siguiente = ? WHERE id = ?", (siguiente, caf_id))

    def taken_folios(self, caf: StoredCaf, desde: int) -> Iterator[int]:
        """The folios of *caf* from *desde* on that are issued or void, ascending; read as far as they are asked for."""
        span = (caf.ambiente, caf.rut, caf.tipo, desde, caf.hasta)
        with closing(self.connection.execute(_TAKEN, span + span)) as cursor:
            for (folio,) in cursor:
                yield folio

    def folio_use(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> Use:
        """What became of a folio."""
        key = (ambiente, rut, tipo, folio)
        row = self.connection.execute(_USE, key + key).fetchone()
        use: Use = row[0] if row else ""
        return use

    def count_folios(self, caf: StoredCaf) -> tuple[int, int]:
        """How many folios of *caf* are issued, and how many void."""
        span = (caf.ambiente, caf.rut, caf.tipo, caf.desde, caf.hasta)
        where = "WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND folio BETWEEN ? AND ?"
        issued = self.connection.execute(f"SELECT COUNT(*) FROM documento {where}", span).fetchone()[0]
        void = self.connection.execute(f"SELECT COUNT(*) FROM folio_anulado {where}", span).fetchone()[0]
        return issued, void

    def save_void(self, ambiente: Ambiente, rut: str, tipo: int, folio: int, motivo: str) -> None:
        """Note that a folio will never be used.

        :raises sqlite3.IntegrityError: it is void already.
        """
        with self.writing():
            self.connection.execute(
                "INSERT INTO folio_anulado (ambiente, rut_emisor, tipo, folio, motivo, momento) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (ambiente, rut, tipo, folio, motivo, clock.now().isoformat(" ")),
            )
            self.event("folio anulado", f"tipo {tipo}, folio {folio}: {motivo}", ambiente=ambiente, rut_emisor=rut)


def ranges(cafs: list[StoredCaf]) -> str:
    """Their ranges in words, ascending: ``1 a 50 y 101 a 150``; the highest ten when there are many."""
    ordered = sorted(cafs, key=lambda one: one.desde)[-10:]
    words = [f"{one.desde} a {one.hasta}" for one in ordered]
    return " y ".join(", ".join(words).rsplit(", ", 1))
