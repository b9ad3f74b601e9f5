"""The whole service, called as an ERP calls it, with everything that every refusal must be."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lxml import etree

from dteplanows.folios import allocation
from dteplanows.issuing import Issuer
from dteplanows.ledger.people_tables import CLAVE_FALLADA, ENTRADA_CONOCIDA
from tests.installation import CLAVE, TIPOS, USUARIO, Installation
from tests.ledger.example import everything
from tests.soap.soap_support import SOAP11, Answer, Caller, b64, envelope

TAGS = ["Folio", "TipoDte", "Operacion", "Fecha", "Resultado", "Error"]
FIGURES = (0, 4, 6)
"""How many figures an accepted document has: none when it was received, six of an export."""
CODE = re.compile(r"\[([A-Z]{3}-\d{3})\]")
FOREIGN = re.compile(
    r"Traceback|File \"|lxml|libxml|Exception|Errno|sqlite|not well-formed|Start tag|Opening and ending|parser|"
    r"Entity|expected|invalid|\bline\b|\bcolumn\b|\bNone\b|\bobject\b|0x[0-9a-f]{6}|\{\w*\}"
)
"""What no answer may hold: the words of programs, and templates that were not filled in."""


class Said(NamedTuple):
    """One ``Documento`` of an answer."""

    values: dict[str, str]
    codes: list[str]
    error: str


_LOGINS = (CLAVE_FALLADA.name, ENTRADA_CONOCIDA.name)


class Service:
    """The whole service on one installation, called as an ERP calls it."""

    def __init__(self, installation: Installation, issuer: Issuer | None = None) -> None:
        self.installation = installation
        caller: Any = issuer or Issuer(installation.ledger, None)
        self.caller = Caller(caller)

    def state(self) -> tuple[object, ...]:
        """Everything that the ledger holds, but for who came in and who did not."""
        ledger, company = self.installation.ledger, self.installation.company
        accounts = [allocation.account(ledger, company, tipo) for tipo in TIPOS]
        kept = {name: rows for name, rows in everything(ledger).items() if name not in _LOGINS}
        return accounts, kept

    def post(self, content: str, namespace: str = SOAP11) -> Answer:
        return self.caller.post(envelope(content, namespace))

    def send(self, file: bytes | str, formato: str = "1", operation: str = "Procesar", **login: str) -> Answer:
        """Send *file*; a text goes into ``file`` as it is."""
        inside = file if isinstance(file, str) else b64(file)
        return self.post(
            f'<{operation} xmlns="http://tempuri.org">{made_login(**login)}<file>{inside}</file>'
            f"<formato>{formato}</formato></{operation}>"
        )

    def refused(self, file: bytes | str, formato: str = "1", operation: str = "Procesar", **login: str) -> list[Said]:
        """The documents of a refusal, whose form is what clients rely on."""
        before = self.state()
        answer = self.send(file, formato, operation, **login)
        assert self.state() == before
        documents = read(answer)
        assert answer.document().findtext("Resultado") == "False"
        assert documents
        assert all(one.values["Resultado"] == "False" for one in documents)
        return documents

    def codes(self, file: bytes | str, formato: str = "1", **login: str) -> list[str]:
        """The codes of the one document of a refusal."""
        (one,) = self.refused(file, formato, **login)
        return one.codes


def made_login(usuario: str = USUARIO, rut: str = "1-9", clave: str = CLAVE) -> str:
    parts = {"Usuario": usuario, "Rut": rut, "Clave": clave, "Puerto": "0"}
    return f"<login>{''.join(f'<{name}>{b64(text)}</{name}>' for name, text in parts.items())}</login>"


def read(answer: Answer) -> list[Said]:
    """The documents of *answer*, of which each must have the elements that clients look up."""
    assert answer.status == 200
    result = answer.result()
    assert result.startswith('<?xml version="1.0"?><WSPLANO><Resultado>')
    root = answer.document()
    assert [child.tag for child in root] == ["Resultado", "Mensaje", "Detalle"]
    assert root.findtext("Mensaje")
    return [_said(one) for one in root.iterfind("Detalle/Documento")]


def _said(one: etree._Element) -> Said:
    refused = one.findtext("Resultado") == "False"
    values = {child.tag: child.text or "" for child in one if child.tag != "Avisos"}
    figures = [values.pop(tag) for tag in list(values) if tag.startswith(("Firmado", "Previsto"))]
    assert list(values) == (TAGS if refused else TAGS[:-1])
    assert len(figures) in ((0,) if refused else FIGURES)
    assert all(values.values())
    assert values["Folio"].lstrip("-").isdecimal()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", values["Fecha"])
    error = values.get("Error", "")
    codes = CODE.findall(error)
    assert bool(codes) == refused
    assert "SRV-001" not in codes and "SRV-002" not in codes
    assert not FOREIGN.search(error), FOREIGN.search(error)
    assert CLAVE not in error
    return Said(values, codes, error)
