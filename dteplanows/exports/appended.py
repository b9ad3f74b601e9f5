"""Files that grow document by document, and go on where a killed program left them: zips and CSV."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from dteplanows.archive.copies import Copies
from dteplanows.archive.export import Part, content
from dteplanows.archive.names import file_name
from dteplanows.archive.rows import DOCUMENT_FIELDS, document_row, write_csv
from dteplanows.archive.states import state_of_listed
from dteplanows.document import clock
from dteplanows.exports import guias, rcv
from dteplanows.exports.work import Progress, Work, documents, punto_of
from dteplanows.exports.zip_file import GrowingZip
from dteplanows.ledger.finding import ListedDocument
from dteplanows.process.system_errors import naming

_FILES_OF_STEP = {Part.XML: 200, Part.PDF: 20}
_ROWS_OF_STEP = 500
_MONTH = len("2026-01")
_BLOCK = 1 << 16
LIST = "documentos.csv"
"""The list of what is in a zip, in it."""


def zip_of(work: Work, part: Part) -> Progress:
    """The files of the documents that have effect, and their list, as a zip.

    :raises OSError: it cannot be written.
    """
    progress, found = work.begin, documents(work)
    copies = Copies(work.ledger, printed_at=work.printed_at)
    with naming(work.path), GrowingZip(work.path, progress.largo) as made:
        while some := list(islice(found, _FILES_OF_STEP[part])):
            added = sum(_add(made, work, copies, (one, part)) for one in some)
            progress = Progress(progress.hechos + added, punto_of(some[-1]), made.save())
            work.step(progress)
        made.add(LIST, _list(work, progress), clock.now())
        return progress._replace(largo=made.finish())


def _add(made: GrowingZip, work: Work, copies: Copies, which: tuple[ListedDocument, Part]) -> bool:
    """Add the file of a document; whether there is one."""
    one, part = which
    stored = work.ledger.documents.by_id(one.id) if one.has_effect else None
    if stored is None:
        return False
    name = file_name(one.tipo, one.folio, "xml" if part is Part.XML else "pdf")
    try:
        data = content(copies, work.company, stored, part)
    except ValueError:
        # What cannot be printed is there as it was signed.
        name, data = file_name(one.tipo, one.folio, "xml"), stored.xml
    made.add(f"{one.fecha_emision[:_MONTH]}/{name}", (data,), stored.creado)
    return True


def _list(work: Work, progress: Progress) -> Iterator[bytes]:
    """The list of all documents of *work* as CSV, piece by piece; *progress* is that of the zip it goes into."""
    path = work.path.with_name(f"{work.path.name}.lista")
    try:
        csv_of(work._replace(path=path, begin=Progress(), step=lambda _: work.step(progress)), SALES)
        with path.open("rb") as file:
            while piece := file.read(_BLOCK):
                yield piece
    finally:
        path.unlink(missing_ok=True)


class Table(NamedTuple):
    """What a CSV is made of."""

    fields: tuple[str, ...]
    rows: Callable[[Work, ListedDocument, int], list[dict[str, Any]]]
    """Those of a document; the number is that of the documents before it."""


def _sales(work: Work, one: ListedDocument, before: int) -> list[dict[str, Any]]:
    return [document_row(one, state_of_listed(work.ledger, work.company, one))]


SALES = Table(DOCUMENT_FIELDS, _sales)
RCV = Table(rcv.FIELDS, lambda work, one, before: rcv.rows(work.ledger, one, before + 1))
GUIAS = Table(guias.FIELDS, lambda work, one, before: guias.rows(work.ledger, work.company, one))


def csv_of(work: Work, table: Table) -> Progress:
    """The documents as CSV.

    :raises OSError: it cannot be written.
    """
    progress, found = work.begin, documents(work)
    with naming(work.path), _opened(work.path, progress.largo) as file:
        if not progress.largo:
            _write(file, table.fields, [], head=True)
        while True:
            rows, count, last = list[dict[str, Any]](), 0, progress.punto
            for one in islice(found, _ROWS_OF_STEP):
                made = table.rows(work, one, progress.hechos + count)
                rows += made
                count, last = count + bool(made), punto_of(one)
            _write(file, table.fields, rows)
            file.flush()
            os.fsync(file.fileno())
            is_end = last == progress.punto
            progress = Progress(progress.hechos + count, last, file.tell())
            if is_end:
                return progress
            work.step(progress)


def _opened(path: Path, length: int) -> io.BufferedRandom:
    path.touch(mode=0o600)
    file = path.open("r+b")
    file.truncate(length)
    file.seek(length)
    return file


def _write(file: io.BufferedRandom, fields: tuple[str, ...], rows: list[dict[str, Any]], head: bool = False) -> None:
    text = io.StringIO(newline="")
    write_csv(text, fields, rows, head=head)
    file.write(text.getvalue().encode("utf-8"))
