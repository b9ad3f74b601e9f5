"""What the simulator remembers across restarts: a SQLite file of its own.

An upload is durable before its answer is written; its judgement is one transaction, so a killed simulator judges again
what it had not finished, with the same result.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_TABLES = """
CREATE TABLE IF NOT EXISTS envelope (
    track INTEGER PRIMARY KEY, channel TEXT NOT NULL, sha TEXT NOT NULL, company TEXT NOT NULL, sender TEXT NOT NULL,
    file TEXT NOT NULL, received REAL NOT NULL, times INTEGER NOT NULL DEFAULT 1,
    state TEXT, gloss TEXT, final REAL);
CREATE INDEX IF NOT EXISTS envelope_sha ON envelope (sha);
CREATE INDEX IF NOT EXISTS envelope_open ON envelope (track) WHERE state IS NULL;
CREATE TABLE IF NOT EXISTS total (
    track INTEGER NOT NULL, tipo INTEGER NOT NULL, informados INTEGER NOT NULL, aceptados INTEGER NOT NULL,
    rechazados INTEGER NOT NULL, reparos INTEGER NOT NULL, PRIMARY KEY (track, tipo));
CREATE TABLE IF NOT EXISTS document (
    id INTEGER PRIMARY KEY, track INTEGER NOT NULL,
    company TEXT NOT NULL, tipo INTEGER NOT NULL, folio INTEGER NOT NULL,
    fecha TEXT NOT NULL, receptor TEXT NOT NULL, monto TEXT NOT NULL, firma TEXT NOT NULL, estado TEXT NOT NULL,
    visible REAL NOT NULL);
