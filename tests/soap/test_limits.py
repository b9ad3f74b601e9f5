"""Wrong passwords bring a growing wait, and the calls of one user are bounded."""

from __future__ import annotations

import threading
import time as time_module
from pathlib import Path
from typing import Any

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger import login_attempts
from dteplanows.ledger.login_attempts import LoginAttempts
from dteplanows.settings import load
from dteplanows.soap.limits import MIB, USUAL, limits_of
from dteplanows.soap.login import attempts as login_limits
from dteplanows.soap.login import comparison_line
from dteplanows.soap.login.attempts import LoginLimits, network_of
from tests.soap.attempting import ANA, HERE, THERE, Clock, Make, attempt, somebody
from tests.soap.soap_support import CLAVE, LOGIN, Answer, Caller, Watched, b64, envelope, procesar, sale


def wait_of(one: LoginLimits) -> int:
    with pytest.raises(Refused) as refused, one.trying(ANA, HERE):
        raise AssertionError("tried")
    (found,) = refused.value.problems
    assert found.code == "AUT-013"
    return int(found.remedy.split()[1])


def test_the_wait_doubles_up_to_the_longest(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=3, wait_limit=10))
    assert [attempt(one) for _ in range(4)] == ["AUT-001", "AUT-001", "AUT-001", "AUT-013"]
    waits = []
    for _ in range(6):
        waits.append(wait_of(one))
        time.now += waits[-1]
        assert attempt(one) == "AUT-001"
    assert waits == [2, 3, 5, 9, 11, 11]


