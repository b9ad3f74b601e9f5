"""The printed document at its own address: the PDF file itself, or a page that says why there is none."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from html import escape

from dteplanows.archive.copies import Copies
from dteplanows.archive.links import PATHS, Refusal
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.log import call
from dteplanows.soap.answer.own_failure import of_ours
from dteplanows.soap.asmx.reply import Reply

log = logging.getLogger(__name__)

GONE: Mapping[Refusal, str] = {"retirado": "SRV-210", "vencido": "SRV-211"}
"""What is told of an address that opens nothing any more."""

_PATHS = frozenset(path.lower() for path in PATHS.values())
_POLICY = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
_AGAIN = (("Retry-After", "5"),)
_PRIVATE = (("X-Robots-Tag", "noindex"), ("Referrer-Policy", "no-referrer"))


def is_download(path: str) -> bool:
    """Whether printed documents are at *path*."""
    return path.lower() in _PATHS


def reply(query: str, copies: Copies) -> Reply:
    """The PDF file that the *query* of an address opens.

    An altered address and one of a document that is not there get the same answer, which tells nothing. Where it cannot
    be had now but later, as with too many at once, the status is 503.
    """
    call.note_operation("PDF")
    copy = copies.links.copy_of(query)
    if copy is None:
        gone = copies.links.refusal_of(query)
        return _page(problem(GONE[gone]), 410) if gone else _page(problem("SRV-082"), 404)
    call.note_document(copy.documento_id)
    try:
        file = copies.pdf(copy)
    except Refused as refused:
        return _page(refused.problems[0], 503, *_AGAIN)
    except ValueError as failure:
        log.error("SRV-083: el documento %d no se puede imprimir: %s", copy.documento_id, type(failure).__name__)
        return _page(problem("SRV-083", value=str(copy.documento_id)), 500)
    except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the caller gets an answer
        return _page(of_ours("descargar", failure, issuing=False, nothing_done=True), 500)
    if file is None:
        return _page(problem("SRV-082"), 404)
    name = ("Content-Disposition", f'inline; filename="{copies.name(copy)}"')
    return Reply(file, "application/pdf", 200, (name, *_PRIVATE))


def failed(found: Problem) -> Reply:
    """The page that says why the document cannot be had now."""
    return _page(found, 503)


def _page(found: Problem, status: int, *headers: tuple[str, str]) -> Reply:
    call.note_problems([found])
    texts = "".join(f"<p>{escape(text)}</p>" for text in (found.message, found.expected, found.remedy) if text)
    body = (
        '<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>Documento no disponible</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>body{font:16px/1.5 sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color:#222}</style></head>"
        f"<body><h1>Documento no disponible</h1>{texts}<p>{escape(found.code)}</p></body></html>"
    )
    return Reply(body.encode(), "text/html; charset=utf-8", status, (_POLICY, *_PRIVATE, *headers))
