"""``empresa`` and ``usuario``: the dialogue, changes that touch only what is given, users that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dteplanows.accounts.callers import Callers
from dteplanows.commands import dialogue
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.document.rut import TEST_LOGIN
from dteplanows.ledger.store import Ledger
from dteplanows.settings import FILE
from tests.commands.command_line import RUT, change, create, run
from tests.ledger.example import rut

CLAVE = "clave-larga-1"


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody at the terminal; the answers come from the input."""
    monkeypatch.setattr(dialogue, "is_possible", lambda: True)
    yield


# --- empresa crear --------------------------------------------------------------------------------------------


def answer(folder: Path, *lines: str) -> str:
    from click.testing import CliRunner

    from dteplanows.cli import main

    text = "".join(f"{one}\n" for one in lines)
    return CliRunner().invoke(main, ["--dir", str(folder), "empresa", "crear"], input=text).output


def test_a_company_is_asked_for_and_each_answer_judged_at_once(tmp_path: Path, person: None) -> None:
    output = answer(
        tmp_path, "76123456-1", RUT, "desarrollo", "prod", "", "Comercial Ñandú SpA", "Ventas", "4773",
        "477399, 469000", "Calle 1", "Santiago", "", "", "", "0", "80", "22-08-2014", "2014-08-22", "TALCA", "quizás",
        "",
    )  # fmt: skip
    for words in (
        "sería 0", "pruebas, produccion", "«4773» no es un código", "entre 1 y 999999", "se escribe como 2026",
        "Responda sí o no", "[pruebas]", "[Santiago]", "Empresa creada: 76123456-0",
    ):  # fmt: skip
        assert words in output, words
    with_it = Ledger(tmp_path)
    (company,) = with_it.companies.all()
    with_it.close()
    assert (company.ambiente, company.ciudad, company.actecos) == ("produccion", "Santiago", ("477399", "469000"))
    assert (company.numero_resolucion, company.fecha_resolucion) == (80, date(2014, 8, 22))


def test_nothing_is_made_by_who_says_no(tmp_path: Path, person: None) -> None:
    folder = tmp_path / "datos"
    answer(folder, RUT, "", "Uno", "Ventas", "477399", "Calle 1", "Talca", "", "", "", "no")
    assert not folder.exists()
    answer(folder, RUT)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), "el número y la fecha"),
        (("--numero-resolucion", "80"), "falta la fecha"),
        (("--fecha-resolucion", "2014-08-22"), "falta el número"),
        (("--numero-resolucion", "0", "--fecha-resolucion", "2014-08-22"), "falta el número"),
    ],
)
def test_production_needs_the_resolution(tmp_path: Path, given: tuple[str, ...], missing: str) -> None:
    folder = tmp_path / "datos"
    facts = ("--razon-social", "Uno", "--giro", "Ventas", "--acteco", "477399", "--direccion", "Calle", "--comuna", "T")
    done = run(folder, "empresa", "crear", "--rut", RUT, *facts, "--ambiente", "produccion", *given)
    assert (done.exit_code, "AUT-052" in done.output) == (1, True)
    assert missing in " ".join(done.output.replace("│", " ").replace("AUT-052", "").split())
    assert not folder.exists()
    assert create(folder, "produccion").exit_code == 0


# --- empresa cambiar ------------------------------------------------------------------------------------------


def test_only_what_is_given_changes_and_both_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ("--telefono", "225556677", "--tolerante", "--numero-resolucion", "80", "--reparos", "detener")
    assert create(tmp_path, "pruebas", RUT, *more).exit_code == 0
    ledger = Ledger(tmp_path)
    (before,) = ledger.companies.all()
    refused = change(tmp_path, "--correo", "no es correo")
    assert refused.exit_code == 2 and "«no es correo» no es una dirección de correo" in refused.output
    done = change(tmp_path, "--giro", "Otro giro", "--correo", "a@b.cl")
    assert done.exit_code == 0
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.output.splitlines() if "│" in line]
    assert rows == [["Giro", "Venta de artículos", "Otro giro"], ["Correo", "(vacío)", "a@b.cl"]]
    (after,) = ledger.companies.all()
    assert after == replace(before, giro="Otro giro", correo="a@b.cl")
    assert "Nada cambió" in change(tmp_path, "--giro", "Otro giro").output
    cleared = change(tmp_path, "--telefono", "", "--no-tolerante", "--reparos", "usual")
    assert "225556677" in cleared.output and "avisar (lo usual)" in cleared.output
    (last,) = ledger.companies.all()
    ledger.close()
    assert last == replace(after, telefono="", tolerante=False, reparos="")


