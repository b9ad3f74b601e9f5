from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.accounts import second_factor
from dteplanows.accounts.callers import Callers
from dteplanows.document.company import Company
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import Rol, UserSettings
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, REAL

CLAVE = "clave-de-persona"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "datos")
    for company in (COMPANY, REAL):
        one.companies.save(company)
    yield one
    one.close()


def user(ledger: Ledger, rol: Rol, company: Company = COMPANY, clave: str = CLAVE) -> None:
    ledger.users.save("ana", clave, company.ambiente, company.rut, UserSettings(rol=rol))


def told(ledger: Ledger, rut: str = COMPANY.rut, clave: str = CLAVE) -> str:
    """What a call is refused with; empty for none."""
    try:
        Callers(ledger).authenticate(Credentials(("ana",), rut, (clave,)))
    except Refused as refused:
        return refused.problems[0].code
    return ""


def test_a_contador_only_comes_into_the_portal(ledger: Ledger) -> None:
    user(ledger, "contador")
    assert told(ledger) == told(ledger, "1-9") == "AUT-073"
    ledger.users.set_rol("ana", COMPANY.ambiente, COMPANY.rut, "administrador")
    token = Callers(ledger).token(Credentials(("ana",), COMPANY.rut, (CLAVE,)))
    assert (told(ledger), Callers(ledger).bearer(token).usuario) == ("", "ana")
    ledger.users.set_rol("ana", COMPANY.ambiente, COMPANY.rut, "contador")
    with pytest.raises(Refused) as refused:
        Callers(ledger).bearer(token)
    assert refused.value.problems[0].code == "AUT-073"


def test_a_password_alone_is_not_enough_where_more_has_to_be_shown(ledger: Ledger) -> None:
    user(ledger, "administrador")
    ledger.users.set_exige("ana", COMPANY.ambiente, COMPANY.rut, True)
    assert told(ledger) == "AUT-074"
    ledger.users.set_exige("ana", COMPANY.ambiente, COMPANY.rut, False)
    assert told(ledger) == ""
    ledger.second_factors.save(second_factor.new_secret(), 1, [], ledger.logins.open(["ana"], [CLAVE]))
    assert told(ledger) == "AUT-074"


def test_a_person_may_have_one_password_for_both_environments_and_a_program_not(ledger: Ledger) -> None:
    real = replace(COMPANY, ambiente="produccion")
    ledger.companies.save(real)
    user(ledger, "administrador")
    user(ledger, "administrador", real)
    assert len(Callers(ledger).opened(Credentials(("ana",), "", (CLAVE,)))) == 2
    assert (told(ledger), told(ledger, "1-9")) == ("AUT-075", "")
    with pytest.raises(Refused) as refused:
        user(ledger, "integracion", real)
    assert refused.value.problems[0].code == "AUT-012"
    user(ledger, "integracion", real, "otra")
    assert (told(ledger), told(ledger, clave="otra")) == ("", "")


def test_sessions_and_tokens_end_and_the_password_stays(ledger: Ledger) -> None:
    user(ledger, "administrador")
    credentials = Credentials(("ana",), COMPANY.rut, (CLAVE,))
    token = Callers(ledger).token(credentials)
    (before,) = ledger.logins.open(["ana"], [CLAVE])
    ledger.users.end_everything("ANA", COMPANY.ambiente, COMPANY.rut)
    assert ledger.logins.still_open({str(before.id): before.huella}) == []
    assert told(ledger) == ""
    with pytest.raises(Refused) as refused:
        Callers(ledger).bearer(token)
    assert refused.value.problems[0].code == "AUT-017"
    event = ledger.events.of()[-1]
    assert (event.tipo, event.antes, event.despues) == (
        "usuario cambiado", {"sesiones y tokens": "los que había"}, {"sesiones y tokens": "ninguno"})  # fmt: skip
    with pytest.raises(Refused) as refused:
        ledger.users.end_everything("nadie", COMPANY.ambiente, COMPANY.rut)
    assert refused.value.problems[0].code == "AUT-030"
