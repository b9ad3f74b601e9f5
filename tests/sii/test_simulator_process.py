"""The simulator beside the service, with the real commands: processes, ports and signals."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dteplanows.document import clock
from dteplanows.folios.authority import TestAuthority
from dteplanows.issuing import Issuer
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings, load
from dteplanows.sii import simulator_process
from dteplanows.sii.envelope_state import EnvelopeState
from dteplanows.sii.envelopes import make
from dteplanows.sii.our_register import OurRegister, authority_keys
from dteplanows.sii.service import Sent, open_sii
from dteplanows.sii.simulator_process import Place, place_here, wanted, who_is_at
from dteplanows.web.server import free_port, wait_until_online
from tests import forked
from tests.installation import Installation, make_installation
from tests.sii.documents import installation_in, issue
from tests.sii.server import Say, serving

HOST = "127.0.0.1"
Found = TypeVar("Found")


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of the simulator that a service of the test starts."""
    port = free_port(HOST)
    monkeypatch.delenv("DTEPLANOWS_SIMULADOR_AUTOMATICO")
    monkeypatch.setenv("DTEPLANOWS_SII_SIMULADOR", f"http://{HOST}:{port}")
    return port


@contextmanager
def serve(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A service that answers, and where its words go; ended with SIGTERM."""
    port, said = free_port(HOST), directory / "salida.txt"
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    with said.open("wb") as output:
        process = forked.Popen([*command, "--trabajadores", "1"], stdout=output, stderr=output)
    try:
        assert wait_until_online(HOST, port, lambda: process.poll() is None), said.read_text("utf-8")
        yield process, said
    finally:
        process.terminate()
        process.wait(60)


def control(port: int, path: str = "") -> dict[str, Any]:
    """What the control address shows; empty while nobody answers there."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", f"/control{path}")
        return dict(json.loads(connection.getresponse().read()))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()


def until(ask: Callable[[], Found], good: Callable[[Found], bool] = bool) -> Found:
    """What *ask* gives as soon as it is *good*."""
    end = time.monotonic() + 40
    while not good(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def with_own_authority(folder: Path) -> Installation:
    """An installation whose folios are all of an authority that no other one has."""
    one = make_installation(folder, cafs=False)
    authority = TestAuthority.generate()
    load(directorio=folder).autoridad_de_prueba.write_bytes(authority.to_pem())
    return replace(one, issuer=Issuer(one.ledger, authority), authority=authority)


def delivered(one: Installation, port: int, tipo: int = 33) -> EnvelopeState:
    """The last state of the envelope of a new document."""
    sii = open_sii(load(directorio=one.ledger.directory, sii_simulador=f"http://{HOST}:{port}"))
    envelope = make([issue(one, tipo)], one.company, one.certificate, clock.now())
    receipt = sii.upload(envelope, one.certificate)
    assert receipt.outcome.name == "recibido", receipt
    sent = Sent("pruebas", "facturas", envelope.rut_emisor, receipt.track_id, True)
    return until(lambda: sii.envelope_state(sent, one.certificate), lambda found: found.phase != "pasa")


def accepted(state: EnvelopeState) -> list[int]:
    """How many documents were, by type."""
    return [one.aceptados for one in state.counts]


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


# --- With the service ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_lives_as_long_as_the_service(tmp_path: Path, simulated: int, how: signal.Signals) -> None:
    make_installation(tmp_path).close()
    with serve(tmp_path) as (process, said):
        number = until(lambda: control(simulated))["proceso"]
        assert number not in (process.pid, os.getpid())
        line = f"El simulador del SII, para lo de pruebas, atiende en http://{HOST}:{simulated}.\n"
        until(lambda: line in said.read_text("utf-8"))
        # A terminal sends it to all; the log is rotated with it.
        os.kill(number, signal.SIGINT)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert control(simulated)["proceso"] == number
        process.send_signal(how)
        process.wait(60)
        until(lambda: not is_alive(number))
    assert who_is_at(Place(HOST, simulated)) == "nobody"
    assert "SRV-150" not in said.read_text("utf-8")
    assert "Traceback" not in said.read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")
def test_killed_it_comes_back_and_knows_what_it_knew(tmp_path: Path, simulated: int) -> None:
    one = installation_in(tmp_path)
    with serve(tmp_path) as (_, said):
        number = until(lambda: control(simulated))["proceso"]
        state = delivered(one, simulated)
        assert (state.state, accepted(state)) == ("EPR", [1])
        before = control(simulated)["documentos"]
        os.kill(number, signal.SIGKILL)
        again = until(lambda: control(simulated), lambda found: bool(found) and found["proceso"] != number)
        assert again["documentos"] == before
        assert [one["cantidad"] for one in before] == [1]
        until(lambda: "SRV-150" in said.read_text("utf-8"))
        assert "El simulador del SII (número " in said.read_text("utf-8")
        assert delivered(one, simulated).state == "EPR"
    assert (tmp_path / "simulador" / "simulador.sqlite").exists()
    one.close()


def test_another_program_has_the_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_installation(tmp_path).close()
    with serving() as other:
        other.on("/", Say(b'{"ambiente": "otro"}'))
        monkeypatch.delenv("DTEPLANOWS_SIMULADOR_AUTOMATICO")
        monkeypatch.setenv("DTEPLANOWS_SII_SIMULADOR", other.address)
        with serve(tmp_path) as (process, said):
            until(lambda: "SII-004" in said.read_text("utf-8"))
            assert f"otro programa ocupa su dirección, {other.address}" in said.read_text("utf-8")
            assert process.poll() is None
    assert "SRV-150" not in said.read_text("utf-8")


def test_the_simulator_of_another_installation_is_left_to_serve(tmp_path: Path, simulated: int) -> None:
    """Both have an authority of their own, with the one IDK: what each has stamped is good there, also later."""
    first, second = (with_own_authority(tmp_path / name) for name in ("una", "otra"))
    assert authority_keys(load(directorio=tmp_path / "una")) != authority_keys(load(directorio=tmp_path / "otra"))
    with serve(tmp_path / "una"):
        number = until(lambda: control(simulated))["proceso"]
        with serve(tmp_path / "otra") as (_, said):
            until(lambda: "va al simulador del SII que ya atiende" in said.read_text("utf-8"))
            assert accepted(delivered(second, simulated, 34)) == [1]
            assert accepted(delivered(first, simulated, 33)) == [1]
        assert control(simulated)["proceso"] == number
        os.kill(number, signal.SIGTERM)
        until(lambda: control(simulated), lambda found: bool(found) and found["proceso"] != number)
        assert accepted(delivered(second, simulated, 52)) == [1]
    assert not (tmp_path / "otra" / "simulador").exists()
    first.close()
    second.close()


def test_when_the_other_installation_ends_this_one_has_a_simulator_of_its_own(tmp_path: Path, simulated: int) -> None:
    first, second = (with_own_authority(tmp_path / name) for name in ("una", "otra"))
    with serve(tmp_path / "una"):
        number = until(lambda: control(simulated))["proceso"]
        other = serve(tmp_path / "otra")
        _, said = other.__enter__()
        until(lambda: "va al simulador del SII que ya atiende" in said.read_text("utf-8"))
    try:
        until(lambda: control(simulated), lambda found: bool(found) and found["proceso"] != number)
        assert accepted(delivered(second, simulated)) == [1]
        assert (tmp_path / "otra" / "simulador").exists()
    finally:
        other.__exit__(None, None, None)
    first.close()
    second.close()


def test_a_stamp_of_an_authority_that_nobody_told_is_refused(tmp_path: Path, simulated: int) -> None:
    first, stranger = (with_own_authority(tmp_path / name) for name in ("una", "otra"))
    with serve(tmp_path / "una"):
        until(lambda: control(simulated))
        assert accepted(delivered(stranger, simulated)) == [0]
        (document,) = control(simulated, "/envios/1000001")["documentos"]
        assert document["motivos"] == ["(TED-2-510) RECHAZO- Firma del timbre incorrecta: CAF alterado"]
    first.close()
    stranger.close()


@pytest.mark.parametrize("name", ["SIMULADOR_AUTOMATICO=false", "SII_PRUEBAS=maullin"])
def test_the_settings_want_none(tmp_path: Path, simulated: int, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    make_installation(tmp_path).close()
    variable, _, value = name.partition("=")
    monkeypatch.setenv(f"DTEPLANOWS_{variable}", value)
    with serve(tmp_path) as (_, said):
        until(lambda: "Estado: " in said.read_text("utf-8"))
        assert who_is_at(Place(HOST, simulated)) == "nobody"
    assert "imulador del SII" not in said.read_text("utf-8")


# --- When it is wanted, and what it knows ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://127.0.0.1:8181", Place("127.0.0.1", 8181)), ("http://localhost", Place("localhost", 80)),
        ("http://192.0.2.7:8181", None), ("https://127.0.0.1:8181", None), ("http://simulador.empresa.cl:8181/", None),
    ],
)  # fmt: skip
def test_only_an_address_of_this_machine(tmp_path: Path, address: str, place: Place | None) -> None:
    assert place_here(load(directorio=tmp_path, sii_simulador=address)) == place