def test_production_does_not_lose_its_resolution(tmp_path: Path) -> None:
    assert create(tmp_path, "produccion").exit_code == 0
    refused = change(tmp_path, "--numero-resolucion", "0")
    assert (refused.exit_code, "AUT-052" in refused.output) == (1, True)
    assert change(tmp_path, "--telefono", "1").exit_code == 0


# --- which company --------------------------------------------------------------------------------------------


def test_settings_choose_among_several_companies_and_options_win(tmp_path: Path) -> None:
    other = rut(77000222)
    for ambiente, number in (("pruebas", RUT), ("produccion", RUT), ("pruebas", other)):
        assert create(tmp_path, ambiente, number).exit_code == 0
    assert run(tmp_path, "documentos").exit_code == 2
    (tmp_path / FILE).write_text(f'empresa = "{RUT[:2]}.{RUT[2:]}"\nambiente = "pruebas"\n', "utf-8")
    assert change(tmp_path, "--telefono", "1").output.startswith(f"Empresa {RUT}, Comercial Uno SpA, ambiente pruebas")
    assert "ambiente produccion" in change(tmp_path, "--telefono", "2", "--ambiente", "produccion").output
    assert change(tmp_path, "--telefono", "3", "--empresa", other).output.startswith(f"Empresa {other}")
    wrong = run(tmp_path, "documentos", DTEPLANOWS_EMPRESA="76123456-1")
    assert (wrong.exit_code, "CFG-001" in wrong.output) == (1, True)
    assert run(tmp_path, "documentos", DTEPLANOWS_AMBIENTE="otro").exit_code == 1


# --- users ----------------------------------------------------------------------------------------------------


@pytest.fixture
def erp(directory: Path) -> Path:
    assert run(directory, "usuario", "crear", "ERP", DTEPLANOWS_CLAVE=CLAVE).exit_code == 0
    return directory


def opens(ledger: Ledger, clave: str = CLAVE) -> bool:
    return bool(ledger.logins.open(["erp"], [clave]))


def test_a_user_is_not_created_twice(erp: Path, ledger: Ledger) -> None:
    done = run(erp, "usuario", "crear", "erp", DTEPLANOWS_CLAVE="otra-clave-2")
    assert (done.exit_code, "AUT-050" in done.output) == (1, True)
    assert opens(ledger) and not opens(ledger, "otra-clave-2")


def test_a_password_is_changed_by_itself_and_ends_the_tokens(erp: Path, ledger: Ledger) -> None:
    callers = Callers(ledger)
    token = callers.token(Credentials(("ERP",), TEST_LOGIN, (CLAVE,)))
    assert callers.bearer(token).usuario == "ERP"
    run(erp, "usuario", "modificar", "ERP", "--avisos", "no")
    assert run(erp, "usuario", "clave", "ERP", DTEPLANOWS_CLAVE="otra-clave-2").exit_code == 0
    assert not opens(ledger) and opens(ledger, "otra-clave-2")
    assert [one.avisos for one in ledger.users.all()] == [False]
    with pytest.raises(Refused, match="AUT-017"):
        callers.bearer(token)
    other = run(erp, "usuario", "clave", "OTRO", DTEPLANOWS_CLAVE="otra-clave-2")
    assert (other.exit_code, "AUT-030" in other.output) == (1, True)


def test_the_same_password_does_not_open_both_environments(erp: Path) -> None:
    assert create(erp, "produccion").exit_code == 0
    order = ("--ambiente", "produccion")
    assert "AUT-012" in run(erp, "usuario", "crear", "ERP", *order, DTEPLANOWS_CLAVE=CLAVE).output
    assert run(erp, "usuario", "crear", "ERP", *order, DTEPLANOWS_CLAVE="otra-clave-2").exit_code == 0
    run(erp, "usuario", "deshabilitar", "ERP", "--ambiente", "pruebas")
    assert "AUT-012" in run(erp, "usuario", "clave", "ERP", *order, DTEPLANOWS_CLAVE=CLAVE).output


def test_a_short_password_is_refused_by_the_setting(erp: Path, ledger: Ledger) -> None:
    for order in (("crear", "OTRO"), ("clave", "ERP")):
        done = run(erp, "usuario", *order, DTEPLANOWS_CLAVE=" 1234567 ")
        assert (done.exit_code, "AUT-051" in done.output) == (1, True)
        assert "1234567" not in done.output
    assert run(erp, "usuario", "clave", "ERP", DTEPLANOWS_CLAVE="12345678").exit_code == 0
    least = {"DTEPLANOWS_LARGO_MINIMO_CLAVE": "4"}
    assert run(erp, "usuario", "clave", "ERP", DTEPLANOWS_CLAVE="1234", **least).exit_code == 0
    assert opens(ledger, "1234")
    with pytest.raises(Refused, match="AUT-011"):
        ledger.users.set_password("ERP", " ", "pruebas", RUT)


