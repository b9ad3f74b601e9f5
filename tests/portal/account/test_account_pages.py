"""A person's own page: password, sessions, second factor."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

from dteplanows.document import clock
from dteplanows.ledger.rows import UserSettings
from dteplanows.portal.browsers import name_of
from dteplanows.soap.limits import USUAL
from tests.installation import COMPANY, Installation
from tests.portal.pages import CLAVE, OTHER, Browser, Site, site_of

NEW = "una-clave-nueva-ñ"
FACTOR = "/cuenta/segundo-factor"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moment, which a test moves: no code is good twice."""
    moment = [clock.instant()]
    monkeypatch.setattr(clock, "instant", lambda: moment[0])
    return moment


@pytest.fixture
def strict(installation: Installation) -> Site:
    """A portal where the fifth wrong password or code brings a wait."""
    return site_of(installation, USUAL._replace(failures=5))


def is_in(site: Site, browser: Browser) -> bool:
    return browser.get(f"{site.home}/tablero").status_code == 200


def again(site: Site, usuario: str, clave: str = CLAVE) -> Browser:
    browser = site.browser()
    browser.enter(usuario, clave)
    return browser


def password(browser: Browser, **form: str) -> str:
    data = {"clave_actual": CLAVE, "clave_nueva": NEW, "clave_repetida": NEW, **form}
    answer = browser.post("/cuenta/clave", data)
    found = re.search(r"AUT-\d{3}", answer.text)
    return found[0] if found else str(answer.status_code)


def test_a_person_changes_its_password_and_stays_in(site: Site) -> None:
    usuario = site.person("contador")
    site.person("administrador", OTHER, usuario)
    here, elsewhere = again(site, usuario), again(site, usuario)
    assert password(here, clave_actual="otra") == "AUT-083"
    assert password(here, clave_repetida="x") == "AUT-081"
    assert password(here, clave_nueva="corta", clave_repetida="corta") == "AUT-051"
    assert is_in(site, elsewhere)
    assert password(here) == "302"
    assert "Su clave es otra" in here.get("/cuenta").text
    assert "Su clave es otra" not in here.get("/cuenta").text
    assert (is_in(site, here), is_in(site, elsewhere)) == (True, False)
    assert here.get(f"/pruebas/{OTHER.rut}/tablero").status_code == 200
    assert not is_in(site, again(site, usuario))
    assert is_in(site, again(site, usuario, NEW))


def test_guessing_the_present_password_waits_as_any_login(strict: Site) -> None:
    inside = strict.inside("contador")
    codes = [password(inside, clave_actual=f"intento {number}") for number in range(7)]
    assert codes[0] == "AUT-083"
    assert codes[-1] == "AUT-013"


def test_a_person_ends_its_sessions(site: Site) -> None:
    usuario = site.person("contador")
    browsers = [again(site, usuario) for _ in range(4)]
    here = browsers[0]
    stranger = site.inside("administrador")
    page = here.get("/cuenta").text
    keys = re.findall(r'name="sesion" value="([0-9a-f]{64})"', page)
    assert len(keys) == 3
    assert "esta sesión" in page
    here.post("/cuenta/sesiones", {"sesion": keys[0]})
    assert sorted(is_in(site, one) for one in browsers) == [False, True, True, True]
    # Of somebody else nothing can be ended, whatever its key is.
    key = site.installation.ledger.connection.execute(
        "SELECT clave FROM sesion_portal WHERE usuario LIKE 'administrador%'"
    ).fetchone()[0]
    here.post("/cuenta/sesiones", {"sesion": key})
    assert is_in(site, stranger)
    here.post("/cuenta/sesiones", {"sesion": "otras"})
    assert sorted(is_in(site, one) for one in browsers) == [False, False, False, True]
    assert is_in(site, here)
    assert is_in(site, stranger)
    ended = [one for one in site.installation.ledger.events.of() if one.tipo == "sesión cerrada"]
    assert [one.quien for one in ended] == [f"usuario {usuario}"] * 3


def secret_of(page: str) -> str:
    found = re.search(r'name="clave_telefono" value="([A-Z2-7]{32})"', page)
    assert found
    return found[1]


