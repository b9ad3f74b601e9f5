"""The lines of a whole service: several web workers and the worker of bulk mode write one log."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from typing import Any

import pytest

from dteplanows.document import clock
from dteplanows.log.files import day_files
from dteplanows.log.journal import FOLDER
from tests.commands.command_line import SAMPLES, run
from tests.installation import CLAVE, USUARIO, make_installation
from tests.soap.soap_support import PATH, b64, envelope, procesar
from tests.web.test_rest_served import running

PARTS = (("Usuario", USUARIO), ("Rut", "1-9"), ("Clave", CLAVE))
LOGIN = f"<login>{''.join(f'<{name}>{b64(text)}</{name}>' for name, text in PARTS)}</login>"


def send(port: int, body: str) -> tuple[str, str]:
    """The identifier and the text of an answer, over a connection of its own, so that any worker may have it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", PATH, envelope(body).encode(), {"Content-Type": "text/xml; charset=utf-8"})
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    return reply.headers["X-Request-Id"], text


def lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for path in day_files(directory / FOLDER) for one in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("servidor", ["granian", "waitress"])
def test_every_call_of_every_process_is_a_line(tmp_path: Path, servidor: str) -> None:
    directory = tmp_path / "datos"
    make_installation(directory).close()
    (directory / "dteplanows.toml").write_text('registro_copia = "copia.log"\n')
    file = (SAMPLES / "factura33.txt").read_bytes().replace(b"2026-01-05", clock.today().isoformat().encode())
    with running(directory, servidor) as service:
        answers = [send(service.port, procesar(b64(file), login=LOGIN)) for _ in range(12)]
        wrong = send(service.port, procesar(b64(b"nada"), login=LOGIN))
        send(service.port, procesar(b64(file), login=LOGIN, operation="ProcesarWSMasivo"))
        limit = time.monotonic() + 60
        while not [one for one in lines(directory) if one.get("via") == "lote"] and time.monotonic() < limit:
            time.sleep(0.2)
    found = [one for one in lines(directory) if one.get("usuario") == USUARIO]
    assert [one["id"] for one in found if "folios" in one and one["via"] == "soap"] == [one for one, _ in answers]
    (issued_later,) = [one for one in found if one["via"] == "lote"]
    assert (issued_later["lote"], issued_later["documentos"], issued_later["tipos"]) == (1, 1, [33])
    copy = (directory / "copia.log").read_text("utf-8")
    assert all(one["id"] in copy for one in lines(directory) if "id" in one)

    shown = run(directory, "llamada", wrong[0])
    assert shown.exit_code == 0 and "Lo que se respondió:" in shown.stdout
    started = run(directory, "eventos", "--tipo", "ajustes cambiados", "--formato", "json").stdout
    assert json.loads(started)["despues"]["registro_copia"] == "copia.log"
    assert json.loads(started)["antes"]["registro_copia"] == ""
