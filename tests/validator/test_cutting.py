"""Texts that are too long: cut where they only describe, refused where they identify."""

from __future__ import annotations

import pytest

from dteplanows.document.elements import BRANCHES, structure
from dteplanows.document.problem import Severity
from dteplanows.validator.form.cutting import CUT, shortened
from tests.validator.judging import codes
from tests.validator.sii_judge import judge
from tests.validator.xml_documents import judged, line, reference, texts

WORDS = "Tornillos de acero inoxidable con cabeza hexagonal para exteriores "
AVISO = Severity.AVISO


def test_every_name_is_a_text_with_a_limit() -> None:
    every = [one for tipo in BRANCHES for one in structure(tipo).walk() if one.name in CUT]
    assert {one.name for one in every} == CUT
    assert [one.path for one in every if one.kind != "text" or one.enum or not one.max_length] == []


@pytest.mark.parametrize("name", ["RznSocRecep", "GiroRecep", "DirRecep", "CmnaRecep", "CiudadRecep", "Contacto"])
def test_a_text_of_the_receiver_is_cut_aloud(name: str) -> None:
    document = judged(33, [line(1000)], {}, receptor={name: WORDS * 3})
    assert codes(document) == []
    (one,) = [each for each in document.problems if each.code == "DOC-051"]
    written = document.receptor.text(name)
    assert WORDS.strip().startswith(written[:60])
    assert f"«{written}»" in one.message
    assert (one.place.field, one.value) == (name, (WORDS * 3).strip())
    assert judge(document.draft, 33) == []


def test_the_whole_name_of_a_line_becomes_its_description() -> None:
    whole = (WORDS * 2).strip()
    document = judged(33, [line(1000, NmbItem=whole)], {})
    assert codes(document) == []
    assert [one for one in codes(document, AVISO) if one.startswith("DOC-05")] == ["DOC-052"]
    (detalle,) = document.detalles
    assert detalle.text("NmbItem") == "Tornillos de acero inoxidable con cabeza hexagonal para exteriores Tornillos de"
    assert detalle.text("DscItem") == whole
    assert judge(document.draft, 33) == []


def test_a_description_that_is_there_stays() -> None:
    document = judged(33, [line(1000, NmbItem=WORDS * 2, DscItem="Caja de 100")], {})
    assert [one for one in codes(document, AVISO) if one.startswith("DOC-05")] == ["DOC-051"]
    assert document.detalles[0].text("DscItem") == "Caja de 100"


def test_a_name_longer_than_a_description_is_told_once() -> None:
    document = judged(33, [line(1000, NmbItem=WORDS * 20)], {})
    (one,) = [each for each in document.problems if each.code.startswith("DOC-05")]
    assert one.code == "DOC-053"  # one true thing: not that all of it is there, and then that it is not
    description = document.detalles[0].text("DscItem")
    assert 985 <= len(description) <= 1000
    assert f"los primeros {len(description)}, de 1000" in one.message
    assert all(len(one.message) < 300 for one in document.problems)
    assert judge(document.draft, 33) == []


def test_texts_of_the_rest_of_the_document() -> None:
    discount = {"NroLinDR": 1, "TpoMov": "D", "GlosaDR": WORDS, "TpoValor": "$", "ValorDR": 100}
    document = judged(61, [line(1000, DscItem=WORDS * 16)], {}, DscRcgGlobal=discount,
                      Referencia={**reference(), "RazonRef": WORDS * 2})  # fmt: skip
    assert codes(document) == []
    assert codes(document, AVISO).count("DOC-051") == 3
    assert texts(document, "MntTotal") == ("1071",)
    assert judge(document.draft, 61) == []


def test_what_identifies_is_never_cut() -> None:
    code = {"TpoCodigo": "INT1", "VlrCodigo": "A" * 36}
    order = {"NroLinRef": 1, "TpoDocRef": "801", "FolioRef": "7" * 30, "FchRef": "2026-11-01"}
    lines = [line(1000, CdgItem=code, UnmdItem="KILOMETROS")]
    document = judged(33, lines, {}, receptor={"CdgIntRecep": "7" * 21}, Referencia=order)
    assert codes(document) == ["DOC-020"] * 4


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Uno dos tres", 7, "Uno dos"),
        ("Uno dos tres cuatro", 14, "Uno dos tres"),
        ("x" * 50, 40, "x" * 40),
        ("a " + "x" * 60, 40, "a " + "x" * 38),
        ("Rodamientos y retenes &amp; sellos", 24, "Rodamientos y retenes"),
        ("Rodamientos y retenes & sellos", 24, "Rodamientos y retenes &"),
        ("&amp;", 4, "&amp"),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, expected: str) -> None:
    assert shortened(text, limit) == expected
