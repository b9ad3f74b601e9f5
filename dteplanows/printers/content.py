"""What a printer is sent for a job: a PDF file, a text, or the bytes of a receipt printer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, cast

from dteplanows import printing
from dteplanows.archive.copies import Copies
from dteplanows.archive.names import file_name
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.elements import BOLETAS
from dteplanows.document.problem import Problem, Refused
from dteplanows.document.text import in_ascii
from dteplanows.ledger.print_tables import StoredPrint, StoredPrinter
from dteplanows.ledger.rows import StoredDocument
from dteplanows.printers.papers import PDF, TEXT, paper_of
from dteplanows.printing import escpos, trial_page
from dteplanows.printing.roll import Roll
from dteplanows.printing.stored import read
from dteplanows.printing.ticket import is_ticket

_PAGE = "cp850"
"""Of texts: the page that line printers and receipt printers of this country come with."""
_FORM_FEED = b"\x0c"
_MARKS = {"segunda": "COPIA"}
_REPRINTED = "REIMPRESIÓN"


class Content(NamedTuple):
    """What is sent."""

    data: bytes
    media: str
    """Type of the data, as in ``application/pdf``."""
    name: str
    """Of a file with it, in ASCII; jobs of one ledger never share one, tries of a job that is marked do not either."""
    title: str
    """What a queue may call it, in ASCII: CUPS garbles other letters."""


def able(xml: bytes, printers: Iterable[StoredPrinter]) -> list[StoredPrinter]:
    """Those of *printers* that the signed document *xml* can be printed on."""
    return [one for one in printers if _is_able(xml, one.formato)]


def _is_able(xml: bytes, formato: str) -> bool:
    try:
        stored = read(xml)
    except ValueError:
        return False
    return paper_of(formato).takes(stored.tipo, ticket=is_ticket(stored))


def content_of(copies: Copies, job: StoredPrint, printer: StoredPrinter) -> Content:
    """What *printer* is sent for *job*.

    :raises Refused: it cannot be printed there (CFG-064, CFG-065, CFG-066).
    """
    company = copies.ledger.companies.find(cast(Ambiente, job.ambiente), job.rut_emisor)
    document = copies.ledger.documents.by_id(job.documento_id) if job.documento_id else None
    if company is None or (document is None and job.copia != "prueba"):
        raise Refused([problem("CFG-066", value=str(job.id))])
    if document is None:
        return _trial(job, printer, company)
    facts = replace(copies.facts(company, document), copia=paper_mark(job))
    cedible = job.copia == "cedible"
    try:
        data, ending, media = _made(document, facts, printer, job)
    except printing.NotCedible:
        raise Refused([problem("CFG-065", value=str(document.folio), tipo=document.tipo)]) from None
    except ValueError:
        raise Refused([unable(document, printer)]) from None
    name = file_name(document.tipo, document.folio, ending, cedible)
    title = " ".join((name.rpartition(".")[0], *in_ascii(facts.copia).replace("-", " ").split()))
    return Content(data, media, f"{_number(job)}-{name}", title)


def unable(document: StoredDocument, printer: StoredPrinter) -> Problem:
    """What there is to say where *printer* cannot print *document*."""
    return problem("CFG-064", value=str(document.folio), tipo=document.tipo, name=printer.nombre)


def paper_mark(job: StoredPrint) -> str:
    """What the paper says of itself; empty for what is printed for the first time."""
    return " - ".join(filter(None, (_MARKS.get(job.copia, ""), _REPRINTED if job.reimpresion else "")))


def _made(
    document: StoredDocument, facts: printing.PrintFacts, printer: StoredPrinter, job: StoredPrint
) -> tuple[bytes, str, str]:
    cedible = job.copia == "cedible"
    if printer.formato == PDF:
        return printing.pdf(document.xml, facts, cedible), "pdf", "application/pdf"
    if printer.formato == TEXT:
        parts = printing.ticket(document.xml, facts, Roll.MM80, cedible)
        return _text((parts.head + parts.foot).split("\n")), "txt", "text/plain"
    is_first = job.copia == "original" and not job.reimpresion
    drawer = printer.cajon and is_first and document.tipo in BOLETAS
    options = escpos.Options(density=printer.densidad, drawer=drawer, cedible=cedible)
    data = escpos.ticket(document.xml, facts, escpos.profiles()[printer.formato], options)
    return data, "bin", "application/octet-stream"


def _trial(job: StoredPrint, printer: StoredPrinter, company: Company) -> Content:
    lines = ["Página de prueba de dteplanows", printer.nombre, company.razon_social, f"{job.pedida:%d-%m-%Y %H:%M:%S}",
             f"Trabajo {job.id}, pedido por {job.usuario}"]  # fmt: skip
    lines += [mark] if (mark := paper_mark(job)) else []
    name, title = f"{_number(job)}-prueba", "prueba"
    if printer.formato == PDF:
        return Content(trial_page.pdf(lines), "application/pdf", f"{name}.pdf", title)
    if printer.formato == TEXT:
        return Content(_text([*lines, trial_page.LETTERS]), "text/plain", f"{name}.txt", title)
    data = trial_page.escpos(lines, escpos.profiles()[printer.formato])
    return Content(data, "application/octet-stream", f"{name}.bin", title)


def _text(lines: list[str]) -> bytes:
    return b"".join(escpos.encoded(line, _PAGE).rstrip() + b"\r\n" for line in lines) + _FORM_FEED


def _number(job: StoredPrint) -> str:
    """What keeps the names of files apart, and in the order of the jobs."""
    return f"{job.id:08d}{'-reimpresion-' + str(job.intentos) if job.reimpresion else ''}"