CREATE INDEX IF NOT EXISTS document_track ON document (track);
CREATE UNIQUE INDEX IF NOT EXISTS document_live ON document (company, tipo, folio) WHERE estado <> 'RCH';
CREATE TABLE IF NOT EXISTS remark (
    document INTEGER NOT NULL, code TEXT NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL, level TEXT NOT NULL,
    ours TEXT NOT NULL, theirs TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS remark_document ON remark (document);
CREATE TABLE IF NOT EXISTS fault (track INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS fault_track ON fault (track);
CREATE TABLE IF NOT EXISTS note (
    company TEXT NOT NULL, tipo INTEGER NOT NULL, folio INTEGER NOT NULL, by_tipo INTEGER NOT NULL, cod TEXT NOT NULL,
    visible REAL NOT NULL);
CREATE INDEX IF NOT EXISTS note_of ON note (company, tipo, folio);
CREATE TABLE IF NOT EXISTS annulled (
    company TEXT NOT NULL, tipo INTEGER NOT NULL, desde INTEGER NOT NULL, hasta INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS company (rut TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS caf_key (idk TEXT NOT NULL, pem TEXT NOT NULL, PRIMARY KEY (idk, pem));
CREATE TABLE IF NOT EXISTS mail (id INTEGER PRIMARY KEY, track INTEGER NOT NULL, due REAL NOT NULL, sent REAL);
CREATE INDEX IF NOT EXISTS mail_open ON mail (due) WHERE sent IS NULL;
"""

FIRST_TRACK = {"dte": 1_000_001, "boleta": 100_000_000_000_001}
"""TRACKIDs of boletas have up to 15 digits and do not fit a 32-bit number."""


class Envelope(NamedTuple):
    """An upload that was taken."""

    track: int
    channel: str
    """``dte`` (DTEUpload) or ``boleta`` (the REST service)."""
    sha: str
    company: str
    sender: str
    file: str
    received: float
    times: int
    """How often the same bytes came."""
    state: str | None
    """The last state (EPR, RSC, RFR, RCT); None while it is judged."""
    gloss: str | None
    final: float | None
    """When the last state is told, in seconds since 1970."""


class Total(NamedTuple):
    """The counts of one type in an envelope."""

    tipo: int
    informados: int
    aceptados: int
    rechazados: int
    reparos: int


class Remark(NamedTuple):
    """One reason that a document was refused, or accepted with reparo, for."""

    code: str
    """As ``DTE-3-505``."""
    text: str
    line: int = 0
    """Line of the detail or of the references; 0 for none."""
    level: str = "RECHAZO"
    """RECHAZO or REPARO."""
    ours: str = ""
    """The value that was sent, where two were compared; *theirs* is the one that was expected."""
    theirs: str = ""

    @property
    def refuses(self) -> bool:
        """Whether the document is refused for it."""
        return self.level == "RECHAZO"


class Document(NamedTuple):
    """A document that was judged."""

    company: str
    tipo: int
    folio: int
    fecha: str
    receptor: str
    monto: str
    firma: str
    """Its SignatureValue, without blanks."""
    estado: str
    """DOK, RPR (accepted with reparo) or RCH."""
    visible: float
    """From when on it is known to who asks, in seconds since 1970."""
    track: int


class Judged(NamedTuple):
    """A document's judgement, to be kept."""

    document: Document
    remarks: tuple[Remark, ...]
    notes: tuple[tuple[int, int, str], ...]
    """Type, folio and CodRef of what it refers to, where it is a note."""


_ENVELOPE = "track, channel, sha, company, sender, file, received, times, state, gloss, final"
_DOCUMENT = "company, tipo, folio, fecha, receptor, monto, firma, estado, visible, track"


class Store:
    """The file, one connection for each thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.Lock()
        self._base.executescript(_TABLES)

    @property
    def _base(self) -> sqlite3.Connection:
        base: sqlite3.Connection | None = getattr(self._local, "base", None)
        if base is None:
            base = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=FULL")
            self._local.base = base
        return base

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with self._writing:
            base = self._base
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
            except BaseException:
                base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that *question* gives."""
        return self._base.execute(question, values).fetchall()

    def close(self) -> None:
        """Close this thread's connection."""
        base: sqlite3.Connection | None = getattr(self._local, "base", None)
        if base is not None:
            base.close()
            self._local.base = None

    # --- envelopes -------------------------------------------------------------------------------------------

    def same_file(self, channel: str, company: str, sha: str) -> Envelope | None:
        """The envelope that the same bytes came in before."""
        found = self.rows(
            f"SELECT {_ENVELOPE} FROM envelope WHERE sha = ? AND channel = ? AND company = ? ORDER BY track LIMIT 1",
            sha, channel, company,
        )  # fmt: skip
        return Envelope(*found[0]) if found else None

    def counted_again(self, track: int) -> int:
        """How often the same bytes had come before this time."""
        with self.writing() as base:
            before = base.execute("SELECT times FROM envelope WHERE track = ?", (track,)).fetchone()[0]
            base.execute("UPDATE envelope SET times = times + 1 WHERE track = ?", (track,))
        return int(before)

    def add_envelope(self, new: Envelope) -> int:
        """Keep *new*, whose own ``track`` is not looked at; its TRACKID."""
        with self.writing() as base:
            last = base.execute("SELECT max(track) FROM envelope WHERE channel = ?", (new.channel,)).fetchone()[0]
            track = FIRST_TRACK[new.channel] if last is None else last + 1
            base.execute(
                f"INSERT INTO envelope ({_ENVELOPE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                new._replace(track=track),
            )
        return int(track)

    def envelope(self, track: int) -> Envelope | None:
        """The envelope *track*."""
        found = self.rows(f"SELECT {_ENVELOPE} FROM envelope WHERE track = ?", track)
        return Envelope(*found[0]) if found else None

    def envelopes(self, limit: int = 100) -> list[Envelope]:
        """The latest ones first."""
        return [Envelope(*row) for row in self.rows(
            f"SELECT {_ENVELOPE} FROM envelope ORDER BY received DESC, track DESC LIMIT ?", limit)]  # fmt: skip

    def not_judged(self) -> list[int]:
        """TRACKIDs of envelopes that wait for their judgement, in the order of their upload."""
        return [row[0] for row in self.rows("SELECT track FROM envelope WHERE state IS NULL ORDER BY received, track")]

    def totals(self, track: int) -> list[Total]:
        """The counts of *track* by type."""
        return [Total(*row) for row in self.rows(
            "SELECT tipo, informados, aceptados, rechazados, reparos FROM total WHERE track = ? ORDER BY tipo",
            track)]  # fmt: skip

    def faults(self, track: int) -> list[str]:
        """Why the whole envelope was refused."""
        return [row[0] for row in self.rows("SELECT text FROM fault WHERE track = ? ORDER BY rowid", track)]

    def remarked(self, track: int) -> list[tuple[Document, list[Remark]]]:
        """The documents of *track* that were not simply accepted."""
        found = []
        for row in self.rows(
            f"SELECT id, {_DOCUMENT} FROM document WHERE track = ? AND estado <> 'DOK' ORDER BY id", track
        ):
            remarks = self.rows("SELECT code, text, line, level, ours, theirs FROM remark WHERE document = ? "
                                "ORDER BY rowid", row[0])  # fmt: skip
            found.append((Document(*row[1:]), [Remark(*one) for one in remarks]))
        return found

    # --- documents -------------------------------------------------------------------------------------------

    def live(self, company: str, tipo: int, folio: int) -> Document | None:
        """The document that uses the folio up."""
        found = self.rows(
            f"SELECT {_DOCUMENT} FROM document WHERE company = ? AND tipo = ? AND folio = ? AND estado <> 'RCH'",
            company, tipo, folio,
        )  # fmt: skip
        return Document(*found[0]) if found else None

    def documents(self, company: str, limit: int = 1000) -> list[Document]:
        """The documents of *company*, refused ones too, the latest first."""
        return [Document(*row) for row in self.rows(
            f"SELECT {_DOCUMENT} FROM document WHERE company = ? ORDER BY id DESC LIMIT ?", company, limit,
        )]  # fmt: skip

    def counts(self) -> list[tuple[str, int, str, int]]:
        """Company, type, state and number of documents."""
        return [(row[0], row[1], row[2], row[3]) for row in self.rows(
            "SELECT company, tipo, estado, count(*) FROM document GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")]  # fmt: skip

    def notes_of(self, company: str, tipo: int, folio: int, at: float) -> list[tuple[int, str]]:
        """Type and CodRef of the notes of a document that are visible *at* a moment, the latest first."""
        return [(row[0], row[1]) for row in self.rows(
            "SELECT by_tipo, cod FROM note WHERE company = ? AND tipo = ? AND folio = ? AND visible <= ? "
            "ORDER BY rowid DESC", company, tipo, folio, at)]  # fmt: skip

    def add_documents(self, base: sqlite3.Connection, judged: Iterable[Judged]) -> None:
        """Keep *judged*, in a transaction of the caller's."""
        for one in judged:
            key = base.execute(
                f"INSERT INTO document ({_DOCUMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", one.document
            ).lastrowid
            base.executemany(
                "INSERT INTO remark (document, code, text, line, level, ours, theirs) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(key, *remark) for remark in one.remarks],
            )
            if one.document.estado != "RCH":
                base.executemany(
                    "INSERT INTO note VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (one.document.company, tipo, folio, one.document.tipo, cod, one.document.visible)
                        for tipo, folio, cod in one.notes
                    ],
                )

    def annul(self, company: str, tipo: int, desde: int, hasta: int) -> list[int]:
        """Void folios that were never received; those among them that were, which stay as they are."""
        with self.writing() as base:
            used = [row[0] for row in base.execute(
                "SELECT folio FROM document WHERE company = ? AND tipo = ? AND folio BETWEEN ? AND ? "
                "AND estado <> 'RCH' ORDER BY folio", (company, tipo, desde, hasta))]  # fmt: skip
            if not used:
                base.execute("INSERT INTO annulled VALUES (?, ?, ?, ?)", (company, tipo, desde, hasta))
        return used

    def is_annulled(self, company: str, tipo: int, folio: int) -> bool:
        """Whether the folio was voided."""
        return bool(self.rows(
            "SELECT 1 FROM annulled WHERE company = ? AND tipo = ? AND ? BETWEEN desde AND hasta LIMIT 1",
            company, tipo, folio))  # fmt: skip

    # --- companies and mails ---------------------------------------------------------------------------------

    def company(self, rut: str) -> dict[str, Any] | None:
        """What was registered of a company."""
        found = self.rows("SELECT data FROM company WHERE rut = ?", rut)
        return dict(json.loads(found[0][0])) if found else None

    def register(self, rut: str, data: dict[str, Any]) -> None:
        """Keep *data* of a company in place of what was known."""
        with self.writing() as base:
            base.execute(
                "INSERT INTO company VALUES (?, ?) ON CONFLICT (rut) DO UPDATE SET data = excluded.data",
                (rut, json.dumps(data, ensure_ascii=False)),
            )

    def caf_keys(self) -> list[tuple[str, str]]:
        """IDK and public key in PEM of the authorities that were told."""
        return [(row[0], row[1]) for row in self.rows("SELECT idk, pem FROM caf_key")]

    def add_caf_key(self, idk: str, pem: str) -> None:
        """Keep the key of another authority."""
        with self.writing() as base:
            base.execute("INSERT OR IGNORE INTO caf_key VALUES (?, ?)", (idk, pem))

    def post(self, track: int, due: float) -> None:
        """Have the result of *track* mailed at *due*."""
        with self.writing() as base:
            base.execute("INSERT INTO mail (track, due) VALUES (?, ?)", (track, due))

    def mails_due(self, at: float) -> list[tuple[int, int]]:
        """Number and TRACKID of mails that are to be sent."""
        return [(row[0], row[1]) for row in self.rows(
            "SELECT id, track FROM mail WHERE sent IS NULL AND due <= ? ORDER BY id", at)]  # fmt: skip

    def mailed(self, number: int, at: float) -> None:
        """The mail *number* was sent."""
        with self.writing() as base:
            base.execute("UPDATE mail SET sent = ? WHERE id = ?", (at, number))
