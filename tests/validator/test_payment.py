"""How and when the document is paid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.validator.judging import codes
from tests.validator.test_customs import export
from tests.validator.test_dispatch import told
from tests.validator.xml_documents import judged, line

LINE = line(1000)


def paid(tipo: int = 33, **id_doc: object) -> Any:
    return judged(tipo, [LINE], {}, id_doc=id_doc)


def test_in_advance_has_a_day() -> None:
    assert told(export(id_doc={"FmaPagExp": 32})) == {"DOC-069"}
    assert told(export(id_doc={"FmaPagExp": 32, "FchCancel": "2026-11-20"})) == set()
    assert told(export(id_doc={"FmaPagExp": 32, "FchCancel": "hoy"})) == set()


def test_terms_of_exports_are_described() -> None:
    assert told(export(id_doc={"TermPagoCdg": "T30"})) == {"DOC-070"}
    assert told(export(id_doc={"TermPagoCdg": "T30", "TermPagoGlosa": "30 días"})) == set()
    assert told(paid(TermPagoCdg="T30")) == set()


@pytest.mark.parametrize(("days", "good"), [(1, True), (-5, False), (1000, False)])
def test_days_of_the_term(days: int, good: bool) -> None:
    assert (codes(paid(TermPagoDias=days)) == []) is good


def test_payments_come_to_no_more_than_the_document() -> None:
    half = {"FchPago": "2026-12-24", "MntPago": 595}
    assert told(paid(MntPagos=[half, half])) == set()
    assert told(paid(MntPagos=[half, half, half])) == {"DOC-071"}


def test_an_export_without_cost_has_its_customs_code() -> None:
    free = line(0, IndExe=1, UnmdItem="10")
    rate = {"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950"}}

    def document(**id_doc: object) -> Any:
        return judged(110, [free], {"TpoMoneda": "DOLAR USA", "MntTotal": 0}, id_doc=id_doc, header=rate)

    assert "DOC-072" in told(document(FmaPago=3))
    assert document(FmaPago=3).id_doc.amount("FmaPagExp") == 21
    assert "DOC-072" not in told(document(FmaPago=3, FmaPagExp=21))
    assert "DOC-072" not in told(document(FmaPago=1))
    assert "FmaPagExp" not in export(id_doc={"FmaPago": 3}).id_doc.fields


@pytest.mark.parametrize(("way", "good"), [("1", True), ("2", True), ("3", True), ("4", False)])
def test_forms_of_payment(way: str, good: bool) -> None:
    assert (codes(paid(FmaPago=way)) == []) is good


@pytest.mark.parametrize("way", ["CH", "CF", "LT", "EF", "PE", "TC", "OT"])
def test_means_of_payment_are_letters(way: str) -> None:
    assert codes(paid(MedioPago=way)) == []
    assert "MedioPago" not in judged(39, [line(1190)], {}, id_doc={"MedioPago": way}).id_doc.fields


@pytest.mark.parametrize("way", ["1", "2", "3", "4", "5"])
def test_means_of_payment_of_boletas_are_digits(way: str) -> None:
    assert codes(judged(39, [line(1190)], {}, id_doc={"MedioPago": way})) == []
    assert codes(paid(MedioPago=way)) == ["DOC-022"]


def test_kinds_of_account() -> None:
    for kind in ("AHORRO", "CORRIENTE", "VISTA"):
        assert codes(paid(TpoCtaPago=kind)) == []
    assert codes(paid(TpoCtaPago="CT")) == ["DOC-022"]


@pytest.mark.parametrize(("last", "good"), [("2026-11-30", True), ("2026-11-01", True), ("2026-10-31", False)])
def test_the_period_does_not_run_backwards(last: str, good: bool) -> None:
    assert (codes(paid(PeriodoDesde="2026-11-01", PeriodoHasta=last)) == []) is good


def test_boletas_say_their_service() -> None:
    for service in (1, 2, 3, 4):
        assert codes(judged(39, [line(1190)], {}, id_doc={"IndServicio": service})) == []
    assert codes(judged(39, [line(1190)], {}, id_doc={"IndServicio": 5})) == ["DOC-022"]
    assert judged(39, [line(1190)], {}, id_doc={"IndServicio": ""}).id_doc.value("IndServicio") == 3


@pytest.mark.parametrize(("service", "good"), [(1, True), (2, True), (3, True), (4, False)])
def test_services_of_facturas(service: int, good: bool) -> None:
    assert (codes(paid(IndServicio=service)) == []) is good
    assert "DOC-007" in {one.code for one in paid(52, IndServicio=service).problems}


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "good"), [("2003-04-01", True), ("2003-03-31", False)])
def test_first_day_of_facturas(day: str, good: bool) -> None:
    assert (codes(paid(FchEmis=day)) == []) is good
    assert codes(paid(FchEmis=day)) in ([], ["DOC-083"])


@pytest.mark.parametrize(("day", "good"), [("2002-08-01", True), ("2002-07-31", False)])
def test_first_day_of_boletas(day: str, good: bool) -> None:
    assert codes(judged(39, [line(1190)], {}, id_doc={"FchEmis": day})) == ([] if good else ["DOC-083"])


def test_first_day_of_other_dates() -> None:
    def at(day: str) -> set[str]:
        row = {"NroLinRef": 1, "TpoDocRef": 801, "FolioRef": "OC-1", "FchRef": day}
        return told(judged(33, [LINE], {}, id_doc={"FchCancel": day}, Referencia=row))

    assert at("2002-08-01") == set()
    assert at("2002-07-31") == {"DOC-084"}
