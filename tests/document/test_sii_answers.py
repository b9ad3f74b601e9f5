"""The answers of the SII that rules anticipate: the table, the severities that follow from it, and the words."""

from __future__ import annotations

import pytest

from dteplanows.document.catalogue import RULES, problem
from dteplanows.document.problem import Severity
from dteplanows.document.sii_answers import ANSWERS, certainty, told

REFUSED_ALL_THE_SAME = {
    "DOC-050": "the document is of the wrong type",
    "FOL-070": "the clock of the machine is wrong",
    "TOT-001": "the line contradicts itself",
    "TOT-003": "the line contradicts itself",
    "TOT-010": "the totals contradict the lines",
}
"""Errors that the SII only remarks, and why they are errors."""


def test_every_answer_is_anticipated_by_a_rule_and_no_rule_names_another() -> None:
    assert {code for rule in RULES.values() for code in rule.sii} == set(ANSWERS)


def test_what_is_written_so_that_the_sii_has_nothing_to_remark_names_no_answer() -> None:
    assert RULES["TOT-063"].sii == ()  # without payment: the total is 0 in both currencies


def test_the_answers_of_a_rule_have_one_effect() -> None:
    for code, rule in RULES.items():
        assert len({ANSWERS[one].effect for one in rule.sii}) <= 1, code


def test_what_the_sii_rejects_is_an_error_and_what_it_remarks_a_reparo() -> None:
    for code, rule in RULES.items():
        effects = {ANSWERS[one].effect for one in rule.sii}
        if rule.severity is Severity.REPARO:
            assert "rechaza" not in effects, code
        elif rule.severity is Severity.AVISO:  # what only the SII can know
            assert effects <= {"rechaza"}, code
        elif effects == {"repara"}:
            assert code in REFUSED_ALL_THE_SAME
    assert all(RULES[code].severity is Severity.ERROR for code in REFUSED_ALL_THE_SAME)


@pytest.mark.parametrize(
    ("severity", "codes", "words"),
    [
        (Severity.ERROR, ("REF-3-415",), "El SII lo rechaza (REF-3-415)."),
        (Severity.ERROR, ("DTE-3-100", "DTE-3-101"), "El SII lo rechaza (DTE-3-100, DTE-3-101)."),
        (Severity.ERROR, ("HED-3-834",), "El SII lo rechaza o lo acepta con reparo (HED-3-834)."),
        (Severity.ERROR, ("DET-2-200",), "El SII también lo observa (DET-2-200)."),
        (Severity.ERROR, (), ""),
        (Severity.REPARO, ("HED-2-223",), "El SII lo acepta con reparo (HED-2-223)."),
        (Severity.REPARO, (), "El SII puede aceptarlo con reparo."),
        (Severity.AVISO, ("REF-3-750",), "El SII puede rechazarlo (REF-3-750)."),
        (Severity.AVISO, (), ""),
    ],
)
def test_what_is_told(severity: Severity, codes: tuple[str, ...], words: str) -> None:
    assert told(severity, codes) == words


def test_an_unknown_answer_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(KeyError):
        told(Severity.ERROR, ("REF-9-999",))
    with pytest.raises(KeyError):
        told(Severity.REPARO, ("REF-3-415",))


def test_how_sure_it_is() -> None:
    assert certainty(("REF-3-758", "REF-2-780")) == (
        "Cuán seguro es: REF-3-758, visto por 2 sistemas; REF-2-780, visto por 3 sistemas."
    )
    assert certainty(()) == ""


def test_a_problem_says_it_between_what_is_wrong_and_what_was_expected() -> None:
    one = problem("REF-002", tipo=61)
    assert one.text().startswith(f"[REF-002] {one.message} El SII lo rechaza (REF-3-758). Se esperaba")
    assert problem("REF-003", codes="801 (Orden de Compra)").sii == ""


def test_every_reparo_says_that_it_is_the_remark_of_the_sii() -> None:
    for code, rule in RULES.items():
        assert (rule.severity is Severity.REPARO) <= ("El SII" in rule.told and "con reparo" in rule.told), code
