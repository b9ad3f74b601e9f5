"""A separator in a text, a lost column, quotes, files joined: never shifted or merged data, whatever the texts are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.parser import TXT, parse
from dteplanows.parser.bulk import BulkFile
from dteplanows.parser.values.nothing import WORDS as NOTHING
from tests.parser.parser_support import BOLETA_TOTALS

WORDS = st.text("abcdefghijklmnñopqrstuvwxyzáéíóúABCDEÑ", min_size=2, max_size=9).filter(
    lambda word: word not in NOTHING
)
TEXT = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
NUMBERED = st.builds(lambda word, number: f"{word} {number}", TEXT, st.integers(2, 4000))
COMUNA = st.sampled_from(["Talca", "ÑUÑOA", "Viña del Mar", "Los Ángeles", "puerto montt", "Buin"])
CITY = st.one_of(COMUNA, st.sampled_from(["", "Reñaca", "Gran Santiago"]))
ADDRESS = "pagos@example.com"
MAIL = st.sampled_from(["", ADDRESS, "-", "null"])
CODE, UNIT = st.sampled_from(["", "V-10", "780001"]), st.sampled_from(["", "UN", "KG", "C/U"])
LONG = st.one_of(st.just(""), TEXT.map("Para {}".format))
"""A description of up to four letters could be a unit of measure."""
CODE_TYPE = st.sampled_from(["", "INT1", "EAN13", "Prod"])
QUANTITY, PRICE = st.integers(1, 900), st.integers(7, 90_000)


def rows(header: list[str], totals: str, line: list[str]) -> list[list[str]]:
    return [header, totals.rstrip(";").split(";"), line]


@st.composite
def facturas(draw: st.DrawFn) -> list[list[str]]:
    """The rows of a factura, each a list of its columns."""
    header = ["33", "0", "2026-03-02", "0", "0", "22222222-2", draw(TEXT), draw(TEXT), draw(NUMBERED),
              draw(COMUNA), draw(CITY), draw(MAIL)]  # fmt: skip
    if draw(st.booleans()):
        header += ["30 días", draw(TEXT), "", "", "Centro", ""]
    quantity, price = draw(QUANTITY), draw(PRICE)
    net = quantity * price
    total = net + round(net * 0.19)
    line = ["1", draw(CODE), draw(st.one_of(TEXT, NUMBERED)), str(quantity), str(price), "0", "0", "0", "0", "0",
            str(net), draw(CODE_TYPE), draw(UNIT), draw(LONG)]  # fmt: skip
    return rows(header, f"0;0;0;0;{net};0;19;{total - net};{total}", line)


@st.composite
def boletas(draw: st.DrawFn) -> list[list[str]]:
    """The rows of a boleta, each a list of its columns."""
    header = ["39", "0", "2026-03-02", "3", "0", "", "", "", "66666666-6", draw(CODE), draw(TEXT),
              draw(st.one_of(st.just(""), TEXT)), draw(st.one_of(st.just(""), NUMBERED)), draw(COMUNA), draw(CITY),
              draw(MAIL)]  # fmt: skip
    quantity, price = draw(QUANTITY), draw(PRICE)
    line = ["1", draw(CODE), draw(st.one_of(TEXT, NUMBERED)), "0", str(quantity), str(price), "0",
            str(quantity * price), draw(CODE_TYPE), draw(UNIT), draw(LONG)]  # fmt: skip
    if draw(st.booleans()):
        line += ["0", "0"]
    return rows(header, BOLETA_TOTALS.replace("11900", str(quantity * price)), line)


DOCUMENTS = st.one_of(facturas(), boletas())


def names(document: list[list[str]]) -> list[str]:
    factura = ["Encabezado", "Totales", "Detalle"]
    return ["Boleta", "BoletaTotales", "BoletaDetalle"] if document[0][0] == "39" else factura


def plainly(row: list[str]) -> str:
    return ";".join(row) + ";"


def written(document: list[list[str]], row: Callable[[list[str]], str] = plainly) -> str:
    return "".join(f"->{name}<-\n{row(one)}\n" for name, one in zip(names(document), document, strict=True))


def content(document: Document) -> object:
    """All that would be signed or printed of *document*."""
    groups = [(group.name, {name: [one.value for one in found] for name, found in group.fields.items()})
              for group in document.root.walk()]  # fmt: skip
    return document.tipo, groups, document.beside.correo, document.beside.adicionales, document.beside.observaciones


def read(file: str) -> list[Document]:
    """The documents of *file*; the same in bulk."""
    data = file.encode()
    documents = parse(data, TXT)
    in_bulk = list(BulkFile(data, TXT, 2000).documents())
    assert [(content(one), one.problems) for one in in_bulk] == [(content(one), one.problems) for one in documents]
    return documents


def sound(file: str) -> object:
    (document,) = read(file)
    assert not errors(document.problems), document.problems
    return content(document)


def never_otherwise(file: str, right: object) -> None:
    """*file* is refused, or is read as *right* says, but for an address of mail that is told to be in two parts."""
    (document,) = read(file)
    told = "TXT-107" in {one.code for one in document.problems}
    found = but_for_the_mail(document) if told else content(document)
    assert errors(document.problems) or found == right, document.problems


def but_for_the_mail(document: Document) -> object:
    """All of *document*, with the whole address of mail."""
    document.beside.correo = ADDRESS
    del document.beside.adicionales["CondicionPago"]
    return content(document)


@pytest.mark.parametrize("cut", range(1, len(ADDRESS)))
def test_a_separator_in_the_mail(cut: int) -> None:
    """Never another document, and never an address of which a part was lost without a word."""
    (document,) = read(with_mail(f"{ADDRESS[:cut]};{ADDRESS[cut:]}"))
    told = {one.code for one in document.problems}
    assert told == {"TXT-075"} if "@" not in ADDRESS[:cut] else "TXT-107" in told <= {"TXT-107", "TXT-030"}
    assert errors(document.problems) or but_for_the_mail(document) == sound(with_mail(ADDRESS))


@pytest.mark.parametrize("behind", ["", ";", "30 días", "30", "0", "C", "912345678", "contado"])
def test_a_payment_condition_behind_the_mail(behind: str) -> None:
    sound(with_mail(f"{ADDRESS};{behind}"))


@pytest.mark.parametrize("mails", [f"{ADDRESS};{ADDRESS}", f"{ADDRESS}; caja@example.com"])
def test_two_addresses_are_not_silently_one(mails: str) -> None:
    (document,) = read(with_mail(mails))
    assert [(one.code, one.place.field) for one in document.problems] == [("TXT-107", "CondicionPago")]
    assert document.beside.correo == ADDRESS


def with_mail(mail: str) -> str:
    head = "33;0;2026-03-02;0;0;22222222-2;AA;AA;Calle 2;Talca;Talca;"
    rows = ("0;0;0;0;7;0;19;1;8;", "1;;AA;1;7;0;0;0;0;0;7;;;;")
    return f"->Encabezado<-\n{head}{mail};\n->Totales<-\n{rows[0]}\n->Detalle<-\n{rows[1]}\n"


@given(DOCUMENTS)
@settings(max_examples=80, deadline=None)
def test_sound_rows_are_read_as_they_stand(document: list[list[str]]) -> None:
    sound(written(document))


@given(DOCUMENTS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_separator_in_a_text(document: list[list[str]], data: st.DataObject) -> None:
    right = sound(written(document))
    row = data.draw(st.sampled_from([0, 2]))
    places = range(6, len(document[row])) if row == 0 else (1, 2, document[2].index(document[2][-1], -1))
    i = data.draw(st.sampled_from([i for i in places if any(map(str.isalpha, document[row][i]))]))
    text = document[row][i]
    cut = data.draw(st.integers(1, len(text)))
    blank = data.draw(st.sampled_from(["", " "]))
    document[row][i] = f"{text[:cut]};{blank}{text[cut:]}".rstrip()
    never_otherwise(written(document), right)


@given(DOCUMENTS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_lost_column(document: list[list[str]], data: st.DataObject) -> None:
    right = sound(written(document))
    row = data.draw(st.integers(0, 2))
    empty = [i for i, text in enumerate(document[row]) if text in ("", "0")]
    if empty:
        del document[row][data.draw(st.sampled_from(empty))]
        never_otherwise(written(document), right)


STYLES = st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_MINIMAL])
INCHES = st.sampled_from(['Cañería 1/2" PVC', '"grueso" codo', 'Codo 90 "grueso"', '15" x 20"', '"', '"Uno"',
"Codo; 90",
                          "Codo\nlargo", "a;\"b\";c"])  # fmt: skip


def csv_row(row: list[str], style: int) -> str:
    out = io.StringIO()
    numbers = [float(text) if style == csv.QUOTE_NONNUMERIC and text.isdecimal() else text for text in row]
    csv.writer(out, delimiter=";", quoting=style, lineterminator="").writerow(  # type: ignore[arg-type]
        [int(one) if isinstance(one, float) else one for one in numbers]
    )
    return out.getvalue()


@given(DOCUMENTS, STYLES, INCHES)
@settings(max_examples=100, deadline=None)
def test_rows_of_a_csv_writer(document: list[list[str]], style: int, name: str) -> None:
    document[2][2] = "NOMBRE"
    right = sound(written(document))
    document[2][2] = name
    (found,) = read(written(document, lambda row: csv_row(row, style)))
    if not errors(found.problems):
        found.detalles[0].fields["NmbItem"] = [
            one._replace(value="NOMBRE") for one in found.detalles[0].fields["NmbItem"] if one.value == name
        ]
        assert content(found) == right
    else:
        assert style == csv.QUOTE_MINIMAL


@given(DOCUMENTS, st.sampled_from(['Cañería 1/2" PVC', '"grueso" codo', '15" x 20"', 'codo de 3/4"']))
@settings(max_examples=100, deadline=None)
def test_quotes_of_a_program_that_writes_no_csv(document: list[list[str]], name: str) -> None:
    document[2][2] = name
    (found,) = read(written(document))
    assert not errors(found.problems)
    assert found.detalles[0].text("NmbItem") == name


BETWEEN = ["", "\ufeff", "\x1a", "\x1b", "\x02", "\xa0", "\x1a\ufeff", "\n", "\n\x1a", '"', " ", "  \t", "\n.",
"\n\x1b", "\n\xa0",
           "\n\ufeff", "\n-", "\n\"", "\x0c", "\u200b", "\n\u00ad"]  # fmt: skip
MARKS = ["->{}<-", ">{}<", "-->{}<--", '->{}<-"', "->{}<-;;;;;;", "->{}<", "->{}-", "-{}<-", "-> {} <-", "{}",
"->{}<-\ufeff", "-\xa0>{}<-"]


@given(DOCUMENTS, DOCUMENTS, st.sampled_from(BETWEEN), st.sampled_from(MARKS),
       st.sampled_from(["", "Gracias por su compra", "Gracias;por;su compra;;", "uno;\ndos"]))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_joined_files(first: list[list[str]], second: list[list[str]], between: str, mark: str, note: str) -> None:
    head = written(first)
    if note:
        head += f"->Observacion<-\n{note}\n"
    tail = written(second)
    right = [sound(head), sound(tail)]
    name = names(second)[0]
    documents = read(head.removesuffix("\n") + between + tail.replace(f"->{name}<-", mark.format(name), 1))
    if not any(errors(one.problems) for one in documents):
        for one in documents:
            # a quote between the files is the end of the note, and printed
            one.beside.observaciones[:] = [text.rstrip('"') for text in one.beside.observaciones if text != '"']
        assert [content(one) for one in documents] == right
