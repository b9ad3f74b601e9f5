"""Documents as files: the signed XML and the printed copies of a period, in a folder or one zip.

A file is there whole or not at all: it is written under another name and then renamed. A file that is there already is
not made again, so that an interrupted export goes on where it was. A zip is made from such a folder once
that is complete: its table of contents stands at its end, and without it the rest is nothing.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from dteplanows import printing
from dteplanows.archive.copies import Copies
from dteplanows.archive.names import file_name
from dteplanows.document.company import Company
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.process.system_errors import naming

_DRAFT = ".parcial"
"""How the name of a file ends that is being written."""
_MONTH = len("2026-01")


class Part(Enum):
    """What of a document is exported."""

    XML = "xml"
    PDF = "pdf"
    CEDIBLE = "cedible"


class Export(NamedTuple):
    """Which documents are exported, as what and where to."""

    ledger: Ledger
    company: Company
    wanted: Wanted
    folder: Path
    """Only of that company."""
    parts: frozenset[Part]
    copies: Copies
    """Know what is printed."""


class Step(NamedTuple):
    """One document exported."""

    tipo: int
    folio: int
    written: int
    """Files made now."""
    kept: int
    """Files that were there."""
    failed: bool = False
    """It could not be printed; its XML is there."""


def folder_of(company: Company, destination: Path) -> Path:
    """The folder of *company* in *destination*: their folios are alike."""
    return destination / (company.rut if company.ambiente == "produccion" else f"{company.rut}-{company.ambiente}")


def target_of(folder: Path, day: str, tipo: int, folio: int, part: Part) -> Path:
    """Where a file of a document lies: ``2026-01/factura-33-1204.xml``."""
    ending = "xml" if part is Part.XML else "pdf"
    return folder / day[:_MONTH] / file_name(tipo, folio, ending, part is Part.CEDIBLE)


def export(order: Export) -> Iterator[Step]:
    """Write the documents that are wanted, but for those without effect, into the folder; a step for each.

    :raises OSError: a file cannot be written.
    """
    ledger, company, wanted, folder, parts, _ = order
    for one in ledger.finding.found(company, wanted):
        if not one.has_effect:
            continue
        targets = {part: target_of(folder, one.fecha_emision, one.tipo, one.folio, part) for part in parts}
        # Where a document took the folio of a refused one, the files may be of that.
        missing = {part: path for part, path in targets.items() if one.reemplaza or not path.exists()}
        # Whether there is a cedible copy only the document tells, so that one without it is read each time.
        if not missing:
            yield Step(one.tipo, one.folio, 0, len(targets))
            continue
        stored = ledger.documents.by_id(one.id)
        if stored is None:
            continue
        written, failed = _write_all(order, stored, missing)
        yield Step(stored.tipo, stored.folio, written, len(targets) - len(missing), failed)


def _write_all(order: Export, stored: StoredDocument, missing: dict[Part, Path]) -> tuple[int, bool]:
    """How many files were made now, and whether it could not be printed."""
    written, failed = 0, False
    for part, path in missing.items():
        try:
            data = content(order.copies, order.company, stored, part)
        except printing.NotCedible:
            continue
        except ValueError:
            failed = True
            continue
        write_whole(path, data)
        written += 1
    return written, failed


def content(copies: Copies, company: Company, stored: StoredDocument, part: Part) -> bytes:
    """The bytes of a file of a document.

    :raises NotCedible: it has no cedible copy.
    :raises ValueError: it cannot be printed.
    """
    if part is Part.XML:
        return stored.xml
    return printing.pdf(stored.xml, copies.facts(company, stored), part is Part.CEDIBLE)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all.

    :raises OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}{_DRAFT}")
    with naming(path):
        draft.write_bytes(data)
        draft.replace(path)


def staging_of(archive: Path) -> Path:
    """The folder in which the files of the zip *archive* wait until they are all there."""
    return archive.with_name(f".{archive.name}{_DRAFT}")


def pack(archive: Path, files: Iterator[Path]) -> Iterator[int]:
    """Make the zip *archive* of *files* in its :func:`staging_of`, and then remove that folder; counts the files.

    :raises OSError: it cannot be written.
    """
    staging = staging_of(archive)
    draft = archive.with_name(f".{archive.name}.nuevo")
    with naming(archive):
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as made:
            for number, path in enumerate(files, 1):
                made.write(path, path.relative_to(staging))
                yield number
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(archive)
        shutil.rmtree(staging)


def exported(order: Export) -> Iterator[Path]:
    """The files of an export that are there, those of the documents that are wanted alone."""
    for one in order.ledger.finding.found(order.company, order.wanted):
        for part in Part:
            path = target_of(order.folder, one.fecha_emision, one.tipo, one.folio, part)
            if part in order.parts and path.exists():
                yield path
