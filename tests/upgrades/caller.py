"""A client of a demonstration's service, old or new: what its ``demo.json`` says is all that it knows."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

import requests
import zeep
from lxml import etree

from dteplanows.document import clock

_DATE_OF_SAMPLES = b"2026-01-05"
ACCESS_FILE = "demo.json"


def b64(value: str | bytes) -> str:
    """*value* in base64."""
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


class Issued(NamedTuple):
    """What an answer says of one document."""

    tipo: int
    folio: int
    accepted: bool
    text: str


def sample(path: Path) -> bytes:
    """A sample file of the package with today's date."""
    return path.read_bytes().replace(_DATE_OF_SAMPLES, clock.today().isoformat().encode())


class Caller:
    """Calls the service at *port* with the user of the demonstration in *directory*."""

    def __init__(self, directory: Path, port: int) -> None:
        facts = self.access(directory)
        parts = {"Usuario": facts["usuario"], "Rut": facts["rut"], "Clave": facts["clave"], "Puerto": "0"}
        self.login = {name: b64(text) for name, text in parts.items()}
        session = requests.Session()
        session.trust_env = False
        client = zeep.Client(
            f"http://127.0.0.1:{port}/WSDS/wsplano.asmx?wsdl",
            transport=zeep.Transport(session=session),  # type: ignore[no-untyped-call]
        )
        self.service: Any = client.service

    @staticmethod
    def access(directory: Path) -> dict[str, str]:
        """User, RUT and password."""
        found: dict[str, str] = json.loads((directory / ACCESS_FILE).read_text("utf-8"))
        return found

    def issue(self, file: bytes) -> list[Issued]:
        """What ``Procesar`` answers to a TXT."""
        return _documents(self.service.Procesar(login=self.login, file=b64(file), formato=1))

    def send(self, file: bytes) -> str:
        """The ``TrackId`` that ``ProcesarWSMasivo`` gives to a TXT."""
        answer = self.service.ProcesarWSMasivo(login=self.login, file=b64(file), formato=1)
        return str(etree.fromstring(answer.encode()).findtext(".//TrackId"))

    def state(self, track: str) -> list[Issued]:
        """What ``ConsultarEstado`` answers; nothing while the file is not done."""
        return _documents(self.service.ConsultarEstado(login=self.login, trackid=b64(track)))

    def xml(self, tipo: int, folio: int) -> bytes:
        """The signed document, as ``getXMLDte`` gives it."""
        answer = self.service.getXMLDte(login=self.login, tpomov=b64("V"), folio=b64(str(folio)), tipo=b64(str(tipo)))
        return bytes(answer)

    def annul(self, folio: int) -> str:
        """What ``AnularGuia`` answers."""
        return str(self.service.AnularGuia(login=self.login, tpomov=b64("V"), folio=b64(str(folio)), tipo=b64("52")))


def _documents(answer: str) -> list[Issued]:
    return [
        Issued(
            int(one.findtext("TipoDte") or 0),
            int(one.findtext("Folio") or 0),
            one.findtext("Resultado") == "True",
            etree.tostring(one, encoding="unicode"),
        )
        for one in etree.fromstring(answer.encode()).iter("Documento")
    ]
