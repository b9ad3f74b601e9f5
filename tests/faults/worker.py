"""One process of a busy installation: issues documents until it is told to stop, or killed.

What it is told is durable it writes to ``DIRECTORY/acuses``, one line for each document: type, folio and SHA-256 of the
signed bytes.
"""

from __future__ import annotations

import hashlib
import os
import random
from datetime import date
from pathlib import Path

from dteplanows.document.problem import Refused
from dteplanows.folios import allocation
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, TODAY, new_document

DATA, ACKNOWLEDGED, STOP = "datos", "acuses", "alto"

AUTOMATIC = 39
"""Type of which only automatic numbers are issued: not one may be missing."""
MIXED = 33
"""Type of which automatic and explicit numbers are issued, and some documents fail after taking theirs."""
HIGHEST_EXPLICIT = 2000


class Failed(Exception):  # noqa: N818 - a document that fails on purpose
    """Something went wrong between taking the folio and recording."""


def issue(ledger: Ledger, tipo: int, folio: int, fails: bool, today: date) -> tuple[int, str]:
    """Issue one document; gives its folio and the SHA-256 of its bytes once it is durable."""
    with ledger.transaction(Series(COMPANY.ambiente, COMPANY.rut, tipo)):
        taken = allocation.take(ledger, COMPANY, tipo, folio, today)
        row = new_document(taken.folio, taken.caf_id, tipo)
        ledger.documents.record(row)
        if fails:
            raise Failed
    return taken.folio, hashlib.sha256(row.xml).hexdigest()


def work(directory: Path, seed: int, base: str = "") -> None:
    """Issue documents of both types until the file ``alto`` appears."""
    chance = random.Random(seed)
    ledger = Ledger(Place(directory / DATA, base))
    acknowledged = os.open(directory / ACKNOWLEDGED, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    while not (directory / STOP).exists():
        tipo = chance.choice((AUTOMATIC, MIXED))
        explicit = tipo == MIXED and chance.random() < 0.5
        folio = chance.randint(1, HIGHEST_EXPLICIT) if explicit else 0
        try:
            number, digest = issue(ledger, tipo, folio, chance.random() < 0.1, TODAY)
        except (Refused, Failed):
            continue
        os.write(acknowledged, f"{tipo} {number} {digest}\n".encode("ascii"))
