"""Sends ever new names to one of the ways in, in a process of its own, and prints how much its memory has grown.

``python -m tests.new_names WAY``; tests/parser/test_foreign_xml.py says what is to be expected.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lxml import etree

from benchmarks.fuzz import resident
from dteplanows import books, parser
from dteplanows.bulk.queue import Worker
from dteplanows.document import clock
from dteplanows.soap.asmx.envelope import read_call
from dteplanows.soap.asmx.faults import Broken
from tests.installation import COMPANY, make_installation

_ROUNDS = 20
_WARM = 5
"""Rounds before the first look at the memory."""
_NAMES = 15_000
"""In one round."""


def names(number: int) -> bytes:
    """Empty elements of names that no other *number* has."""
    return b"".join(b"<e%d-%d-%s/>" % (number, n, b"x" * 40) for n in range(_NAMES))


def nothing(number: int) -> None:
    """Make the names and send them nowhere."""
    names(number)


def inline(number: int) -> None:
    """Parse in this thread: what must not be done."""
    etree.fromstring(b"<a>" + names(number) + b"</a>")


def call(number: int) -> None:
    """A SOAP call of an operation with many parameters."""
    body = b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><Online>%s</Online></Body></Envelope>"
    read_call(body % names(number), "", (), {"online": "Online"})


def broken(number: int) -> None:
    """A call that is no XML in the end."""
    with suppress(Broken):
        read_call(b"<a>" + names(number), "", (), {})


def small(number: int) -> None:
    """Many calls that are small enough to be looked at before."""
    for n in range(100):
        call = b"<a>" + b"".join(b"<e%d-%d-%d%s/>" % (number, n, m, b"x" * 900) for m in range(10)) + b"</a>"
        with suppress(Broken):
            read_call(call, "", (), {})


def blanks(number: int) -> None:
    """Many calls with runs of blanks, of which each is another."""
    runs = (f"{number * _NAMES + n:040b}".replace("0", " ").replace("1", "\t") for n in range(_NAMES))
    call = "<a>" + "".join(f"<a>{run}</a>" for run in runs) + "</a>"
    with suppress(Broken):
        read_call(call.encode(), "", (), {})


def values(number: int) -> None:
    """Many small calls with values of attributes, which are not kept."""
    for n in range(100):
        values = b"".join(b"<a b='%d-%d-%d%s'/>" % (number, n, m, b"x" * 900) for m in range(10))
        with suppress(Broken):
            read_call(b"<a>" + values + b"</a>", "", (), {})


def file(number: int) -> None:
    """An XML of formato 2."""
    parser.parse(b"<DTE><Documento>" + names(number) + b"</Documento></DTE>", parser.XML)


def book(number: int) -> None:
    """A book of purchases and sales."""
    text = b"<LibroCompraVenta><EnvioLibro>" + names(number) + b"</EnvioLibro></LibroCompraVenta>"
    books.judge(text, COMPANY, clock.now().date())


WAYS: dict[str, Callable[[int], None]] = {
    one.__name__: one for one in (nothing, inline, call, broken, small, blanks, values, file, book)
}


def bulk(directory: Path) -> Callable[[int], None]:
    """A file to be issued later, and the worker's turn with it."""
    made = make_installation(directory, cafs=False)
    worker = Worker(made.issuer, 1000)

    def once(number: int) -> None:
        made.send_later(b"<a><DTE><Documento/></DTE>" + names(number) + b"</a>", parser.XML)
        if not worker.work_once():
            raise SystemExit("there was nothing to do")

    return once


def main() -> None:
    """Print the growth in bytes."""
    with tempfile.TemporaryDirectory() as directory:
        once = WAYS.get(sys.argv[1]) or bulk(Path(directory))
        for number in range(_WARM):
            once(number)
        early = resident()
        for number in range(_WARM, _WARM + _ROUNDS):
            once(number)
        print(resident() - early)


if __name__ == "__main__":
    main()
