from __future__ import annotations

import pytest
from lxml import html

from dteplanows.document.elements import BRANCHES, at
from dteplanows.document.samples import samples, type_of
from dteplanows.portal.integration.view_model import cases, types_of
from dteplanows.portal.texts import TEXTS
from tests.bad_inputs import FACTURA, GLOBAL, NOTA, spoiled
from tests.installation import COMPANY, Installation
from tests.portal.pages import OTHER, Site


def done(installation: Installation) -> dict[int, set[str]]:
    """The cases that the company has had accepted, by type; of types of which it has issued something."""
    found = types_of(installation.ledger, installation.company)
    return {one.tipo: {case.key for case in one.done} for one in found if one.issued}


def test_nothing_is_tried_at_first(installation: Installation) -> None:
    found = types_of(installation.ledger, installation.company)
    assert sorted(one.tipo for one in found) == sorted(BRANCHES)
    assert {(one.issued, one.more, one.done) for one in found} == {(0, False, ())}


def test_what_was_issued_is_tried_and_the_rest_is_not(installation: Installation) -> None:
    for text in (FACTURA, GLOBAL, NOTA):
        assert installation.issue(text.encode("latin-1"), "1").accepted
    found = done(installation)
    assert found == {33: {"lines", "line_discount", "total_discount"}, 61: {"corrects_amounts"}}
    first = types_of(installation.ledger, installation.company)[0]
    assert (first.tipo, first.issued, first.more) == (33, 2, False)
    assert "exempt_line" in {one.key for one in first.untried}


def test_of_many_the_newest_are_looked_at(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (GLOBAL, FACTURA, FACTURA.replace("Calle 1", "Calle 2")):
        installation.issue(text.encode("latin-1"), "1")
    monkeypatch.setattr("dteplanows.portal.integration.view_model.MOST_LOOKED_AT", 2)
    first = types_of(installation.ledger, installation.company)[0]
    assert (first.issued, first.more) == (2, True)
    assert "total_discount" in {one.key for one in first.untried}


def test_what_was_only_validated_or_refused_is_not(installation: Installation) -> None:
    installation.issuer.process(installation.account, FACTURA.encode(), "1", solo_validar=True)
    installation.issue(spoiled(FACTURA, "Tornillo;10", "Tornillo;diez"), "1")
    assert done(installation) == {}


@pytest.mark.parametrize("name", [one for one in samples() if type_of(one)])
def test_each_example_can_be_issued_and_is_of_its_type(installation: Installation, name: str) -> None:
    outcome = installation.issue(samples()[name], "2" if name.endswith(".xml") else "1")
    assert [(one.accepted, one.tipo) for one in outcome.documents] == [(True, type_of(name))]
    assert set(done(installation)) == {type_of(name)}


def test_every_case_has_a_text_and_elements_of_its_types() -> None:
    for case in cases():
        assert TEXTS[f"cases.{case.key}"]
        tipos = [tipo for tipo in BRANCHES if case.belongs_to(tipo)]
        assert tipos
        for tipo in tipos:
            assert any(at(BRANCHES[tipo], path) for path in case.paths), (case.key, tipo)
    assert {one for one in TEXTS if one.startswith("cases.")} == {f"cases.{one.key}" for one in cases()}


def test_the_page_and_its_examples(site: Site) -> None:
    site.installation.issue(FACTURA.encode(), "1")
    browser = site.inside("contador")
    page = html.fromstring(browser.get(f"{site.home}/integracion").text)
    (first, *rest) = page.xpath("//section[contains(@class, 'card')]")
    assert "Emitidos: 1" in first.text_content()
    assert all("Sin probar" in one.text_content() for one in rest)
    links = page.xpath("//section//a/@href")
    assert {one.rpartition("/")[2] for one in links} == {one for one in samples() if type_of(one)}
    answer = browser.get(links[0].removeprefix("/portal"))
    assert answer.data == samples()[links[0].rpartition("/")[2]]
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["nada.txt", "..%2F..%2F__init__.py", "%2e%2e"])
def test_no_other_file_is_given_as_an_example(site: Site, name: str) -> None:
    browser = site.inside("contador")
    assert browser.get(f"{site.home}/integracion/ejemplo/{name}").status_code == 404
    assert browser.get(f"/pruebas/{OTHER.rut}/integracion").status_code == 404
    assert COMPANY.razon_social not in browser.get(f"/pruebas/{OTHER.rut}/integracion").text