def test_during_the_wait_the_right_password_opens_nothing(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    attempt(one)
    assert attempt(one, right=True) == "AUT-013"
    time.now += 2
    assert attempt(one, right=True) == ""
    assert attempt(one) == "AUT-001"


def test_others_do_not_wait(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    attempt(one)
    assert attempt(one, right=True, address=THERE) == ""
    assert attempt(one, right=True, who=Credentials(("otra",), "1-9", ("x",))) == ""
    # However the name is written, it is the same user.
    assert attempt(one, right=True, who=Credentials(("ANA", b64("ANA")), "1-9", ("x",))) == "AUT-013"


def test_ever_new_names_from_one_address_wait_too(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=2))
    assert attempt(one, right=True) == ""

    assert {attempt(one, who=somebody(number)) for number in range(20)} == {"AUT-001"}
    assert {attempt(one, who=somebody(number)) for number in range(20, 90)} == {"AUT-015"}

    # Who has come in before does not wait, nor does anybody elsewhere; who has not waits, and opens it for no other.
    assert attempt(one, right=True) == ""
    assert attempt(one, who=somebody(1), address=THERE) == "AUT-001"
    assert attempt(one, right=True, who=somebody(99)) == "AUT-015"
    time.now += 10.1
    assert attempt(one, right=True, who=somebody(99)) == ""
    assert [attempt(one, who=somebody(number)) for number in (100, 101)] == ["AUT-001", "AUT-015"]


def test_a_password_that_is_right_no_more_is_not_let_pass(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    assert attempt(one, right=True) == ""
    for number in range(10):
        attempt(one, who=somebody(number))
    assert [attempt(one), attempt(one)] == ["AUT-001", "AUT-013"]
    time.now += 2
    assert attempt(one) == "AUT-015"


def test_failures_that_wait_as_told_never_fill_the_measure(limits: Make, time: Clock) -> None:
    """Of one user with an old password, whose ERP calls without end."""
    one = limits(USUAL._replace(failures=1, wait_limit=60))
    for _ in range(400):
        attempt(one)
        time.now += 5
    assert attempt(one, right=True, who=somebody(1)) == ""


def test_what_is_remembered_is_bounded(
    limits: Make, attempts: LoginAttempts, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_attempts, "MOST", 5)
    monkeypatch.setattr(login_limits, "_PROVEN", 3)
    one = limits(USUAL)
    for number in range(12):
        attempt(one, address=f"203.0.113.{number}")
        attempt(one, who=somebody(number), right=True)
        time.now += 1
    assert attempts.db.connection.execute("SELECT count(*) FROM clave_fallada").fetchone()[0] <= 7
    assert (len(one._proven), len(one._failed_here)) == (3, 3)
    time.now += 91 * 86_400
    attempt(one, who=somebody(99), right=True)
    attempt(one)
    rows = [attempts.db.connection.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in (
        "clave_fallada", "entrada_conocida")]  # fmt: skip
    assert rows == [3, 2]


def test_who_has_come_in_before_is_not_locked_out_by_who_guesses(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    guess = Credentials(("ana",), "1-9", ("adivinada",))
    assert attempt(one, right=True) == ""
    assert [attempt(one, who=guess) for _ in range(3)] == ["AUT-001", "AUT-013", "AUT-013"]
    assert attempt(one, right=True) == ""
    assert attempt(one, right=True, address=THERE) == ""
    assert attempt(one, who=Credentials(("ana",), "1-9", ("otra",))) in ("AUT-001", "AUT-013")


def test_one_user_from_many_addresses(limits: Make, time: Clock) -> None:
    """Nobody is locked out of an address that has not failed; the others wait, whatever their own count is."""
    one = limits(USUAL._replace(failures=3))
    guess = Credentials(("ana",), "1-9", ("adivinada",))
    assert attempt(one, right=True, who=Credentials(("ana",), "1-9", ("suya",)), address=HERE) == ""
    addresses = [f"198.51.100.{number}" for number in range(100)]
    assert {attempt(one, who=guess, address=address) for address in addresses} == {"AUT-001"}
    assert {attempt(one, who=guess, address=address) for address in addresses} == {"AUT-041"}
    # It came in from here before, and may fail here as often as before.
    assert [attempt(one, who=guess) for _ in range(4)] == ["AUT-001", "AUT-001", "AUT-001", "AUT-013"]
    # A first try from elsewhere counts, also that of a password that nobody has seen before; other users are free.
    assert attempt(one, right=True, who=Credentials(("ana",), "1-9", ("nueva",)), address=THERE) == ""
    assert attempt(one, who=somebody(1), address=addresses[0]) == "AUT-001"
    time.now += 10 * 105
    assert attempt(one, who=guess, address=addresses[0]) == "AUT-001"
    with pytest.raises(Refused) as refused:
        for address in addresses:
            with one.trying(guess, address):
                raise Refused([problem("AUT-001")])
    (found,) = refused.value.problems
    assert found.code == "AUT-001"


def test_the_text_of_the_wait_of_a_user_over_all_addresses(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    for number in range(4):
        attempt(one, address=f"198.51.100.{number}")
    time.now += 5
    with pytest.raises(Refused) as refused, one.trying(ANA, "198.51.100.0"):
        raise AssertionError("tried")
    (found,) = refused.value.problems
    assert found.code == "AUT-041" and "Espere 16 segundos y" in found.remedy


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
     ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("::1", "::/64"), ("", ""), ("desconocida", "desconocida")],
)  # fmt: skip
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_an_address_of_ipv6_is_its_network(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    codes = [attempt(one, address=f"2001:db8:0:{number // 3}::{number}") for number in range(6)]
    assert codes == ["AUT-001", "AUT-013", "AUT-013"] * 2


class Comparing:
    """Comparisons in threads, which end when they are told."""

    def __init__(self, one: LoginLimits) -> None:
        self._one = one
        self._threads: list[threading.Thread] = []
        self.begun = threading.Semaphore(0)
        self.end = threading.Event()
        self.codes: list[str] = []
        self.most = self._now = 0
        self._turn = threading.Lock()

    def begin(self, who: Credentials, address: str, *, right: bool = True) -> None:
        def compare() -> None:
            try:
                with self._one.trying(who, address):
                    with self._turn:
                        self._now += 1
                        self.most = max(self.most, self._now)
                    self.begun.release()
                    self.end.wait(30)
                    with self._turn:
                        self._now -= 1
                    if not right:
                        raise Refused([problem("AUT-001")])
                self.codes.append("")
            except Refused as refused:
                self.codes.append(refused.problems[0].code)

        thread = threading.Thread(target=compare)
        thread.start()
        self._threads.append(thread)

    def join(self) -> None:
        self.end.set()
        for one in self._threads:
            one.join(30)


def test_passwords_wait_in_a_short_line_and_known_ones_pass_it(limits: Make) -> None:
    one = limits(USUAL)
    assert attempt(one, right=True) == ""
    comparing = Comparing(one)
    for number in range(comparison_line.LINE_LIMIT):
        comparing.begin(somebody(number), f"203.0.113.{number}")
    comparing.begun.acquire()
    comparing.begun.acquire()
    limit = time_module.monotonic() + 10
    while len(one._line._line) < comparison_line.LINE_LIMIT:
        assert time_module.monotonic() < limit
    assert attempt(one, right=True, who=somebody(99), address=THERE) == "AUT-040"
    assert attempt(one, right=True) == ""
    comparing.join()
    assert comparing.codes == [""] * comparison_line.LINE_LIMIT
    assert comparing.most == comparison_line.AT_ONCE
    assert attempt(one, right=True, who=somebody(99), address=THERE) == ""


def test_one_address_does_not_fill_the_line(limits: Make) -> None:
    one = limits(USUAL)
    comparing = Comparing(one)
    for number in range(comparison_line.LINE_LIMIT):
        comparing.begin(somebody(number), HERE)
    limit = time_module.monotonic() + 10
    while len(comparing.codes) < comparison_line.LINE_LIMIT - comparison_line.OF_ONE_ADDRESS:
        assert time_module.monotonic() < limit
    comparing.begin(somebody(99), THERE)
    comparing.join()
    assert sorted(comparing.codes) == [""] * 7 + ["AUT-040"] * 4


def test_calls_with_the_same_password_wait_together(limits: Make) -> None:
    """As the tills of a shop after a start of the service: none of them is sent away."""
    one = limits(USUAL)
    comparing = Comparing(one)
    for _ in range(40):
        comparing.begin(ANA, HERE)
    comparing.begun.acquire()
    assert len(one._line._line) == 1
    comparing.join()
    assert comparing.codes == [""] * 40


def test_the_texts_of_a_wait(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    who = Credentials(("Ana",), "1-9", ("x",))
    attempt(one, who=who)
    time.now += 0.5
    with pytest.raises(Refused) as refused, one.trying(who, HERE):
        raise AssertionError("tried")
    (found,) = refused.value.problems
    assert "El usuario Ana falló" in found.message and "Espere 1 segundo y" in found.remedy
    for number in range(9):
        attempt(one, who=somebody(number))
    with pytest.raises(Refused) as refused, one.trying(somebody(10), HERE):
        raise AssertionError("tried")
    (found,) = refused.value.problems
    assert HERE in found.message and "Espere 10 segundos y" in found.remedy


def test_other_refusals_and_old_failures_do_not_count(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=2))
    for _ in range(5):
        with pytest.raises(Refused), one.trying(ANA, HERE):
            raise Refused([problem("AUT-002")])
    attempt(one)
    time.now += 4000
    assert [attempt(one), attempt(one)] == ["AUT-001", "AUT-001"]
    assert attempt(one) == "AUT-013"


def test_neither_names_nor_passwords_are_kept(limits: Make, attempts: LoginAttempts, time: Clock) -> None:
    """Whoever guesses may send megabytes, and whoever errs types the password as the name."""
    one = limits(USUAL._replace(failures=1))
    who = Credentials(("u" * 10**6,), "1-9", ("x",))
    assert [attempt(one, who=who) for _ in range(2)] == ["AUT-001", "AUT-013"]
    attempt(one, who=Credentials(("secreta",), "1-9", ("clave-secreta",)), right=True, address=THERE)
    connection = attempts.db.connection
    kept = [*connection.execute("SELECT * FROM clave_fallada"), *connection.execute("SELECT * FROM entrada_conocida")]
    assert len(kept) == 5
    assert "secreta" not in str(kept)
    assert len(str(kept)) < 1000


def test_no_limit_is_no_limit(limits: Make) -> None:
    one = limits(USUAL._replace(failures=0, calls=0))
    assert {attempt(one) for _ in range(50)} == {"AUT-001"}
    with one.calling(ANA.usuarios[0]), one.calling(ANA.usuarios[0]):
        pass


def test_a_call_above_the_number_waits_for_its_turn(limits: Make) -> None:
    one = limits(USUAL._replace(calls=1, queue_seconds=30))
    inside, done = threading.Event(), threading.Event()

    def first() -> None:
        with one.calling(ANA.usuarios[0]):
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    threading.Timer(0.05, done.set).start()
    with one.calling(ANA.usuarios[0]):
        assert done.is_set()
    thread.join()
    assert one._under_way == {}


def test_a_call_that_gets_no_turn_is_refused_and_others_go_on(limits: Make) -> None:
    one = limits(USUAL._replace(calls=1, queue_seconds=0.01))
    with one.calling(ANA.usuarios[0]):
        with pytest.raises(Refused) as refused, one.calling("ANA"):
            raise AssertionError("called")
        assert [one.code for one in refused.value.problems] == ["AUT-014"]
        with one.calling("otra"):
            pass
    with one.calling(ANA.usuarios[0]):
        pass


def test_the_service_answers_the_wait_as_a_refused_document(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(failures=2))
    wrong = envelope(procesar(b64("x"), login=LOGIN.replace(b64(CLAVE), b64("otra"))))
    codes = [
        (caller.post(wrong, REMOTE_ADDR=HERE).document().findtext("Detalle/Documento/Error") or "")[1:8]
        for _ in range(3)
    ]
    assert codes == ["AUT-001", "AUT-001", "AUT-013"]
    assert "True" in caller.post(envelope(procesar(b64(sale()))), REMOTE_ADDR=THERE).result()


@pytest.mark.parametrize("busy", [False, True])
def test_the_wait_is_told_as_every_other_reason(issuer: Watched, busy: bool) -> None:
    """It passes: so a fault is the service's, and a file that was only asked for is not taken for refused."""
    wrong = LOGIN if busy else LOGIN.replace(b64(CLAVE), b64("otra"))
    limits = USUAL._replace(calls=1, queue_seconds=0.01) if busy else USUAL._replace(failures=1)
    caller, code = Caller(issuer, limits=limits), "[AUT-014] " if busy else "[AUT-013] "

    def ask(operation: str, named: str) -> Answer:
        return caller.post(envelope(f"<{operation}>{wrong}{named}</{operation}>"))

    def look() -> None:
        for operation, named in (
            ("getXMLDte", "<folio>1</folio>"),
            ("getBoletaTicket", "<ticket>ticket@39@1</ticket>"),
        ):
            whose, text = ask(operation, named).fault()
            assert (whose, text[:10]) == ("Server", code)
        for operation, named in (("ObtenerLink", "<folio>1</folio>"), ("ConsultarEstado", "<trackid>1</trackid>")):
            document = ask(operation, named).document()
            assert (document.findtext("Motivo") or "").startswith(code)
            assert document.find("Detalle") is None

    if busy:
        issuer.during = look
    else:
        ask("getXMLDte", "<folio>1</folio>")
        look()
    caller.post(envelope(procesar(b64("x"))))
    assert bool(issuer.files) is busy


def test_a_call_that_fails_gives_its_turn_back(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(calls=1, queue_seconds=0.01))
    issuer.failure = OSError("disco")
    assert "SRV-001" in caller.post(envelope(procesar(b64("x")))).result()
    issuer.failure = None
    assert "True" in caller.post(envelope(procesar(b64(sale())))).result()


def test_usual_settings_are_the_usual_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits_of(load(directorio=tmp_path)) == USUAL
    values: dict[str, Any] = {
        "megas_por_llamada": 1, "fallas_de_clave": 2, "espera_maxima": 3, "llamadas_simultaneas": 4,
        "oyente_minutos": 5,
    }  # fmt: skip
    found = limits_of(load(directorio=tmp_path, **values))
    assert found == USUAL._replace(body=MIB, memory=4 * MIB, failures=2, wait_limit=3, calls=4, regip_minutes=5)


def test_a_smaller_body_by_setting(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(body=MIB))
    answer = caller.post(envelope(procesar(b64(bytes(MIB)))))
    assert (answer.status, answer.code()) == (413, "SRV-041")
    assert "máximo de 1 MiB" in answer.body.decode()


def test_calls_are_counted_by_account_and_not_by_the_spelling_of_its_user(issuer: Watched) -> None:
    """``ana`` is base64 by chance, and what it would decode to is another name."""
    issuer.ledger.users.save("ANA", CLAVE, "pruebas", issuer.made.company.rut)
    caller = Caller(issuer, limits=USUAL._replace(calls=1, queue_seconds=0.01))
    seen: list[str] = []

    def call_again() -> None:
        issuer.during = lambda: None
        seen.append(caller.post(envelope(procesar(b64("x"), login=LOGIN.replace(b64("DEMO"), "ana")))).result())

    issuer.during = call_again
    caller.post(envelope(procesar(b64("x"), login=LOGIN.replace(b64("DEMO"), b64("ANA")))))
    assert "AUT-014" in seen[0]
