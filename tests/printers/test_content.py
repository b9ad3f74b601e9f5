"""What a printer is sent follows the company's design: its sheet and its logo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from dteplanows.accounts import designs
from dteplanows.archive.copies import Copies
from dteplanows.ledger.place import Place
from dteplanows.printers.content import Content, content_of
from dteplanows.printers.ipp import paper_of
from dteplanows.printers.managing import Facts
from dteplanows.printing.escpos import commands, profiles
from dteplanows.printing.escpos.picture import of_logo
from tests.installation import COMPANY, Installation, make_installation
from tests.printers.house import BOLETA, FACTURA, issue, jobs, printer
from tests.printing.test_designs import picture


@pytest.fixture
def made(place: Place) -> Iterator[Installation]:
    with closing(make_installation(place)) as one:
        yield one


def content(made: Installation) -> Content:
    """Of the newest job."""
    job = jobs(made)[-1]
    one = made.ledger.printers.find(job.impresora_id)
    assert one
    return content_of(Copies(made.ledger), job, one)


def test_a_queue_is_told_the_sheet_of_the_design(made: Installation) -> None:
    printer(made, Facts("Oficina", "carpeta", str(made.ledger.directory)))
    issue(made, FACTURA)
    for sheet, size in (("carta", (215.9, 279.4)), ("a4", (210.0, 297.0)), ("media-carta", (215.9, 139.7))):
        designs.load(made.ledger, COMPANY, f'[papel]\ntamano = "{sheet}"\n')
        sent = content(made)
        assert paper_of(sent) == size
    issue(made, BOLETA)
    assert (paper_of(content(made)) or (0.0, 0.0))[0] == float(COMPANY.rollo)
    made.ledger.companies.save(replace(COMPANY, rollo="carta"))
    sent = content(made)
    assert paper_of(sent) == (215.9, 139.7)


def test_a_ticket_begins_with_the_logo_where_the_design_has_one(made: Installation) -> None:
    printer(made, Facts("Caja", "carpeta", str(made.ledger.directory), "generica-80"))
    issue(made, BOLETA)
    plain = content(made).data
    designs.put_logo(made.ledger, COMPANY, picture())
    found = made.ledger.designs.find(COMPANY)
    assert found
    dots = commands.raster(of_logo(found.logo, profiles()["generica-80"].reach))
    assert content(made).data == plain.replace(
        commands.page(profiles()["generica-80"].page), commands.page(profiles()["generica-80"].page)
        + commands.CENTRED + dots + commands.LEFT, 1,
    )  # fmt: skip
    designs.load(made.ledger, COMPANY, '[emisor]\nlogo = "no"\n')
    assert content(made).data == plain
