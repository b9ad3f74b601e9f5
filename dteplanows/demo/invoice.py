"""The demonstration's first invoice, sent by a client such as customers have.

The only module that imports the libraries of the extra ``demo``: a service is installed without them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import requests
import zeep
from lxml import etree

from dteplanows.demo.access import Access
from dteplanows.document.text import decode


def issue_sample(directory: Path, sample: str, access: Access, say: Callable[[str], None]) -> bool:
    """Send the file *sample* through the wire and show what comes back; whether it was issued."""
    path = directory / "muestras" / sample
    data = path.read_bytes()
    say(f"Archivo de muestra, {path}:\n\n{decode(data)}")
    client = _client(access)
    answer = client.service.Procesar(login=_login(access), file=_base64(data), formato=1)
    say(f"Respuesta del servicio:\n\n{_indented(answer)}")
    document = etree.fromstring(answer.encode()).find("Detalle/Documento")
    if document is None or document.findtext("Resultado") != "True":
        say("El documento fue rechazado.")
        return False
    tipo, folio = document.findtext("TipoDte", ""), document.findtext("Folio", "")
    xml = client.service.getXMLDte(login=_login(access), tpomov=_base64("V"), folio=_base64(folio), tipo=_base64(tipo))
    say(f"Emitido: tipo {tipo}, folio {folio}. XML firmado: {_save_xml(directory, access, tipo, folio, xml)}")
    return True


def _client(access: Access) -> zeep.Client:
    session = requests.Session()
    session.trust_env = False  # the call stays on this machine, whatever proxy the environment names
    session.verify = False  # and is to our own process, whatever name its certificate has
    transport = zeep.Transport(session=session)  # type: ignore[no-untyped-call]
    return zeep.Client(access.wsdl, transport=transport)  # type: ignore[no-untyped-call]


def _save_xml(directory: Path, access: Access, tipo: str, folio: str, xml: bytes) -> Path:
    folder = directory / "xml"
    folder.mkdir(exist_ok=True)
    path = folder / f"{access.rut_empresa}F{folio}T{tipo}.xml"
    path.write_bytes(xml)
    return path


def _login(access: Access) -> dict[str, str]:
    parts = {"Usuario": access.usuario, "Rut": access.rut, "Clave": access.clave, "Puerto": "0"}
    return {name: _base64(text) for name, text in parts.items()}


def _base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def _indented(answer: str) -> str:
    """The answer with a line for each element, for reading; on the wire it is one line."""
    root = etree.fromstring(answer.encode(), etree.XMLParser(remove_blank_text=True))
    return re.sub(r"(?m)^", "  ", etree.tostring(root, pretty_print=True, encoding="unicode").rstrip()) + "\n"
