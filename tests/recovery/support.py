"""An installation that has issued, and what its documents are made of."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from dteplanows.accounts.callers import Callers
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.folios import held_back
from dteplanows.issuing import Issuer
from dteplanows.ledger.place import place_of
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.recovery.backups import back_up
from dteplanows.recovery.restoring import Options, Restored, check, restore
from dteplanows.settings import Settings, load
from tests.faults.road_worker import BOLETA, FACTURA
from tests.installation import COMPANY, FIRST_FOLIO, make_installation

FACTURAS, BOLETAS = Series("pruebas", COMPANY.rut, 33), Series("pruebas", COMPANY.rut, 39)


def install(directory: Path, facturas: int = 0, boletas: int = 0) -> Settings:
    """A new installation that has issued that many documents; its settings."""
    make_installation(directory).close()
    issue(directory, facturas, boletas)
    return load(directorio=directory)


def issue(directory: Path, facturas: int = 0, boletas: int = 0) -> list[int]:
    """Issue that many documents; their folios, 0 for what was refused."""
    with closing(Ledger(place_of(load(directorio=directory)))) as ledger:
        issuer = Issuer(ledger)
        account = Callers(ledger).operator("pruebas", COMPANY.rut)
        folios = []
        for text, count in ((FACTURA, facturas), (BOLETA, boletas)):
            for number in range(count):
                note = f"Ñandú & Cía {number} {clock.now()}"
                file = text.format(folio=0, today=clock.today(), note=note, iva=190, total=1190)
                (one,) = issuer.process(account, file.encode("latin-1"), "1").documents
                folios.append(one.folio if one.accepted else 0)
    gc.collect()  # whoever opens the ledger alone must be alone
    return folios


def folio(number: int) -> int:
    """The folio of that number of the installation's CAFs, from 1."""
    return FIRST_FOLIO + number - 1


def codes(refused: Callable[[], object]) -> list[str]:
    """The codes of the problems for which something is refused; empty when it is not."""
    try:
        refused()
    except Refused as found:
        return [one.code for one in found.problems]
    return []


def backed_up(directory: Path, *, con_clave: bool = True) -> Path:
    """A backup of what is in *directory*."""
    with closing(Ledger(directory)) as ledger:
        path = directory.parent / f"{len(list(directory.parent.iterdir()))}.zip"
        back_up(ledger, load(directorio=directory), path, con_clave=con_clave)
    return path


def brought_back(
    path: Path,
    settings: Settings,
    known: Mapping[Series, int] | None = None,
    *,
    replace: bool = False,
    key: str = "",
) -> Restored:
    gc.collect()  # whoever restores is alone
    return restore(check(path), settings, Options(lambda *_: known or {}, replace, key))


def held(directory: Path) -> dict[int, list[Span]]:
    """What is held back, by type."""
    found: dict[int, list[Span]] = {}
    with closing(Ledger(directory)) as ledger:
        for one in held_back.held(ledger):
            found.setdefault(one.series.tipo, []).append(one.span)
    return found


def names(directory: Path) -> set[str]:
    return {one.name for one in directory.iterdir() if not one.name.endswith(("-turno", "-en-uso", ".marca"))}
