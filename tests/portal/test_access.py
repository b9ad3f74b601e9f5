from __future__ import annotations

from typing import get_args

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dteplanows.accounts.people import RANKS
from dteplanows.ledger.rows import Rol
from dteplanows.portal.access import TABLE, Need
from dteplanows.portal.app import create_app
from dteplanows.portal.services import Services
from dteplanows.soap.operations import Operations
from tests.installation import COMPANY
from tests.portal.pages import OTHER, Browser, Site

OPENING: tuple[Rol, ...] = tuple(one for one in get_args(Rol) if RANKS[one])


@pytest.fixture
def app(site: Site) -> Flask:
    operations = Operations(site.installation.issuer)
    return create_app(Services(site.installation.issuer, site.settings, operations.copies, operations.logins, 2**20))


def rules(app: Flask) -> list[Rule]:
    return [one for one in app.url_map.iter_rules() if one.endpoint != "static"]


def ask(
    browser: Browser, app: Flask, rule: Rule, rut: str = COMPANY.rut, ambiente: str = COMPANY.ambiente
) -> list[TestResponse]:
    """Every method of *rule*, with values of no meaning for whatever its address holds besides the company."""
    values: dict[str, object] = {**dict.fromkeys(rule.arguments, 1), "ambiente": ambiente, "rut": rut}
    path = app.url_map.bind("portal.example").build(rule.endpoint, {name: values[name] for name in rule.arguments})
    methods = sorted((rule.methods or set()) & {"GET", "POST"})
    return [browser.get(path) if method == "GET" else browser.post(path) for method in methods]


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(app: Flask) -> None:
    assert sorted(TABLE) == sorted({one.endpoint for one in app.url_map.iter_rules()})


def test_numbers_beyond_those_of_the_ledger_are_of_no_page(site: Site, app: Flask) -> None:
    browser, addresses = site.inside("operador"), app.url_map.bind("portal.example")
    numbered = [one for one in rules(app) if "<int:" in one.rule]
    assert len(numbered) > 20
    for rule in numbered:
        for high in rule.arguments:
            if f"<int:{high}>" in rule.rule:
                values = {**dict.fromkeys(rule.arguments, 1), "ambiente": COMPANY.ambiente, "rut": COMPANY.rut}
                one = addresses.build(rule.endpoint, {name: values[name] for name in rule.arguments} | {high: 777_333})
                path = one.replace("777333", str(2**63))
                answer = browser.get(path) if "GET" in (rule.methods or ()) else browser.post(path)
                assert answer.status_code == 404, path


def test_an_endpoint_without_a_row_answers_nobody(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.inside("operador")
    assert browser.get(f"{site.home}/tablero").status_code == 200
    monkeypatch.delitem(TABLE, "board.board_page")

    assert browser.get(f"{site.home}/tablero").status_code == 403


@pytest.mark.parametrize("rol", OPENING)
def test_each_role_sees_what_the_table_says(site: Site, app: Flask, rol: Rol) -> None:
    for rule in rules(app):
        browser = site.inside(rol)
        for answer in ask(browser, app, rule):
            allowed = RANKS[rol] >= TABLE[rule.endpoint]
            assert (answer.status_code != 403) is allowed, (rule.rule, rol)


def test_nobody_sees_more_than_the_login(site: Site, app: Flask) -> None:
    for rule in rules(app):
        for answer in ask(site.browser(), app, rule):
            if TABLE[rule.endpoint] is Need.NOTHING:
                assert answer.status_code in (200, 302, 401, 410), rule.rule
            elif answer.request.method == "GET":
                assert answer.status_code == 302, rule.rule
                assert answer.location.startswith("/portal/entrar?siguiente=/")
            else:
                assert answer.status_code == 401, rule.rule


def test_who_only_calls_the_services_does_not_come_in(site: Site) -> None:
    browser = site.browser()
    answer = browser.enter(site.person("integracion"))

    assert answer.status_code == 401
    assert "AUT-071" in answer.text
    assert browser.get(f"{site.home}/tablero").status_code == 302


@pytest.mark.parametrize(("rut", "ambiente"), [(OTHER.rut, "pruebas"), (COMPANY.rut, "produccion"), ("1-9", "otro")])
@pytest.mark.parametrize("rol", ["contador", "administrador"])
def test_another_company_is_not_there(site: Site, app: Flask, rol: Rol, rut: str, ambiente: str) -> None:
    browser = site.inside(rol)
    for rule in rules(app):
        if "rut" in rule.arguments:
            for answer in ask(browser, app, rule, rut, ambiente):
                assert answer.status_code == 404
                assert "Zapatería" not in answer.text


def test_who_runs_the_installation_has_all_companies(site: Site) -> None:
    browser = site.inside("operador")

    assert browser.get(f"/pruebas/{OTHER.rut}/tablero").status_code == 200
    assert {OTHER.rut, COMPANY.rut} <= {one for one in (OTHER.rut, COMPANY.rut) if one in browser.get("/").text}


def test_one_person_may_have_several_companies_with_a_role_in_each(site: Site) -> None:
    site.person("contador", usuario="ana")
    site.person("administrador", OTHER, usuario="ana")
    browser = site.browser()
    browser.enter("ana")

    assert browser.get("/").status_code == 200
    assert [browser.get(f"/pruebas/{one}/tablero").status_code for one in (COMPANY.rut, OTHER.rut)] == [200, 200]


def test_a_role_that_is_taken_away_ends_at_the_next_page(site: Site) -> None:
    browser, users = site.inside("contador"), site.installation.ledger.users
    assert browser.get(f"{site.home}/tablero").status_code == 200
    users.set_rol(f"contador.{COMPANY.rut}", COMPANY.ambiente, COMPANY.rut, "integracion")

    assert browser.get(f"{site.home}/tablero").status_code == 302
