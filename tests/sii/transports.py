"""Every transport as tests use it: how people call it, where it goes, how it is asked, and a good answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, Protocol

from dteplanows.ledger.rows import StoredDocument
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.document_state import asked
from dteplanows.sii.envelopes import Envelope
from dteplanows.sii.outcomes import Outcome
from dteplanows.sii.service import Sent, Sii
from dteplanows.sii.session import Family
from tests.sii import shapes
from tests.sii.server import Say


class Told(Protocol):
    """What every transport gives."""

    @property
    def outcome(self) -> Outcome: ...

    @property
    def reason(self) -> str: ...


class Samples(NamedTuple):
    """What is sent and asked about."""

    certificate: Certificate
    issued: Mapping[int, StoredDocument]
    factura: Envelope
    boleta: Envelope

    def sent(self, envelope: Envelope) -> Sent:
        """The envelope as one that the SII has."""
        return Sent("pruebas", envelope.kind, envelope.rut_emisor, "12", True)


class Transport(NamedTuple):
    """One of them."""

    name: str
    """In Spanish."""
    path: str
    """Words of its address that no other one's has, of those that one question meets."""
    ask: Callable[[Sii, Samples], Told]
    good: Say
    """An answer with a letter beyond ASCII wherever people may write one."""
    operation: str = ""
    """Of SOAP."""

    @property
    def sends_a_file(self) -> bool:
        return "subida" in self.name

    @property
    def opens_session(self) -> bool:
        """Whether it works without a token."""
        return self.name.startswith(("semilla", "token"))

    def answering(self, code: str) -> Say:
        """An answer with a number of its own and nothing else; only of those that have numbers."""
        if not self.operation:
            return Say(shapes.receipt(code, "39" if code == "0" else ""))
        head = f"<ESTADO>{code}</ESTADO><GLOSA>Atención</GLOSA>"
        return Say(shapes.soap(self.operation, shapes.respuesta(head, _BODIES.get(self.operation, ""))))


_BODIES = {
    "getSeed": "<SEMILLA>047682999999</SEMILLA>",
    "getToken": "<TOKEN>TOKEN-1</TOKEN>",
    "getEstDteAv": "<RECIBIDO>SI</RECIBIDO><ESTADO>DOK</ESTADO><GLOSA>Recepción</GLOSA><TRACKID>12</TRACKID>",
}
_REST_STATE = '{"trackid": 12, "estado": "EPR", "descripcion": "Envío procesado", "estadistica": []}'
_REST_RECEIPT = '{"rut_emisor": "76354771-K", "trackid": 12, "estado": "REC", "file": "Envío.xml"}'


def _soap(operation: str, head: str, body: str = "") -> Say:
    return Say(shapes.soap(operation, shapes.respuesta(head, body)))


def _session(family: Family, sii: Sii, one: Samples) -> Told:
    return sii.tokens.get(one.certificate, "pruebas", family, sii.addresses.of("pruebas"))


_STATE = "<TRACKID>12</TRACKID><ESTADO>EPR</ESTADO><GLOSA>Envío Procesado</GLOSA>"
_DOCUMENT = "<ESTADO>DOK</ESTADO><GLOSA_ERR>Recepción</GLOSA_ERR>"

TRANSPORTS: dict[str, Transport] = {
    "upload": Transport(
        "subida (DTEUpload)", "DTEUpload", lambda sii, one: sii.upload(one.factura, one.certificate),
        Say(shapes.receipt("0", "39", "<DETAIL>Recepción</DETAIL>").decode("latin-1").encode()),
    ),
    "upload of boletas": Transport(
        "subida de boletas", "boleta.electronica.envio", lambda sii, one: sii.upload(one.boleta, one.certificate),
        Say(_REST_RECEIPT.encode()),
    ),
    "state": Transport(
        "estado de un envío (QueryEstUp)", "QueryEstUp",
        lambda sii, one: sii.envelope_state(one.sent(one.factura), one.certificate), _soap("getEstUp", _STATE),
        "getEstUp",
    ),
    "state of boletas": Transport(
        "estado de un envío de boletas", "boleta.electronica.envio/",
        lambda sii, one: sii.envelope_state(one.sent(one.boleta), one.certificate), Say(_REST_STATE.encode()),
    ),
    "document": Transport(
        "estado de un documento (QueryEstDte)", "QueryEstDte.jws",
        lambda sii, one: sii.document_state(asked(one.issued[33]), one.certificate), _soap("getEstDte", _DOCUMENT),
        "getEstDte",
    ),
    "document with track": Transport(
        "envío de un documento (QueryEstDteAv)", "QueryEstDteAv",
        lambda sii, one: sii.document_with_track(asked(one.issued[33]), one.certificate),
        _soap("getEstDteAv", "<ESTADO>0</ESTADO><GLOSA/>", _BODIES["getEstDteAv"]), "getEstDteAv",
    ),
    "boleta": Transport(
        "estado de una boleta", "/estado",
        lambda sii, one: sii.document_state(asked(one.issued[39]), one.certificate),
        Say('{"codigo": "DOK", "descripcion": "Recepción"}'.encode()),
    ),
    "mail": Transport(
        "correo otra vez (wsDTECorreo)", "wsDTECorreo",
        lambda sii, one: sii.mail_again(one.sent(one.factura), one.certificate),
        _soap("reenvioCorreo", "<ESTADO>0</ESTADO><GLOSA>Atención</GLOSA>"), "reenvioCorreo",
    ),
    "seed": Transport(
        "semilla", "CrSeed", partial(_session, "soap"),
        _soap("getSeed", "<ESTADO>00</ESTADO><GLOSA>Atención</GLOSA>", _BODIES["getSeed"]), "getSeed",
    ),
    "token": Transport(
        "token", "GetTokenFromSeed", partial(_session, "soap"),
        _soap("getToken", "<ESTADO>00</ESTADO><GLOSA>Atención</GLOSA>", _BODIES["getToken"]), "getToken",
    ),
    "seed of boletas": Transport(
        "semilla de boletas", "electronica.semilla", partial(_session, "boletas"), shapes.rest_seed(),
    ),
    "token of boletas": Transport(
        "token de boletas", "electronica.token", partial(_session, "boletas"), shapes.rest_token(),
    ),
}  # fmt: skip
