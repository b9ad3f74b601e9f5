"""A client that is not ours gets through: facturacion_electronica's seeds, tokens, uploads and questions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from dteplanows.simulator.server import Simulator
from tests.simulator import maker
from tests.simulator.client import Client
from tests.simulator.maker import Dte, envelope


@pytest.mark.parametrize(("kind", "tipo"), [("soap", 33), ("api", 39)])
@pytest.mark.parametrize("refused", [False, True])
def test_facturacion_electronica(simulator: Simulator, tmp_path: Path, kind: str, tipo: int, refused: bool) -> None:
    """It takes EPR of a boleta for an acceptance, and signs its seeds in a way that only a lax SII takes."""
    changes = (("Piñón", "SIMULADOR=DTE-3-505"),) if refused else ()
    Client(simulator.address).control("/opciones", {"semilla": "laxa"})
    # Its upload is put together in ISO-8859-1 and its declaration is its own: the same bytes.
    (tmp_path / "envelope.xml").write_bytes(envelope([Dte(tipo, changes=changes)]))
    key = maker.key(maker.PERSON).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "cert.pem").write_bytes(maker.certificate(maker.PERSON).public_bytes(serialization.Encoding.PEM))
    program = Path(__file__).with_name("foreign_client.py")
    done = subprocess.run(
        [sys.executable, str(program), simulator.address, str(tmp_path / "key.pem"), str(tmp_path / "cert.pem"),
         maker.PERSON, maker.COMPANY, kind, str(tmp_path / "envelope.xml")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    token, sent, track, state = json.loads(done.stdout.splitlines()[-1])
    assert len(token) == 13
    assert sent == "Enviado"
    assert state == ("Rechazado" if refused and kind == "soap" else "Aceptado")
    client = Client(simulator.address)
    assert client.reasons(track) == (
        ["(DTE-3-505) RECHAZO- Pedido por la marca SIMULADOR=DTE-3-505"] if refused else []
    )
    assert client.control("")["documentos"][0]["estado"] == ("RCH" if refused else "DOK")
