from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest

from dteplanows.accounts import second_factor
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Opened, UserSettings
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, REAL

CLAVE = "una-clave-larga"


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    one = Ledger(place)
    for company in (COMPANY, REAL):
        one.companies.save(company)
    one.users.save("ana", CLAVE, COMPANY.ambiente, COMPANY.rut, UserSettings(rol="contador"))
    yield one
    one.close()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [1_700_000_010.0]
    monkeypatch.setattr(clock, "instant", lambda: moment[0])
    return moment


def ana(ledger: Ledger) -> list[Opened]:
    return ledger.logins.open(["ana"], [CLAVE])


def code(secret: str, moment: float) -> str:
    """As any telephone makes it."""
    return pyotp.TOTP(secret).at(int(moment))


def shown(ledger: Ledger, text: str) -> bool:
    try:
        second_factor.show(ledger, ana(ledger), text)
    except Refused as refused:
        assert refused.problems[0].code == "AUT-077"
        return False
    return True


def enrolled(ledger: Ledger, now: list[float]) -> tuple[str, list[str]]:
    secret = second_factor.new_secret()
    return secret, second_factor.enrol(ledger, ana(ledger), secret, code(secret, now[0]))


def test_a_code_is_good_once_and_half_a_minute_around(ledger: Ledger, now: list[float]) -> None:
    secret, _ = enrolled(ledger, now)
    assert second_factor.factor_of(ana(ledger))
    assert not shown(ledger, code(secret, now[0]))
    now[0] += 30
    assert shown(ledger, f" {code(secret, now[0])[:3]} {code(secret, now[0])[3:]} ")
    assert not shown(ledger, code(secret, now[0]))
    assert not shown(ledger, code(secret, now[0] - 30))
    assert shown(ledger, code(secret, now[0] + 30))
    assert not shown(ledger, code(secret, now[0]))
    now[0] += 90
    assert shown(ledger, code(secret, now[0] - 30))
    assert not shown(ledger, code(secret, now[0] + 60))
    for wrong in ("", "000000x", "12345", "١٢٣٤٥٦", "\ud800"):
        assert not shown(ledger, wrong)


def test_nothing_is_enrolled_by_a_wrong_code(ledger: Ledger, now: list[float]) -> None:
    secret = second_factor.new_secret()
    with pytest.raises(Refused) as refused:
        second_factor.enrol(ledger, ana(ledger), secret, code(secret, now[0] + 300))
    assert refused.value.problems[0].code == "AUT-077"
    assert second_factor.factor_of(ana(ledger)) == 0


def test_a_recovery_code_is_good_once(ledger: Ledger, now: list[float]) -> None:
    _, codes = enrolled(ledger, now)
    assert len(set(codes)) == 8
    assert shown(ledger, codes[0].upper().replace("-", " "))
    assert not shown(ledger, codes[0])
    assert second_factor.codes_left(ledger, ana(ledger)) == 7
    others = second_factor.new_codes(ledger, ana(ledger))
    assert not shown(ledger, codes[1])
    assert shown(ledger, others[1])


def test_neither_secret_nor_codes_can_be_read(ledger: Ledger, now: list[float]) -> None:
    secret, codes = enrolled(ledger, now)
    kept = str([*ledger.connection.execute("SELECT * FROM segundo_factor"), *ledger.events.of()])
    assert secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_a_further_company_is_protected_too(ledger: Ledger, now: list[float]) -> None:
    secret, _ = enrolled(ledger, now)
    ledger.users.save("ana", CLAVE, REAL.ambiente, REAL.rut, UserSettings(rol="contador"))
    assert sorted(one.segundo_factor > 0 for one in ana(ledger)) == [False, True]
    now[0] += 30
    assert shown(ledger, code(secret, now[0]))
    assert len({one.segundo_factor for one in ana(ledger)}) == 1
    first = [one for one in ana(ledger) if one.company.ambiente == REAL.ambiente]
    ledger.second_factors.remove(first)
    assert sorted(one.segundo_factor > 0 for one in ana(ledger)) == [False, True]
    ledger.second_factors.remove(ana(ledger))
    assert ledger.connection.execute("SELECT count(*) FROM segundo_factor").fetchone() == (0,)
    assert second_factor.factor_of(ana(ledger)) == 0
    told = [one for one in ledger.events.of() if "segundo factor" in one.despues]
    assert [one.despues["segundo factor"] for one in told] == ["uno nuevo", "uno nuevo", "no tiene", "no tiene"]


def test_another_telephone_takes_the_place_of_the_first(ledger: Ledger, now: list[float]) -> None:
    secret, codes = enrolled(ledger, now)
    other, _ = enrolled(ledger, now)
    now[0] += 30
    assert not shown(ledger, code(secret, now[0]))
    assert not shown(ledger, codes[0])
    assert shown(ledger, code(other, now[0]))
    assert ledger.connection.execute("SELECT count(*) FROM segundo_factor").fetchone() == (1,)


def test_the_address_names_the_person_and_the_program() -> None:
    assert second_factor.address("A" * 32, "ana & co").startswith("otpauth://totp/dteplanows:ana%20%26%20co?secret=AAAA")
