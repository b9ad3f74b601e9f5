"""Whether what a company prints looks as it has chosen."""

from __future__ import annotations

from collections.abc import Iterator

from dteplanows.accounts import designs
from dteplanows.document.company import Company
from dteplanows.status.look import Look, group_of
from dteplanows.status.rows import Row, State


def design(look: Look, company: Company) -> Iterator[Row]:
    """A row where *company*'s own design cannot be read any more; nothing where all is well."""
    found = designs.why_unreadable(look.ledger, company)
    if found:
        text = f"Su diseño no se puede leer, y se imprime con {designs.USUAL}: {found[0].message}"
        remedy = "Corríjalo con «diseno mostrar» y «diseno cargar», o elija otro con «diseno elegir»."
        yield Row(group_of(company), "Diseño", State.AVISO, text, remedy, {"codigos": [one.code for one in found]})
