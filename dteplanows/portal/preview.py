"""A document that is not issued as a PDF file, for a person to look at: of any page that has its file."""

from __future__ import annotations

from flask import Response, abort, make_response

from dteplanows.archive import previews
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.portal.current import account, company
from dteplanows.portal.services import services


def file(data: bytes, formato: str, number: int) -> Response:
    """One document of a file as it would be printed, as a PDF file; where there is none the request ends.

    :param number: which one of the file, from 1.
    :raises Refused: so much is wrong with it that it cannot be printed (SRV-240).
    """
    draft = services().issuer.draft(account(), data, formato, number)
    if draft is None:
        abort(404)
    try:
        made = previews.preview(services().issuer.ledger, company(), draft)
    except ValueError:
        raise Refused([problem("SRV-240")]) from None
    response = make_response(made)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="vista-previa.pdf"'
    return response
