"""The input files themselves: every byte of a habit is still there, and the list names all of them."""

from __future__ import annotations

import re

import pytest

from dteplanows.document.rut import check_digit
from fixtures import BOOKS, FIXTURES, HERE, PROGRAMS, RECEIVED, Fixture
from tests.installation import COMPANY

DATA = {str(one): one.data for one in (*FIXTURES, *RECEIVED)}
_RUT = re.compile(r"(?<![\d-])(\d{1,2}(?:\.\d{3}){2}|\d{7,8}|1)-([\dK])(?![\d-])")
_EMISOR = re.compile(r"<RUTEmisor>(?:<!\[CDATA\[)?([\d.K-]+)")


def test_the_list_names_every_file() -> None:
    listed = re.findall(r"^(\S+\.(?:txt|xml)) ", (HERE / "README.rst").read_text("utf-8"), re.MULTILINE)

    assert sorted(listed) == sorted([*DATA, *map(str, BOOKS), *map(str, PROGRAMS)])


@pytest.mark.parametrize(
    ("name", "habit"),
    [
        ("factura33-gnucobol-registros.txt", b"->Encabezado<-".ljust(200) + b"33;0000000000;"),
        ("boleta39-gnucobol-lineas.txt", b"\n\x1a" + bytes(96)),
        ("factura33-ebcdic-nel.txt", b"->Encabezado<-\x8533;"),
        ("factura34-cr-cr-lf.txt", b"->Encabezado<-\r\r\n34;0;"),
        ("boleta39-seccion-vacia.txt", b"->BoletaDescRec<-\n\n->Observacion<-"),
        ("boleta39-seccion-vacia.txt", b"\n            2;18;"),
        ("boleta39-seccion-vacia.txt", b"->Adicionales<- \n"),
        ("factura33-codificacion-mixta.txt", "Señorío".encode()),
        ("factura33-codificacion-mixta.txt", "Peñaflor".encode("latin-1")),
        ("factura33-encabezado-de-18-campos.txt", "“O-RING”".encode("cp1252")),
        ("boleta39-latin1.txt", "Piñón".encode("latin-1")),
        ("factura33-sin-separador-final.txt", b"anual\r\n"),
        ("factura33-tabulaciones.xml", "\t\t\t\t<A6>OBSERVACIÓN</A6>\n".encode()),
        ("factura33-espacio-de-nombres.xml", b"\t\t\t<DscItem />\r\n"),
    ],
)
def test_the_habit_is_there(name: str, habit: bytes) -> None:
    assert habit in {**DATA, **{str(one): one.data for one in PROGRAMS}}[name]


def test_line_ends() -> None:
    bare = [name for name, data in DATA.items() if b"\r" in data and re.search(rb"[^\r]\n", data)]
    unended = [name for name, data in DATA.items() if not data.endswith(b"\n")]

    assert [name for name in bare if name != "factura34-cr-cr-lf.txt"] == []
    assert len(unended) == 13
    assert DATA["guia52-venta-con-descuento.txt"].endswith(b";\r\n\r\n")


@pytest.mark.parametrize("one", [*FIXTURES, *RECEIVED, *BOOKS, *PROGRAMS], ids=str)
def test_every_rut_has_its_check_digit(one: Fixture) -> None:
    found = _RUT.findall(one.data.decode("latin-1"))

    assert found or one in PROGRAMS  # some of them name nobody
    assert [f"{body}-{digit}" for body, digit in found if check_digit(int(body.replace(".", ""))) != digit] == []


def test_the_issuers_named_are_ours() -> None:
    named = {rut.replace(".", "") for data in DATA.values() for rut in _EMISOR.findall(data.decode("latin-1"))}

    assert named == {"1-9", COMPANY.rut}


def test_git_leaves_the_line_ends_alone() -> None:
    assert "fixtures/** -text" in (HERE.parent / ".gitattributes").read_text("utf-8").splitlines()
