"""Chance documents of every type: the valid ones pass everywhere, one broken field is named."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dteplanows import parser, validator
from dteplanows.document.elements import BRANCHES
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, Severity
from tests.valid_documents import SHOWN_BY, as_file, make, mutations
from tests.validator.judging import COMPANY, TODAY
from tests.validator.sii_judge import judge

TYPES = sorted(BRANCHES)
CHANCE = {"TOT-056"}
"""Reparos of documents that break no rule: by chance one of a few pesos has no net amount."""
_ISSUING_WITH_REPAROS = replace(COMPANY, reparos="avisar")


def judged(document: Document) -> Document:
    """*document* as the service reads and judges it."""
    (one,) = parser.parse(as_file(document), "2")
    validator.judge(one, _ISSUING_WITH_REPAROS, TODAY)
    return one


@pytest.mark.parametrize("tipo", TYPES)
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_valid_documents_are_accepted_by_the_validator_and_the_sii(tipo: int, chance: Random) -> None:
    document = make(tipo, chance, TODAY)
    assume(tipo != 34 or document.totales.amount("MntExe"))  # small prices may come to nothing, which is refused
    one = judged(document)
    remarked = [each for each in one.problems if each.severity is not Severity.AVISO and each.code not in CHANCE]
    assert [each.text() for each in remarked] == []
    assert judge(one.draft, tipo) == []


def mentioned(one: Problem) -> set[str]:
    """The elements that *one* names."""
    return {one.place.field, one.place.path.rpartition("/")[2], *re.findall(r"\w+", f"{one.message} {one.expected}")}


@pytest.mark.parametrize("tipo", TYPES)
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_one_broken_field_is_named(tipo: int, chance: Random) -> None:
    document = make(tipo, chance, TODAY)
    name, what, breaking = chance.choice(mutations(document))
    breaking()
    problems = judged(document).problems
    names = {name} | (SHOWN_BY.get(name, frozenset()) if what == "1000 more" else frozenset())
    assert any(names & mentioned(each) for each in problems), (name, what, [each.text() for each in problems])
