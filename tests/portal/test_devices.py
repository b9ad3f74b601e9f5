"""Nobody is kept out by who guesses at the same name: not from a browser where that person came in before."""

from __future__ import annotations

import pytest

from dteplanows.portal import devices
from dteplanows.soap.limits import USUAL
from tests.installation import Installation
from tests.portal.pages import Browser, Site, site_of


@pytest.fixture
def site(installation: Installation) -> Site:
    """A portal where the second wrong password brings a wait."""
    return site_of(installation, USUAL._replace(failures=2))


def device(browser: Browser) -> str:
    (one,) = [one for one in browser.client._cookies.values() if one.key.startswith("equipo_")]  # type: ignore[union-attr]
    return f"{one.key}={one.value}"


def restarted(site: Site) -> Site:
    """Another worker, or the service once more: it knows no password."""
    return site_of(site.installation, USUAL._replace(failures=2))


def test_a_known_browser_gets_in_while_its_whole_office_waits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    usuario = site.person("contador")
    own = site.browser()
    own.enter(usuario)
    own.post("/salir")
    monkeypatch.setattr("dteplanows.soap.login.attempts.shared_key", lambda: b"otra" * 8)
    later = restarted(site)
    guesser = later.browser()
    assert [guesser.enter(usuario, f"x{number}").status_code for number in range(3)] == [401, 401, 429]
    assert later.browser().enter(usuario).status_code == 429
    known = later.browser(device(own))
    page = known.client.get("/portal/entrar", base_url=known.base, headers={"Cookie": device(own)})
    session = page.headers["Set-Cookie"].split(";")[0]
    known.headers["Cookie"] = f"{device(own)}; {session}"
    assert known.enter(usuario).status_code == 302
    # Guesses from it are counted as any.
    assert [known.enter(usuario, f"y{number}").status_code for number in range(3)] == [401, 401, 429]


def test_the_cookie_is_of_one_person_and_opens_nothing(site: Site) -> None:
    usuario, other = site.person("contador"), site.person("administrador")
    own = site.browser()
    answer = own.enter(usuario)
    (made,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("equipo_")]
    assert {"HttpOnly", "SameSite=Strict", "Path=/portal/"} <= {one.strip() for one in made.split(";")}
    assert usuario not in made
    only = site.browser(device(own))
    assert only.get(f"{site.home}/tablero").status_code == 302
    with site_context(site, device(own)):
        assert devices.where_from(usuario.upper()).startswith("equipo ")
        assert devices.where_from(other) == "203.0.113.7"
    for forged in ("equipo_x=1", device(own)[:-2], device(own).replace(".", "-")):
        with site_context(site, forged):
            assert devices.where_from(usuario) == "203.0.113.7"


def test_a_browser_of_many_remembers_the_last_ones(site: Site) -> None:
    browser = site.browser()
    names = [site.person("contador", usuario=f"persona{number}") for number in range(10)]
    for one in names:
        browser.enter(one)
    with site_context(site, device(browser)):
        known = [devices.where_from(one).startswith("equipo ") for one in names]
    assert known == [False] * 2 + [True] * 8


def site_context(site: Site, cookie: str):  # type: ignore[no-untyped-def]
    """A request of a browser that shows *cookie*."""
    site.browser().get("/entrar")
    portal = site.application._portal
    assert portal
    made = portal._made
    return made.test_request_context(  # type: ignore[union-attr]
        "/entrar", headers={"Cookie": cookie}, environ_overrides={"REMOTE_ADDR": "203.0.113.7"}
    )

