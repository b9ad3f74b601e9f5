"""Companies, users and certificates in the ledger."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta

import argon2
import pytest

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger import passwords
from dteplanows.ledger.rows import NewCertificate, UserSettings
from dteplanows.ledger.store import Ledger
from tests import forked
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, REAL, rut

CHANGE = """
import sys
from pathlib import Path
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
Ledger(Place(Path(sys.argv[1]), sys.argv[4])).users.save("ana", sys.argv[2], "pruebas", sys.argv[3])
"""
OTHER = replace(COMPANY, rut=rut(76000333), razon_social="Otra Empresa Ficticia SpA")


class Derived:
    """Counts how often a password is hashed, and makes it cheap."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self._derive = passwords._derive
        monkeypatch.setattr(passwords, "_KIB", 8)
        monkeypatch.setattr(passwords, "_PASSES", 1)
        monkeypatch.setattr(passwords, "_derive", self)

    def __call__(self, clave: str, way: passwords._Way) -> bytes:
        self.times += 1
        return self._derive(clave, way)


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> Derived:
    return Derived(monkeypatch)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    (one,) = refused.value.problems
    return one.code


# --- companies ------------------------------------------------------------------------------------------------


def test_a_company_comes_back_as_it_was_saved(ledger: Ledger) -> None:
    full = replace(COMPANY, ciudad="Santiago", sucursal="Sur", telefono="2", correo="a@b.cl", tolerante=True)
    full = replace(full, reparos="avisar", numero_resolucion=80, fecha_resolucion=date(2014, 8, 22), unidad_sii="TALCA")
    full = replace(full, patente_desconocida="escribir", transporte_courier="Ñandú", traslado_prolongado="nieve")
    full = replace(full, precios_con_impuestos="convertir", minutos_repetido=15)
    ledger.companies.save(full)
    assert ledger.companies.find("pruebas", COMPANY.rut) == full
    assert ledger.companies.find("produccion", COMPANY.rut) == REAL
    assert ledger.companies.find("pruebas", rut(1)) is None
    assert ledger.companies.all() == [REAL, full]


# --- users ----------------------------------------------------------------------------------------------------


def opened(ledger: Ledger, usuarios: list[str], claves: list[str]) -> list[tuple[str, Company, bool]]:
    """What a login opens, without what is the ledger's own of each."""
    return [(one.usuario, one.company, one.con_avisos) for one in ledger.logins.open(usuarios, claves)]


def test_a_user_opens_its_company_whatever_the_case(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("Ñandú", "Clave1", "pruebas", COMPANY.rut)
    assert opened(ledger, [" ÑANDÚ "], ["Clave1"]) == [("Ñandú", COMPANY, True)]
    assert ledger.logins.open(["Ñandú"], ["clave1"]) == []
    assert ledger.logins.open(["otro"], ["Clave1"]) == []
    assert ledger.logins.open([], []) == []


def test_any_pair_of_the_readings_may_open(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut)
    assert opened(ledger, ["jq\x1a", "ana"], ["\x00", "c"]) == [("ana", COMPANY, True)]


def test_one_password_may_open_several_companies_of_an_environment(ledger: Ledger, derived: Derived) -> None:
    ledger.companies.save(OTHER)
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut)
    ledger.users.save("ana", "c", "pruebas", OTHER.rut)
    assert opened(ledger, ["ana"], ["c"]) == [("ana", COMPANY, True), ("ana", OTHER, True)]


def test_the_password_tells_the_environments_apart(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "de pruebas", "pruebas", COMPANY.rut)
    with pytest.raises(Refused) as refused:
        ledger.users.save("ANA", "de pruebas", "produccion", COMPANY.rut)
    assert code(refused) == "AUT-012"
    assert "de pruebas" not in str(refused.value)
    ledger.users.save("ana", "de verdad", "produccion", COMPANY.rut)
    assert opened(ledger, ["ana"], ["de pruebas"]) == [("ana", COMPANY, True)]
    assert opened(ledger, ["ana"], ["de verdad"]) == [("ana", REAL, False)]


