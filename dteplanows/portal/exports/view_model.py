"""What the page of the exports shows of each."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.exports import path_of
from dteplanows.ledger import presence
from dteplanows.ledger.book_tables import StoredExport
from dteplanows.ledger.store import Ledger

MOST = 50
_KILO = 1024
_KINDS = {"pendiente": "plain", "en proceso": "info", "lista": "ok", "fallida": "bad", "vencida": "plain"}
SALES = ("xlsx", "csv", "rcv", "librocv", "xml", "pdf")
"""The kinds of files of the book of sales, in the order in which they are offered."""


class Row(NamedTuple):
    """One export."""

    export: StoredExport
    is_open: bool
    """It waits or is worked on."""
    kind: str
    """Of its badge."""
    size: str
    """Of its file, in words; empty where there is none."""
    ends: str
    """Day on which the file is removed, AAAA-MM-DD; empty where there is none."""
    is_here: bool
    """The file can be downloaded on this machine."""


class Shown(NamedTuple):
    """All that is shown."""

    rows: list[Row]
    nobody_works: bool
    """Something waits, and no program on this machine makes it."""

    @property
    def is_open(self) -> bool:
        """Something is still to come."""
        return any(one.is_open for one in self.rows)


def shown(ledger: Ledger, company: Company, days: int) -> Shown:
    """The newest exports of *company*.

    :param days: for which files are kept.
    """
    rows = [_row(ledger, one, days) for one in ledger.exports.of(company, MOST)]
    waits = any(one.is_open for one in rows)
    return Shown(rows, waits and presence.alive(ledger.directory, "exportador") is False)


def _row(ledger: Ledger, one: StoredExport, days: int) -> Row:
    is_ready = one.estado == "lista"
    ends = f"{(one.terminada + timedelta(days)).date()}" if is_ready and one.terminada else ""
    is_here = is_ready and path_of(ledger, one).exists()
    size = bytes_in_words(one.largo) if is_ready else ""
    return Row(one, one.estado in ("pendiente", "en proceso"), _KINDS[one.estado], size, ends, is_here)


def bytes_in_words(size: int) -> str:
    """How large a file is.

    >>> bytes_in_words(900), bytes_in_words(35_000), bytes_in_words(7_800_000)
    ('900 bytes', '34 KiB', '7,4 MiB')
    """
    if size < _KILO:
        return f"{size} bytes"
    if size < _KILO**2:
        return f"{size // _KILO} KiB"
    unit, name = (_KILO**2, "MiB") if size < _KILO**3 else (_KILO**3, "GiB")
    return f"{size / unit:.1f} {name}".replace(".", ",")


_NAMES = {
    "xlsx": "exports.format_xlsx", "csv": "exports.format_csv", "rcv": "exports.format_rcv",
    "librocv": "exports.format_librocv", "xml": "exports.format_xml", "pdf": "exports.format_pdf",
    "compras-xlsx": "exports.format_xlsx", "compras-csv": "exports.format_csv",
    "compras-librocv": "exports.format_compras_librocv", "guias-xlsx": "exports.format_xlsx",
    "guias-csv": "exports.format_csv",
}  # fmt: skip
"""The keys of the names of all kinds of files."""


def choices(formats: tuple[str, ...] = SALES) -> list[tuple[str, str]]:
    """Kinds of files with the keys of their names."""
    return [(one, _NAMES[one]) for one in formats]
