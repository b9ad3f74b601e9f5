"""Every attack on the portal, each with the tests that try it and see it refused.

What can be tried on every page is tried here on every address that the portal has: a page that is added joins by
itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import pytest
from lxml import html
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from dteplanows.accounts import invitations
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import UserSettings
from tests.installation import COMPANY, one_salt
from tests.portal.pages import CLAVE, OTHER, Browser, Site, site_of
from tests.sii.delivery.conftest import House, house_at

ROOT = Path(__file__).parents[2]

ATTACKS: Mapping[str, Sequence[str]] = {
    "a script or a style within a page": (
        "portal/test_safety.py::test_every_answer_has_the_headers_of_safety",
        "portal/test_attacks.py::test_no_text_becomes_part_of_a_page",
    ),
    "a text of a document, a file, a user, a company or the SII that is a script": (
        "portal/test_attacks.py::test_no_text_becomes_part_of_a_page",
        "portal/test_attacks.py::test_no_text_of_a_form_becomes_part_of_a_page",
        "portal/validation/test_pages.py::test_no_text_of_a_file_becomes_a_part_of_the_page",
        "portal/sales/test_sales_pages.py::test_names_and_filters_are_texts_whatever_they_say",
        "portal/test_safety.py::test_texts_of_people_are_only_text",
    ),
    "a form that another site sends": (
        "portal/test_attacks.py::test_no_form_is_taken_from_elsewhere",
        "portal/test_safety.py::test_another_site_cannot_send_a_form",
        "portal/test_safety.py::test_a_login_cannot_be_forged",
    ),
    "the token of another person's form": ("portal/test_safety.py::test_the_form_of_another_person_is_forged_too",),
    "a cookie that goes elsewhere": (
        "portal/test_safety.py::test_the_cookie_is_sent_to_nobody_else",
        "portal/test_devices.py::test_the_cookie_is_of_one_person_and_opens_nothing",
    ),
    "a session that was known before the login": (
        "portal/test_entering.py::test_a_session_is_another_one_after_the_login",
        "portal/test_entering.py::test_a_login_ends_the_session_that_the_browser_had",
    ),
    "a session that goes on": (
        "portal/test_entering.py::test_a_session_ends_without_use",
        "portal/test_entering.py::test_what_is_done_to_a_user_ends_its_session",
        "portal/account/test_account_pages.py::test_a_person_ends_its_sessions",
        "accounts/test_callers.py::test_sessions_and_tokens_end_and_the_password_stays",
    ),
    "a ledger that was stolen": (
        "portal/test_entering.py::test_the_ledger_holds_nothing_that_opens_a_session",
        "accounts/test_invitations.py::test_the_ledger_holds_nothing_that_opens",
        "accounts/test_second_factor.py::test_neither_secret_nor_codes_can_be_read",
        "soap/test_limits.py::test_neither_names_nor_passwords_are_kept",
    ),
    "guessing a password, by one worker or several": (
        "soap/test_shared_limits.py::test_processes_count_together",
        "portal/test_entering.py::test_failures_of_programs_and_of_people_are_one_count",
        "portal/account/test_account_pages.py::test_guessing_the_present_password_waits_as_any_login",
    ),
    "guessing at another company's user by naming an own one so": (
        "portal/people/test_people_pages.py::test_setting_passwords_is_no_way_to_guess_those_of_others",
    ),
    "guessing a code, or showing one again": (
        "portal/account/test_account_pages.py::test_codes_cannot_be_guessed",
        "portal/account/test_account_pages.py::test_a_second_factor_is_asked_for_after_the_password",
        "accounts/test_second_factor.py::test_a_code_is_good_once_and_half_a_minute_around",
    ),
    "going round the second factor": (
        "portal/account/test_account_pages.py::test_what_waits_for_its_code_opens_nothing_and_not_for_long",
        "portal/account/test_account_pages.py::test_a_further_company_is_behind_the_same_factor",
        "accounts/test_callers.py::test_a_password_alone_is_not_enough_where_more_has_to_be_shown",
    ),
    "keeping somebody out by guessing at the name": (
        "portal/test_devices.py::test_a_known_browser_gets_in_while_its_whole_office_waits",
        "portal/test_entering.py::test_guessing_brings_a_wait_but_not_for_who_came_in_before",
        "soap/test_shared_limits.py::test_who_came_in_by_one_process_is_known_to_the_other",
        "soap/test_limits.py::test_one_user_from_many_addresses",
    ),
    "learning who exists": ("portal/test_entering.py::test_what_is_wrong_does_not_tell_who_exists",),
    "a link that was used, withdrawn or meant for somebody with less": (
        "portal/people/test_people_pages.py::test_a_person_is_invited_and_comes_in",
        "portal/people/test_people_pages.py::test_an_invitation_is_withdrawn",
        "accounts/test_invitations.py::test_a_link_opens_nobody_who_was_given_more_since",
    ),
    "giving oneself more, or taking from who has more": (
        "portal/people/test_people_pages.py::test_nobody_takes_itself_out_or_gives_itself_more",
        "portal/people/test_people_pages.py::test_who_runs_the_installation_is_above_who_runs_a_company",
    ),
    "a page of another role or another company": (
        "portal/test_access.py::test_each_role_sees_what_the_table_says",
        "portal/test_access.py::test_nobody_sees_more_than_the_login",
        "portal/test_access.py::test_another_company_is_not_there",
        "portal/people/test_people_pages.py::test_a_user_of_another_company_is_not_there",
    ),
    "a body without end": ("portal/test_safety.py::test_a_body_that_is_too_large",),
    "a login that leads elsewhere": (
        "portal/test_entering.py::test_a_login_leads_nowhere_else",
        "portal/account/test_account_pages.py::test_a_code_leads_nowhere_else",
        "portal/test_attacks.py::test_no_address_leads_elsewhere",
    ),
    "a cell that is a formula": (
        "portal/audit/test_audit_page.py::test_no_cell_of_the_file_is_a_formula",
        "exports/test_lists.py::test_csv_has_every_fact_and_no_formula",
    ),
    "a head of a mail or of an answer": (
        "portal/people/test_people_pages.py::test_the_link_goes_by_mail",
        "portal/test_entering.py::test_a_login_leads_nowhere_else",
    ),
}
"""What is tried, and by which tests."""


def test_every_attack_is_tried_by_a_test_that_is_there() -> None:
    missing = []
    for tests in ATTACKS.values():
        for one in tests:
            path, _, name = one.partition("::")
            file = ROOT / "tests" / path
            tree = ast.parse(file.read_text("utf-8")) if file.is_file() else ast.parse("")
            if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
                missing.append(one)
    assert missing == []


HOSTILE = "\"'><hostil onhostil=1 href=javascript:hostil()>{{7*7}}</script></textarea></title>&amp;=1"

OF_XML = rb"<(RznSoc|RznSocRecep|GiroRecep|DirRecep|CmnaRecep|NmbItem|DscItem)>[^<]*<"
"""Texts of a document itself."""

TEXTS: Mapping[str, Sequence[str]] = {
    "empresa": ("razon_social", "giro", "direccion", "comuna", "ciudad"),
    "usuario": ("usuario",),
    "certificado": ("titular", "rut_firmante"),
    "documento": ("razon_social_receptor", "rut_receptor", "usuario"),
    "documento_recibido": ("razon_social_emisor",),
    "tramo_anulado": ("motivo",),
    "folio_retenido": ("motivo",),
    "evento": ("detalle", "quien", "desde"),
    "entrega": ("motivos",),
    "envio": ("track_id", "estado_sii", "glosa", "resultado", "detalle", "rut_envia"),
    "estado_documento": ("detalle",),
    "intercambio": ("servicio", "pregunta", "resultado"),
    "sesion_portal": ("ip", "navegador"),
    "invitacion": ("usuario", "correo"),
    "aviso": ("detalle",),
    "canal_aviso": ("falla",),
    "lote": ("usuario",),
    "libro": ("usuario",),
}
"""Texts of people, files and the SII, by table."""


QUERIES: Mapping[str, Mapping[str, str]] = {"people.person_page": {"usuario": "contador"}}
"""What an address needs beside its path to show something."""


class Walk(NamedTuple):
    """An installation whose every text is hostile, and somebody inside who may ask for everything."""

    site: Site
    browser: Browser
    token: str
    """Of an invitation."""

    @property
    def rules(self) -> list[Rule]:
        """Every address of the portal but those of its files."""
        portal = self.site.application._portal
        assert portal
        return [one for one in portal._made.url_map.iter_rules() if one.endpoint != "static"]  # type: ignore[union-attr]

    def paths(self, rule: Rule) -> list[str]:
        """The addresses of *rule*, with what there is, and with what there is not."""
        known: dict[str, list[object]] = {
            "ambiente": [COMPANY.ambiente], "rut": [COMPANY.rut], "tipo": [33], "token": [self.token],
            "name": ["portal_minutos", HOSTILE, "xml"],
            **{one: [*self.numbers(), 10**9] for one in ("folio", "documento", "envio", "sobre", "numero", "id")},
        }  # fmt: skip
        made: list[dict[str, object]] = [{}]
        for name in sorted(rule.arguments):
            is_number = isinstance(rule._converters[name], IntegerConverter)
            values = known.get(name) or ([1, 2] if is_number else [HOSTILE, "xml", "pdf", "csv"])
            made = [{**one, name: value} for one in made for value in values]
        builder = rule.map.bind("portal.example") if rule.map else None
        assert builder
        more = QUERIES.get(rule.endpoint, {})
        return [builder.build(rule.endpoint, {**one, **more}) for one in made]

    def come_in(self) -> Walk:
        """Inside again, where a test before has ended the session."""
        if self.browser.get("/cuenta").status_code != 200:
            assert self.browser.enter("operador").status_code == 302
        return self

    def numbers(self) -> list[object]:
        """Folios of documents, and ids of envelopes."""
        connection = self.site.installation.ledger.connection
        folios = [row[0] for row in connection.execute("SELECT folio FROM documento")]
        return [*folios, 1, 2]


def _hostile_texts(house: House) -> None:
    connection = house.ledger.connection
    # What the program itself may not change either.
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    escaped = escape(HOSTILE).encode()
    for number, xml in connection.execute("SELECT id, xml FROM documento").fetchall():
        texts = re.sub(OF_XML, rb"<\1>" + escaped + b"<", xml)
        connection.execute("UPDATE documento SET xml = ? WHERE id = ?", (texts, number))
    for table in TEXTS:
        for name in TEXTS[table]:
            connection.execute(f"UPDATE {table} SET {name} = ? || rowid", (HOSTILE,))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    directory = tmp_path_factory.mktemp("hostil")
    installed, simulator = house_at(Place(directory), directory)
    with simulator:
        (directory / "dteplanows.toml").write_text(f'sii_simulador = "{simulator.address}"\n', "utf-8")
        house = House(installed, simulator, directory)
        ledger = house.ledger
        ledger.companies.save(OTHER)
        house.work_until("rechazado", house.issue(33, "SIMULADOR=REF-3-750"))
        house.issue(33)
        installed.send_later(b"->Encabezado<-\n33;\n", "1")
        with one_salt():
            for rol in ("operador", "contador", "integracion"):
                ledger.users.save(rol, CLAVE, COMPANY.ambiente, COMPANY.rut, UserSettings(rol=rol))
        token = invitations.invite(ledger, COMPANY, "invitada", "contador")
        site = site_of(installed)
        browser = site.browser(headers={"User-Agent": HOSTILE})
        assert browser.enter("operador").status_code == 302
        _hostile_texts(house)
        yield Walk(site, browser, token)
    installed.close()


def harmed(answer: TestResponse) -> list[str]:
    """What of the hostile text is more than text in *answer*."""
    if answer.mimetype != "text/html":
        return [] if answer.headers["X-Content-Type-Options"] == "nosniff" else ["may be taken for HTML"]
    if not answer.text.strip():
        return []
    page = html.fromstring(answer.text)
    found = [str(one) for one in page.xpath("//hostil | //@onhostil | //@*[starts-with(., 'javascript:')]")]
    return [*found, *(["<hostil"] if "<hostil" in answer.text else []), *(["49"] if "'><hostil" in answer.text else [])]


def test_no_text_becomes_part_of_a_page(walk: Walk) -> None:
    walk.come_in()
    shown, hostile = set[str](), 0
    for rule in walk.rules:
        for path in walk.paths(rule) if "GET" in (rule.methods or ()) else ():
            answer = walk.browser.get(path)
            assert harmed(answer) == [], path
            assert answer.status_code < 500, (path, answer.text)
            if answer.status_code == 200:
                shown.add(rule.endpoint)
            hostile += "&lt;hostil" in answer.text if answer.mimetype == "text/html" else 0
    pages = {one.endpoint for one in walk.rules if one.endpoint.endswith("_page")}
    assert sorted(pages - shown) == []
    assert hostile > 10


def _form(form: html.FormElement) -> dict[str, str]:
    """What *form* sends where a person has written the hostile text into every field that takes one."""
    fields = {name: str(value or "") for name, value in form.form_values()}
    for one in form.xpath(".//input[not(@type) or @type='text' or @type='password' or @type='date'] | .//textarea"):
        if one.get("name"):
            fields[one.get("name")] = HOSTILE
    return fields


def test_no_text_of_a_form_becomes_part_of_a_page(walk: Walk) -> None:
    walk.come_in()
    forms: dict[tuple[str, str], dict[str, str]] = {}
    for rule in walk.rules:
        for path in walk.paths(rule) if "GET" in (rule.methods or ()) else ():
            answer = walk.browser.get(path)
            if answer.mimetype == "text/html" and answer.status_code == 200 and answer.text.strip():
                for form in html.fromstring(answer.text).forms:
                    action = form.get("action") or path
                    if form.get("method") != "dialog" and "salir" not in action:
                        forms[action, str(sorted(form.fields))] = {**_form(form), "_method": form.method}
    sent = 0
    for (action, _), fields in forms.items():
        path, method = action.removeprefix("/portal").partition("#")[0], fields.pop("_method")
        fields.pop("csrf_token", None)
        answer = walk.browser.get(path, query_string=fields) if method == "GET" else walk.browser.post(path, fields)
        assert answer.status_code < 500, (path, answer.text)
        assert harmed(answer) == [], path
        sent += 1
    assert sent > 8


def test_no_form_is_taken_from_elsewhere(walk: Walk) -> None:
    walk.come_in()
    asked = 0
    for rule in walk.rules:
        for path in walk.paths(rule)[:1] if "POST" in (rule.methods or ()) else ():
            for token in ({}, {"csrf_token": "otra"}):
                answer = walk.browser.client.post(f"/portal{path}", base_url=walk.browser.base, data=token)
                assert answer.status_code == 400, path
            answer = walk.browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, path
            asked += 1
    assert asked > 15


@pytest.mark.parametrize("where", ["https://malo.example/", "//malo.example/", "/\\malo.example"])
def test_no_address_leads_elsewhere(walk: Walk, where: str) -> None:
    """Whatever a page may call the address that comes next."""
    walk.come_in()
    names = ("siguiente", "next", "url", "volver", "destino", "redirect", "de")
    for rule in walk.rules:
        for path in walk.paths(rule)[:2] if "GET" in (rule.methods or ()) else ():
            bare, _, query = path.partition("?")
            answer = walk.browser.get(bare, query_string=f"{query}&{urlencode(dict.fromkeys(names, where))}")
            assert "malo.example" not in (answer.location or "").partition("?")[0], path
            if answer.mimetype == "text/html":
                assert not re.search(r'(?:href|action)="[^"?]*malo\.example', answer.text), path
