"""The users of a company: invited, made, changed and taken away on a page."""

from __future__ import annotations

import html
import re

import pytest

from dteplanows.accounts import second_factor
from dteplanows.ledger.rows import User
from dteplanows.mail.failing import MailFailed
from dteplanows.portal.people import views
from dteplanows.portal.people.acts import ACTS
from dteplanows.soap.limits import USUAL
from tests.installation import COMPANY, Installation
from tests.portal.pages import ADDRESS, CLAVE, OTHER, Browser, Site, site_of

NEW = "una-clave-nueva-ñ"


def link_of(page: str) -> str:
    """The address of an invitation below the portal's own, as the page shows it."""
    found = re.search(r'value="http://portal\.example/portal(/invitacion/[^"]+)"', page)
    assert found
    return html.unescape(found[1])


def invited(site: Site, browser: Browser, usuario: str, rol: str = "contador") -> str:
    browser.post(f"{site.home}/usuarios/invitar", {"usuario": usuario, "rol": rol})
    return link_of(browser.get(f"{site.home}/usuarios").text)


def accept(browser: Browser, link: str, clave: str = NEW, again: str = NEW) -> int:
    return browser.post(link, {"clave_nueva": clave, "clave_repetida": again}).status_code


def find(site: Site, usuario: str) -> User | None:
    users = site.installation.ledger.users.of(COMPANY.ambiente, COMPANY.rut)
    return next((one for one in users if one.usuario == usuario), None)


def do(site: Site, browser: Browser, usuario: str, what: str, **form: str) -> int:
    data = {"usuario": usuario, "hacer": what, **form}
    return browser.post(f"{site.home}/usuarios/usuario", data).status_code


def test_a_person_is_invited_and_comes_in(site: Site) -> None:
    boss, guest = site.inside("administrador"), site.browser()
    link = invited(site, boss, "Ana <b>")
    assert "Ana &lt;b&gt;" in boss.get(f"{site.home}/usuarios").text
    page = guest.get(link)
    assert page.status_code == 200
    assert COMPANY.razon_social.split(" ")[0] in page.text
    assert accept(guest, link, "corta", "corta") == accept(guest, link, NEW, "otra") == 400
    assert accept(guest, link) == 200
    assert accept(guest, link) == guest.get(link).status_code == 410
    assert guest.enter("Ana <b>", NEW).status_code == 302
    assert guest.get(f"{site.home}/tablero").status_code == 200
    told = {one.tipo: one for one in site.installation.ledger.events.of() if one.detalle == "Ana <b>"}
    assert (told["usuario invitado"].quien, told["usuario invitado"].desde) == (
        f"usuario administrador.{COMPANY.rut}", ADDRESS)  # fmt: skip
    assert (told["usuario creado"].quien, told["usuario creado"].desde) == ("usuario Ana <b>", ADDRESS)


def test_the_link_is_shown_once(site: Site) -> None:
    boss = site.inside("administrador")
    invited(site, boss, "ana")
    assert "/invitacion/" not in boss.get(f"{site.home}/usuarios").text


def test_who_forgot_the_password_gets_another_link(site: Site) -> None:
    boss, usuario = site.inside("administrador"), site.person("contador")
    inside = site.browser()
    inside.enter(usuario)
    link = invited(site, boss, usuario, "administrador")
    assert inside.get(f"{site.home}/tablero").status_code == 200
    assert accept(site.browser(), link) == 200
    assert inside.get(f"{site.home}/tablero").status_code == 302
    user = find(site, usuario)
    assert user
    assert user.rol == "contador"


def test_an_invitation_is_withdrawn(site: Site) -> None:
    boss = site.inside("administrador")
    link = invited(site, boss, "ana")
    (one,) = site.installation.ledger.invitations.of(COMPANY.ambiente, COMPANY.rut)
    for number in (str(one.id), str(one.id), "x", "99999"):
        assert boss.post(f"{site.home}/usuarios/invitar", {"retirar": number}).status_code == 302
    assert site.browser().get(link).status_code == 410
    assert find(site, "ana") is None


