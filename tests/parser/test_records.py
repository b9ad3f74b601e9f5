"""Files without the line ends of a text: records of fixed length, NEL, NUL bytes that fill."""

from __future__ import annotations

from datetime import date

import pytest

from dteplanows.document.model import Document
from dteplanows.parser import parse
from dteplanows.parser.bulk import BulkFile
from tests.parser.parser_support import BOLETA_LINE, LINE, boleta, codes, factura, one, xml

TWO_LINES = factura(Detalle=f"{LINE}\n{LINE.replace('1;V-10', '2;V-11')}", Observacion="Entregar en bodega 4")
NEL = "\x85".encode()


def _in_records(data: bytes, length: int, filling: bytes = b" ") -> bytes:
    return b"".join(line.ljust(length, filling) for line in data.split(b"\n") if line)


def _in_characters(text: str, length: int) -> bytes:
    return "".join(line.ljust(length) for line in text.split("\n") if line).encode()


def _said(document: Document) -> list[object]:
    return [
        document.tipo, document.receptor.text("RznSocRecep"), document.receptor.text("CiudadRecep"),
        document.totales.amount("MntTotal"), [line.text("NmbItem") for line in document.detalles],
        [line.text("VlrCodigo") for one in document.detalles for line in one.all("CdgItem")],
        document.beside.observaciones,
    ]  # fmt: skip


# --- records of fixed length ---


@pytest.mark.parametrize("filling", [b" ", b"\0"])
@pytest.mark.parametrize("length", [96, 100, 128, 255, 400, 1024])
@pytest.mark.parametrize("data", [factura(), TWO_LINES, boleta(BoletaDetalle=f"{BOLETA_LINE}\n2;{BOLETA_LINE[2:]}")])
def test_records_of_one_length_are_lines(data: bytes, length: int, filling: bytes) -> None:
    document = one(_in_records(data, length, filling))

    assert _said(document) == _said(one(data))
    assert codes(document) == ["TXT-152"]


def test_the_aviso_says_the_length() -> None:
    (aviso,) = one(_in_records(TWO_LINES, 132)).problems

    assert "registros de 132 caracteres" in aviso.text()


def test_the_last_record_may_be_cut() -> None:
    assert codes(one(_in_records(TWO_LINES, 132).rstrip())) == ["TXT-152"]


def test_places_are_those_of_the_records() -> None:
    document = one(_in_records(TWO_LINES.replace(b";2;5000", b";dos;5000", 1), 132))

    wrong = next(one for one in document.problems if one.code == "TXT-020")
    assert (wrong.place.line, wrong.place.field) == (6, "Cantidad")


def test_letters_of_two_bytes() -> None:
    text = TWO_LINES.decode().replace("Vidrios", "Vidriería Ñuñoa")
    wanted = _said(one(text.encode()))

    assert _said(one(_in_records(text.encode(), 160))) == wanted  # filled in bytes
    assert _said(one(_in_records(text.encode("latin-1"), 160))) == wanted
    assert _said(one(_in_characters(text, 160))) == wanted  # filled in characters


def test_several_documents_of_records() -> None:
    documents = parse(_in_records(TWO_LINES * 3, 200), "1")

    assert [len(document.detalles) for document in documents] == [2, 2, 2]
    assert [codes(document) for document in documents] == [["TXT-152"], [], []]
    bulk = list(BulkFile(_in_records(TWO_LINES * 3, 200), "1", 10).documents())
    assert [codes(document) for document in bulk] == [["TXT-152"], [], []]


@pytest.mark.parametrize("spoilt", [
    _in_records(TWO_LINES, 132).replace(b"UN;;", b"UN;", 1),  # all behind it stands one further on
    b"X" + _in_records(TWO_LINES, 132),
    _in_records(TWO_LINES.replace(b"2;V-11", b"2;V-11;;;;;;"), 132),
    b"".join(line.ljust(110 + number) for number, line in enumerate(TWO_LINES.splitlines())),
])  # fmt: skip
def test_what_no_length_settles_is_no_file_of_records(spoilt: bytes) -> None:
    assert "TXT-152" not in [code for document in parse(spoilt, "1") for code in codes(document)]


def test_text_with_line_ends_is_never_cut_into_records() -> None:
    padded = b"\n".join(line.ljust(99) for line in TWO_LINES.split(b"\n") if line)

    assert codes(one(padded)) == []


