"""Tickets as a receipt printer gets them: sent to a raw port, taken apart by npos, compared with the printed ticket.

npos (npm, 0.1) knows the commands, joins texts and unpacks pictures. It lacks PDF417 (``GS ( k``), of which
``lee_recibo.js`` only tells it the length, and code pages: texts are read here in the page that ``ESC t`` chose.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from dteplanows import printing
from dteplanows.printing import PrintFacts, escpos, roll
from dteplanows.printing.escpos import Options
from dteplanows.printing.page import Stamp
from dteplanows.printing.stored import read
from tests.interop.programs import NotHereError, needs_node, node_libraries
from tests.interop.test_scanners import PROGRAMS, lines
from tests.printing.papers import FACTS
from tests.printing.readers import by_zxing
from tests.printing.rendering import by_ghostscript, needs_ghostscript
from tests.printing.test_letter import simple

pytestmark = [needs_node, needs_ghostscript]
PAGES = {"1b7402": "cp850", "1b7413": "cp858"}
"""The code pages by what chooses them (Epson)."""


class Told(NamedTuple):
    """What a printer was told, in order: commands without texts and pictures, the texts, the pictures."""

    commands: list[tuple[str, bytes]]
    texts: list[bytes]
    pictures: list[list[str]]


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    kept = Path(pytestconfig.cache.mkdir("receipts")) if pytestconfig.cache else tmp_path_factory.mktemp("receipts")
    try:
        return node_libraries(kept, "npos@0.1.19")
    except NotHereError as reason:
        pytest.skip(f"npos: {reason}")


def received(data: bytes) -> bytes:
    """What a raw port, as printers have it at 9100, got of *data*."""
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as port:

        def listen() -> None:
            link, _ = port.accept()
            with link:
                while part := link.recv(4096):
                    got.extend(part)

        listener = threading.Thread(target=listen)
        listener.start()
        with socket.create_connection(port.getsockname(), timeout=10) as link:
            link.sendall(data)
        listener.join(10)
    return bytes(got)


def told(data: bytes, folder: Path, modules: Path) -> Told:
    file = folder / "recibo.bin"
    file.write_bytes(received(data))
    (said,) = lines("node", str(PROGRAMS / "lee_recibo.js"), str(file), NODE_PATH=str(modules))
    parts = json.loads(said)
    return Told(
        [(one["command"], bytes.fromhex(one["bytes"])) for one in parts if "command" in one],
        [bytes.fromhex(one["text"]) for one in parts if "text" in one],
        [one["picture"] for one in parts if "picture" in one],
    )


def words(text: str) -> list[str]:
    """What stands there, however wide the lines are."""
    return [word for word in text.split() if set(word) - set("-=_")]


def image_of(rows: Sequence[str], scale: int = 2) -> Image.Image:
    bits = b"".join(bytes(0 if one == "1" else 255 for one in row) for row in rows)
    small = Image.frombytes("L", (len(rows[0]), len(rows)), bits)
    framed = Image.new("L", (small.width + 60, small.height + 60), 255)
    framed.paste(small, (30, 30))
    return framed.resize((scale * framed.width, scale * framed.height), Image.Resampling.NEAREST)


@pytest.mark.parametrize("name", ["generica-80", "generica-58", "bixolon-srp-350", "epson-tm-t20"])
def test_the_printer_is_told_what_stands_on_the_ticket(name: str, tmp_path: Path, modules: Path) -> None:
    xml, profile = simple(39, 3), escpos.profiles()[name]
    got = told(escpos.ticket(xml, FACTS, profile, Options(drawer=True)), tmp_path, modules)
    assert got.commands[0] == ("ESC@", b"\x1b@")
    (page,) = [bytes_ for command, bytes_ in got.commands if command == "ESCt"]
    assert PAGES[page.hex()] == profile.encoding
    assert ("ESCp", b"\x1bp\x00\x19\xfa") in got.commands
    said = b"".join(got.texts).decode(profile.encoding)
    assert max(map(len, said.split("\n"))) <= profile.letters
    ticket = printing.ticket(xml, FACTS, profile.roll)
    assert words(said) == words(ticket.head + ticket.foot)
    cut = dict(got.commands).get("GSV")
    assert cut == (b"\x1dVB\x03" if profile.cut == "parcial" else None)
    if not profile.pdf417:
        (rows,) = got.pictures
        burnt = dots_on_paper(xml, profile)
        width = len(burnt[0])
        assert burnt == [row[:width] for row in rows]
        assert {row[width:].strip("0") for row in rows} == {""}
        assert by_zxing(image_of(rows)) == ticket.ted


def dots_on_paper(xml: bytes, profile: escpos.Profile) -> list[str]:
    """The dots of the stamp on the ticket's PDF file, as a printer of that profile burns them."""
    facts: PrintFacts = replace(FACTS, puntos_ticket=profile.dots)
    (mark,) = [one for one in roll.layout(read(xml), facts, profile.roll)[0].marks if isinstance(one, Stamp)]
    left, top, width, height = (round(one * profile.dots / 72) for one in mark[:4])
    page = by_ghostscript(printing.ticket_pdf(xml, facts, profile.roll), profile.dots)
    cut = page.crop((left, top, left + width, top + height)).point(lambda one: 1 if one < 128 else 0)
    bits = "".join(map(str, cut.tobytes()))
    return [bits[at : at + width] for at in range(0, len(bits), width)]


def test_a_printer_that_can_draws_the_stamp_by_itself(tmp_path: Path, modules: Path) -> None:
    xml = simple(39, 1)
    got = told(escpos.ticket(xml, FACTS, escpos.profiles()["epson-tm-t20"]), tmp_path, modules)
    assert got.pictures == []
    functions = [bytes_[5:] for command, bytes_ in got.commands if command == "GS(k"]
    assert [one[1:2] for one in functions] == [b"A", b"B", b"C", b"D", b"E", b"F", b"P", b"Q"]
    assert all(one[:1] == b"0" for one in functions)
    columns, _, module, row, level, _, data, _ = (one[2:] for one in functions)
    assert (columns, module, row, level) == (b"\x0c", b"\x02", b"\x02", b"05")
    assert data == b"0" + read(xml).ted
