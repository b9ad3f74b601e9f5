"""What the fuzzer damages files with: files to begin with, fragments, numbers and texts that programs stumble over."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import NamedTuple

from dteplanows.document.elements import BRANCHES
from dteplanows.parser import TXT, XML
from fixtures import FIXTURES, RECEIVED
from tests import bad_inputs, generate
from tests.parser import parser_support

TODAY = "2026-11-24"
"""The day of every file and of every judgement, so that a seed means the same input on any day."""

_LONGEST_BASE = 20_000

NUMBERS = (
    b"0", b"-0", b"-1", b"1", b"+7", b"0.5", b".5", b"5.", b"1e9", b"1E-400", b"1e999999999", b"NaN", b"sNaN",
    b"Infinity", b"-Infinity", b"1_000", b"0x10", b"1,5", b"1,234", b"1,234,567.89", b"1.234.567", b"12,34", b"$1",
    b"1 000",
    b"9" * 18, b"9" * 19, b"9" * 30, b"9" * 31, b"9" * 400, b"9" * 5000, b"-" + b"9" * 30, b"9" * 30 + b"." + b"9" * 30,
    b"0." + b"0" * 29 + b"1", b"0" * 40 + b"1", b"1" + b",111" * 8, b"1" + b",111" * 40, b"1" + b",111" * 2000,
    b"1" + b",999" * 12 + b".999999999", b"1" + b",999" * 40 + b"." + b"9" * 90, b"999999999999.999999", b"0.000001",
    "٣".encode(), "²".encode(), "１２".encode(), "−5".encode(), b"2147483648", b"9223372036854775808",
    b"99999999999999999999999999999", b"4.4999999999999999999999999999999", b"100", b"101", b"999.99", b"0.01",
)  # fmt: skip
"""Where a number stands."""

DATES = (
    b"0000-00-00", b"0001-01-01", b"9999-12-31", b"2026-02-30", b"2026-2-3", b"20261124", b"24-11-2026", b"2026-W01-1",
    b"2026-11-24T10:00:00", b"2026-11-24T10:00:00.123456789+23:59", b"2026-11-24Z", b"10000-01-01", b"-2026-11-24",
    "２０２６-11-24".encode(), b"T", b"24:00:00", b"23:59:60", b"2050-12-31", b"1999-12-31",
)  # fmt: skip
"""Where a date stands."""

FRAGMENTS = (
    b"->", b"<-", b";", b";;;;;;;;;;;;;;;;;;;;", b"\n", b"\r", b"\r\r\n", b"\0", b"\x1a", b"\x1b[31m", b"\x7f", b"\x85",
    b"\xa0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    "\u2028".encode(), "\u202e".encode(), "\ufeff".encode(), "\ufffe".encode(), "\U0001f4a9".encode(),
    "e\u0301".encode(),
    "ŐœŒ€…™".encode(), "ﷺ".encode(), "中文字".encode(), "ı".encode(), "ß".encode(), "ñ".encode("latin-1"), b"{value}",
    b"{0}", b"{", b"}", b"%s%n", b"'\"`", b"<", b">", b"&", b"&amp;", b"&#0;", b"&#x1;", b"&#xD800;", b"&nada;",
    b"]]>", b"<![CDATA[",
    b"<!--", b"-->", b"<?x ?>", b"<!DOCTYPE a>", b"<a/>", b"->Totales<-", b"->Encabezado<-\n", b"->Boleta<-\n",
    b"-> <-",
    b"->DescRec<-\n1;D;;%;900;1;\n", b"->EncabezadoCompra<-\n", b"->Detale<-\n", b"->Detalle", b"Detalle<-", b"-1",
    b"null", b"None", b"66666666-6", b"1-9", b"60803000-k", b"99999999999-9", b"-", b"%", b"$", b"D", b"R", b"a@b.cl",
    b"a" * 64 + b"@" + b"b." * 60 + b"cl", b" " * 300, b"\t", b"x" * 300, b"x" * 5000, "ñ".encode() * 2000,
    b"<Folio>9999999999</Folio>",
)  # fmt: skip
"""Anywhere."""

_HOY, _FUTURO = bad_inputs.HOY.encode(), bad_inputs.FUTURO.encode()


class Base(NamedTuple):
    """A file to begin with."""

    name: str
    data: bytes
    formato: str


def _dated(data: bytes) -> bytes:
    """*data* with the day of today replaced by the fuzzer's."""
    return data.replace(_HOY, TODAY.encode()).replace(_FUTURO, b"2026-11-26")


@cache
def bases() -> tuple[Base, ...]:
    """The files to begin with: the fixtures, the tests' good and bad files, and generated ones of every type."""
    found = [Base(str(one), one.data, str(one.formato)) for one in (*FIXTURES, *RECEIVED)]
    for formato, texts in bad_inputs.GOOD.items():
        found += [Base(f"good file {n}", _dated(text.encode("latin-1")), formato) for n, text in enumerate(texts)]
    found += [Base(one.name, _dated(one.file), one.formato) for one in bad_inputs.BAD
              if one.formato in (TXT, XML) and 0 < len(one.file) < _LONGEST_BASE]  # fmt: skip
    found += [Base("small factura", parser_support.factura(), TXT), Base("small boleta", parser_support.boleta(), TXT)]
    for tipo in BRANCHES:
        for seed, likely in enumerate((0.1, 0.5, 1.0)):
            text = generate.text(tipo, Random(f"{tipo}:{seed}"), likely)
            found.append(Base(f"generated {tipo}", f"<DTE>{text}</DTE>".encode(), XML))
    return tuple(found)
