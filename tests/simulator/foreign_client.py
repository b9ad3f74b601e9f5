"""facturacion_electronica as a client of the simulator, in a process of its own, for importing it changes the process.

Arguments: address, private key (PEM), certificate (PEM), RUT of the signer, RUT of the company, ``api`` or ``soap``,
envelope. Prints what it makes of each answer, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import types
from pathlib import Path

openssl = types.ModuleType("OpenSSL")
openssl.crypto = types.SimpleNamespace(FILETYPE_PEM=1)  # type: ignore[attr-defined]
sys.modules["OpenSSL"] = openssl
"""It imports pyOpenSSL for the number of a constant."""

from facturacion_electronica import conexion  # noqa: E402
from facturacion_electronica.firma import Firma  # noqa: E402


def main() -> None:
    address, key, certificate, signer, company, kind, envelope = sys.argv[1:]
    for table, rest in ((conexion.server_url, "/"), (conexion.api_url, "/recursos/v1/")):
        table["certificacion"] = address + rest
    conexion.api_url_envio["certificacion"] = address + "/recursos/v1/"
    firma = Firma()
    firma.privkey = Path(key).read_bytes()
    firma.cert = "".join(Path(certificate).read_text().splitlines()[1:-1])
    firma.rut_firmante = signer
    issuer = types.SimpleNamespace(Modo="certificacion", RUTEmisor=company, Website="http://empresa.example")
    client = conexion.Conexion(issuer, firma, api=kind == "api")
    # It writes a declaration of its own in front.
    text = Path(envelope).read_bytes().decode("latin-1").partition("\n")[2]
    sent = client.send_xml_file(text, "envio.xml")
    said: list[object] = [client.token, sent["status"], str(sent.get("sii_send_ident"))]
    for _ in range(100):
        state = client.consulta_estado_envio(sent["sii_send_ident"])
        if state["status"] in ("Aceptado", "Rechazado"):
            break
        time.sleep(0.1)
    said.append(state["status"])
    print(json.dumps(said))


main()