# --- NEL ---


@pytest.mark.parametrize("nel", [NEL, b"\x85", b"\r" + NEL, b"\x85\n", b"\r\x85"])
@pytest.mark.parametrize("data", [factura(), TWO_LINES, boleta()])
def test_nel_ends_a_line(data: bytes, nel: bytes) -> None:
    document = one(data.replace(b"\n", nel))

    assert _said(document) == _said(one(data))
    assert codes(document) == ["TXT-153"]


def test_nel_beside_letters_of_the_same_byte() -> None:
    text = TWO_LINES.replace(b"Vidrios", "Ångström".encode())  # Å is C3 85 in UTF-8

    assert one(text.replace(b"\n", NEL)).receptor.text("RznSocRecep") == "Ångström del Maipo Ltda"


@pytest.mark.parametrize(("data", "name"), [
    (TWO_LINES.replace(b"templado", b"templado\x85"), "Vidrio templado..."),
    (TWO_LINES.replace(b"templado", b"templado\x85").replace(b"\n", b"\r\n"), "Vidrio templado..."),
])  # fmt: skip
def test_an_ellipsis_stays_one(data: bytes, name: str) -> None:
    document = one(data)

    assert document.detalles[0].text("NmbItem") == name
    assert "TXT-153" not in codes(document)


def test_nel_between_the_tags_of_an_xml() -> None:
    lines = xml("<Detalle><NmbItem>Vidrio</NmbItem><MontoItem>10000</MontoItem></Detalle>").replace(b"><", b">\n<")

    for nel in (NEL, b"\x85"):
        document = one(lines.replace(b"\n", nel), "2")
        assert sorted(codes(document)) == sorted(["TXT-153", *codes(one(lines, "2"))])
        assert document.id_doc.day("FchEmis") == date(2026, 3, 2)
    text = one(xml("<Detalle><NmbItem>Vidrio\x85</NmbItem></Detalle>"), "2")
    assert text.detalles[0].text("NmbItem") == "Vidrio..."
    assert "TXT-153" not in codes(text)


# --- NUL ---


@pytest.mark.parametrize("data", [
    TWO_LINES + b"\0", TWO_LINES + bytes(300), TWO_LINES + b"\x1a" + bytes(40), TWO_LINES.rstrip() + b"\0\r\n\0",
    TWO_LINES.replace(b"\n", b"\0\0\0\n"), TWO_LINES.replace(b"templado;", b"templado\0\0\0;"),
    TWO_LINES.replace(b"UN;;", b"UN;\0\0\0\0;"), TWO_LINES.replace(b"templado;", b"templado \0 \0;"),
])  # fmt: skip
def test_nul_bytes_that_fill_are_blanks(data: bytes) -> None:
    document = one(data)

    assert _said(document) == _said(one(TWO_LINES))
    assert codes(document) == ["TXT-154"]


@pytest.mark.parametrize("end", [b"\0", bytes(500), b"\r\n\0\0", b"\0\x1a"])
def test_nul_bytes_behind_an_xml(end: bytes) -> None:
    document = one(xml() + end, "2")

    assert sorted(codes(document)) == sorted(["TXT-154", *codes(one(xml(), "2"))])
    padded = xml(receptor="<RznSocRecep>Vidrios\0\0\0</RznSocRecep>")
    assert one(padded, "2").receptor.text("RznSocRecep") == "Vidrios"


@pytest.mark.parametrize("data", [
    TWO_LINES.replace(b"templado", b"tem\0plado"), TWO_LINES.replace(b"Vidrio templado", b"\0Vidrio"),
    TWO_LINES.replace(b";2;5000", b";2\x005;5000"), bytes(1000),
])  # fmt: skip
def test_nul_bytes_within_a_text_are_refused(data: bytes) -> None:
    assert codes(one(data)) == ["TXT-005"]


def test_a_block_of_nul_bytes_costs_no_more_than_its_length() -> None:
    """A disk block of zeros, and NEL beside many line ends: a search that goes back from each would take hours."""
    for data in (b"->Encabezado<-\n33;0;" + b"\0" * 2_000_000 + b"a", b"->Encabezado<-" + b"\r\n" * 500_000 + b"\x85"):
        assert parse(data, "1")[0].problems