def enrol(browser: Browser, now: list[float], **form: str) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a new second factor; none where it was not taken."""
    secret = secret_of(browser.get(FACTOR).text)
    data = {"clave_telefono": secret, "codigo": shown(secret, now), "clave_agregar": CLAVE, "hacer": "agregar", **form}
    answer = browser.post(FACTOR, data)
    return secret, re.findall(r'<li class="code">([a-z2-7-]{19})</li>', answer.text)


def shown(secret: str, now: list[float]) -> str:
    """What the telephone shows."""
    return pyotp.HOTP(secret).at(int(now[0]) // 30)


def code(browser: Browser, text: str, **form: str) -> Any:
    return browser.post("/entrar/codigo", {"codigo": text, **form})


def test_a_second_factor_is_asked_for_after_the_password(site: Site, now: list[float]) -> None:
    usuario = site.person("contador")
    first = again(site, usuario)
    assert enrol(first, now, codigo="000000")[1] == []
    assert enrol(first, now, clave_agregar="otra")[1] == []
    assert enrol(first, now, clave_telefono="no es un secreto")[1] == []
    secret, codes = enrol(first, now)
    assert len(codes) == 8
    assert is_in(site, first)
    now[0] += 60
    other = site.browser()
    answer = other.enter(usuario, siguiente=f"{site.home}/cuenta?x=1")
    assert (answer.status_code, "Código del teléfono" in answer.text) == (200, True)
    assert not is_in(site, other)
    assert code(other, "123").status_code == 401
    good = shown(secret, now)
    answer = code(other, good, siguiente=f"{site.home}/tablero?x=1")
    assert (answer.status_code, answer.location) == (302, f"/portal{site.home}/tablero?x=1")
    assert is_in(site, other)
    # Seen over a shoulder, it opens nothing.
    third = again(site, usuario)
    assert "AUT-077" in code(third, good).text
    assert code(third, codes[0].replace("-", "")).status_code == 302
    assert "AUT-077" in code(again(site, usuario), codes[0]).text


def test_a_code_leads_nowhere_else(site: Site, now: list[float]) -> None:
    usuario = site.person("contador")
    secret, _ = enrol(again(site, usuario), now)
    for page in ("https://malo.example/", "//malo.example", "/\\malo.example"):
        now[0] += 60
        assert code(again(site, usuario), shown(secret, now), siguiente=page).location == "/portal/"


def test_codes_cannot_be_guessed(strict: Site, now: list[float]) -> None:
    site = strict
    usuario = site.person("contador")
    secret, _ = enrol(again(site, usuario), now)
    guesser = again(site, usuario)
    statuses = [code(guesser, f"{number:06}").status_code for number in range(5)]
    # The password once more begins nothing anew.
    guesser = again(site, usuario)
    now[0] += 0.1
    assert [*statuses, code(guesser, shown(secret, now)).status_code] == [401] * 5 + [429]


def test_what_waits_for_its_code_opens_nothing_and_not_for_long(site: Site, now: list[float]) -> None:
    usuario = site.person("contador")
    secret, _ = enrol(again(site, usuario), now)
    waiting = again(site, usuario)
    assert waiting.get("/cuenta").status_code == 302
    assert waiting.get("/entrar/codigo").status_code == 200
    now[0] += 601
    assert code(waiting, shown(secret, now)).location == "/portal/entrar"
    assert site.browser().get("/entrar/codigo").location == "/portal/entrar"


def test_who_has_to_have_one_sees_nothing_before(site: Site, now: list[float]) -> None:
    usuario = site.person("contador")
    site.installation.ledger.users.set_exige(usuario, COMPANY.ambiente, COMPANY.rut, True)
    browser = again(site, usuario)
    assert browser.get(f"{site.home}/tablero").location == f"/portal{FACTOR}"
    assert browser.get(f"{site.home}/tablero", headers={"X-Requested-With": "fetch"}).status_code == 403
    assert browser.post("/cuenta/clave", {"clave_actual": CLAVE}).location == f"/portal{FACTOR}"
    assert "exige un segundo factor" in browser.get(FACTOR).text
    assert len(enrol(browser, now)[1]) == 8
    assert is_in(site, browser)
    answer = browser.post(FACTOR, {"hacer": "quitar", "clave_quitar": CLAVE})
    assert (answer.status_code, "AUT-082" in answer.text) == (400, True)
    assert browser.post("/salir").status_code == 302


def test_other_codes_and_no_factor_any_more(site: Site, now: list[float]) -> None:
    usuario = site.person("contador")
    browser = again(site, usuario)
    _, codes = enrol(browser, now)
    assert "AUT-083" in browser.post(FACTOR, {"hacer": "codigos", "clave_codigos": "x"}).text
    answer = browser.post(FACTOR, {"hacer": "codigos", "clave_codigos": CLAVE})
    others = re.findall(r'<li class="code">([a-z2-7-]{19})</li>', answer.text)
    assert len(set(others) - set(codes)) == 8
    assert "AUT-083" in browser.post(FACTOR, {"hacer": "quitar", "clave_quitar": "x"}).text
    assert browser.post(FACTOR, {"hacer": "quitar", "clave_quitar": CLAVE}).status_code == 302
    assert is_in(site, again(site, usuario))
    assert browser.post(FACTOR, {"hacer": "codigos", "clave_codigos": CLAVE}).status_code == 302


def test_a_further_company_is_behind_the_same_factor(site: Site, now: list[float]) -> None:
    usuario = site.person("contador")
    secret, _ = enrol(again(site, usuario), now)
    site.installation.ledger.users.save(usuario, CLAVE, OTHER.ambiente, OTHER.rut, UserSettings(rol="contador"))
    now[0] += 60
    browser = again(site, usuario)
    assert browser.get(f"/pruebas/{OTHER.rut}/tablero").status_code == 302
    code(browser, shown(secret, now))
    assert browser.get(f"/pruebas/{OTHER.rut}/tablero").status_code == 200


def test_a_form_that_was_kept_is_there_after_the_code_too(site: Site, now: list[float]) -> None:
    usuario = site.person("administrador")
    browser = again(site, usuario)
    secret, _ = enrol(browser, now)
    token = browser.token()
    now[0] += 100 * 60
    page = browser.post(f"{site.home}/usuarios/invitar", {"usuario": "ana", "csrf_token": token})
    kept = re.search(r'name="pendiente" value="([^"]+)"', page.text)
    assert kept
    answer = browser.enter(usuario, pendiente=kept[1].replace("&#34;", '"'))
    assert 'name="pendiente"' in answer.text
    done = code(browser, shown(secret, now), pendiente=kept[1].replace("&#34;", '"'))
    assert f'action="/portal{site.home}/usuarios/invitar"' in done.text


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131", "Edge en Windows"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) AppleWebKit/605 Version/18 Safari/604", "Safari en iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox en Linux"),
        ("x" * 300, "x" * 60), ("", "desconocido"),
    ],
)  # fmt: skip
def test_browsers_have_names(said: str, name: str) -> None:
    assert name_of(said) == name


def test_who_also_calls_is_told_what_another_password_means_for_programs(site: Site) -> None:
    pages = {rol: site.inside(rol).get("/cuenta").text for rol in ("contador", "administrador")}
    assert {rol: "AUT-001" in page for rol, page in pages.items()} == {"contador": False, "administrador": True}
