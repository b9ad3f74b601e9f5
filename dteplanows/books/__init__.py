"""Books of purchases and sales (``LibroCompraVenta``): read, checked and kept, never signed or delivered.

Since August 2017 the SII forms these books itself, as the Registro de Compras y Ventas; some ERPs still send theirs.
"""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from dteplanows import parser
from dteplanows.accounts.callers import Account
from dteplanows.books import checks, totals
from dteplanows.books.checks import VENTA, Heading
from dteplanows.books.reader import Reader
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import NOWHERE, Problem, Severity, errors
from dteplanows.ledger.rows import NewBook, ReceivedFile
from dteplanows.ledger.store import Ledger
from dteplanows.parser.characters.remarks import Remark
from dteplanows.parser.xml.source import malformed, not_documents, prepared, whole_tree

ROOT = "LibroCompraVenta"

TAG_LIMIT = 1_000_000
"""Tags of one book; the SII took 30 000 rows, of which one seldom has more than fifteen elements."""

_BEGINNING = re.compile(
    rb"\s*+(?>(?:<\?(?>.*?\?>)|<!--(?>.*?-->))\s*+)*+<(?:[\w.-]++:)?" + ROOT.encode() + rb"[\s/>]", re.DOTALL
)
"""Up to the root element, whatever its namespace."""

_TOLERATED = phrase("totals.book_tolerated")


def is_book(file: bytes, formato: str) -> bool:
    """Whether *file* is a book as :func:`receive` takes it."""
    if formato.strip() != parser.XML:
        return False
    text = parser.readable(file, parser.XML, 1)
    return not isinstance(text, Document) and _BEGINNING.match(text.data) is not None


def receive(ledger: Ledger, account: Account, file: bytes, solo_validar: bool = False) -> DocumentOutcome:
    """Judge the book *file* and keep it when it has no error.

    :param account: who sends it, for which company.
    :param file: of which :func:`is_book` holds.
    :param solo_validar: only judge: keep nothing.
    """
    moment = clock.now()
    company = account.company
    head, problems = judge(file, company, moment.date(), account.identity_from_account)
    accepted = not errors(problems)
    if accepted:
        row = NewBook(
            ambiente=company.ambiente, rut_emisor=company.rut, operacion=head.operacion, periodo=head.periodo,
            tipo_libro=head.tipo_libro, tipo_envio=head.tipo_envio, archivo=ReceivedFile(parser.XML, file),
            usuario=account.usuario, creado=moment,
        )  # fmt: skip
        if solo_validar:
            problems += _former(ledger, row)
        else:
            with ledger.transaction():
                problems += _former(ledger, row)
                ledger.books.record(row)
    return DocumentOutcome(0, 0, moment, accepted, tuple(problems), head.operacion or VENTA, libro=True)


def judge(
    file: bytes, company: Company, today: date, identity_from_account: bool = False
) -> tuple[Heading, list[Problem]]:
    """What the book *file* says of itself, and every problem of it, the most useful first.

    :param identity_from_account: the book is of the account's company whatever it names (test logins).
    """
    root, remarks = _tree(file)
    if isinstance(root, Document):
        return Heading("", "", "", ""), root.problems
    reader = Reader(root)
    reading, document = reader.reading, reader.document
    document.problems.extend(one.problem for one in remarks)
    unread = document.unread
    head = checks.heading(document.root)
    checks.check_heading(reading, company, today, identity_from_account)
    sums, rows = totals.Sums(), checks.Rows(reading, head)
    for row in reader.rows():
        rows.check(row)
        sums.add(row, document.unread)
        if reading.report.full and _is_shortened(document.problems):
            break
    else:
        totals.check(reading, head, sums, unread)
    problems = [_tolerated(one) if company.tolerante else one for one in document.problems]
    return head, sorted(problems, key=lambda one: (one.severity.rank, one.place.line))


def _tree(file: bytes) -> tuple[etree._Element | Document, tuple[Remark, ...]]:
    """The root of *file*, when it is no XML a document that says why; and what was found out about its bytes."""
    data = parser.readable(file, parser.XML, 1)
    before = () if isinstance(data, Document) else data.remarks
    text = data if isinstance(data, Document) else prepared(data.data, TAG_LIMIT)
    if isinstance(text, Document):
        return text, ()
    try:
        root = whole_tree(text.data)
    except etree.XMLSyntaxError as wrong:
        return malformed(text.data, wrong), ()
    doctype = root.getroottree().docinfo.internalDTD is not None
    return (not_documents(root) if doctype else None) or root, (*before, *text.remarks)


def _is_shortened(problems: list[Problem]) -> bool:
    """Whether there are more errors than are told: to read the rest of a hostile book would only cost time."""
    return any(one.code == "TXT-006" for one in reversed(problems))


def _tolerated(one: Problem) -> Problem:
    if one.code not in totals.CONTRADICTIONS:
        return one
    return one._replace(severity=Severity.AVISO, remedy=_TOLERATED)


def _former(ledger: Ledger, row: NewBook) -> list[Problem]:
    """What a customer should know of the versions that were received before."""
    newest = ledger.books.find(row.ambiente, row.rut_emisor, row.operacion, row.periodo)
    if newest is None:
        return []
    facts = {"fecha": f"{newest.creado:%Y-%m-%d %H:%M}", "operacion": row.operacion, "periodo": row.periodo}
    if newest.archivo_sha256 == row.archivo.sha256:
        return [problem("LIB-051", NOWHERE, str(newest.version), **facts)]
    code = "LIB-050" if row.tipo_envio == "TOTAL" else "LIB-052"
    return [problem(code, NOWHERE, str(newest.version + 1), **facts)]
