"""Seed and token: how a certificate opens a session at the SII.

There are two families that do not know each other's tokens: SOAP with DTEUpload, and the service of boletas. A seed
serves once and for two minutes, so it is signed as soon as it is there.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from dteplanows.signer.certificate import Certificate
from dteplanows.signer.xmldsig import sign_whole
from dteplanows.sii import soap
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.answers import Heard, as_text, read_xml, shortened
from dteplanows.sii.calls import USER_AGENT, Answer, Http, Reply, Request
from dteplanows.sii.outcomes import OUTCOMES, Outcome
from dteplanows.sii.statuses import Service, status_of

Family = Literal["soap", "boletas"]

_DECLARATION = '<?xml version="1.0"?>'
_MOST = r"m[aá]xim|demasiad|exced|supera|l[ií]mite"
_TOO_MANY = re.compile(rf"(?:{_MOST}).{{0,60}}sesi[oó]n|sesi[oó]n.{{0,60}}(?:{_MOST})", re.IGNORECASE)
"""How the SII says that one RUT has too many sessions."""


class Given(NamedTuple):
    """A seed or a token, or why there is none."""

    outcome: Outcome
    """``respondido`` when there is one."""
    value: str = ""
    reason: str = ""
    """Code of the reason; empty where the SII gave none."""
    detail: str = ""
    """What the SII or the network said."""
    wait: int = 0
    """Seconds that the SII asked to wait."""


def seed_request(hosts: Hosts, family: Family) -> Request:
    """The question for a seed."""
    if family == "soap":
        return soap.question(f"{hosts.soap}/DTEWS/CrSeed.jws", "getSeed", {})
    headers = {"User-Agent": USER_AGENT, "Accept": "application/xml"}
    return Request("GET", f"{hosts.boletas}/recursos/v1/boleta.electronica.semilla", headers)


def token_request(hosts: Hosts, family: Family, seed: str, certificate: Certificate) -> Request:
    """The question for a token, signed with *certificate*."""
    signed = sign_whole(f"<getToken><item><Semilla>{seed}</Semilla></item></getToken>", certificate)
    whole = f"{_DECLARATION}{signed}"
    if family == "soap":
        return soap.question(f"{hosts.soap}/DTEWS/GetTokenFromSeed.jws", "getToken", {"pszXml": whole})
    headers = {"User-Agent": USER_AGENT, "Content-Type": "application/xml", "Accept": "application/xml"}
    url = f"{hosts.boletas}/recursos/v1/boleta.electronica.token"
    return Request("POST", url, headers, whole.encode("ascii"))


def read_seed(answer: Answer) -> Given:
    """The seed in *answer*: digits."""
    found = _read(answer, "semilla", "SEMILLA")
    if found.outcome.name == "respondido" and not re.fullmatch(r"[0-9]{1,30}", found.value):
        return Given(OUTCOMES["respuesta_desconocida"], detail=found.value or "sin semilla")
    return found


def read_token(answer: Answer) -> Given:
    """The token in *answer*: of 13 characters today, and the SII says that it may grow to 500."""
    found = _read(answer, "token", "TOKEN")
    if found.outcome.name == "respondido" and not re.fullmatch(r"[!-:<-~]{1,2000}", found.value):
        return Given(OUTCOMES["respuesta_desconocida"], detail=found.value or "sin token")
    return found


def open_session(http: Http, hosts: Hosts, family: Family, certificate: Certificate) -> Given:
    """A new token for *certificate*: two calls, the second at once after the first."""
    seed = read_seed(http.send(seed_request(hosts, family)))
    if seed.outcome.name != "respondido":
        return seed
    return read_token(http.send(token_request(hosts, family, seed.value, certificate)))


def _read(answer: Answer, service: Service, name: str) -> Given:
    said = shortened(as_text(answer.body)) if isinstance(answer, Reply) else ""
    if _TOO_MANY.search(said):
        return Given(OUTCOMES["sesiones"], reason="TOK-SESIONES", detail=said)
    heard = read_xml(answer)
    if heard.outcome.name != "respondido":
        return Given(heard.outcome, detail=heard.detail, wait=heard.wait)
    return _judged(heard, service, name)


def _judged(heard: Heard, service: Service, name: str) -> Given:
    code, gloss = heard.fields.first("ESTADO"), heard.fields.first("GLOSA")
    status = status_of(service, code)
    detail = f"ESTADO {code}: {gloss}".rstrip(": ")
    if status is None:
        return Given(OUTCOMES["respuesta_desconocida"], detail=detail)
    if status.outcome.name != "respondido":
        return Given(status.outcome, reason=status.reason, detail=detail)
    return Given(status.outcome, heard.fields.first(name))
