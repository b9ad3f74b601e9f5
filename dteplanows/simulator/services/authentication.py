"""CrSeed and GetTokenFromSeed, and the same two of the boleta service."""

from __future__ import annotations

import re

from lxml import etree

from dteplanows.simulator import signatures, soap
from dteplanows.simulator.messages import Request, Response
from dteplanows.simulator.respuesta import fields, respuesta
from dteplanows.simulator.signatures import DS
from dteplanows.simulator.sii import Sii
from dteplanows.simulator.soap import Call, Operation
from dteplanows.simulator.tables import texts
from dteplanows.simulator.tokens import Holder

_SESSIONS = "sesiones"
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
"""Of a document inside a string: its charset is the string's, whatever it says."""
_STATES = {
    signatures.MISSING: "04",
    signatures.WRONG: "05",
    signatures.NO_CERTIFICATE: "11",
    signatures.OTHER_KEY: "21",
}


class _RefusedError(Exception):
    """No token; *state* is one of getToken's."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def seed_document(sii: Sii) -> str:
    """A new seed."""
    return respuesta(fields([("ESTADO", "00")]), fields([("SEMILLA", sii.tokens.seed())]), body_first=True)


def token_document(sii: Sii, signed: bytes, family: str) -> str:
    """A token for who signed the seed in *signed*, or why there is none."""
    try:
        token = _token(sii, signed, family)
    except _RefusedError as refused:
        # No manual gives a state for too many sessions; 10 is "token not created" (inferred).
        state = "10" if refused.state == _SESSIONS else refused.state
        return respuesta(fields([("ESTADO", state), ("GLOSA", texts("token_states")[refused.state])]))
    return respuesta(fields([("ESTADO", "00"), ("GLOSA", "Token Creado")]), fields([("TOKEN", token)]), body_first=True)


def _token(sii: Sii, signed: bytes, family: str) -> str:
    if not signed.strip():
        raise _RefusedError("01")
    try:
        root = signatures.parsed(signed)
    except etree.XMLSyntaxError:
        raise _RefusedError("02") from None
    signature = root.find(f".//{DS}Signature")
    if signature is not None and signature.prefix:
        raise _RefusedError("10")
    if signature is None:
        raise _RefusedError("04")
    seed = (root.findtext(".//Semilla") or "").strip()
    if not seed:
        raise _RefusedError("06")
    # The whole document, or the element that the reference names.
    reference = signature.find(f"{DS}SignedInfo/{DS}Reference")
    uri = "" if reference is None else reference.get("URI", "")
    target = None if not uri else next((one for one in root.iter() if one.get("ID") == uri[1:]), None)
    if uri and target is None:
        raise _RefusedError("05")
    try:
        signer = signatures.verify(root, signature, target, sii.behaviour.semilla == "laxa")
    except signatures.SignatureError as bad:
        raise _RefusedError(_STATES[bad.kind]) from None
    if signer.expired:
        raise _RefusedError("-3")
    if not signer.rut:
        raise _RefusedError("-07")
    if not sii.tokens.use_seed(seed):
        raise _RefusedError("08")
    token = sii.tokens.token(Holder(signer.rut, family))
    if token is None:
        raise _RefusedError(_SESSIONS)
    return token


def get_seed(sii: Sii, operation: Operation, call: Call) -> Response:
    """CrSeed.getSeed."""
    return soap.answer(operation, call, seed_document(sii))


def get_token(sii: Sii, operation: Operation, call: Call) -> Response:
    """GetTokenFromSeed.getToken."""
    signed = _DECLARATION.sub("", call.parts.get("pszXml", ""), count=1)
    return soap.answer(operation, call, token_document(sii, signed.encode(), "soap"))


def boleta_seed(sii: Sii, request: Request) -> Response:
    """GET boleta.electronica.semilla."""
    return Response(200, seed_document(sii).encode(), "application/xml; charset=utf-8")


def boleta_token(sii: Sii, request: Request) -> Response:
    """POST boleta.electronica.token."""
    document = token_document(sii, request.body, "boleta")
    return Response(200, document.encode(), "application/xml; charset=utf-8")
