"""The demo and the server, for real: processes, ports, signals, zeep and the commands that a person would paste."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import SubjectAlternativeName
from lxml import etree

from dteplanows import demo
from dteplanows.accounts import designs
from dteplanows.demo.access import Access
from dteplanows.demo.certificate import make_certificate
from dteplanows.demo.examples import curl_call, zeep_call
from dteplanows.document import clock, rut
from dteplanows.document.problem import Refused
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings, load
from dteplanows.signer.certificate import utc_now
from dteplanows.sii.simulator_process import place_here
from dteplanows.web import server

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
DTE = "{http://www.sii.cl/SiiDte}"
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DTEPLANOWS_{name.upper()}", raising=False)
    # Services other than a demo's, which has one in any case.
    monkeypatch.setenv("DTEPLANOWS_SIMULADOR_AUTOMATICO", "false")
    monkeypatch.setenv("DTEPLANOWS_SII_SIMULADOR", f"http://{HOST}:{server.free_port(HOST)}")


def order(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dteplanows", *arguments]


def silent(_: str) -> None:
    """Takes the lines meant for a person."""


@pytest.fixture
def prepared(tmp_path: Path) -> Access:
    return demo.prepare(load(directorio=tmp_path, puerto=server.free_port(HOST)), silent)


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that is taken."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        yield int(taken.getsockname()[1])


# --- What is prepared -------------------------------------------------------------------------------------------


def test_what_is_prepared(prepared: Access, tmp_path: Path) -> None:
    body, _, digit = prepared.rut_empresa.partition("-")
    assert 76_000_000 <= int(body) <= 77_999_999
    assert rut.check_digit(int(body)) == digit
    ledger = Ledger(tmp_path)
    try:
        cafs = ledger.cafs.of("pruebas", prepared.rut_empresa, None)
        assert sorted((one.tipo, one.desde, one.hasta) for one in cafs) == [
            (tipo, 9920000001, 9920010000) for tipo in (33, 34, 39, 41, 43, 46, 52, 56, 61, 110, 111, 112)
        ]
        opened = ledger.logins.open([prepared.usuario], [prepared.clave])
        assert [(one.company.rut, one.con_avisos) for one in opened] == [(prepared.rut_empresa, True)]
        assert [one.ambiente for one in ledger.companies.all()] == ["pruebas"]
        assert ledger.certificates.current("pruebas", prepared.rut_empresa, utc_now())
    finally:
        ledger.close()
    assert json.loads((tmp_path / "demo.json").read_text("utf-8")) == prepared._asdict()
    assert prepared.clave not in repr(prepared)


@pytest.mark.skipif(os.name != "posix", reason="file modes exist on POSIX only")
@pytest.mark.parametrize("name", ["demo.json", "autoridad-de-prueba.pem"])
def test_only_the_owner_reads_the_secrets(prepared: Access, tmp_path: Path, name: str) -> None:
    assert prepared
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_samples_carry_the_day(prepared: Access, tmp_path: Path) -> None:
    assert prepared
    today = clock.today().isoformat().encode()
    for path in (tmp_path / "muestras").iterdir():
        assert today in path.read_bytes(), path
        assert b"2026-01-05" not in path.read_bytes(), path


def test_a_second_run_uses_what_is_there(prepared: Access, tmp_path: Path) -> None:
    key = (tmp_path / "autoridad-de-prueba.pem").read_bytes()
    again = demo.prepare(load(directorio=tmp_path, puerto=8123), silent)
    assert (again.rut_empresa, again.clave) == (prepared.rut_empresa, prepared.clave)
    assert ":8123/" in again.url
    assert (tmp_path / "autoridad-de-prueba.pem").read_bytes() == key


def test_a_logo_that_a_first_run_did_not_reach_is_made(prepared: Access, tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        (company,) = ledger.companies.all()
        ledger.connection.execute("DELETE FROM diseno")
        demo.prepare(load(directorio=tmp_path), silent)
        assert designs.look_of(ledger, company).logo
        designs.remove_logo(ledger, company)
        demo.prepare(load(directorio=tmp_path), silent)
        assert not designs.look_of(ledger, company).logo


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"clave": "otra"}'])
def test_a_lost_password_is_made_anew(prepared: Access, tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "demo.json").unlink()
    if content is not None:
        (tmp_path / "demo.json").write_bytes(content)
    again = demo.prepare(load(directorio=tmp_path), silent)
    assert again.clave not in ("", "otra", prepared.clave)
    ledger = Ledger(tmp_path)
    try:
        assert ledger.logins.open([again.usuario], [again.clave])
    finally:
        ledger.close()


def test_two_demos_are_two_companies(tmp_path: Path) -> None:
    one, other = (demo.prepare(load(directorio=tmp_path / name), silent) for name in ("uno", "dos"))
    assert one.rut_empresa != other.rut_empresa
    assert one.clave != other.clave


# --- The certificate --------------------------------------------------------------------------------------------


def test_the_certificate_by_openssl(tmp_path: Path) -> None:
    """Another program reads the same: subject, the RUT in its place, and three years."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    (tmp_path / "c.p12").write_bytes(make_certificate("11111111-1", "Persona de Prueba", "la clave"))
    read = [openssl, "pkcs12", "-in", str(tmp_path / "c.p12"), "-passin", "pass:la clave", "-nokeys"]
    pem = subprocess.run(read, capture_output=True, check=True).stdout
    shown = subprocess.run(
        [openssl, "x509", "-noout", "-text", "-nameopt", "RFC2253"], input=pem, capture_output=True, check=True
    ).stdout.decode()
    assert "CN=Persona de Prueba" in shown
    assert "serialNumber=11111111-1" in shown
    assert "Public-Key: (2048 bit)" in shown
    alone = subprocess.run([openssl, "x509"], input=pem, capture_output=True, check=True).stdout
    dump = subprocess.run([openssl, "asn1parse"], input=alone, capture_output=True, check=True).stdout.decode()
    assert b"\x16\x0a11111111-1".hex().upper() in dump[dump.index("X509v3 Subject Alternative Name") :].splitlines()[1]


