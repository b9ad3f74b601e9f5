"""The REST service as a process: several workers, a restart, long addresses, what it writes, and Node's fetch."""

from __future__ import annotations

import base64
import http.client
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from docs.reference import MANUAL
from dteplanows.document import clock
from dteplanows.web import server
from tests import forked
from tests.installation import CLAVE, USUARIO, make_installation
from tests.interop.programs import needs_node

LONGEST = 65_534
"""Bytes of an address that granian takes; the library below it counts them in 16 bits."""

LOGIN = json.dumps({"usuario": USUARIO, "rut": "1-9", "clave": CLAVE})
PROGRAM = Path(__file__).with_name("consulta.mjs")


class Got(NamedTuple):
    """An answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Service(NamedTuple):
    """A running service."""

    port: int
    output: Path

    def send(self, method: str, target: str, body: str = "", token: str = "", media: str = "application/json") -> Got:
        """One call, on a connection of its own: any worker may take it."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            headers = {"Authorization": token} if token else {}
            if body:
                headers["Content-Type"] = media
            connection.request(method, target, body.encode() or None, headers)
            response = connection.getresponse()
            return Got(response.status, response.read())

    def login(self) -> str:
        return str(self.send("POST", "/login", LOGIN).json()["token"])


@contextmanager
def running(directory: Path, servidor: str, *options: str) -> Iterator[Service]:
    """Serve the installation in *directory* until the block ends; others may serve it too."""
    port, output = server.free_port("127.0.0.1"), directory / "salida.txt"
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    with output.open("ab") as out:
        process = forked.Popen([*command, "--servidor", servidor, *options], stdout=out, stderr=out)
    try:
        assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
        yield Service(port, output)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    make_installation(tmp_path / "datos").close()
    return tmp_path / "datos"


def example() -> bytes:
    file = (MANUAL / "ejemplos" / "33-factura.txt").read_bytes()
    return file.replace(b"2026-01-05", clock.today().isoformat().encode())


def with_length(file: bytes, length: int) -> str:
    """The address of ``procesar`` for *file*, made as long as that by a parameter that nobody knows."""
    target = f"/wsds/procesar?formato=1&file={base64.urlsafe_b64encode(file).decode()}&relleno="
    return target + "x" * (length - len(target))


@pytest.mark.skipif(os.name != "posix", reason="granian's workers end by signals")
def test_granian(directory: Path) -> None:
    with running(directory, "granian") as service:
        token = service.login()
        assert {service.send("GET", "/wsds/version", token=token).status for _ in range(12)} == {200}
        accepted = service.send("GET", with_length(example(), LONGEST), token=token)
        assert (accepted.status, accepted.json()["Resultado"]) == (200, "OK")
        # Not ours to answer: the program may send the same by POST, in a body of any length.
        assert service.send("GET", with_length(example(), LONGEST + 1), token=token) == Got(414, b"")
        large = json.dumps({"file": base64.b64encode(example()).decode(), "formato": 1, "relleno": "x" * 2**20})
        assert service.send("POST", "/wsds/procesar", large, token).json()["Resultado"] == "OK"
        wrong = service.send("GET", with_length(b"?" * 3000, 5000), token=token)
        assert (wrong.status, wrong.json()["WSPLANO"]["Resultado"]) == (200, "False")
        assert service.send("GET", "/wsds/version", token=f"{token[:-4]}AAAA").status == 401

    with running(directory, "granian") as service:
        assert service.send("GET", "/wsds/version", token=token).status == 200
        with running(directory, "waitress", "--sin-lotes") as beside:
            longer = beside.send("GET", with_length(example(), 500_000), token=token)
            assert (longer.status, longer.json()["Resultado"]) == (200, "OK")
        change = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "usuario", "clave", USUARIO]
        (directory / "clave.txt").write_text("otra clave")
        secret = ["--clave-archivo", str(directory / "clave.txt")]
        done = forked.run([*change, *secret], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert {service.send("GET", "/wsds/version", token=token).status for _ in range(12)} == {401}

    said = service.output.read_text("utf-8", "replace")
    assert "El servicio atiende en" in said
    assert token not in said and "file=" not in said and "relleno" not in said


def test_waitress_takes_addresses_as_long_as_a_body(directory: Path) -> None:
    (directory / "dteplanows.toml").write_text("megas_por_llamada = 4\n")
    with running(directory, "waitress") as service:
        token = service.login()
        accepted = service.send("GET", with_length(example(), 4 * 2**20), token=token)
        assert (accepted.status, accepted.json()["Resultado"]) == (200, "OK")
        refused = service.send("GET", with_length(example(), 4 * 2**20 + 1000), token=token)
        assert (refused.status, b"[SRV-112]" in refused.body) == (414, True)
        assert service.send("GET", "/wsds/version", token=token).status == 200
    said = service.output.read_text("utf-8", "replace")
    assert token not in said and "relleno" not in said


@needs_node
@pytest.mark.parametrize("servidor", ["granian", "waitress"])
def test_fetch_of_node(directory: Path, servidor: str) -> None:
    (directory / "factura.txt").write_bytes(example())
    with running(directory, servidor) as service:
        base = f"http://127.0.0.1:{service.port}"

        def said(clave: str) -> Any:
            command = ["node", str(PROGRAM), base, USUARIO, "1-9", clave, str(directory / "factura.txt")]
            done = forked.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        found = said(CLAVE)
        assert said("no es esta")["status"] == 401
        assert said("no es esta")["error"].startswith("[AUT-001]")
    assert found["version"] is True
    assert (found["resultado"], found["documents"], found["kind"], found["TipoDte"]) == ("True", 1, "string", "33")
    assert found["flat"] == ["OK", int(found["Folio"])]
    assert found["links"] == found["urls"]
    assert all(one.startswith(f"{base}/plano/descargar.php?") for one in found["links"])
    assert found["start"] == "%PDF-"
    status, reason = found["unknown"]
    assert (status, reason.partition("]")[0]) == (404, "[FOL-060")
