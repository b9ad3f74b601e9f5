"""Reasons: every shape they come in, and that every code that some service can give is described."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document.sii_answers import ANSWERS
from dteplanows.sii import outcomes, reasons
from dteplanows.sii.document_state import _RECEIVED
from dteplanows.sii.envelope_state import STATES
from dteplanows.sii.reasons import REASONS, read_reason, reasons_in
from dteplanows.sii.statuses import STATUSES


@pytest.mark.parametrize(
    ("text", "code", "line", "effect", "ours", "theirs", "words"),
    [
        ("(DTE-3-505) Firma DTE Incorrecta", "DTE-3-505", 0, "", "", "", "Firma DTE Incorrecta"),
        ("(REF L[5] -3-758) RECHAZO- Nota sin código", "REF-3-758", 5, "rechazo", "", "", "Nota sin código"),
        ("(DET L[1] -2-200) REPARO- Valor de linea : [25883.0000] <> [27246.0000]", "DET-2-200", 1, "reparo",
         "25883.0000", "27246.0000", "Valor de linea"),
        ("(HED-2-302) REPARO- Retencion [19.00] <> [0.00]", "HED-2-302", 0, "reparo", "19.00", "0.00", "Retencion"),
        ("(DETL L[12]-2-200) x", "DET-2-200", 12, "", "", "", "x"),
        ("( DET L[ 3 ] - 2 - 200 )x", "DET-2-200", 3, "", "", "", "x"),
        ("CRT-3-19 Numero Resolucion", "CRT-3-19", 0, "", "", "", "Numero Resolucion"),
        ("(ENV-3-0) [a] <> []", "ENV-3-0", 0, "", "a", "", ""),
        ("LSX-00213: only 0 occurrences", "LSX-00213", 0, "", "", "", "only 0 occurrences"),
        ("cvc-complex-type.2.4.a: Invalid", "CVC", 0, "", "", "", "cvc-complex-type.2.4.a: Invalid"),
        ("Algo que nadie vio", "", 0, "", "", "", "Algo que nadie vio"),
        ("", "", 0, "", "", "", ""),
    ],
)  # fmt: skip
def test_a_reason_is_taken_apart(
    text: str, code: str, line: int, effect: str, ours: str, theirs: str, words: str
) -> None:
    found = read_reason(text)
    assert (found.code, found.line, found.effect) == (code, line, effect)
    assert (found.ours, found.theirs, found.text) == (ours, theirs, words)
    assert found.as_it_came == " ".join(text.split())


def test_what_people_read() -> None:
    told = read_reason("(DET L[1] -2-200) REPARO- x : [25883.0000] <> [27246.0000]").told()
    assert told == (
        "DET-2-200 (línea 1): el monto de una línea no es su precio por la cantidad, menos su descuento, más su "
        "recargo. El documento dice 25883.0000 y el SII espera 27246.0000. Informe junto a cada porcentaje su monto, "
        "en pesos enteros."
    )


def test_a_code_that_nobody_described_is_shown_as_it_came() -> None:
    assert read_reason("(QQQ-3-999)  Motivo\nnuevo [1] <> [2]").told() == "(QQQ-3-999) Motivo nuevo [1] <> [2]"


def test_the_reasons_among_other_words() -> None:
    found = reasons_in("Rechazado (CRT-3-19) Resolución [0] <> [80] y (DET L[2] -2-200) algo (sin código)")
    assert [(one.code, one.line) for one in found] == [("CRT-3-19", 0), ("DET-2-200", 2)]
    assert reasons_in("Envio Procesado (sin reparos)") == ()


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_reason(text).told() is not None
    assert len(reasons_in(text)) <= text.count("(")


def test_every_reason_that_a_service_names_is_described() -> None:
    named = {one.reason for one in STATUSES.values()} | {one.reason for one in STATES.values()}
    named |= {reason for _, reason in _RECEIVED.values()}
    assert named - {""} - set(REASONS) == set()


def test_every_answer_that_a_rule_anticipates_is_described() -> None:
    """What the catalogue's rules name is what the SII may say of a document all the same."""
    missing = {code for code in ANSWERS if re.fullmatch(r"[A-Z]{3}-[0-9]-[0-9]+|[A-Z]{3}-[0-9]{5}", code)} - set(
        REASONS
    )
    assert missing == set()


def test_every_row_is_a_sentence_and_a_remedy() -> None:
    assert len(REASONS) > 100
    for code, one in REASONS.items():
        assert re.fullmatch(r"[A-Z]{3,8}(?:-[-A-Z0-9]+)?", code), code
        assert one.meaning[0].islower() or not one.meaning[0].isalpha() or one.meaning[:2].isupper(), code
        assert one.remedy[0].isupper(), code
        assert not one.meaning.endswith("."), code
        assert not one.remedy.endswith("."), code


def test_no_table_says_the_same_twice() -> None:
    folder = Path(outcomes.__file__).parent
    assert Path(reasons.__file__).parent == folder
    for path in sorted(folder.glob("*.tsv")):
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
        assert {len(one) for one in rows} == {len(rows[0])}, path.name
        width = 2 if path.name == "statuses.tsv" else 1
        keys = [tuple(one[:width]) for one in rows]
        assert len(set(keys)) == len(keys), path.name
