"""Whether what is issued is at one with itself: documents of every type, judged by a checker that knows only the rules.

    python3 run.py benchmark consistency --documents 10000

The files are those of ``tests/consistency_documents``: figures that are right, rounded otherwise, left out or wrong.
Each is read, judged, stamped and signed as ``Procesar`` does, without the database; ``tests/self_consistency`` looks at
the signed bytes. Every document follows from the seed and its number. The exit code is 1 when an issued document
contradicts itself, whose file and signed bytes are then kept in ``build/consistency``, or none of a type was issued.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from dteplanows import parser, validator
from dteplanows.demo.certificate import make_certificate
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.elements import BRANCHES
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, errors
from dteplanows.document.writer import identifier, number_draft
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, read_caf
from dteplanows.ledger.rows import Span
from dteplanows.signer.certificate import Certificate, read_certificate
from dteplanows.signer.ted import make_ted
from dteplanows.signer.xmldsig import sign_dte
from tests.consistency_documents import customer_file
from tests.self_consistency import contradictions

TYPES = tuple(sorted(BRANCHES))
COMPANY = Company(
    rut="76354771-K",
    ambiente="pruebas",
    razon_social="Maestranza Ficticia Ltda.",
    giro="Fabricación de piezas",
    actecos=("259900",),
    direccion="Pasaje Los Aromos 415",
    comuna="Chillán",
    ciudad="Chillán",
    reparos="avisar",
)
KEPT = Path("build", "consistency")
_MOST_TOLD = 40
_FIRST_FOLIO, _LAST_FOLIO = 1, 1_000_000
_CLAVE = "clave de prueba"


class Result(NamedTuple):
    """What became of one file."""

    tipo: int
    number: int
    signed: bytes
    """Empty when it was refused."""
    codes: tuple[str, ...]
    """Of the errors."""
    faults: tuple[str, ...]
    """What the signed document contradicts itself in."""


@cache
def certificate() -> Certificate:
    """One for this process."""
    return read_certificate(make_certificate("13482906-0", "Persona de Prueba", _CLAVE), _CLAVE)


@cache
def caf(tipo: int) -> Caf:
    """One of each type for this process."""
    authority = TestAuthority.generate()
    file = authority.make_caf(COMPANY.rut, COMPANY.razon_social, tipo, Span(_FIRST_FOLIO, _LAST_FOLIO), clock.today())
    return read_caf(file, authority.public_key)


def sign(document: Document, folio: int) -> bytes:
    """*document*, which was judged good, as the main road signs it."""
    stamped_with, moment = caf(document.tipo), clock.now()
    ted = make_ted(document, folio, stamped_with, moment)
    ending = f"{ted}\n<TmstFirma>{moment.isoformat()}</TmstFirma>"
    text = number_draft(document.draft, document.tipo, folio, ending)
    return sign_dte(text, identifier(document.tipo, folio), certificate())


def file_of(seed: int, number: int) -> tuple[int, bytes]:
    """Type and file of one number."""
    tipo = TYPES[number % len(TYPES)]
    return tipo, customer_file(tipo, Random(f"{seed} {number}"), clock.today())


def issue(seed: int, number: int) -> Result:
    """Issue the file of one number and look at it."""
    tipo, file = file_of(seed, number)
    (document,) = parser.parse(file, parser.XML)
    validator.judge(document, COMPANY, clock.today())
    found: list[Problem] = errors(document.problems)
    if found:
        return Result(tipo, number, b"", tuple(one.code for one in found), ())
    signed = sign(document, _FIRST_FOLIO + number)
    return Result(tipo, number, signed, (), tuple(contradictions(signed)))


def _issue(task: tuple[int, int]) -> Result:
    result = issue(*task)
    return result if result.faults else result._replace(signed=result.signed[:1])


def results(seed: int, numbers: range, processes: int) -> Iterator[Result]:
    """The results of all *numbers*."""
    tasks = ((seed, number) for number in numbers)
    if processes == 1:
        yield from map(_issue, tasks)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_issue, tasks, chunksize=20)


def main() -> int:
    """Issue, look and print; 1 when an issued document contradicts itself or a type was never issued."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--only", type=int, help="one document again, by its number")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = options.parse_args()
    begin = time.perf_counter()
    numbers = range(arguments.documents)
    if arguments.only is not None:
        numbers = range(arguments.only, arguments.only + 1)
        print(file_of(arguments.seed, arguments.only)[1].decode())
    issued: Counter[int] = Counter()
    refused: Counter[int] = Counter()
    codes: dict[int, Counter[str]] = {tipo: Counter() for tipo in TYPES}
    bad = 0
    for one in results(arguments.seed, numbers, arguments.processes if arguments.only is None else 1):
        (issued if one.signed else refused)[one.tipo] += 1
        codes[one.tipo].update(set(one.codes))
        if one.faults:
            bad += 1
            _keep(arguments.seed, one, bad)
    print("type    files  issued %  refused with")
    for tipo in TYPES:
        number = issued[tipo] + refused[tipo]
        if number:
            told = ", ".join(f"{code} {times}" for code, times in codes[tipo].most_common(5))
            print(f"{tipo:4} {number:8} {100 * issued[tipo] / number:9.1f}  {told}")
    print(f"{sum(issued.values())} issued, {bad} of them contradict themselves; {time.perf_counter() - begin:.0f} s")
    never = [tipo for tipo in TYPES if refused[tipo] and not issued[tipo]]
    if never:
        print(f"Never issued, so nothing is shown of them: {', '.join(map(str, never))}")
    return 1 if bad or never else 0


def _keep(seed: int, one: Result, bad: int) -> None:
    if bad > _MOST_TOLD:
        return
    print(f"document {one.number}, type {one.tipo}: {'; '.join(one.faults)}")
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{one.number}.xml").write_bytes(one.signed)
    (KEPT / f"{one.number}-file.xml").write_bytes(file_of(seed, one.number)[1])


if __name__ == "__main__":
    raise SystemExit(main())