def test_a_user_has_a_role(erp: Path, ledger: Ledger) -> None:
    def roles() -> dict[str, str]:
        return {one.usuario: one.rol for one in ledger.users.all()}

    done = run(erp, "usuario", "crear", "ANA", "--rol", "contador", DTEPLANOWS_CLAVE="otra-clave-2")
    assert (done.exit_code, ", como contador." in done.output) == (0, True)
    assert roles() == {"ERP": "integracion", "ANA": "contador"}
    assert "contador" in run(erp, "usuario", "listar").output
    assert run(erp, "usuario", "modificar", "ana", "--rol", "administrador", "--avisos", "no").exit_code == 0
    assert [(one.rol, one.avisos) for one in ledger.users.all() if one.usuario == "ANA"] == [("administrador", False)]
    run(erp, "usuario", "clave", "ANA", DTEPLANOWS_CLAVE="otra-clave-3")
    assert roles()["ANA"] == "administrador"
    assert run(erp, "usuario", "modificar", "ANA").exit_code == 2
    assert run(erp, "usuario", "modificar", "ANA", "--rol", "jefe").exit_code == 2
    assert "AUT-030" in run(erp, "usuario", "modificar", "NADIE", "--rol", "operador").output
    changed = [one for one in ledger.events.of() if one.tipo == "usuario cambiado" and "rol" in one.despues]
    assert [(one.antes, one.despues) for one in changed] == [({"rol": "contador"}, {"rol": "administrador"})]


def test_a_disabled_user_opens_nothing_until_it_is_enabled(erp: Path, ledger: Ledger) -> None:
    callers = Callers(ledger)
    token = callers.token(Credentials(("ERP",), TEST_LOGIN, (CLAVE,)))
    assert run(erp, "usuario", "deshabilitar", "erp").exit_code == 0
    assert not opens(ledger)
    assert "deshabilitado el" in run(erp, "usuario", "listar").output
    with pytest.raises(Refused, match="AUT-017"):
        callers.bearer(token)
    since = ledger.users.all()[0].deshabilitado
    run(erp, "usuario", "deshabilitar", "ERP")
    assert ledger.users.all()[0].deshabilitado == since
    assert run(erp, "usuario", "habilitar", "ERP").exit_code == 0
    assert opens(ledger)
    assert callers.bearer(token).usuario == "ERP"
    for order in ("deshabilitar", "habilitar"):
        assert "AUT-030" in run(erp, "usuario", order, "OTRO").output


def test_a_user_is_removed_only_by_who_is_sure(erp: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(erp, "usuario", "eliminar", "ERP")
    assert (done.exit_code, "agregue --si" in done.output) == (2, True)
    monkeypatch.setattr(dialogue, "is_possible", lambda: True)
    for sure in (False, True):
        monkeypatch.setattr(dialogue, "is_sure", lambda *_, sure=sure: sure)
        assert opens(ledger)
        run(erp, "usuario", "eliminar", "ERP")
    assert not opens(ledger)
    assert "AUT-030" in run(erp, "usuario", "eliminar", "ERP", "--si").output


# --- links ----------------------------------------------------------------------------------------------------


def test_links_are_withdrawn_by_an_order(erp: Path, tmp_path: Path, ledger: Ledger) -> None:
    from tests.commands.command_line import sample

    assert run(erp, "procesar", sample(tmp_path, "factura33.txt")).exit_code == 0
    (company,) = ledger.companies.all()
    stored = ledger.documents.find("pruebas", company.rut, 33, 1)
    assert stored

    def withdrawals() -> tuple[int, int]:
        return ledger.marks.link_withdrawals(stored.id, False), ledger.marks.link_withdrawals(stored.id, True)

    assert withdrawals() == (0, 0)
    assert "ya no lo abren" in run(erp, "enlace", "retirar", "33", "1").output
    assert withdrawals() == (1, 1)
    assert "de la copia cedible" in run(erp, "enlace", "retirar", "33", "1", "--copia", "cedible").output
    assert withdrawals() == (1, 2)
    assert "FOL-060" in run(erp, "enlace", "retirar", "33", "7").output
