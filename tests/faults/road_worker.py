"""One process of a busy installation: customers' files through the whole road until it is told to stop, or killed.

What the road says is issued it writes to
``DIRECTORY/acuses``: type, folio and SHA-256 of the signed bytes.
"""

from __future__ import annotations

import hashlib
import os
import random
import time
from pathlib import Path

from dteplanows.accounts.callers import Callers
from dteplanows.archive import Archive
from dteplanows.document import clock
from dteplanows.issuing import Issuer
from dteplanows.ledger.engines.errors import of_databases
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.faults.worker import ACKNOWLEDGED, AUTOMATIC, DATA, HIGHEST_EXPLICIT, MIXED, STOP
from tests.installation import COMPANY

READY = "listo-"
"""What the name of the file begins with that says that a process has opened its ledger."""

BOLETA = """->Boleta<-
39;{folio};{today};3;0;;;;66666666-6;;;;;;;;
->BoletaTotales<-
0;0;0;{total};0;0;0;0;
->BoletaDetalle<-
1;1;Ficha {note};0;1;{total};0;{total};INT1;UN;;
"""
FACTURA = """->Encabezado<-
33;{folio};{today};0;0;22222222-2;Cliente Ficticio {note};Comercio;Calle 1;Lota;Lota;;
->Totales<-
0;0;0;0;1000;0;19;{iva};{total};
->Detalle<-
1;A;Clavos;1;1000;0;0;0;0;0;1000;INT1;UN;;
"""


def file_of(tipo: int, folio: int, chance: random.Random) -> bytes:
    """A customer's file; one in ten contradicts itself and must be refused."""
    iva = 999 if chance.random() < 0.1 else 190
    text = BOLETA if tipo == AUTOMATIC else FACTURA
    values = {"folio": folio, "today": clock.today(), "note": chance.random(), "iva": iva, "total": 1190}
    return text.format(**values).encode()


def digest_of(archive: Archive, tipo: int, folio: int) -> str:
    """SHA-256 of the signed bytes, asked for until the database can be read."""
    while True:
        try:
            return hashlib.sha256(archive.find(tipo, folio).xml).hexdigest()
        except of_databases():
            time.sleep(0.05)


def work(directory: Path, seed: int, base: str = "") -> None:
    """Issue documents of both types until the file ``alto`` appears; where a server has the database, it may crash."""
    chance = random.Random(seed)
    ledger = Ledger(Place(directory / DATA, base))
    issuer, account = Issuer(ledger), Callers(ledger).operator("pruebas", COMPANY.rut)
    archive = Archive(ledger, account.company, account.usuario)
    (directory / f"{READY}{seed}").touch()
    acknowledged = os.open(directory / ACKNOWLEDGED, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    while not (directory / STOP).exists():
        tipo = chance.choice((AUTOMATIC, MIXED))
        explicit = tipo == MIXED and chance.random() < 0.5
        asked = chance.randint(1, HIGHEST_EXPLICIT) if explicit else 0
        try:
            (one,) = issuer.process(account, file_of(tipo, asked, chance), "1").documents
        except of_databases():
            if not base:
                raise
            time.sleep(0.05)
            continue
        if one.accepted:
            digest = digest_of(archive, tipo, one.folio)
            os.write(acknowledged, f"{tipo} {one.folio} {digest}\n".encode("ascii"))
