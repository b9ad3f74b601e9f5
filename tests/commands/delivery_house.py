"""An installation that the commands open by themselves, on either engine, with a simulated SII at its other end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from click.testing import Result

from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii.document_state import asked
from tests.commands.command_line import run
from tests.sii.delivery.conftest import House

_TRIGGER = "documento_se_entrega"


def order(house: House, *arguments: str) -> Result:
    return run(house.folder, *arguments)


@contextmanager
def before_delivery(house: House) -> Iterator[None]:
    """What is issued inside is as what was issued before delivery existed."""
    execute = house.ledger.connection.execute
    if house.ledger.place.base:
        execute(f"ALTER TABLE documento DISABLE TRIGGER {_TRIGGER}")
        yield
        execute(f"ALTER TABLE documento ENABLE TRIGGER {_TRIGGER}")
        return
    (made,) = execute("SELECT sql FROM sqlite_master WHERE name = ?", (_TRIGGER,)).fetchone()
    execute(f"DROP TRIGGER {_TRIGGER}")
    yield
    execute(made)


def had_before(house: House, document: StoredDocument, **other: str) -> None:
    """The SII has *document* from another system.

    :param other: facts that it has otherwise.
    """
    asked_for = asked(document)
    facts = {
        "rut": document.rut_emisor, "tipo": document.tipo, "folio": document.folio, "fecha": document.fecha_emision,
        "receptor": asked_for.rut_receptor, "monto": asked_for.amount, **other,
    }  # fmt: skip
    call = Request(f"{house.simulator.address}/control/documentos", json.dumps(facts).encode())
    call.add_header("Content-Type", "application/json")
    with urlopen(call) as answer:
        assert json.load(answer)["agregados"] == 1
