"""Files of many documents that people ask for: made at once where they are few, else in the background.

Those of the background lie in the folder ``exportaciones`` of the data for some days, and are of one company.
"""

from __future__ import annotations

from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.exports.formats import FORMATS, What, facts_of
from dteplanows.exports.making import count
from dteplanows.ledger.book_tables import StoredExport
from dteplanows.ledger.exports import NewExport
from dteplanows.ledger.store import Ledger
from dteplanows.validator.report import money

FOLDER = "exportaciones"
MOST_WAITING = 10
"""Files of a company that may wait or be worked on."""
MOST_DOCUMENTS = 1_000_000
"""Documents of a file."""


def order(ledger: Ledger, company: Company, usuario: str, formato: str, what: What) -> int:
    """Ask for a file. Gives the id of its export.

    :param usuario: who asks.
    :raises Refused: there are too many documents (SRV-230), or too many files wait (SRV-260).
    """
    if count(ledger, company, formato, what, MOST_DOCUMENTS + 1) > MOST_DOCUMENTS:
        raise Refused([problem("SRV-230", most=money(MOST_DOCUMENTS))])
    name = name_of(company, formato, what)
    return ledger.exports.order(NewExport(company, usuario, formato, facts_of(what), name), MOST_WAITING)


def name_of(company: Company, formato: str, what: What) -> str:
    """What a file is called: ``ventas-76123456-0-2026-11.xlsx``."""
    desde, hasta = what.wanted.desde, what.wanted.hasta
    is_month = desde and hasta and desde.day == 1 and f"{desde:%Y-%m}" == f"{hasta:%Y-%m}"
    period = f"{desde:%Y-%m}" if is_month else f"{desde}-a-{hasta}"
    one = FORMATS[formato]
    kind = formato.removeprefix(f"{one.libro}-")
    middle = "" if kind == one.ending else f"-{kind}"
    return f"{one.libro}{middle}-{company.rut}-{period}.{one.ending}"


def path_of(ledger: Ledger, one: StoredExport) -> Path:
    """Where the file of an export lies on the machine that made it."""
    return ledger.directory / FOLDER / f"{one.id}.{FORMATS[one.formato].ending}"


def delete(ledger: Ledger, one: StoredExport) -> None:
    """Remove an export with its file, wherever it is; what is being made of it ends."""
    ledger.exports.delete(one)
    path_of(ledger, one).unlink(missing_ok=True)
