"""``usuario invitar``, ``segundo-factor``, ``cerrar-sesiones``, ``invitaciones``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.accounts import invitations, second_factor
from dteplanows.commands import people
from dteplanows.ledger.store import Ledger
from dteplanows.mail.failing import MailFailed
from tests.commands.command_line import create, run

CLAVE = "otra-clave-2"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Path, Ledger]]:
    create(tmp_path)
    ledger = Ledger(tmp_path)
    yield tmp_path, ledger
    ledger.close()


def link(output: str) -> str:
    found = re.search(r"https?://\S+/portal/invitacion/(\S+)", output)
    assert found, output
    return found[1]


def test_a_person_is_invited_and_invited_again(house: tuple[Path, Ledger]) -> None:
    directory, ledger = house
    done = run(directory, "usuario", "invitar", "Ana", "--rol", "administrador")
    assert "http://127.0.0.1:" in done.output
    invitations.accept(ledger, link(done.output), CLAVE, 8)
    assert [one.rol for one in ledger.logins.open(["ana"], [CLAVE])] == ["administrador"]
    again = run(directory, "usuario", "invitar", "ana", DTEPLANOWS_URL_PUBLICA="https://dte.example/x/")
    assert "https://dte.example/x/portal/invitacion/" in again.output
    assert "como administrador" in again.output
    assert "Ana" in run(directory, "usuario", "invitaciones").output.replace("ana", "Ana")
    assert "ya no sirve" in run(directory, "usuario", "invitaciones", "--retirar", "ANA").output
    assert "No hay invitaciones" in run(directory, "usuario", "invitaciones").output
    assert run(directory, "usuario", "invitaciones", "--retirar", "ANA").exit_code == 2


def test_the_link_goes_by_mail_or_is_shown(house: tuple[Path, Ledger], monkeypatch: pytest.MonkeyPatch) -> None:
    directory, _ = house
    order = ("usuario", "invitar", "Ana", "--correo")
    assert run(directory, *order, "ana@x\r\nBcc: otra@x.cl").exit_code == 2
    failed = run(directory, *order, "ana@empresa.example")
    assert "no salió: faltan los ajustes" in failed.output
    assert link(failed.output)
    sent = list[str]()
    monkeypatch.setattr(people, "mail", lambda settings, ledger, message: sent.append(message.as_string()))
    done = run(directory, *order, "ana@empresa.example")
    assert "salió por correo" in done.output
    assert "/portal/invitacion/" not in done.output
    assert "ana@empresa.example" in sent[0]

    def fail(*arguments: object) -> None:
        raise MailFailed("550 no")

    monkeypatch.setattr(people, "mail", fail)
    assert "550 no" in run(directory, *order, "ana@empresa.example").output


def test_a_second_factor_is_wanted_and_taken_away(house: tuple[Path, Ledger]) -> None:
    directory, ledger = house
    run(directory, "usuario", "crear", "ANA", "--rol", "contador", DTEPLANOWS_CLAVE=CLAVE)
    order = ("usuario", "segundo-factor", "ana")
    assert run(directory, *order).exit_code == 2
    assert "se le exige" in run(directory, *order, "--exigir", "si").output
    assert "falta" in run(directory, "usuario", "listar").output
    ledger.second_factors.save(second_factor.new_secret(), 1, [], ledger.logins.open(["ana"], [CLAVE]))
    assert "falta" not in run(directory, "usuario", "listar").output
    done = run(directory, *order, "--quitar", "--exigir", "no")
    assert (done.exit_code, "sin segundo factor" in done.output) == (0, True)
    (one,) = ledger.logins.open(["ana"], [CLAVE])
    assert (one.segundo_factor, one.exige_segundo_factor) == (0, False)
    assert "AUT-030" in run(directory, "usuario", "segundo-factor", "nadie", "--quitar").output


def test_sessions_are_closed(house: tuple[Path, Ledger]) -> None:
    directory, ledger = house
    run(directory, "usuario", "crear", "ANA", "--rol", "contador", DTEPLANOWS_CLAVE=CLAVE)
    (before,) = ledger.logins.open(["ana"], [CLAVE])
    assert "ya no valen" in run(directory, "usuario", "cerrar-sesiones", "ana").output
    assert ledger.logins.still_open({str(before.id): before.huella}) == []
    assert len(ledger.logins.open(["ana"], [CLAVE])) == 1


def test_the_password_of_a_person_is_judged_and_that_of_a_program_is_not(house: tuple[Path, Ledger]) -> None:
    directory, _ = house
    easy = "Factura.2026"
    for rol in ("contador", "administrador", "operador"):
        assert "AUT-086" in run(directory, "usuario", "crear", rol, "--rol", rol, DTEPLANOWS_CLAVE=easy).output
    assert run(directory, "usuario", "crear", "ERP", DTEPLANOWS_CLAVE=easy).exit_code == 0
    assert run(directory, "usuario", "clave", "ERP", DTEPLANOWS_CLAVE="noviembre2026").exit_code == 0
    assert run(directory, "usuario", "crear", "ana", "--rol", "contador", DTEPLANOWS_CLAVE=CLAVE).exit_code == 0
    assert "AUT-086" in run(directory, "usuario", "clave", "ana", DTEPLANOWS_CLAVE="noviembre2026").output