def test_the_rut_is_an_ia5string() -> None:
    _, certificate, _ = pkcs12.load_key_and_certificates(make_certificate("9999999-3", "Persona", "x"), b"x")
    assert certificate is not None
    (name,) = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    assert (name.type_id.dotted_string, name.value) == ("1.3.6.1.4.1.8321.1", b"\x16\x099999999-3")
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 3 * 365


# --- Ports ------------------------------------------------------------------------------------------------------


def test_a_free_port_is_free() -> None:
    server.check_free(HOST, server.free_port(HOST))


@pytest.mark.parametrize(
    ("host", "code"), [(HOST, "CFG-010"), ("192.0.2.1", "CFG-011"), ("no-existe.invalid", "CFG-011")]
)
def test_an_address_that_cannot_be_used(listening: int, host: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        server.check_free(host, listening)
    assert [one.code for one in refused.value.problems] == [code]


@pytest.mark.parametrize(
    ("host", "shown"), [(HOST, HOST), ("0.0.0.0", HOST), ("::", "[::1]"), ("::1", "[::1]"), ("erp", "erp")]
)
def test_the_address_for_clients(host: str, shown: str) -> None:
    assert server.address(host, 80) == f"http://{shown}:80/WSDS/wsplano.asmx"


def test_where_nobody_listens_nothing_answers() -> None:
    port = server.free_port(HOST)
    assert not server.answers(HOST, port)
    assert not server.wait_until_online(HOST, port, lambda: False)


@pytest.mark.parametrize("command", [["demo"], ["--dir", "{}", "serve"]])
def test_a_port_asked_for_and_taken_is_an_error(tmp_path: Path, listening: int, command: list[str]) -> None:
    words = [one.format(tmp_path) for one in command]
    done = subprocess.run(
        order(*words, "--port", str(listening), *(["--dir", str(tmp_path)] if command == ["demo"] else [])),
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert "CFG-010" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_usual_port_taken_is_changed_for_another(listening: int, tmp_path: Path) -> None:
    said: list[str] = []
    changed = demo._with_free_port(load(directorio=tmp_path, puerto=listening), None, said.append)
    assert changed.puerto != listening
    assert said == [f"El puerto {listening} está ocupado; se usa el {changed.puerto}."]


def test_the_simulator_s_port_taken_is_changed_for_another(listening: int, tmp_path: Path) -> None:
    said: list[str] = []
    usual = load(directorio=tmp_path, sii_simulador=f"http://{HOST}:{listening}", sii_pruebas="maullin")
    changed = demo._with_simulator(usual, said.append)
    place = place_here(changed)
    assert place and place.port != listening
    assert said == [f"El puerto {listening} está ocupado; el simulador del SII usa el {place.port}."]
    assert (changed.sii_pruebas, changed.simulador_automatico) == ("simulador", True)


def test_a_simulator_of_another_machine_is_left_to_be(tmp_path: Path) -> None:
    there = load(directorio=tmp_path, sii_simulador="http://192.0.2.7:8181")
    assert demo._with_simulator(there, silent).sii_simulador == "http://192.0.2.7:8181"


# --- The server -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["granian", "waitress"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_server_starts_and_stops(prepared: Access, tmp_path: Path, name: str, how: signal.Signals) -> None:
    if name == "granian":
        pytest.importorskip("granian", reason="granian has no wheel for this machine")
    port = int(prepared.url.split(":")[2].partition("/")[0])
    serving = order("--dir", str(tmp_path), "serve", "--port", str(port), "--servidor", name)
    process = subprocess.Popen(serving, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().decode() == (
            f"El servicio atiende en {prepared.url} (Ctrl-C para detenerlo).\n"
        )
        assert server.answers(HOST, port)
        process.send_signal(how)
        rest = process.communicate(timeout=PATIENCE)[0].decode()
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    # The state is told as soon as it was looked at, which may be never.
    told = [line for line in rest.splitlines() if not re.match(r"Estado: |\S+ \S+ \w+ (AVISO|GRAVE)\. ", line)]
    assert told == ["El servicio se detuvo."]
    server.check_free(HOST, port)


def test_without_granian_waitress_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[Settings] = []
    monkeypatch.setitem(sys.modules, "granian", None)
    monkeypatch.setattr(server, "run_waitress", lambda application, settings: served.append(settings))
    monkeypatch.setattr(server, "_announce", lambda *_: None)
    settings = load(directorio=tmp_path, puerto=server.free_port(HOST))
    with pytest.raises(Refused) as refused:
        server.serve(settings, silent)
    assert [one.code for one in refused.value.problems] == ["BAS-011"]
    assert not list(tmp_path.iterdir())
    Ledger(tmp_path).close()
    server.serve(settings, silent)
    assert served == [settings]


# --- The whole --------------------------------------------------------------------------------------------------


def test_once(tmp_path: Path) -> None:
    """One invoice through SOAP, from nothing; and once more in the same directory, with the next folio."""
    for folio in (9920000001, 9920000002):
        done = subprocess.run(
            order("demo", "--once", "--dir", str(tmp_path), "--port", str(server.free_port(HOST))),
            cwd=ROOT,
            capture_output=True,
            timeout=PATIENCE,
        )
        shown = done.stdout.decode()
        assert done.returncode == 0, shown + done.stderr.decode()
        assert "<Mensaje>Proceso exitoso.</Mensaje>" in shown
        simulator = json.loads((tmp_path / "demo.json").read_text("utf-8"))["simulador"]
        assert f"El SII es el simulador, en {simulator}\n" in shown
        assert simulator == os.environ["DTEPLANOWS_SII_SIMULADOR"]
        assert (tmp_path / "simulador" / "simulador.sqlite").exists()
        assert f"folio {folio}" in shown
        last = shown.rstrip().splitlines()[-1]
        assert re.fullmatch(r"Estado en el SII: aceptado por el simulador \(TRACKID [0-9]+\)\.", last)
        rut_empresa = json.loads((tmp_path / "demo.json").read_text("utf-8"))["rut_empresa"]
        xml = (tmp_path / "xml" / f"{rut_empresa}F{folio}T33.xml").read_bytes()
        document = etree.fromstring(xml)
        assert document.findtext(f".//{DTE}Folio") == str(folio)
        assert document.findtext(f".//{DTE}RUTEmisor") == rut_empresa
        assert document.find("{*}Signature") is not None


def test_once_says_when_nothing_was_issued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "SAMPLE", "factura33-con-errores.txt")
    monkeypatch.chdir(ROOT)
    said: list[str] = []
    assert demo.run(tmp_path, server.free_port(HOST), None, once=True, say=said.append) == 1
    assert "El documento fue rechazado." in said


def test_a_service_that_does_not_start_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false") or "false")
    said: list[str] = []
    assert demo.run(tmp_path, server.free_port(HOST), None, once=True, say=said.append) == 1
    assert "el servicio no respondió" in said[-1]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A demo that goes on, in a directory whose name a shell would take apart."""
    folder = tmp_path_factory.mktemp("demo") / "la demo de $USER"
    log = folder.with_name("salida.txt")
    with log.open("wb") as output:
        process = subprocess.Popen(
            order("demo", "--dir", str(folder), "--port", str(server.free_port(HOST))),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    limit = time.monotonic() + 3 * PATIENCE  # on a busy machine
    while b"Ctrl-C para terminar." not in log.read_bytes() and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.1)
    yield log, process
    process.terminate()  # not killed: it has a service of its own to stop
    process.wait(PATIENCE)


def pasted(command: str) -> str:
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def block(log: Path, begin: str) -> str:
    """The printed command that begins so, up to the end of its text."""
    shown = log.read_text("utf-8")
    found = re.search(rf"^(?:no_proxy='\*' )?{begin}.*?^FIN$", shown, re.DOTALL | re.MULTILINE)
    assert found, shown
    return found[0]


def test_it_says_who_creates_a_printer(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    shown = running[0].read_text("utf-8")
    (order_line,) = (line for line in shown.splitlines() if line.endswith("impresora crear --help"))
    assert "--clase" in pasted(order_line) and "rol operador" in shown


def test_the_curl_call_works_as_printed(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    if not (shutil.which("sh") and shutil.which("curl")):
        pytest.skip("curl or a POSIX shell is not installed")
    answer = pasted(block(running[0], "curl "))
    assert "&lt;Resultado&gt;True&lt;/Resultado&gt;" in answer
    assert "&lt;TipoDte&gt;39&lt;/TipoDte&gt;" in answer


def test_the_zeep_call_works_as_printed(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    if not shutil.which("sh"):
        pytest.skip("a POSIX shell is not installed")
    answer = pasted(block(running[0], re.escape(sys.executable)))
    assert "<Resultado>True</Resultado>" in answer
    assert "<TipoDte>61</TipoDte>" in answer


def test_the_judging_command_works_as_printed(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    if not shutil.which("sh"):
        pytest.skip("a POSIX shell is not installed")
    line = next(one for one in running[0].read_text("utf-8").splitlines() if " validar " in one)
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "^^^^" in done.stdout.decode()


def test_the_demo_has_a_simulator_that_lets_its_company_in(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    folder = running[0].with_name("la demo de $USER")
    access = Access(**json.loads((folder / "demo.json").read_text("utf-8")))
    assert f"  SII:       {access.simulador}  (el simulador; no llega nada al SII)\n" in running[0].read_text("utf-8")
    done = subprocess.run(
        order("--dir", str(folder), "sii", "probar"), cwd=ROOT, capture_output=True, timeout=PATIENCE,
        env={**os.environ, "DTEPLANOWS_SII_SIMULADOR": access.simulador},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode()
    assert f"Servidor {access.simulador}" in done.stdout.decode()


def test_a_running_demo_ends_with_its_service(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    """Last of those that use it."""
    log, process = running
    port = int(re.findall(r"http://127\.0\.0\.1:(\d+)/", log.read_text("utf-8"))[0])
    assert server.answers(HOST, port)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert "La demostración se detuvo." in log.read_text("utf-8")
    server.check_free(HOST, port)
    simulator = json.loads((log.with_name("la demo de $USER") / "demo.json").read_text("utf-8"))["simulador"]
    server.check_free(HOST, int(simulator.rpartition(":")[2]))


@pytest.mark.parametrize(("name", "formato"), [("a b.txt", "1"), ("x.XML", "2")])
def test_the_calls_name_the_file_safely(prepared: Access, name: str, formato: str) -> None:
    curl = curl_call(prepared, Path("/datos") / name)
    assert f"<formato>{formato}</formato>" in curl
    assert ("'/datos/a b.txt'" in curl) == (name == "a b.txt")
    assert base64.b64encode(prepared.clave.encode()).decode() in curl
    assert f"formato={formato})" in zeep_call(prepared, Path("/datos") / name)
