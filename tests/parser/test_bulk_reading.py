"""Files read one document after another give the same documents as files read at once."""

from __future__ import annotations

import tracemalloc
from random import Random

import pytest

from dteplanows.document.model import Document
from dteplanows.parser import TXT, XML, parse
from dteplanows.parser.bulk import BulkFile
from tests.bad_inputs import BAD, Bad

TXT_FILE = b"""basura antes
->Encabezado<-
33;5;2026-01-05;0;0;22222222-2;Cliente de Prueba;Comercio;Calle 1;Lota;Lota;;\r
->Totales<-
0;0;0;0;1000;0;19;190;1190;
->Detalle<-
1;A;Clavos;1;1000;0;0;0;0;0;1000;INT1;UN;;
  -> encabezado <-  33;6;2026-01-05;0;0;22222222-2;Otro;Comercio;Calle 1;Lota;Lota;;\r\r
->Nada<-
x;y
-Detalle<-
->EncabezadoCompra<-
1;2;3
->DetalleCompra<-
1;2;3
->Boleta<-
39;0;2026-01-05;3;0;;;;66666666-6;;;;;;;;
->BoletaTotales<-
0;0;0;1190;0;0;0;0;
->BoletaDetalle<-
1;1;Ficha;0;1;1190;0;1190;INT1;UN;;
"""

ONE = "<Documento><Encabezado><IdDoc><TipoDTE>33</TipoDTE><Folio>{}</Folio></IdDoc></Encabezado></Documento>"
XML_FILE = (
    '<?xml version="1.0"?>\n<EnvioDTE><SetDTE><Caratula/>\n'
    + "\n".join(f"<DTE><!-- nota -->{ONE.format(number)}<TED/></DTE>" for number in range(1, 8))
    + "\n<otra/><DTE>" + ONE.format(8) + ONE.format(9) + "</DTE></SetDTE></EnvioDTE>"
).encode()  # fmt: skip


def same(one: Document) -> tuple[object, ...]:
    groups = [(group.name, group.fields, group.blank, group.place) for group in one.root.walk()]
    return one.tipo, one.place, groups, one.beside, one.problems, one.unread


def read(data: bytes, formato: str, most: int = 2000, done: int = 0) -> list[tuple[object, ...]]:
    file = BulkFile(data, formato, most)
    found = [same(one) for one in file.documents(done)]
    assert len(found) == max(0, file.total - done)
    return found


@pytest.mark.parametrize(("data", "formato", "total"), [(TXT_FILE, TXT, 4), (XML_FILE, XML, 9)])
def test_one_after_another_or_all_at_once(data: bytes, formato: str, total: int) -> None:
    at_once = [same(one) for one in parse(data, formato)]

    assert len(at_once) == total
    for done in range(total + 1):
        assert read(data, formato, done=done) == at_once[done:]


@pytest.mark.parametrize("case", BAD, ids=lambda one: one.name)
def test_whatever_is_wrong_with_a_file(case: Bad) -> None:
    data, formato = case.file, case.formato
    assert read(data, formato) == [same(one) for one in parse(data, formato)]


def test_the_root_may_be_the_document() -> None:
    data = ONE.format(3).encode()
    assert read(data, XML) == [same(one) for one in parse(data, XML)]
    named = ONE.format(4).replace("<Documento>", '<s:Documento xmlns:s="urn:x">').replace("</D", "</s:D").encode()
    nested = f"<a><Documento/><DTE>{ONE.format(5)}<DTE>{ONE.format(6)}</DTE></DTE><DTE/></a>".encode()
    for data in (named, nested, b"<a><b/></a>", b"<a><DTE/></a>", b"<Documento/>", b"<LibroGuia><DTE/></LibroGuia>"):
        assert read(data, XML) == [same(one) for one in parse(data, XML)], data


BETWEEN = (
    "<DTE/>", "<Dte/>", f"<dte>{ONE.format(2)}</dte>", f"<DTE><documento>{ONE.format(3)}</documento></DTE>",
    ONE.format(4), "<Pedido><n>5</n></Pedido>",
    "<LibroCompraVenta><EnvioLibro><n>5</n></EnvioLibro></LibroCompraVenta>",
    f"<SetDTE><Caratula><n>1</n></Caratula><DTE>{ONE.format(6)}<b><n>1</n></b></DTE><c><n>1</n></c></SetDTE>",
    "<d><e/></d>",
    "<EnvioDTE><SetDTE><dte><n>5</n></dte></SetDTE></EnvioDTE>", "suelto", "<!-- nota -->",
    f"<DTE>{ONE.format(7)}</DTE>",
    "<f><g><h><n>1</n></h></g></f>", f"<f><i><n>1</n></i><g><DTE>{ONE.format(8)}</DTE></g><j><n>1</n></j></f>",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_whatever_stands_beside_documents_is_found_in_the_same_place(seed: int) -> None:
    chance = Random(seed)
    pieces = [chance.choice(BETWEEN) for _ in range(chance.randrange(1, 14))]
    inner = "".join(pieces[3:])
    data = f"<Envio>{''.join(pieces[:3])}<SetDTE>\n{inner}</SetDTE>\n{''.join(pieces[:2])}</Envio>".encode()
    at_once = [same(one) for one in parse(data, XML)]
    for done in {0, 1, len(at_once) // 2}:
        assert read(data, XML, done=done) == at_once[done:]


def test_what_is_passed_over_is_told_each_time() -> None:
    data = b"<a>" + f"<b><DTE>{ONE.format(1)}</DTE></b><Pedido><n>1</n></Pedido>".encode() * 500 + b"</a>"
    found = list(BulkFile(data, XML, 1000).documents())
    assert [len(one.problems) and one.problems[0].code for one in found[1::2]] == ["TXT-065"] * 500


def test_an_xml_that_breaks_off_gives_nothing_but_the_reason() -> None:
    data = XML_FILE[:-20]
    assert read(data, XML) == [same(one) for one in parse(data, XML)]
    assert [code for (*_, problems, _) in read(data, XML) for code in [problems[0].code]] == ["TXT-067"]  # type: ignore[index]


@pytest.mark.parametrize(("data", "formato", "total"), [(TXT_FILE, TXT, 4), (XML_FILE, XML, 9)])
def test_the_limit_is_that_of_the_caller(data: bytes, formato: str, total: int) -> None:
    assert BulkFile(data, formato, total).total == total
    (refused,) = BulkFile(data, formato, total - 1).documents()
    assert [one.code for one in refused.problems] == ["TXT-046"]
    assert str(total - 1) in refused.problems[0].expected


@pytest.mark.parametrize("formato", [TXT, XML])
def test_memory_does_not_grow_with_the_documents(formato: str) -> None:
    def peak(times: int) -> int:
        if formato == TXT:
            data = TXT_FILE[TXT_FILE.index(b"->Boleta<-") :] * times
        else:
            data = b"<a>" + f"<DTE>{ONE.format(1)}</DTE>".encode() * times + b"</a>"
        file = BulkFile(data, formato, times)
        tracemalloc.start()
        assert sum(1 for _ in file.documents()) == times
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(50)
    assert peak(3000) < peak(300) + 200_000


def test_documents_have_their_lines() -> None:
    lines = TXT_FILE.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").split(b"\n")
    for one in BulkFile(TXT_FILE, TXT, 10).documents():
        assert lines[one.place.line - 1].strip().lower().startswith((b"->enc", b"-> enc", b"->boleta<-"))
