"""The documents of a list as a file: CSV or XLSX, written to disk row by row and sent from there.

Half a minute of work must not keep others waiting, so that each process makes one such file at a time.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from dteplanows.archive.rows import DOCUMENT_FIELDS, Row, document_row, totals_row, write_csv
from dteplanows.archive.spreadsheet import write_workbook
from dteplanows.archive.states import state_of_listed
from dteplanows.archive.totals import totals
from dteplanows.document.company import Company
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.ledger.store import Ledger

Format = Literal["csv", "xlsx"]

MOST = 300_000
"""Documents of a file; whoever needs more asks for a shorter period, or the command ``documentos``."""
FOLDER = "exportaciones"
"""In the directory of the data; the system's folder for such files may be memory."""

_LEFT = 300.0
"""Seconds for which a file is left for its client, who has opened it long before."""
_OLD = 3600.0
"""Seconds after which a file of a process that was killed is thrown away."""

TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Order(NamedTuple):
    """What is exported."""

    ledger: Ledger
    company: Company
    listing: Listing
    formato: Format
    notes: tuple[str, ...] = ()
    """What the sheet of totals says below them."""


class BusyError(Exception):
    """Another file is being made."""


class TooLongError(Exception):
    """There are more than :data:`MOST` documents."""


_turn = threading.Lock()


def export(order: Order) -> Path:
    """The file of *order*, which is removed by itself a while after.

    :raises BusyError: this process is making another one.
    :raises TooLongError: the period has too many documents.
    :raises OSError: it cannot be written.
    """
    ledger, company, listing, formato, _ = order
    if ledger.pages.count(company, listing.wanted, MOST + 1) > MOST:
        raise TooLongError
    if not _turn.acquire(blocking=False):
        raise BusyError
    try:
        folder = ledger.directory / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        _forget_old(folder)
        path = folder / f"{secrets.token_hex(16)}.{formato}"
        try:
            _write(order, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    finally:
        _turn.release()
    forget = threading.Timer(_LEFT, _remove, (path,))
    forget.daemon = True
    forget.start()
    return path


def _write(order: Order, path: Path) -> None:
    ledger, company, listing, formato, notes = order
    rows = islice(_rows(order), MOST)
    if formato == "csv":
        with path.open("w", encoding="utf-8", newline="") as out:
            write_csv(out, DOCUMENT_FIELDS, rows)
        return
    period = Wanted(listing.wanted.desde, listing.wanted.hasta)
    write_workbook(path, rows, map(totals_row, totals(ledger, company, period)), notes)


def _rows(order: Order) -> Iterator[Row]:
    ledger, company = order.ledger, order.company
    for one in ledger.pages.all(company, order.listing):
        yield document_row(one, state_of_listed(ledger, company, one))


def _forget_old(folder: Path) -> None:
    before = time.time() - _OLD
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


def _remove(path: Path) -> None:
    # Windows keeps a file that somebody reads; a later export removes it.
    with suppress(OSError):
        path.unlink(missing_ok=True)
