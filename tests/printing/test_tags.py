"""What whoever has a printed document read aloud hears: the structure of the file, as two other programs read it."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from dteplanows import printing
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.printing import Roll
from dteplanows.printing.design.reading import ready_design
from tests.printing.papers import FACTS, full
from tests.printing.test_letter import simple
from tests.printing.test_ticket import asking

needs_poppler = pytest.mark.skipif(not shutil.which("pdfinfo"), reason="poppler-utils is not installed")
BLACK_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738"
    "550000000049454e44ae426082"
)


def heard(file: bytes, folder: Path) -> list[tuple[int, str, str]]:
    """Depth, kind and text of the elements, in order, as poppler has them."""
    path = folder / "uno.pdf"
    path.write_bytes(file)
    ran = subprocess.run(
        ["pdfinfo", "-struct-text", path], capture_output=True, timeout=60, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    assert ran.stderr == b""
    found: list[tuple[int, str, str]] = []
    for line in ran.stdout.decode("utf-8").splitlines():
        depth, said = (len(line) - len(line.lstrip())) // 2, line.strip()
        if said.startswith('"'):
            found[-1] = (*found[-1][:2], said[1:-1].rstrip())
        elif not said.startswith("/"):
            found.append((depth, re.split(r"[ :]", said)[0], ""))
    return found


def tables(found: list[tuple[int, str, str]]) -> Iterator[list[list[tuple[str, str]]]]:
    """The rows of each table, with kind and text of their cells."""
    rows: list[list[tuple[str, str]]] = []
    for _, kind, said in [*found, (0, "end", "")]:
        if kind == "TR":
            rows.append([])
        elif kind in ("TH", "TD"):
            rows[-1].append((kind, said))
        elif rows:
            yield rows
            rows = []


@needs_poppler
@pytest.mark.parametrize("tipo", [33, 52, 61, 110])
def test_a_letter_is_heard_in_order(tipo: int, tmp_path: Path) -> None:
    found = heard(printing.letter_pdf(full(tipo), FACTS), tmp_path)
    assert found[0][:2] == (0, "Document")
    heading = [said for _, kind, said in found if kind == "H1"]
    assert len(heading) == 1
    assert re.fullmatch(rf"R\.U\.T\.: [\d.]+-[\dK] {DOCUMENT_NAMES[tipo].upper()} Nº 1234", heading[0])
    kinds = [kind for _, kind, _ in found]
    assert kinds.index("H1") < kinds.index("Table") < kinds.index("Figure")
    assert all(said for _, kind, said in found if kind in ("H1", "H2", "P"))
    *of_lines, totals = tables(found)
    for table in of_lines:
        first, *rest = table
        assert {kind for kind, _ in first} == {"TH"}
        assert all([kind for kind, _ in row] == ["TD"] * len(first) for row in rest)
    assert all([kind for kind, _ in row] == ["TH", "TD"] for row in totals)
    assert any(label.startswith("TOTAL") for (_, label), _ in totals)


@needs_poppler
def test_what_is_repeated_on_later_pages_is_heard_once(tmp_path: Path) -> None:
    file = printing.letter_pdf(simple(33, 60), FACTS)
    assert len(pypdfium2.PdfDocument(file)) > 1
    found = heard(file, tmp_path)
    words = Counter(said for _, _, said in found if said)
    assert words["Descripción"] == words["Cantidad"] == words["TOTAL $"] == 1
    assert not any("uma y sigue" in one or "uma anterior" in one or "Página" in one for one in words)
    lines = max(tables(found), key=len)
    assert len(lines) == 61


@needs_poppler
@pytest.mark.parametrize("cedible", [False, True])
def test_a_ticket_is_heard_in_order(cedible: bool, tmp_path: Path) -> None:
    tipo = 33 if cedible else 39
    xml = asking(tipo) if cedible else full(tipo)
    found = heard(printing.ticket_pdf(xml, FACTS, Roll.MM80, cedible=cedible), tmp_path)
    assert [kind for _, kind, _ in found].count("H1") == 1
    assert all(said for _, kind, said in found if kind in ("H1", "P"))
    assert any(kind == "P" and said.startswith("TOTAL") for _, kind, said in found)


def elements(file: bytes) -> Iterator[Any]:
    """The elements of all pages, as pdfium has them; those of several pages more than once."""
    opened = pypdfium2.PdfDocument(file)

    def below(element: Any) -> Iterator[Any]:
        yield element
        for at in range(pdfium.FPDF_StructElement_CountChildren(element)):
            if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, at):
                yield from below(child)

    for page in opened:
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        for at in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from below(pdfium.FPDF_StructTree_GetChildAtIndex(tree, at))
        pdfium.FPDF_StructTree_Close(tree)


def told(ask: Callable[..., int], *of: Any) -> str:
    """A text that pdfium gives of *of*."""
    room = ctypes.create_string_buffer(4096)
    length = ask(*of, room, len(room))
    return room.raw[: max(0, length - 2)].decode("utf-16-le")


def test_pictures_have_words_in_their_place() -> None:
    facts = replace(FACTS, pagina="https://dte.example.cl/ver/abc", logo=BLACK_DOT)
    said = {
        told(pdfium.FPDF_StructElement_GetAltText, one)
        for one in elements(printing.letter_pdf(full(33), facts))
        if told(pdfium.FPDF_StructElement_GetType, one) == "Figure"
    }
    assert said == {
        "Logo del emisor", "Código QR: https://dte.example.cl/ver/abc",
        "Código de barras PDF417 con el timbre electrónico",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["clasico", "moderno", "compacto", "servicios"])
def test_all_that_is_on_a_page_is_read_or_passed_over(name: str) -> None:
    facts = replace(FACTS, diseno=ready_design(name), logo=BLACK_DOT)
    for cedible in (False, True):
        opened = pypdfium2.PdfDocument(printing.letter_pdf(full(33), facts, cedible=cedible))
        kinds = Counter[str]()
        for page in opened:
            for mark in page.get_objects():
                assert pdfium.FPDFPageObj_CountMarks(mark) == 1
                kinds[told_name(pdfium.FPDFPageObj_GetMark(mark, 0))] += 1
        assert kinds["Artifact"] > 5
        assert kinds["TD"] > 20


def told_name(mark: Any) -> str:
    """The kind of a mark."""
    room, length = (ctypes.c_ushort * 64)(), ctypes.c_ulong()
    assert pdfium.FPDFPageObjMark_GetName(mark, room, ctypes.sizeof(room), length)
    return bytes(room)[: max(0, length.value - 2)].decode("utf-16-le")
