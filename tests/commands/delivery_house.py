"""An installation that the commands open by themselves, on either engine, with a simulated SII at its other end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from click.testing import Result

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
