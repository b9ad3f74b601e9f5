from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Blueprint, request

from dteplanows.document import clock
from dteplanows.ledger.rows import UserSettings
from dteplanows.portal import access, app
from dteplanows.portal.access import Need
from dteplanows.portal.services import Services
from dteplanows.portal.sessions import Sessions
from dteplanows.soap.limits import USUAL
from tests.clients import b64
from tests.installation import COMPANY, Installation
from tests.portal.pages import ADDRESS, CLAVE, OTHER, Browser, Site, site_of

MINUTE = 60.0


@pytest.fixture
def strict(installation: Installation) -> Site:
    """A portal where the second wrong password brings a wait."""
    return site_of(installation, USUAL._replace(failures=2))


def events(site: Site) -> list[tuple[str, str, str]]:
    found = site.installation.ledger.events.of()
    return [(one.tipo, one.detalle, one.desde) for one in found if "portal" in one.tipo]


def is_in(browser: Browser, site: Site) -> bool:
    return browser.get(f"{site.home}/tablero").status_code == 200


def test_a_person_comes_in_and_goes_out_and_both_are_remembered(site: Site) -> None:
    browser, usuario = site.browser(), site.person("contador")
    answer = browser.enter(usuario)

    assert (answer.status_code, answer.location) == (302, "/portal/")
    assert browser.get("/").location == f"/portal{site.home}/tablero"
    assert is_in(browser, site)
    assert browser.get("/entrar").status_code == 302

    assert browser.post("/salir").location == "/portal/entrar"
    assert not is_in(browser, site)
    assert events(site) == [("entrada al portal", usuario, ADDRESS), ("salida del portal", usuario, ADDRESS)]
    entered = next(one for one in site.installation.ledger.events.of() if one.tipo == "entrada al portal")
    assert (entered.quien, entered.ambiente, entered.rut_emisor) == (f"usuario {usuario}", "pruebas", COMPANY.rut)


def test_what_is_wrong_does_not_tell_who_exists(site: Site) -> None:
    usuario = site.person("contador")
    pages = [site.browser().enter(one, "otra") for one in (usuario, "nadie")]

    assert [one.status_code for one in pages] == [401, 401]
    assert all("AUT-070" in one.text for one in pages)
    assert len({re.sub(r'content="[^"]+"|value="[^"]+"|[a-z]+\.[0-9-]+|nadie', "", one.text) for one in pages}) == 1
    assert events(site) == []


def test_a_login_without_name_or_password_is_told_so(site: Site) -> None:
    assert "AUT-072" in site.browser().enter("", "algo").text
    assert "AUT-072" in site.browser().enter("alguien", "").text


def test_guessing_brings_a_wait_but_not_for_who_came_in_before(strict: Site) -> None:
    usuario = strict.person("contador")
    assert is_in_after(strict, usuario)
    guesser = strict.browser()
    answers = [guesser.enter(usuario, f"intento {number}") for number in range(3)]

    assert [one.status_code for one in answers] == [401, 401, 429]
    assert "AUT-013" in answers[-1].text
    assert is_in_after(strict, usuario)


def is_in_after(site: Site, usuario: str) -> bool:
    browser = site.browser()
    browser.enter(usuario)
    return is_in(browser, site)


def test_failures_of_programs_and_of_people_are_one_count(strict: Site) -> None:
    usuario, browser = strict.person("contador"), strict.browser()
    for _ in range(2):
        browser.enter(usuario, "otra")
    login = {"Usuario": usuario, "Rut": "1-9", "Clave": "x"}
    parts = "".join(f"<{name}>{b64(text)}</{name}>" for name, text in login.items())
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Procesar xmlns="http://tempuri.org">'
        f"<login>{parts}</login><file>eA==</file><formato>MQ==</formato></Procesar></s:Body></s:Envelope>"
    )
    where = {"REMOTE_ADDR": ADDRESS}
    answer = browser.client.post(
        "/WSDS/wsplano.asmx", data=envelope.encode(), content_type="text/xml", environ_overrides=where
    )

    assert "AUT-013" in answer.text


