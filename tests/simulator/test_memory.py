"""What the simulator remembers when it was ended, also in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from dteplanows.simulator.options import Options
from dteplanows.simulator.server import Simulator
from tests.simulator import maker
from tests.simulator.client import Client, fields, until
from tests.simulator.maker import Dte, envelope, many


def test_folios_states_and_companies(options: Options) -> None:
    data = envelope([Dte()])
    with Simulator(options) as simulator:
        client = Client(simulator.address).log_in()
        track, last = client.deliver(data)
        client.control("/empresas", {"rut": maker.COMPANY, "actecos": ["1"]})
        token = client.token
    with Simulator(options) as simulator:
        client = Client(simulator.address)
        client.token = token
        assert fields(client.envelope_state(track).encode())["ESTADO"] == "002"
        client.log_in()
        assert fields(client.envelope_state(track).encode())["ACEPTADOS"] == fields(last.encode())["ACEPTADOS"]
        assert client.upload(data).xml()["STATUS"] == "99"
        again, _ = client.deliver(envelope([Dte(changes=(("Piñón", "Otro"),))]))
        assert int(again) == int(track) + 1
        assert client.reasons(again) == ["(DTE-3-100) RECHAZO- DTE Repetido"]
        other, _ = client.deliver(envelope([Dte(folio=2)]))
        assert client.reasons(other)[0].startswith("(HED-3-861)")


def started(folder: Path, *words: str) -> tuple[subprocess.Popen[str], Client]:
    """The command, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dteplanows", "simulador", "--port", "0", "--dir", str(folder), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Simulador del SII en http://"), (line, process.stderr and process.stderr.read())
    return process, Client(line.rpartition(" ")[2].strip())


def test_killed_while_it_judges(tmp_path: Path) -> None:
    """What was answered with a TRACKID is judged after all, and once."""
    (tmp_path / "clave.pem").write_text(maker.authority_pem())
    words = ("--clave-caf", f"{maker.IDK}={tmp_path / 'clave.pem'}", "--demora", "0")
    process, client = started(tmp_path / "sii", *words)
    tracks = []
    try:
        client.log_in()
        for turn in range(4):
            tracks.append(client.upload(envelope(many(30, first=1 + 30 * turn))).xml()["TRACKID"])
    finally:
        process.kill()
        process.communicate()
    process, client = started(tmp_path / "sii", *words)
    try:
        client.log_in()
        client.judged()
        assert [fields(client.follow(one).encode())["ACEPTADOS"] for one in tracks] == ["30"] * 4
        assert client.control("")["documentos"] == [
            {"rut": maker.COMPANY, "tipo": 33, "estado": "DOK", "cantidad": 120}
        ]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_command_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "empresas.json").write_text(json.dumps([{"rut": maker.COMPANY, "actecos": ["9"]}]))
    (tmp_path / "reglas.json").write_text(json.dumps([{"hacer": "status", "codigo": 9}]))
    process, client = started(
        tmp_path / "sii", "--empresas", str(tmp_path / "empresas.json"), "--reglas", str(tmp_path / "reglas.json"),
        "--demora", "0.1", "--produccion",
    )  # fmt: skip
    try:
        client.log_in()
        assert client.control("")["ambiente"] == "produccion"
        data = envelope([Dte()], {"NroResol": "80"})
        assert client.upload(data).xml()["STATUS"] == "9"
        track, _ = client.deliver(data)
        # In production a CAF of another authority than the SII is none.
        assert client.reasons(track) == ["(CAF-3-516) RECHAZO- CAF no corresponde al ambiente"]
        assert "CRT-3-19" in client.deliver(envelope([Dte()]))[1]
    finally:
        process.kill()
        process.communicate()


def test_what_the_command_says_of_bad_options(tmp_path: Path) -> None:
    (tmp_path / "reglas.json").write_text('[{"hacer": "nada"}]')
    for words, told in (
        (["--reglas", str(tmp_path / "reglas.json")], "No existe la falla «nada»"),
        (["--clave-caf", "900=no-esta"], "se espera IDK=ARCHIVO"),
        (["--host", "192.0.2.1"], "No se pudo abrir 192.0.2.1:0"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dteplanows", "simulador", "--port", "0", "--dir", str(tmp_path / "sii"), *words],
            capture_output=True, text=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
        assert done.returncode == 2
        assert told in " ".join((done.stdout + done.stderr).split())


def test_an_envelope_is_judged_in_its_turn(options: Options) -> None:
    """The first of two uploads takes the folio."""
    with Simulator(options) as simulator:
        client = Client(simulator.address).log_in()
        first = client.upload(envelope(many(40))).xml()["TRACKID"]
        second = client.upload(envelope([Dte(folio=40, changes=(("Piñón", "Otro"),))])).xml()["TRACKID"]
        until(lambda: client.control("")["sin_revisar"], lambda left: left == 0)
        assert client.reasons(first) == []
        assert client.reasons(second)[0].startswith("(DTE-3-100)")
