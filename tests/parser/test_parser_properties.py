"""Whatever the bytes, the parser answers; every problem it can tell is told somewhere in these tests."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document.catalogue import RULES
from dteplanows.document.elements import ROOTS, at
from dteplanows.parser import MOST_DOCUMENTS, parse
from dteplanows.parser.txt.layout import BY_NAME, SECTIONS
from tests.parser.parser_support import boleta, factura, xml

SOUND = [factura(), boleta(), factura(Referencia="1;801;7;2026-03-01;0;;", DescRec="1;D;x;%;5;1;"), xml("<Detalle/>")]
FRAGMENTS = [b"->", b"<-", b";", b"\n", b"\r", b"\0", b"-1", b"9" * 40, b"1e9", b"\xff", b"<", b"&", b"%", b"$", b"]]>",
             "٣".encode(), "²".encode(), b"->Totales<-", b"->DescRec<-\n1;D;;%;900;1;\n", b"NaN", b"-0"]  # fmt: skip


@given(data=st.binary(max_size=400), formato=st.sampled_from(["1", "2", "", "x"]))
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_raise(data: bytes, formato: str) -> None:
    documents = parse(data, formato)
    assert documents
    assert all(document.problems for document in documents if document.tipo == 0)


@given(
    base=st.sampled_from(SOUND),
    cuts=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 6), st.sampled_from(FRAGMENTS)), max_size=8),
    formato=st.sampled_from(["1", "2"]),
)
@settings(max_examples=300, deadline=None)
def test_damaged_files_never_raise(base: bytes, cuts: list[tuple[int, int, bytes]], formato: str) -> None:
    data = base
    for start, length, fragment in cuts:
        data = data[:start] + fragment + data[start + length :]
    assert parse(data, formato)


def test_every_row_of_the_layout_names_an_element_that_exists() -> None:
    for section in SECTIONS:
        assert [column.position for column in section.columns] == list(range(1, len(section.columns) + 1))
        assert section.required <= len(section.columns)
        for column in section.columns:
            assert column.note.endswith(".")
            assert not column.path or any(at(name, column.path) for name in ROOTS)
            assert not section.target or not column.path or column.path.startswith(f"{section.target}/")
    assert len(BY_NAME) == len(SECTIONS)


def test_every_problem_of_the_parser_is_tried() -> None:
    here = Path(__file__).parent
    tried = set(re.findall(r"(?:TXT|DOC)-\d{3}", "".join(file.read_text("utf-8") for file in here.glob("test_*.py"))))
    assert {code for code in RULES if code.startswith("TXT-")} | {"DOC-010", "DOC-011"} <= tried


def test_a_file_of_too_many_documents_is_not_read() -> None:
    header = b"->Encabezado<-\n33;0;2026-01-05;0;0;22222222-2;A;B;C;D;E;;\n"
    assert len(parse(header * MOST_DOCUMENTS, "1")) == MOST_DOCUMENTS
    for count in (MOST_DOCUMENTS + 1, 60_000):
        (one,) = parse(header * count, "1")
        assert [each.code for each in one.problems] == ["TXT-046"]
