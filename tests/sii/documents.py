"""Issued documents of every type, as the ledger holds them, for what the SII gets of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

from dteplanows.document import clock
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.rows import StoredDocument
from tests import valid_documents
from tests.installation import TIPOS, Installation, make_installation

NAME = 'O\'Higgins & Ñandú <"Cía">'
"""What six projects lost days to: quotes that Canonical XML writes otherwise than a file, and letters beyond ASCII."""


def installation_in(folder: Path) -> Installation:
    """An installation whose company has said the day of its resolution."""
    one = make_installation(folder)
    company = replace(one.company, fecha_resolucion=date(2026, 1, 2))
    one.ledger.companies.save(company)
    return replace(one, company=company)


def issue_all(one: Installation, tipos: Iterable[int] = TIPOS) -> dict[int, StoredDocument]:
    """A document of each type, by type, with difficult names, as it was stored."""
    return {tipo: issue(one, tipo) for tipo in tipos}


def issue(one: Installation, tipo: int, seeds: range = range(40), text: str = "") -> StoredDocument:
    """A document of the type *tipo*, of the first seed whose document can be issued.

    :param text: stands in the name of its receiver.
    """
    for seed in seeds:
        document = valid_documents.make(tipo, Random(seed), clock.today())
        document.receptor.put("RznSocRecep", f"{text} {NAME}".strip())
        file = valid_documents.as_file(document).replace(b"<Folio>%d</Folio>" % MAXIMUM_FOLIO, b"<Folio>0</Folio>")
        outcome = one.issue(file, "2")
        for done in outcome.documents:
            if done.accepted:
                found = one.ledger.documents.find("pruebas", one.company.rut, tipo, done.folio)
                assert found
                return found
    raise AssertionError(f"no document of type {tipo} could be issued")