def test_a_link_that_is_opened_inside_ends_the_session(site: Site) -> None:
    boss = site.inside("administrador")
    link = invited(site, boss, "ana")
    assert accept(boss, link) == 200
    assert boss.get(f"{site.home}/usuarios").status_code == 302


@pytest.mark.parametrize("mailed", [True, False])
def test_the_link_goes_by_mail(site: Site, monkeypatch: pytest.MonkeyPatch, mailed: bool) -> None:
    sent = list[str]()

    def mail(settings: object, ledger: object, message: object) -> None:
        if not mailed:
            raise MailFailed("550 buzón lleno")
        sent.append(str(message))

    monkeypatch.setattr(views, "mail", mail)
    boss = site.inside("administrador")
    where = f"{site.home}/usuarios"
    assert "AUT-084" in boss.post(f"{where}/invitar", {"usuario": "ana", "correo": "ana@x\n"}).text
    assert boss.post(f"{where}/invitar", {"usuario": "ana", "correo": "ana@empresa.example"}).status_code == 302
    page = boss.get(where).text
    assert ("/invitacion/" in page) is not mailed
    assert ("550 buzón lleno" in page) is not mailed
    if mailed:
        assert "http://portal.example/portal/invitacion/" in sent[0].replace("=\n", "")


def test_a_program_gets_its_password_here(site: Site) -> None:
    boss, where = site.inside("administrador"), f"{site.home}/usuarios"
    form = {"usuario_sistema": "ERP2", "clave_nueva": NEW, "clave_repetida": NEW, "avisos": "no"}
    assert boss.post(f"{where}/crear", {**form, "clave_repetida": "x"}).status_code == 400
    assert boss.post(f"{where}/crear", form).status_code == 302
    again = boss.post(f"{where}/crear", form)
    assert (again.status_code, "AUT-085" in again.text) == (400, True)
    user = find(site, "ERP2")
    assert user
    assert (user.rol, user.avisos) == ("integracion", False)
    assert do(site, boss, "ERP2", "clave", clave_nueva=CLAVE, clave_repetida=CLAVE) == 302
    assert site.installation.ledger.logins.open(["ERP2"], [CLAVE])
    assert do(site, boss, "ERP2", "clave", clave_nueva="x", clave_repetida="x") == 400
    # A person's password is never known to anybody else.
    assert do(site, boss, site.person("contador"), "clave", clave_nueva=NEW, clave_repetida=NEW) == 400


def test_what_is_done_to_a_user(site: Site) -> None:
    boss, usuario = site.inside("administrador"), site.person("contador")
    ledger = site.installation.ledger
    inside = site.browser()
    inside.enter(usuario)

    def is_in() -> bool:
        return inside.get(f"{site.home}/tablero").status_code == 200

    assert "desde 203.0.113.7" in boss.get(f"{site.home}/usuarios/usuario?usuario={usuario}").text
    assert do(site, boss, usuario, "sesiones") == 302
    assert not is_in()
    inside.enter(usuario)
    assert is_in()
    assert do(site, boss, usuario, "guardar", rol="administrador", exige="si", avisos="si") == 302
    user = find(site, usuario)
    assert user
    assert (user.rol, user.exige_segundo_factor, user.avisos) == ("administrador", True, True)
    ledger.second_factors.save(second_factor.new_secret(), 1, [], ledger.logins.open([usuario], [CLAVE]))
    assert do(site, boss, usuario, "factor") == do(site, boss, usuario, "guardar", rol="integracion", exige="si") == 302
    user = find(site, usuario)
    assert user
    assert (user.rol, user.exige_segundo_factor, user.segundo_factor) == ("integracion", False, 0)
    assert do(site, boss, usuario, "deshabilitar") == do(site, boss, usuario, "habilitar") == 302
    assert do(site, boss, usuario, "deshabilitar") == 302
    assert "Deshabilitado" in boss.get(f"{site.home}/usuarios").text
    assert do(site, boss, usuario, "eliminar") == 302
    assert find(site, usuario) is None
    assert do(site, boss, usuario, "eliminar") == 404
    changes = [one for one in ledger.events.of() if one.detalle == usuario and one.desde]
    assert len(changes) >= 8
    assert {one.quien for one in changes} >= {f"usuario administrador.{COMPANY.rut}"}