@pytest.mark.parametrize(
    "page",
    [
        "https://malo.example/", "//malo.example/", "/\\malo.example", "javascript:alert(1)", "malo", "/nada/que/ver",
        "/portal/entrar", "/salir", "/estilo\r\nX: y", "\t//malo.example", "/%2f%2fmalo.example",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(site: Site, page: str) -> None:
    browser = site.browser()
    answer = browser.enter(site.person("contador"), siguiente=page)

    assert (answer.status_code, answer.location) == (302, "/portal/")


def test_after_the_login_one_is_where_one_was(site: Site) -> None:
    browser, usuario = site.browser(), site.person("contador")
    asked = browser.get(f"{site.home}/tablero?mes=2026-11&texto=%C3%B1")
    page = browser.client.get(asked.location)
    hidden = re.search(r'name="siguiente" value="([^"]+)"', page.text)
    assert hidden
    answer = browser.enter(usuario, siguiente=hidden[1].replace("&amp;", "&"))

    assert answer.location == f"/portal{site.home}/tablero?mes=2026-11&texto=%C3%B1"


def test_a_session_is_another_one_after_the_login(site: Site) -> None:
    browser, usuario = site.browser(), site.person("contador")
    browser.get("/entrar")
    before = cookie(browser)
    browser.enter(usuario)
    first = cookie(browser)
    browser.post("/salir")
    browser.enter(usuario)

    assert len({before, first, cookie(browser)}) == 3
    for stolen in (before, first):
        assert not is_in(site.browser(stolen), site)
    assert is_in(site.browser(cookie(browser)), site)


def cookie(browser: Browser) -> str:
    (one,) = [one for one in browser.client._cookies.values() if one.key.startswith("dteplanows_")]  # type: ignore[union-attr]
    return f"{one.key}={one.value}"


def test_a_login_ends_the_session_that_the_browser_had(site: Site) -> None:
    browser = site.inside("contador")
    before = cookie(browser)
    token = browser.token()
    browser.post("/entrar", {"usuario": site.person("administrador"), "clave": CLAVE, "csrf_token": token})

    assert not is_in(site.browser(before), site)
    assert is_in(browser, site)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The moment, which a test moves."""
    moment = [clock.instant()]
    monkeypatch.setattr(clock, "instant", lambda: moment[0])
    yield moment


def test_a_session_ends_without_use(site: Site, now: list[float]) -> None:
    browser = site.inside("contador")
    for _ in range(3):
        now[0] += 50 * MINUTE
        assert is_in(browser, site)
    now[0] += 61 * MINUTE

    assert not is_in(browser, site)


def test_a_session_ends_after_some_hours_however_it_is_used(site: Site, now: list[float]) -> None:
    browser = site.inside("contador")
    for _ in range(12 * 2):
        now[0] += 29.9 * MINUTE
        assert is_in(browser, site)
    now[0] += 5 * MINUTE

    assert not is_in(browser, site)


def test_sessions_that_ended_are_forgotten(site: Site, now: list[float]) -> None:
    site.inside("contador")
    now[0] += 13 * 60 * MINUTE
    site.inside("administrador")

    assert site.installation.ledger.connection.execute("SELECT count(*) FROM sesion_portal").fetchone() == (1,)


@pytest.mark.parametrize("act", ["disable", "delete", "set_password"])
def test_what_is_done_to_a_user_ends_its_session(site: Site, act: str) -> None:
    browser, users = site.inside("contador"), site.installation.ledger.users
    usuario = f"contador.{COMPANY.rut}"
    if act == "set_password":
        users.set_password(usuario, CLAVE, COMPANY.ambiente, COMPANY.rut)
    else:
        getattr(users, act)(usuario, COMPANY.ambiente, COMPANY.rut)

    assert not is_in(browser, site)


def test_the_same_name_with_another_password_is_another_person(site: Site) -> None:
    site.person("contador", usuario="ana")
    rol = UserSettings(rol="administrador")
    site.installation.ledger.users.save("ana", "otra-clave", OTHER.ambiente, OTHER.rut, rol)
    browser = site.browser()
    browser.enter("ana")

    assert is_in(browser, site)
    assert browser.get(f"/pruebas/{OTHER.rut}/tablero").status_code == 404


def test_the_ledger_holds_nothing_that_opens_a_session(site: Site) -> None:
    browser = site.inside("contador")
    token = str(session_of(browser, site)["sesion"])
    row = site.installation.ledger.connection.execute("SELECT * FROM sesion_portal").fetchone()

    assert len(token) >= 43
    assert all(token not in str(value) and CLAVE not in str(value) for value in row)


def session_of(browser: Browser, site: Site) -> dict[str, object]:
    name, _, value = cookie(browser).partition("=")
    made = app.create_app(services_of(site))
    serializer = made.session_interface.get_signing_serializer(made)  # type: ignore[attr-defined]
    assert made.config["SESSION_COOKIE_NAME"] == name
    found: dict[str, object] = serializer.loads(value)
    return found


def services_of(site: Site) -> Services:
    return Services(site.installation.issuer, site.settings, None, None, 2**20)  # type: ignore[arg-type]


# --- A form that comes when the session has ended ---------------------------------------------------------------

_received: list[dict[str, str]] = []


@pytest.fixture
def with_form(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A portal with a page that takes a form."""
    blueprint = Blueprint("probe", __name__)

    @blueprint.post("/<ambiente>/<rut>/probar")
    def take() -> str:
        _received.append(request.form.to_dict())
        return "recibido"

    _received.clear()
    monkeypatch.setattr(app, "BLUEPRINTS", (*app.BLUEPRINTS, blueprint))
    monkeypatch.setattr(access, "TABLE", {**access.TABLE, "probe.take": Need.CONTADOR})
    return site_of(installation)


def test_a_form_is_not_lost_when_the_session_has_ended(with_form: Site, now: list[float]) -> None:
    browser, text = with_form.inside("contador"), "\n línea 1 <b>&\n  línea 2 ñ"
    token = browser.token()
    now[0] += 100 * MINUTE
    page = browser.post(f"{with_form.home}/probar", {"glosa": text, "csrf_token": token})
    assert (page.status_code, _received) == (401, [])
    kept = hidden_of(page.text, "pendiente")
    again = browser.enter(f"contador.{COMPANY.rut}", pendiente=kept)

    assert again.status_code == 200
    assert f'action="/portal{with_form.home}/probar"' in again.text
    assert "<b>&" not in again.text
    area = re.search(r'<textarea name="glosa" hidden>\n(.*?)</textarea>', again.text, re.DOTALL)
    assert area
    browser.post(f"{with_form.home}/probar", {"glosa": html.unescape(area[1])})
    assert [one["glosa"] for one in _received] == [text]


def test_a_script_is_told_that_the_session_has_ended(with_form: Site, now: list[float]) -> None:
    browser = with_form.inside("contador")
    token = browser.token()
    now[0] += 100 * MINUTE
    answer = browser.post(f"{with_form.home}/probar", {"csrf_token": token}, headers={"X-Requested-With": "fetch"})

    assert (answer.status_code, _received) == (401, [])
    assert "Entre de nuevo" in answer.json["error"]  # type: ignore[index]

    browser.enter(f"contador.{COMPANY.rut}")
    renewed = browser.get("/ficha", headers={"X-Requested-With": "fetch"}).json
    assert renewed
    answer = browser.post(f"{with_form.home}/probar", {"csrf_token": renewed["token"]})
    assert (answer.status_code, answer.text) == (200, "recibido")


@pytest.mark.parametrize("kept", ["{", "[]", "1", '{"path": "https://a.example/", "fields": [], "had_files": false}'])
def test_what_is_no_kept_form_is_left_out(site: Site, kept: str) -> None:
    answer = site.browser().enter(site.person("contador"), pendiente=kept)

    assert (answer.status_code, answer.location) == (302, "/portal/")


def test_a_form_of_somebody_else_is_never_kept(with_form: Site) -> None:
    answer = with_form.browser().post(f"{with_form.home}/probar", {"glosa": "x", "csrf_token": "otra"})

    assert answer.status_code == 400
    assert "pendiente" not in answer.text


def hidden_of(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def test_the_settings_of_sessions_are_those_of_the_installation(installation: Installation, now: list[float]) -> None:
    site = site_of(installation)
    site = replace(site, settings=site.settings.model_copy(update={"portal_minutos": 5}))
    sessions = Sessions(installation.ledger, site.settings)
    site.person("contador", usuario="ana")
    token = sessions.begin(installation.ledger.logins.open(["ana"], [CLAVE]), "", "")
    now[0] += 4 * MINUTE
    assert sessions.find(token)
    now[0] += 6 * MINUTE
    assert sessions.find(token) is None
