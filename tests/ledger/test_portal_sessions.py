from __future__ import annotations

from dteplanows.ledger.portal_tables import PortalSession
from dteplanows.ledger.rows import UserSettings
from dteplanows.ledger.store import Ledger
from tests.ledger.example import REAL

COMPANY = REAL


def session(clave: str, begun: float, seen: float) -> PortalSession:
    return PortalSession(clave, "ana", {"1": "huella"}, begun, seen, "203.0.113.7", "un navegador")


def test_a_session_is_kept_seen_and_ended(ledger: Ledger) -> None:
    sessions = ledger.portal_sessions
    sessions.begin(session("a", 100.0, 100.0), 0.0, 0.0)
    assert sessions.find("a") == session("a", 100.0, 100.0)
    assert sessions.find("b") is None
    sessions.note_seen("a", 160.5)
    sessions.note_seen("b", 160.5)
    assert sessions.find("a") == session("a", 100.0, 160.5)
    sessions.end("a")
    assert sessions.find("a") is None


def test_a_new_session_forgets_those_that_ended(ledger: Ledger) -> None:
    sessions = ledger.portal_sessions
    for clave, begun, seen in (("idle", 500.0, 510.0), ("long", 100.0, 990.0), ("good", 500.0, 990.0)):
        sessions.begin(session(clave, begun, seen), 0.0, 0.0)
    sessions.begin(session("new", 1000.0, 1000.0), 900.0, 400.0)
    found = [one for one in ("idle", "long", "good", "new") if sessions.find(one)]
    assert found == ["good", "new"]


def test_users_of_older_versions_only_call_the_services(ledger: Ledger) -> None:
    ledger.companies.save(COMPANY)
    ledger.connection.execute(
        "INSERT INTO usuario (usuario_normal, ambiente, rut, usuario, clave, creado) VALUES (?, ?, ?, ?, ?, ?)",
        ("erp", COMPANY.ambiente, COMPANY.rut, "ERP", "x", "2026-01-01 00:00:00"),
    )
    assert [one.rol for one in ledger.users.all()] == ["integracion"]


def test_what_a_user_came_in_with_opens_as_long_as_it_is_so(ledger: Ledger) -> None:
    ledger.companies.save(COMPANY)
    ledger.users.save("ana", "c", COMPANY.ambiente, COMPANY.rut, UserSettings(rol="contador"))
    (opened,) = ledger.logins.open(["ana"], ["c"])
    kept = {str(opened.id): opened.huella}
    assert ledger.logins.still_open(kept) == [opened]
    assert ledger.logins.still_open({}) == []
    assert ledger.logins.still_open({str(opened.id): "otra"}) == []
    ledger.users.set_rol("ana", COMPANY.ambiente, COMPANY.rut, "administrador")
    assert ledger.logins.still_open(kept) == [opened._replace(rol="administrador")]
    ledger.users.disable("ana", COMPANY.ambiente, COMPANY.rut)
    assert ledger.logins.still_open(kept) == []
    ledger.users.enable("ana", COMPANY.ambiente, COMPANY.rut)
    ledger.users.set_password("ana", "c", COMPANY.ambiente, COMPANY.rut)
    assert ledger.logins.still_open(kept) == []
