"""How the ledger reaches a database in PostgreSQL: one connection per thread, none across a fork.

Durability: ``synchronous_commit`` is not off, so what a transaction wrote is on the server's disk when
:meth:`Postgresql.transaction` returns. A connection that is lost in the middle has changed nothing; when it is lost in
the COMMIT itself, nobody knows.

Locks: every transaction has a lock on the whole ledger, alone or together with others; those that share it also have
one for each part of it that they need to themselves. They are advisory locks of the transaction: whoever waits is
served in order, and reads what was committed before.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import peewee
import psycopg
from psycopg.conninfo import conninfo_to_dict

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import NOTES
from dteplanows.document.problem import Refused
from dteplanows.ledger.durable import sync
from dteplanows.ledger.engines.base import DUMP, Copy, Database, Part, one_more_finished
from dteplanows.ledger.engines.errors import Busy, Replaced
from dteplanows.ledger.engines.postgresql import checks, failures
from dteplanows.ledger.engines.postgresql.form import migrate, version_of
from dteplanows.ledger.engines.postgresql.programs import address, major, program, run
from dteplanows.ledger.engines.postgresql.session import Session, Unprepared, adapt
from dteplanows.ledger.engines.postgresql.under_way import SharedUnderWay
from dteplanows.ledger.engines.words import Words
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.rows import Series
from dteplanows.ledger.steps import newest_step
from dteplanows.ledger.tables import DOCUMENTO
from dteplanows.ledger.watermark import Watermark

BUSY_SECONDS = 20.0
"""How long a writer waits for each lock before :class:`Busy` is raised."""

_CONNECT_SECONDS = 10

_WHOLE = 0x647465_00000001
"""Number of the lock on the whole ledger."""

IN_USE = 0x647465_00000002
"""Number of the lock that each connection shares: whoever replaces the database has it alone."""

_OF_SERVICE = "_DTEPLANOWS_BASE_PG"
"""Environment variable by which the processes of a service know which database it began with."""

_MAKING = threading.Lock()

_SPEECH = peewee.PostgresqlDatabase(None)
"""Puts queries of the models into PostgreSQL's words; it is never connected."""

_BLOCK = 1 << 20

_READY = f"""
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' ||
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    pg_try_advisory_lock_shared({IN_USE}), current_setting('server_encoding'),
    CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
"""

_NUMBER = "pg_get_serial_sequence('{0}', 'id')"
_NUMBER_FROM = f"SELECT setval({_NUMBER}, GREATEST(?, nextval({_NUMBER})), false)"

WORDS = Words(
    same_name='"left"(lower(nombre), 100) = "left"(lower(CAST(? AS text)), 100)',
    same_value='"left"(valor, 100) = "left"(CAST(? AS text), 100)',
    numbers="SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(? AS json))",
    plain="",
    join="JOIN",
    of_receiver=(
        "SELECT fecha_emision, documento.id FROM documento WHERE rut_receptor = ? AND rut_emisor = ? AND ambiente = ? "
        "AND tipo IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(? AS json))) "
        "AND fecha_emision BETWEEN ? AND ? LIMIT ?"
    ),
    has_receivers_by_day=True,
    # What was added since is asked for each row by itself: joined, all documents of the period would be read.
    sums_of_days=(
        "SELECT suma.fecha_emision, suma.usuario, suma.tipo, COALESCE(mayor, suma.hasta), nuevos, "
        "suma.documentos + nuevos, suma.con_iva + de_iva, suma.con_exento + de_exento, suma.monto_neto + neto, "
        "suma.monto_exento + exento, suma.iva + del_iva, suma.monto_total + total "
        "FROM suma_diaria AS suma CROSS JOIN LATERAL (SELECT MAX(id) AS mayor, COUNT(*) AS nuevos, "
        "COUNT(*) FILTER (WHERE nuevo.iva <> 0) AS de_iva, COUNT(*) FILTER (WHERE nuevo.monto_exento <> 0) "
        "AS de_exento, COALESCE(SUM(nuevo.monto_neto), 0) AS neto, COALESCE(SUM(nuevo.monto_exento), 0) AS exento, "
        "COALESCE(SUM(nuevo.iva), 0) AS del_iva, COALESCE(SUM(nuevo.monto_total), 0) AS total FROM documento AS nuevo "
        "WHERE nuevo.ambiente = suma.ambiente AND nuevo.rut_emisor = suma.rut_emisor AND nuevo.usuario = suma.usuario "
        "AND nuevo.tipo = suma.tipo AND nuevo.fecha_emision = suma.fecha_emision AND nuevo.id > suma.hasta) AS despues "
        "WHERE suma.ambiente = ? AND suma.rut_emisor = ? AND suma.fecha_emision BETWEEN ? AND ?"
    ),
)


