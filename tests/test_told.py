"""The support for what was said: a question that can only be answered with a silence fails."""

from __future__ import annotations

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Severity
from tests.told import among, codes, of_families, of_severity

FOUND = [problem("DOC-031", days=5), problem("TOT-012", name="IVA", computed="1", reason="x")]


def test_everything_is_shown() -> None:
    assert codes(FOUND) == ["DOC-031", "TOT-012"]


def test_a_severity_shows_its_own() -> None:
    avisos = of_severity(FOUND, Severity.AVISO)
    assert avisos == ["TOT-012"]
    assert "TOT-012" in avisos and "TXT-101" not in avisos


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.AVISO])
def test_what_a_severity_can_never_show_is_no_silence(severity: Severity) -> None:
    with pytest.raises(AssertionError, match="DOC-031 can never"):
        assert "DOC-031" not in of_severity(FOUND, severity)
    with pytest.raises(AssertionError, match="DOC-031 can never"):
        assert of_severity(FOUND, severity).count("DOC-031") == 0


def test_what_a_family_can_never_show_is_no_silence() -> None:
    family = of_families(FOUND, "TOT-")
    assert family == {"TOT-012"} and "TOT-010" not in family and family.isdisjoint(["TOT-010"])
    for ask in (lambda: "DOC-031" in family, lambda: family & {"DOC-031"}, lambda: {"DOC-031"} & family,
                lambda: family.isdisjoint(["DOC-031"])):  # fmt: skip
        with pytest.raises(AssertionError, match="DOC-031 can never"):
            ask()


def test_what_is_not_wanted_is_no_silence() -> None:
    assert among(FOUND, "DOC-031", "TOT-010") == ["DOC-031"]
    with pytest.raises(AssertionError, match="TOT-012 can never"):
        assert "TOT-012" not in among(FOUND, "DOC-031")
