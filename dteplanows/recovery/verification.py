"""The check that the whole ledger still holds: the database, each signed document and its stamp, each received file,
and that every folio is explained.

It reads beside the service, in batches, and takes as little memory for a million documents as for ten. How far it is
it keeps in a file beside the database, so that one that was interrupted goes on from there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import BaseModel, ValidationError

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Problem
from dteplanows.folios import allocation
from dteplanows.folios.keys import stamping_key
from dteplanows.ledger.engines.errors import is_damage, of_databases
from dteplanows.ledger.progress import Progress, silent
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import WrongKey
from dteplanows.signer.verification import digest_holds, parts_of, signature_holds, stamp_holds

_NOTES = "-verificacion"
"""What the name of the database is followed by in that of the file with the progress."""

_BATCH = 200
"""Documents that are read at once."""

_EVERY = 2.0
"""Seconds after which the progress is kept."""

_DOCUMENTS = (
    "SELECT id, ambiente, rut_emisor, tipo, folio, fecha_emision, caf_id, xml FROM documento "
    "WHERE id > ? ORDER BY id LIMIT ?"
)


_EMPTIED = hashlib.sha256().hexdigest()
"""Of a file of which nothing was issued and that is not kept any more."""


class State(BaseModel):
    """How far a check is, and what it has found."""

    comenzado: datetime
    base: bool = False
    """The database itself has been checked."""
    documento: int = 0
    """Id of the last document that was checked."""
    documentos: int = 0
    """How many were."""
    archivo: str = ""
    """SHA-256 of the last received file that was checked."""
    archivos: int = 0
    folios: bool = False
    series: int = 0
    """How many series have all their folios explained."""
    hallazgos: list[tuple[str, str, dict[str, str]]] = []
    """Code, value and facts of what was found, the first of very many."""
    total: int = 0
    """How many findings there are."""

    @property
    def problems(self) -> list[Problem]:
        """What was found."""
        return [problem(code, Place(), value, **facts) for code, value, facts in self.hallazgos]


_KEPT = 200
"""Findings that are kept in words; of more, their number."""


class _Row(NamedTuple):
    id: int
    ambiente: str
    rut: str
    tipo: int
    folio: int
    fecha: str
    caf_id: int
    xml: bytes

    @property
    def name(self) -> str:
        return f"tipo {self.tipo}, folio {self.folio}, {self.rut}, {self.ambiente}"


class Verification:
    """One check of a ledger, new or gone on with."""

    def __init__(self, ledger: Ledger, progress: Progress = silent, *, anew: bool = False) -> None:
        """:param anew: forget what an interrupted check has done."""
        self._ledger = ledger
        self._progress = progress
        self._notes = ledger.path.with_name(ledger.path.name + _NOTES)
        self._kept = time.monotonic()
        self._cafs: dict[int, tuple[str, rsa.RSAPublicKey] | None] = {}
        known = None if anew else self._read()
        self.resumed = known is not None
        """It goes on with a check that was interrupted."""
        self.state = known or State(comenzado=clock.now())

    def run(self) -> State:
        """Check everything that is not checked yet. What *progress* raises interrupts it, and what was done is kept."""
        try:
            for step in (self._check_database, self._check_documents, self._check_files, self._check_folios):
                try:
                    step()
                except of_databases() as error:
                    if not is_damage(error):
                        raise
                    self._found("BAS-060", self._ledger.db.name, reason=str(error))
                self._keep()
        except BaseException:
            self._keep()
            raise
        with suppress(OSError):
            self._notes.unlink(missing_ok=True)
        return self.state

    # --- the parts -------------------------------------------------------------------------------------------

    def _check_database(self) -> None:
        if self.state.base:
            return
        self._progress("base de datos", 0, 1)
        for one in self._ledger.db.full_check():
            self._found("BAS-050", self._ledger.db.name, reason=one)
        self.state.base = True
        self._progress("base de datos", 1, 1)

    def _check_documents(self) -> None:
        total = self._count("documento")
        while rows := self._next_documents():
            for row in rows:
                for code in self._judge(row):
                    self._found(code, row.name)
                self.state.documento = row.id
                self.state.documentos += 1
            self._told("documentos", self.state.documentos, total)

    def _next_documents(self) -> list[_Row]:
        """The documents behind the last one that was checked; those that cannot be read are noted and left out."""
        execute = self._ledger.connection.execute
        try:
            return [_Row._make(row) for row in execute(_DOCUMENTS, (self.state.documento, _BATCH)).fetchall()]
        except of_databases() as error:
            if not is_damage(error):
                raise
        (last,) = execute("SELECT MAX(id) FROM documento").fetchone()
        for identifier in range(self.state.documento + 1, last + 1):
            try:
                row = execute(_DOCUMENTS.replace("id > ?", "id = ?"), (identifier, 1)).fetchone()
            except of_databases() as error:
                if not is_damage(error):
                    raise
                self.state.documento = identifier
                self._found("BAS-061", str(identifier), reason=str(error))
                continue
            if row:
                return [_Row._make(row)]
        return []

    def _judge(self, row: _Row) -> Iterator[str]:
        """The codes of what is wrong with a document."""
        parts = parts_of(row.xml)
        if parts is None:
            yield "BAS-051"
            return
        if not digest_holds(parts):
            yield "BAS-052"
        if not signature_holds(parts):
            yield "BAS-053"
        caf = self._caf(row.caf_id)
        if caf is None:
            yield "BAS-058"
        elif not stamp_holds(parts, *caf):
            yield "BAS-054"
        told = (parts.first("TipoDTE"), parts.first("Folio"), parts.first("FchEmis"), parts.first("RUTEmisor"))
        if told != (str(row.tipo), str(row.folio), row.fecha, row.rut):
            yield "BAS-055"

    def _check_files(self) -> None:
        total = self._count("archivo")
        query = "SELECT sha256 FROM archivo WHERE sha256 > ? ORDER BY sha256 LIMIT ?"
        while rows := self._ledger.connection.execute(query, (self.state.archivo, _BATCH)).fetchall():
            for (sha256,) in rows:
                if self._digest_of(sha256) not in (sha256, _EMPTIED):
                    self._found("BAS-056", str(sha256))
                self.state.archivo = sha256
                self.state.archivos += 1
                self._told("archivos recibidos", self.state.archivos, total)

    def _digest_of(self, sha256: str) -> str:
        digest = hashlib.sha256()
        for block in self._ledger.db.pieces_of_file(sha256):
            digest.update(block)
        return digest.hexdigest()

    def _check_folios(self) -> None:
        if self.state.folios:
            return
        companies = self._ledger.companies.all()
        for number, company in enumerate(companies):
            self._progress("folios por empresa", number, len(companies))
            for tipo in sorted({one.tipo for one in self._ledger.cafs.of(company.ambiente, company.rut)}):
                for one in allocation.account(self._ledger, company, tipo):
                    explained = one.libres + one.emitidos + one.anulados + one.retenidos + one.en_otro
                    if explained != one.caf.span.size:
                        facts = {"desde": one.caf.desde, "hasta": one.caf.hasta, "explicados": explained}
                        self._found("BAS-057", f"tipo {tipo}, {company.rut}, {company.ambiente}", **facts)
                self._check_uses(Series(company.ambiente, company.rut, tipo))
                self.state.series += 1
        self.state.folios = True

    def _check_uses(self, series: Series) -> None:
        """No folio that is issued is void or held back too, each is one of its document's CAF, and of several documents
        of one folio the SII refused all but the last."""
        key = "d.ambiente = ? AND d.rut_emisor = ? AND d.tipo = ?"
        same = "x.ambiente = d.ambiente AND x.rut_emisor = d.rut_emisor AND x.tipo = d.tipo"
        execute = self._ledger.connection.execute
        name = f"tipo {series.tipo}, {series.rut}, {series.ambiente}"
        for table, more in (("tramo_anulado", ""), ("folio_retenido", "AND x.liberado IS NULL")):
            query = (
                f"SELECT d.folio FROM {table} x JOIN documento d ON {same} {more} "
                f"AND d.folio BETWEEN x.desde AND x.hasta WHERE {key}"
            )
            for (folio,) in execute(query, series):
                self._found("BAS-059", name, folio=folio)
        query = (
            f"SELECT d.folio FROM documento d JOIN caf x ON x.id = d.caf_id WHERE {key} AND NOT ("
            "x.ambiente = d.ambiente AND x.rut = d.rut_emisor AND x.tipo = d.tipo "
            "AND d.folio BETWEEN x.desde AND x.hasta)"
        )
        for (folio,) in execute(query, series):
            self._found("BAS-058", f"tipo {series.tipo}, folio {folio}, {series.rut}, {series.ambiente}")
        query = (
            f"SELECT d.folio FROM documento d LEFT JOIN documento x ON x.id = d.reemplaza AND {same} "
            f"AND x.folio = d.folio LEFT JOIN entrega ON entrega.documento_id = x.id WHERE {key} AND d.reemplaza > 0 "
            "AND (x.id IS NULL OR entrega.estado IS NULL OR entrega.estado <> 'rechazado')"
        )
        for (folio,) in execute(query, series):
            self._found("BAS-084", name, folio=folio)

    # --- how far it is ---------------------------------------------------------------------------------------

    def _found(self, code: str, value: str, **facts: object) -> None:
        self.state.total += 1
        if len(self.state.hallazgos) < _KEPT:
            self.state.hallazgos.append((code, value, {name: str(one) for name, one in facts.items()}))

    def _told(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self._kept > _EVERY:
            self._keep()
        self._progress(what, done, total)

    def _keep(self) -> None:
        """Keep how far it is. Where nothing can be written, only that cannot be gone on with."""
        self._kept = time.monotonic()
        draft = self._notes.with_name(self._notes.name + ".parte")
        with suppress(OSError):
            draft.write_text(self.state.model_dump_json(), "utf-8")
            draft.replace(self._notes)

    def _read(self) -> State | None:
        try:
            return State.model_validate_json(self._notes.read_bytes())
        except (OSError, ValidationError):
            return None

    def _count(self, table: str) -> int:
        return int(self._ledger.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])

    def _caf(self, caf_id: int) -> tuple[str, rsa.RSAPublicKey] | None:
        """Text and public key of a CAF; None when it is not there or cannot be opened."""
        if caf_id not in self._cafs:
            try:
                caf = stamping_key(self._ledger, caf_id)
                self._cafs[caf_id] = caf.xml, caf.key.public_key()
            except (LookupError, WrongKey, ValueError):
                self._cafs[caf_id] = None
        return self._cafs[caf_id]