class Postgresql(Database):
    """The connections to one database, and the transactions on them."""

    words = WORDS
    backup_part = DUMP
    numbers_are_dense = False

    def __init__(self, base: str, watermark: Watermark) -> None:
        """:param base: its address, ``postgresql://user:password@host:port/name``.
        :raises Refused: it cannot be reached (BAS-070), is being replaced (BAS-041) or has another encoding than UTF-8
            (BAS-071).
        """
        super().__init__(name_of(base), watermark)
        watermark.shared = True
        self.base = base
        self._known = os.environ.get(_OF_SERVICE, "").removeprefix(f"{self.name} ") if self._is_of_service() else ""
        self._under_way: SharedUnderWay | None = None
        self._under_way_pid = 0
        self._use_new_connections()
        try:
            self._connected()
        except psycopg.Error as error:
            reason = " ".join(str(error).split())
            raise Refused([problem("BAS-070", value=self.name, reason=reason)]) from None

    def _is_of_service(self) -> bool:
        return os.environ.get(_OF_SERVICE, "").startswith(f"{self.name} ")

    def _use_new_connections(self) -> None:
        self._pid = os.getpid()
        self._local = threading.local()

    @property
    def newest(self) -> int:
        return newest_step()

    def forming(self) -> AbstractContextManager[None]:
        return self.transaction()

    def migrate(self) -> None:
        migrate(self.connection, self.name)

    # --- connections -----------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        return version_of(self.connection)

    @property
    def connection(self) -> Session:
        if self._pid != os.getpid():
            # Those of the parent stay open there: libpq does not end them when they are thrown away here.
            self._use_new_connections()
        return self._connected()

    @property
    def questions(self) -> Unprepared:
        # After five times the server has one plan for all values: for a receiver of half the documents and for one of
        # none, for ten ids and for a thousand.
        return self.connection.unprepared

    def _connected(self) -> Session:
        try:
            session: Session = self._local.session
        except AttributeError:
            session = self._local.session = Session(self._connect)
        return session

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A new connection, to no other database than the one that is known."""
        link = psycopg.connect(
            self.base,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            application_name="dteplanows",
            client_encoding="utf8",
            options=f"-c lock_timeout={int(BUSY_SECONDS * 1000)}",
        )
        try:
            adapt(link)
            identity, shared, encoding, _ = link.execute(_READY).fetchone() or ("", False, "", "")
            if encoding != "UTF8":
                raise Refused([problem("BAS-071", value=self.name, encoding=encoding)])
            if not shared:
                raise Refused([problem("BAS-041", value=self.name)])
            self._known = self._known or identity
            if identity != self._known or not self._has_own(link):
                raise Replaced(self.name)
        except BaseException:
            link.close()
            raise
        return link

    def _has_own(self, link: psycopg.Connection[Any]) -> bool:
        """Whether the database has what this process put into it, which an older copy in its place has not."""
        query = "SELECT 1 FROM documento WHERE id = %s"
        return not self._last_id or link.execute(query, (self._last_id,)).fetchone() is not None

    def close(self) -> None:
        if self._pid == os.getpid() and (session := self._local.__dict__.pop("session", None)):
            session.close()

    def for_children(self) -> None:
        os.environ[_OF_SERVICE] = f"{self.name} {self._known}"

    # --- transactions ----------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, *parts: Part) -> Iterator[None]:
        session = self.connection
        if session.in_transaction:
            raise RuntimeError("a transaction of this thread is already open")
        self._begin_noting()
        _begin(session, parts)
        try:
            yield
            _commit(session)
            one_more_finished()
            self._note_committed()
        finally:
            _roll_back(session)

    def hold(self, part: Part) -> None:
        self.connection.execute("SELECT pg_advisory_xact_lock(?)", (_lock(part),))

    @contextmanager
    def reading(self) -> Iterator[None]:
        session = self.connection
        if session.in_transaction:
            yield
            return
        session.at_once("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            yield
        finally:
            _roll_back(session)

    # --- statements ------------------------------------------------------------------------------------------

    def insert(self, statement: str, values: Sequence[Any]) -> int:
        row = self.connection.execute(f"{statement} RETURNING id", values).fetchone()
        return int(row[0]) if row else 0

    def run(self, query: peewee.BaseQuery) -> psycopg.Cursor[tuple[Any, ...]]:
        context: Any = _SPEECH.get_sql_context()  # some releases of peewee's types do not type it
        statement, values = context.sql(query).query()
        return self.connection.execute(statement.replace("%s", "?"), values)

    def document_insert(self) -> str:
        return DOCUMENTO.insert()

    def next_document(self) -> int:
        row = self.connection.execute("SELECT last_value + CAST(is_called AS int) FROM documento_id_seq").fetchone()
        return int(row[0]) if row else 1

    def number_documents_from(self, identifier: int) -> None:
        self.connection.execute(_NUMBER_FROM.format("documento"), (identifier,))

    def under_way(self) -> SharedUnderWay:
        with _MAKING:
            if self._under_way is None or self._under_way_pid != os.getpid():
                self._under_way, self._under_way_pid = SharedUnderWay(Session(self._connect)), os.getpid()
            return self._under_way

    def size(self) -> int:
        row = self.connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0

    def last_batch(self) -> int:
        return last_batch_of(self.connection)

    def number_batches_from(self, identifier: int) -> None:
        self.connection.execute(_NUMBER_FROM.format("lote"), (identifier,))

    def pieces_of_file(self, sha256: str) -> Iterator[bytes]:
        begin = 1
        query = "SELECT substring(contenido FROM CAST(? AS int) FOR CAST(? AS int)) FROM archivo WHERE sha256 = ?"
        while (row := self.connection.execute(query, (begin, _BLOCK, sha256)).fetchone()) and row[0]:
            yield bytes(row[0])
            begin += _BLOCK

    # --- soundness -------------------------------------------------------------------------------------------


    @contextmanager
    def copied(self, target: Path, progress: Progress) -> Iterator[Copy]:
        where, environment = address(self.base)
        dump, restore = (program(name, major(self.connection)) for name in ("pg_dump", "pg_restore"))
        with self.reading():
            session = self.connection
            (snapshot,) = session.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            (size,) = session.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
            os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            run(
                [dump, "--format=custom", "--no-owner", "--no-privileges", "--no-unlogged-table-data",
                 f"--snapshot={snapshot}", f"--file={target}", f"--dbname={where}"],
                environment,
                lambda: progress("bytes copiados", min(target.stat().st_size, size), size),
            )  # fmt: skip
            sync(target)
            # What cannot be read back whole is no copy.
            run([restore, f"--file={os.devnull}", str(target)], {})
            yield Copy(session, self.version, [f"PostgreSQL dice: {one}" for one in self.full_check()])

    def full_check(self) -> list[str]:
        return checks.full_check(self.connection)

    def bounded_check(self) -> list[str]:
        return checks.bounded_check(self.connection)

    def give_up(self) -> NoReturn:
        self._known = "replaced"
        raise Replaced(self.name)


def last_batch_of(session: Session) -> int:
    """The highest id that a batch ever had; 0 for none."""
    row = session.execute("SELECT last_value, is_called FROM lote_id_seq").fetchone()
    return int(row[0]) if row and row[1] else 0


def name_of(base: str) -> str:
    """The address of a database without its password."""
    facts = conninfo_to_dict(base)
    host = facts.get("host") or "localhost"
    port = f":{facts['port']}" if facts.get("port") else ""
    return f"postgresql://{host}{port}/{facts.get('dbname') or facts.get('user') or ''}"


@lru_cache(maxsize=4096)
def _lock(part: Part) -> int:
    """Number of the lock on *part*. Notes correct one another, so that those of a company are one part."""
    if isinstance(part, Series):
        part = f"{part.ambiente} {part.rut} {'notas' if part.tipo in NOTES else part.tipo}"
    return int.from_bytes(hashlib.blake2b(part.encode(), digest_size=8).digest(), "big", signed=True)


def _begin(session: Session, parts: Sequence[Part]) -> None:
    """Begin, with the locks on *parts*; always in one order, so that nobody waits in a circle."""
    statements = ["BEGIN"]
    if parts:
        statements.append(f"SELECT pg_advisory_xact_lock_shared({_WHOLE})")
        statements += [f"SELECT pg_advisory_xact_lock({one})" for one in sorted({_lock(part) for part in parts})]
    else:
        statements.append(f"SELECT pg_advisory_xact_lock({_WHOLE})")
    try:
        session.at_once("; ".join(statements))
    except psycopg.Error as error:
        _roll_back(session)
        if failures.is_busy(error):
            raise Busy("others keep the database") from error
        raise


def _commit(session: Session) -> None:
    try:
        said = session.at_once("COMMIT")
    except psycopg.Error:
        # Whoever reads the database later may find it.
        if session.is_lost:
            one_more_finished()
        raise
    if said != "COMMIT":
        raise RuntimeError("a statement of the transaction had failed, so that it was rolled back")


def _roll_back(session: Session) -> None:
    if session.in_transaction:
        with suppress(psycopg.Error):
            session.at_once("ROLLBACK")
