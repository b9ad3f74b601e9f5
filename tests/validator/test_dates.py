"""Dates of a document against the day and against each other; limits stand in test_payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dteplanows import validator
from dteplanows.document.problem import Severity
from tests.validator.judging import COMPANY, TODAY, codes
from tests.validator.xml_documents import judged, line, read, reference

AVISO = Severity.AVISO
LINE = line(10000, QtyItem=1, UnmdItem="UN", PrcItem=10000)


@pytest.mark.parametrize(("days", "good"), [(0, True), (30, True), (-1, False)])
def test_a_due_date_is_not_before_the_emission(days: int, good: bool) -> None:
    document = judged(33, [LINE], {}, id_doc={"FchVenc": TODAY + timedelta(days=days)})
    assert codes(document) == []
    assert ("DOC-032" in codes(document, AVISO)) is not good


@pytest.mark.parametrize(
    ("tipo", "service", "told"),
    [(39, 2, True), (41, 2, True), (39, 1, False), (39, 3, False), (33, 1, True), (34, 1, True), (33, 2, False),
     (33, 0, False), (61, 1, False)],
)  # fmt: skip
def test_services_at_home_have_a_due_date(tipo: int, service: int, told: bool) -> None:
    more: dict[str, Any] = {"Referencia": reference()} if tipo == 61 else {}
    document = judged(tipo, [line(10000)], {}, id_doc={"IndServicio": service}, **more)
    assert codes(document) == []
    assert ("DOC-115" in codes(document, AVISO)) is told
    due = {"IndServicio": service, "FchVenc": TODAY}
    assert "DOC-115" not in codes(judged(tipo, [line(10000)], {}, id_doc=due, **more), AVISO)


@pytest.mark.parametrize(("days", "told"), [(0, False), (3, False), (4, True)])
def test_a_late_document_is_told(days: int, told: bool) -> None:
    document = judged(33, [LINE], {}, id_doc={"FchEmis": TODAY - timedelta(days=days)})
    assert codes(document) == []
    assert ("DOC-031" in codes(document, Severity.REPARO)) is told


@pytest.mark.parametrize(("days", "good"), [(0, True), (1, False)])
def test_no_document_is_of_tomorrow(days: int, good: bool) -> None:
    document = judged(33, [LINE], {}, id_doc={"FchEmis": TODAY + timedelta(days=days)})
    assert (codes(document) == []) is good
    assert ("DOC-030" in codes(document)) is not good


@pytest.mark.parametrize(("days", "good"), [(0, True), (-1, True), (1, False), (None, True)])
def test_no_document_is_older_than_the_resolution_of_its_company(days: int | None, good: bool) -> None:
    document = read(33, [LINE], {})
    authorized = None if days is None else TODAY + timedelta(days=days)
    validator.judge(document, replace(COMPANY, fecha_resolucion=authorized), TODAY)
    assert (codes(document) == []) is good
    assert ("DOC-092" in codes(document)) is not good


@pytest.mark.parametrize("tipo", [39, 41])
def test_a_boleta_without_client_is_told(tipo: int) -> None:
    unknown = judged(tipo, [line(1190)], {}, receptor={"RUTRecep": ""})
    assert codes(unknown) == []
    assert "DOC-042" in codes(unknown, AVISO)
    assert unknown.receptor.text("RUTRecep") == "66666666-6"
    assert "DOC-042" not in codes(judged(tipo, [line(1190)], {}), AVISO)


def test_only_boletas_have_no_client() -> None:
    unknown = judged(33, [line(1190)], {}, receptor={"RUTRecep": ""})
    assert "DOC-002" in codes(unknown)
    assert "DOC-042" not in codes(unknown, AVISO)
    assert "RUTRecep" not in unknown.receptor.fields