def test_avisos_follow_the_environment_until_the_user_says_otherwise(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut)
    ledger.users.save("ana", "d", "produccion", COMPANY.rut)
    assert [one.con_avisos for one in ledger.users.all()] == [False, True]
    ledger.users.set_avisos(" ANA", "produccion", COMPANY.rut, True)
    assert opened(ledger, ["ana"], ["d"]) == [("ana", REAL, True)]
    ledger.users.save("ana", "otra", "produccion", COMPANY.rut)
    assert opened(ledger, ["ana"], ["otra"]) == [("ana", REAL, True)]  # a new password leaves the setting
    ledger.users.save("ana", "otra", "produccion", COMPANY.rut, UserSettings(avisos=False))
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut, UserSettings(avisos=False))
    assert [(one.avisos, one.con_avisos) for one in ledger.users.all()] == [(False, False)] * 2
    ledger.users.set_avisos("ana", "pruebas", COMPANY.rut, None)
    assert opened(ledger, ["ana"], ["c"]) == [("ana", COMPANY, True)]


def test_who_is_no_user_has_no_setting(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut)
    for usuario, ambiente in (("eva", "pruebas"), ("ana", "produccion")):
        with pytest.raises(Refused) as refused:
            ledger.users.set_avisos(usuario, ambiente, COMPANY.rut, True)  # type: ignore[arg-type]
        assert code(refused) == "AUT-030"
    assert [one.avisos for one in ledger.users.all()] == [None]


@pytest.mark.parametrize(
    ("usuario", "clave", "of", "expected"),
    [(" ", "c", COMPANY, "AUT-010"), ("ana", "", COMPANY, "AUT-011"), ("ana", "c", OTHER, "AUT-004")],
)
def test_users_that_are_refused(
    ledger: Ledger, derived: Derived, *, usuario: str, clave: str, of: Company, expected: str
) -> None:
    with pytest.raises(Refused) as refused:
        ledger.users.save(usuario, clave, of.ambiente, of.rut)
    assert code(refused) == expected
    assert ledger.users.all() == []


def test_a_password_is_hashed_once(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut)
    derived.times = 0
    for _ in range(5):
        assert ledger.logins.open(["ana"], ["mala", "c"])
    assert derived.times == 2


def test_a_user_that_does_not_exist_costs_the_same(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "c", "pruebas", COMPANY.rut)
    costs = []
    for usuario in ("ana", "nadie"):
        for _ in range(2):
            derived.times = 0
            assert ledger.logins.open([usuario], ["mala"]) == []
            costs.append(derived.times)
    assert costs == [1, 0, 1, 0]


def many(number: int) -> Company:
    return replace(COMPANY, rut=rut(76_100_000 + number), razon_social=f"Ficticia {number} Ltda.")


def give_own_salts(ledger: Ledger, claves: dict[str, str]) -> None:
    """As older versions kept the passwords: each with a salt of its own. *claves* by RUT."""
    with ledger.transaction():
        for own, clave in claves.items():
            values = (passwords.hash_password(clave), own)
            ledger.connection.execute("UPDATE usuario SET clave = ? WHERE rut = ?", values)


def test_a_user_of_many_companies_costs_one_comparison(ledger: Ledger, derived: Derived) -> None:
    for number in range(30):
        ledger.companies.save(many(number))
        ledger.users.save("contador", "c", "pruebas", many(number).rut)
    ledger.companies.save(replace(COMPANY, rut=rut(76_200_000)))
    ledger.users.save("contador", "otra", "pruebas", rut(76_200_000))
    for clave, number in (("c", 30), ("otra", 1), ("mala", 0)):
        derived.times = 0
        assert len(ledger.logins.open(["contador"], [clave])) == number
        assert derived.times == 1
    derived.times = 0
    assert ledger.logins.open(["nadie"], ["mala"]) == []
    assert derived.times == 1


