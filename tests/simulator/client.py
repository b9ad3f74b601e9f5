"""A client of the SII's services, over real HTTP, that keeps the answers as they came."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from xml.sax.saxutils import escape

from lxml import etree

from tests.simulator import maker

PROGRAM = "Mozilla/4.0 (compatible; PROG 1.0; Windows NT 5.0; YComp 5.0.2.4)"
BOUNDARY = "--7d23e2a11301c4"
REST = "/recursos/v1/boleta.electronica"


T = TypeVar("T")


class Answer(NamedTuple):
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def xml(self) -> dict[str, str]:
        """Every field, by its local name."""
        return fields(self.body)


def fields(document: bytes) -> dict[str, str]:
    """Every element without children, by its local name."""
    root = etree.fromstring(document)
    return {etree.QName(one).localname: one.text or "" for one in root.iter(etree.Element) if not len(one)}


def form(parts: Mapping[str, str], data: bytes, name: str = "E.xml") -> bytes:
    """The body of an upload."""
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n{value}\r\n'
        for one, value in parts.items()
    ]
    lines.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="archivo"; filename="{name}"\r\n'
        "Content-Type: text/xml\r\n\r\n"
    )
    return "".join(lines).encode("latin-1") + data + f"\r\n--{BOUNDARY}--\r\n".encode()


class Client:
    """Calls the services at *address*."""

    def __init__(self, address: str, rut: str = maker.PERSON) -> None:
        self.host = address.removeprefix("http://")
        self.rut = rut
        self.agent = PROGRAM
        self.token = ""
        self.rest_token = ""

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One call, on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.request(method, path, body or None, {"User-Agent": self.agent, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    # --- SOAP ------------------------------------------------------------------------------------------------

    def soap(self, path: str, operation: str, **parts: str) -> str:
        """The document inside the answer of an operation."""
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items())
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<s:Body><m:{operation} xmlns:m="http://DefaultNamespace">{inner}</m:{operation}></s:Body></s:Envelope>'
        )
        answer = self.call("POST", path, body.encode(), {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})
        assert answer.status == 200, answer
        return answer.xml()[f"{operation}Return"]

    def seed(self) -> str:
        return fields(self.soap("/DTEWS/CrSeed.jws", "getSeed").encode())["SEMILLA"]

    def get_token(self, signed: str) -> dict[str, str]:
        """What GetTokenFromSeed says."""
        return fields(self.soap("/DTEWS/GetTokenFromSeed.jws", "getToken", pszXml=signed).encode())

    def log_in(self) -> Client:
        """Take a token of each family."""
        self.token = self.get_token(maker.signed_seed(self.seed(), self.rut))["TOKEN"]
        seed = self.call("GET", f"{REST}.semilla").xml()["SEMILLA"]
        signed = '<?xml version="1.0"?>' + maker.signed_seed(seed, self.rut)
        self.rest_token = self.call(
            "POST", f"{REST}.token", signed.encode(), {"Content-Type": "application/xml"}
        ).xml()["TOKEN"]  # fmt: skip
        return self

    def envelope_state(self, track: str, company: str = maker.COMPANY) -> str:
        body, digit = company.split("-")
        return self.soap(
            "/DTEWS/QueryEstUp.jws", "getEstUp", RutCompania=body, DvCompania=digit, TrackId=track, Token=self.token
        )

    def document_state(self, tipo: int, folio: int, monto: str = "1190", **other: str) -> dict[str, str]:
        day = maker.today().strftime("%d%m%Y")
        parts = {
            "RutConsultante": self.rut[:-2], "DvConsultante": self.rut[-1], "RutCompania": maker.COMPANY[:-2],
            "DvCompania": maker.COMPANY[-1], "RutReceptor": maker.RECEIVER[:-2], "DvReceptor": maker.RECEIVER[-1],
            "TipoDte": str(tipo), "FolioDte": str(folio), "FechaEmisionDte": day, "MontoDte": monto,
            "Token": self.token, **other,
        }  # fmt: skip
        return fields(self.soap("/DTEWS/QueryEstDte.jws", "getEstDte", **parts).encode())

    def advanced_state(self, folio: int, firma: str, **other: str) -> str:
        parts = {
            "RutEmpresa": maker.COMPANY[:-2], "DvEmpresa": maker.COMPANY[-1], "RutReceptor": maker.RECEIVER[:-2],
            "DvReceptor": maker.RECEIVER[-1], "TipoDte": "33", "FolioDte": str(folio),
            "FechaEmisionDte": maker.today().strftime("%d-%m-%Y"), "MontoDte": "1190", "FirmaDte": firma,
            "Token": self.token, **other,
        }  # fmt: skip
        return self.soap("/DTEWS/services/QueryEstDteAv", "getEstDteAv", **parts)

    def mail_again(self, track: str, **other: str) -> str:
        parts = {
            "Token": self.token, "RutEmpresa": maker.COMPANY[:-2], "DvEmpresa": maker.COMPANY[-1], "TrackId": track,
            **other,
        }  # fmt: skip
        return fields(self.soap("/DTEWS/services/wsDTECorreo", "reenvioCorreo", **parts).encode())["ESTADO"]

    # --- uploads ---------------------------------------------------------------------------------------------

    def parts(self, company: str = maker.COMPANY) -> dict[str, str]:
        return {
            "rutSender": self.rut[:-2], "dvSender": self.rut[-1], "rutCompany": company[:-2], "dvCompany": company[-1]
        }  # fmt: skip

    def upload(self, data: bytes, company: str = maker.COMPANY, token: str | None = None) -> Answer:
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Cookie": f"TOKEN={self.token if token is None else token}",
        }
        return self.call("POST", "/cgi_dte/UPL/DTEUpload", form(self.parts(company), data), headers)

    def rest_upload(self, data: bytes, token: str | None = None) -> Answer:
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Cookie": f"TOKEN={self.rest_token if token is None else token}",
        }
        return self.call("POST", f"{REST}.envio", form(self.parts(), data), headers)

    def rest(self, path: str) -> Answer:
        return self.call("GET", REST + path, headers={"Cookie": f"TOKEN={self.rest_token}"})

    def control(self, path: str, wanted: Any = None, method: str = "") -> Any:
        """A call to the control address."""
        body = b"" if wanted is None else json.dumps(wanted).encode()
        answer = self.call(method or ("POST" if body else "GET"), f"/control{path}", body)
        return json.loads(answer.body)

    # --- until the end ---------------------------------------------------------------------------------------

    def deliver(self, data: bytes, company: str = maker.COMPANY) -> tuple[str, str]:
        """Upload and follow until the last state: the TRACKID and the last answer."""
        receipt = self.upload(data, company).xml()
        assert receipt["STATUS"] == "0", receipt
        track = receipt["TRACKID"]
        return track, self.follow(track, company)

    def follow(self, track: str, company: str = maker.COMPANY) -> str:
        return until(lambda: self.envelope_state(track, company), lambda text: _is_last(fields(text.encode())))

    def deliver_boletas(self, data: bytes) -> Any:
        """The same at the boleta service: the last state of the envelope."""
        track = json.loads(self.rest_upload(data).body)["trackid"]
        path = f".envio/{maker.COMPANY}-{track}"
        return json.loads(until(lambda: self.rest(path).body, lambda body: json.loads(body)["estado"] in _LAST))

    def judged(self) -> None:
        """Wait until nothing is left to judge."""
        until(lambda: self.control("")["sin_revisar"], lambda left: left == 0)

    def reasons(self, track: str) -> list[str]:
        """The codes that the documents of an envelope got."""
        found = self.control(f"/envios/{int(track)}")
        return [str(reason) for one in (*found["documentos"], found) for reason in one["motivos"]]


_LAST = ("VOF", "EPR", "RSC", "RFR", "RCT")


def _is_last(found: Mapping[str, str]) -> bool:
    return found["ESTADO"] in _LAST


def until(ask: Callable[[], T], is_enough: Callable[[T], bool], seconds: float = 30) -> T:
    """The first answer that is enough."""
    end = time.monotonic() + seconds
    while True:
        found = ask()
        if is_enough(found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)