def test_nobody_takes_itself_out_or_gives_itself_more(site: Site) -> None:
    boss = site.inside("administrador")
    own = f"administrador.{COMPANY.rut}"
    codes = [do(site, boss, own, one) for one in ("deshabilitar", "eliminar", "factor")]
    codes.append(do(site, boss, own, "guardar", rol="operador"))
    assert codes == [400] * 4
    assert do(site, boss, own, "guardar", exige="no") == 302
    assert do(site, boss, site.person("contador"), "guardar", rol="operador") == 400
    assert do(site, boss, site.person("contador"), "guardar", rol="dios") == 400
    assert do(site, boss, site.person("contador"), "nada") == 400
    user = find(site, own)
    assert user
    assert user.rol == "administrador"


def test_who_runs_the_installation_is_above_who_runs_a_company(site: Site) -> None:
    boss, operator = site.inside("administrador"), site.person("operador")
    assert [do(site, boss, operator, one) for one in ACTS] == [400] * len(ACTS)
    answer = boss.post(f"{site.home}/usuarios/invitar", {"usuario": operator.upper()})
    assert (answer.status_code, "AUT-079" in answer.text) == (400, True)
    answer = boss.post(f"{site.home}/usuarios/invitar", {"usuario": "otro", "rol": "operador"})
    assert (answer.status_code, "AUT-079" in answer.text) == (400, True)
    inside = site.browser()
    inside.enter(operator)
    assert do(site, inside, f"administrador.{COMPANY.rut}", "deshabilitar") == 302
    assert inside.post(f"/pruebas/{OTHER.rut}/usuarios/invitar", {"usuario": "ana"}).status_code == 302


def test_a_user_of_another_company_is_not_there(site: Site) -> None:
    boss = site.inside("administrador")
    site.person("contador", OTHER, "ajena")
    assert boss.get(f"{site.home}/usuarios/usuario?usuario=ajena").status_code == 404
    assert do(site, boss, "ajena", "eliminar") == 404
    assert "ajena" not in boss.get(f"{site.home}/usuarios").text


def test_setting_passwords_is_no_way_to_guess_those_of_others(installation: Installation) -> None:
    """Whoever runs a company names its users as it likes, and would see at a login whether one opens another."""
    site = site_of(installation, USUAL._replace(failures=2))
    installation.ledger.companies.save(OTHER)
    site.person("administrador", OTHER, "jefa")
    site.person("contador", usuario="ana")
    boss, where = site.browser(), f"/pruebas/{OTHER.rut}/usuarios"
    boss.enter("jefa")
    statuses = list[int]()
    for number in range(3):
        boss.post(f"{where}/invitar", {"usuario": "ana"})
        link = link_of(boss.get(where).text)
        clave = f"adivinada {number}"
        statuses.append(accept(site.browser(), link, clave, clave))
    assert statuses == [200, 200, 429]
    form = {"usuario_sistema": "Ana ", "clave_nueva": CLAVE, "clave_repetida": CLAVE}
    site.installation.ledger.users.delete("ana", "pruebas", OTHER.rut)
    assert "AUT-013" in boss.post(f"{where}/crear", form).text
    # Nobody waits for a name that is only the own company's.
    assert boss.post(f"{where}/crear", {**form, "usuario_sistema": "nadie más"}).status_code == 302


def test_who_has_another_role_keeps_it_and_the_page_says_so(site: Site) -> None:
    boss, usuario = site.inside("administrador"), site.person("administrador", usuario="ana")
    boss.post(f"{site.home}/usuarios/invitar", {"usuario": usuario, "rol": "contador"})
    page = boss.get(f"{site.home}/usuarios").text
    assert "ana ya es usuario de la empresa, con el rol Administrador, y lo conserva: no queda como Contador" in page
    boss.post(f"{site.home}/usuarios/invitar", {"usuario": usuario, "rol": "administrador"})
    assert "ya es usuario" not in boss.get(f"{site.home}/usuarios").text