def test_hashes_of_older_versions_come_to_one_salt_as_their_users_come_in(ledger: Ledger, derived: Derived) -> None:
    claves = {many(number).rut: "c" if number else "otra" for number in range(5)}
    for number in range(5):
        ledger.companies.save(many(number))
        ledger.users.save("contador", "c", "pruebas", many(number).rut)
    give_own_salts(ledger, claves)

    def cost(clave: str, own: str) -> tuple[list[str], int]:
        derived.times = 0
        found = ledger.logins.open(["contador"], [clave], lambda company: company.rut == own)
        return sorted(one.company.rut for one in found), derived.times

    # Only the company that is meant is compared, also where none is known by that RUT; one more for the new hash.
    assert cost("mala", rut(99)) == ([], 1)
    assert cost("mala2", many(2).rut) == ([], 1)
    assert cost("c", many(2).rut) == ([many(2).rut], 2)
    assert cost("mala3", many(3).rut) == ([], 1)
    for number in (1, 3, 4):
        assert many(number).rut in cost("c", many(number).rut)[0]
    # All have come in, and are told by one comparison.
    ledger.logins._verifier = passwords.Verifier()
    assert cost("c", many(3).rut) == (sorted(many(number).rut for number in range(1, 5)), 1)
    assert cost("otra", many(0).rut) == ([many(0).rut], 1)
    assert cost("mala", many(3).rut) == ([], 1)