def settings_of(directory: Path) -> Settings:
    return load(directorio=directory, simulador_automatico=True)


def test_where_nothing_is_of_pruebas_there_is_none(tmp_path: Path, installation: Installation) -> None:
    assert wanted(settings_of(installation.ledger.directory))
    one = load(directorio=tmp_path / "nueva")
    with closing(Ledger(one.directorio)) as ledger:
        assert wanted(settings_of(one.directorio)), "the first company may be one"
        ledger.companies.save(replace(installation.company, ambiente="produccion"))
    assert not wanted(settings_of(one.directorio))


def test_what_changes_counts_at_once(installation: Installation) -> None:
    register = OurRegister(settings_of(installation.ledger.directory), installation.ledger)
    company = installation.company
    rights = {installation.certificate.rut: ["enviar", "firmar", "consultar"]}
    assert register.company(company.rut) == {"rut": company.rut, "fch_resol": "", "usuarios": rights}
    installation.ledger.companies.save(replace(company, fecha_resolucion=date(2026, 3, 4)))
    for one in installation.ledger.certificates.of("pruebas"):
        installation.ledger.certificates.remove(one)
    assert register.company(company.rut) == {"rut": company.rut, "fch_resol": "2026-03-04", "usuarios": {}}
    assert register.company("60803000-K") is None
    register.close()


def test_the_key_of_the_authority_as_soon_as_there_is_one(tmp_path: Path, installation: Installation) -> None:
    settings = settings_of(tmp_path)
    register = OurRegister(settings, installation.ledger)
    assert register.caf_keys("900") == ()
    settings.autoridad_de_prueba.write_bytes(TestAuthority.generate().to_pem())
    (key,) = register.caf_keys("900")
    assert key.startswith("-----BEGIN PUBLIC KEY-----")
    assert (register.caf_keys("100"), register.caf_keys("300")) == ((), ())
    register.close()


def test_a_program_that_says_nothing_is_another(tmp_path: Path) -> None:
    with serving() as other:
        assert who_is_at(Place(HOST, other.port)) == "other"
    assert not simulator_process.wait_until_online(Place(HOST, free_port(HOST)), lambda: False)