@only_sqlite
def test_a_ledger_that_cannot_be_written_lets_users_in(
    ledger: Ledger, derived: Derived, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        ledger.companies.save(many(number))
        ledger.users.save("contador", "c", "pruebas", many(number).rut)
    give_own_salts(ledger, {many(number).rut: "c" for number in range(2)})
    ledger.connection.execute("PRAGMA query_only = ON")
    assert len(ledger.logins.open(["contador"], ["c"])) == 2
    ledger.connection.execute("PRAGMA query_only = OFF")


def test_a_password_that_is_set_anew_while_its_user_comes_in_stays_as_it_was_set(
    ledger: Ledger, derived: Derived, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        ledger.companies.save(many(number))
        ledger.users.save("contador", "c", "pruebas", many(number).rut)
    give_own_salts(ledger, {many(number).rut: "c" for number in range(2)})
    hash_password = passwords.hash_password

    def meanwhile(clave: str, like: str = "") -> str:
        monkeypatch.undo()
        ledger.users.save("contador", "nueva", "pruebas", many(1).rut)
        return hash_password(clave, like)

    monkeypatch.setattr("dteplanows.ledger.logins.hash_password", meanwhile)
    assert len(ledger.logins.open(["contador"], ["c"])) == 2
    assert [one.company.rut for one in ledger.logins.open(["contador"], ["nueva"])] == [many(1).rut]
    assert [one.company.rut for one in ledger.logins.open(["contador"], ["c"])] == [many(0).rut]


def test_a_changed_password_is_seen_by_other_processes_at_once(ledger: Ledger) -> None:
    ledger.users.save("ana", "antigua", "pruebas", COMPANY.rut)
    assert ledger.logins.open(["ana"], ["antigua"])
    command = [sys.executable, "-c", CHANGE, str(ledger.directory), "nueva", COMPANY.rut, ledger.place.base]
    forked.run(command, check=True, timeout=60)
    assert ledger.logins.open(["ana"], ["antigua"]) == []
    assert opened(ledger, ["ana"], ["nueva"]) == [("ana", COMPANY, True)]
    assert [one.usuario for one in ledger.users.all()] == ["ana"]


def test_the_hash_is_argon2_with_its_own_salt_and_names_its_cost() -> None:
    first, second = passwords.hash_password("c"), passwords.hash_password("c")
    assert first != second
    assert first.startswith("argon2id$16384$20$1$")
    assert passwords.matching("c", [first, second]) == {first, second}
    assert passwords.matching("C", [first, second]) == frozenset()
    *facts, salt, derived, _ = first.split("$")
    told = f"$argon2id$v=19$m={facts[1]},t={facts[2]},p={facts[3]}${salt.rstrip('=')}${derived.rstrip('=')}"
    assert argon2.PasswordHasher().verify(told, "c")


SCRYPT = (
    # hashlib.scrypt(b"clave", salt=bytes(range(16)), n=2**14, r=8, p=5, dklen=64), as versions up to 0.5.0 kept it.
    "scrypt$16384$8$5$AAECAwQFBgcICQoLDA0ODw=="
    "$FdUVMKINJ/o0+fBUeQXfiEkOW3Q1pwaP65wKzww9ZdU6ye2trt2CDPXbILOxDutMbLkIDg7aF57AuUHhw+4G2g=="
    "$0a1b2c3d"
)


def as_older_versions(ledger: Ledger, number: str = "0a1b2c3d") -> str:
    """The hash that every user has now: of the password ``clave``, by scrypt."""
    stored = SCRYPT.replace("0a1b2c3d", number)
    with ledger.transaction():
        ledger.connection.execute("UPDATE usuario SET clave = ?", (stored,))
    return stored


def stored_hashes(ledger: Ledger) -> list[str]:
    return [row[0] for row in ledger.connection.execute("SELECT clave FROM usuario ORDER BY id")]


def test_a_hash_by_scrypt_is_good_and_becomes_another_as_its_user_comes_in(ledger: Ledger, derived: Derived) -> None:
    ledger.companies.save(many(1))
    for own in (COMPANY.rut, many(1).rut):
        ledger.users.save("ana", "x", "pruebas", own)
    old = as_older_versions(ledger)
    assert ledger.logins.open(["ana"], ["mala"]) == []
    assert stored_hashes(ledger) == [old, old]
    assert len(ledger.logins.open(["ana"], ["clave"])) == 2
    new = stored_hashes(ledger)
    assert all(passwords.is_current(one) for one in new)
    assert len({passwords.salt_of(one) for one in new}) == 1
    derived.times = 0
    ledger.logins._verifier = passwords.Verifier()
    assert len(ledger.logins.open(["ana"], ["clave"])) == 2
    assert ledger.logins.open(["ana"], ["mala"]) == []
    assert derived.times == 2
    assert stored_hashes(ledger) == new


@only_sqlite
def test_a_hash_that_cannot_be_changed_costs_that_once(ledger: Ledger, derived: Derived) -> None:
    ledger.users.save("ana", "x", "pruebas", COMPANY.rut)
    as_older_versions(ledger)
    ledger.connection.execute("PRAGMA query_only = ON")
    costs = []
    for _ in range(3):
        derived.times = 0
        assert ledger.logins.open(["ana"], ["clave"])
        costs.append(derived.times)
    ledger.connection.execute("PRAGMA query_only = OFF")
    assert costs == [2, 0, 0]


def test_both_kinds_take_the_memory_that_is_accounted_for() -> None:
    kib, n, r = passwords._KIB, *map(int, SCRYPT.split("$")[1:3])
    assert passwords.MEMORY_AT_ONCE == passwords.AT_ONCE * 1024 * kib == passwords.AT_ONCE * 128 * n * r


def test_what_a_verifier_remembers_holds_no_password(derived: Derived) -> None:
    verifier = passwords.Verifier()
    assert verifier.verify("ana", "secreta", passwords.hash_password("secreta"))
    assert b"secreta" not in b"".join([*verifier._right, *verifier._wrong])


def test_the_memory_of_a_verifier_is_bounded(derived: Derived, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_REMEMBERED", 3)
    verifier, stored = passwords.Verifier(), passwords.hash_password("c")
    assert verifier.verify("ana", "c", stored)
    for number in range(20):
        assert not verifier.verify("ana", str(number), stored)
    assert len(verifier._wrong) <= 3
    derived.times = 0
    assert verifier.verify("ana", "c", stored)
    assert derived.times == 0


def test_threads_that_bring_the_same_password_have_it_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def compare(clave: str, stored: Iterable[str]) -> frozenset[str]:
        compared.append(clave)
        time.sleep(0.1)
        return frozenset(stored)

    monkeypatch.setattr(passwords, "matching", compare)
    verifier = passwords.Verifier()
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: verifier.verify("ana", "c", "guardada"), range(8)))
    assert compared == ["c"]


# --- certificates ---------------------------------------------------------------------------------------------


BEGIN, END = datetime(2026, 1, 1, 5), datetime(2029, 1, 1)
SECOND = timedelta(seconds=1)


def save(ledger: Ledger, secret: bytes, begin: datetime = BEGIN, end: datetime = END) -> int:
    return ledger.certificates.save(new(COMPANY.rut, secret, begin, end))


def new(company: str, secret: bytes, begin: datetime = BEGIN, end: datetime = END) -> NewCertificate:
    return NewCertificate("pruebas", company, rut(9000444), "Ana Ficticia", begin, end, secret)


def test_a_certificate_comes_back_as_it_was_saved(ledger: Ledger) -> None:
    stored = ledger.certificates.find(save(ledger, b"llave"))
    assert stored is not None
    assert stored.certificate == b"llave"
    assert (stored.valid_from, stored.valid_until) == (BEGIN, END)
    assert (stored.rut_firmante, stored.titular) == (rut(9000444), "Ana Ficticia")
    assert ledger.certificates.of() == ledger.certificates.of("pruebas", COMPANY.rut) == [stored]
    assert ledger.certificates.of("produccion", COMPANY.rut) == ledger.certificates.of(rut=OTHER.rut) == []


def test_the_certificate_in_use_is_chosen_by_date(ledger: Ledger) -> None:
    def at(moment: datetime) -> int:
        return ledger.certificates.current("pruebas", COMPANY.rut, moment)

    assert at(BEGIN) == 0
    first = save(ledger, b"primero")
    assert [at(one) for one in (BEGIN - SECOND, BEGIN, END, END + SECOND)] == [0, first, first, 0]
    waiting = save(ledger, b"espera", datetime(2028, 6, 1), datetime(2031, 1, 1))
    expired = save(ledger, b"vencido", datetime(2020, 1, 1), datetime(2026, 3, 1))
    assert at(datetime(2026, 2, 1)) == expired
    assert at(datetime(2026, 5, 1)) == first
    assert at(datetime(2028, 6, 1)) == at(END + SECOND) == waiting
    assert ledger.certificates.current("produccion", COMPANY.rut, datetime(2026, 5, 1)) == 0


def test_a_removed_certificate_is_gone_and_its_number_too(ledger: Ledger) -> None:
    first, second = save(ledger, b"primero"), save(ledger, b"segundo")
    found = ledger.certificates.find(second)
    assert found is not None
    ledger.certificates.remove(found)
    assert ledger.certificates.find(second) is None
    assert ledger.certificates.current("pruebas", COMPANY.rut, BEGIN) == first
    assert save(ledger, b"tercero") > second


def test_a_certificate_needs_its_company(ledger: Ledger) -> None:
    with pytest.raises(Refused) as refused:
        ledger.certificates.save(new(OTHER.rut, b"x"))
    assert code(refused) == "AUT-004"


def test_settings_are_kept(ledger: Ledger) -> None:
    assert ledger.settings.get("autoridad") == ""
    ledger.settings.save("autoridad", ledger.secrets.seal(b"llave"))
    ledger.settings.save("otra", "1")
    with closing(Ledger(ledger.place)) as again:
        assert again.secrets.unseal(again.settings.get("autoridad")) == b"llave"
