"""Whether the SII can be reached and lets us in: server, connection, clock, seed, token and permission, in this order.

Permission is read from the answer to a harmless question of QueryEstDteAv, which the SII answers only to whoever may
act for the company: about a document that nobody can have issued. Where that says nothing, QueryEstUp is asked about an
envelope that is none of the company's. Both tell the permission to ask; those to sign and to send are others, and no
question shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.calls import USER_AGENT, Broken, Http, Reply, Request
from dteplanows.sii.document_state import Asked, advanced_request, read_advanced
from dteplanows.sii.envelope_state import read_state, state_request
from dteplanows.sii.outcomes import OUTCOMES, Outcome
from dteplanows.sii.reasons import REASONS
from dteplanows.sii.session import Family, Given, read_seed, seed_request
from dteplanows.sii.tokens import Tokens

Result = Literal["bien", "falla", "no se probó"]

_CLOCK = 60
"""Seconds that our clock may differ from the SII's: a seed lives for two minutes, and documents carry our time."""
_FAMILIES: tuple[tuple[Family, str], ...] = (("soap", "facturas"), ("boletas", "boletas"))

_NO_SIGNATURE = "bmluZ3Vubw=="
"""In place of a ``SignatureValue``: none is so short."""
_NO_TRACK = "1"
_ONLY_TO_ASK = (
    "Si puede también firmar y enviar no se puede saber antes: el SII lo dice recién al recibir un envío. Véalo en el "
    "sitio del SII, en la mantención de usuarios de la empresa."
)
_NOT_ALLOWED = "sin_permiso"
_STRANGER = "EMP"
"""State of a document whose issuer is none."""

_SIMULATOR = "El simulador no atiende ahí: póngalo en marcha, o corrija el ajuste sii_simulador."


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    result: Result
    text: str
    remedy: str = ""


def probe(
    http: Http, hosts: Hosts, company: Company, certificate: Certificate | None, tokens: Tokens
) -> Iterator[Check]:
    """Every check in its order; what cannot be looked at because of an earlier one is told too.

    :param certificate: the company's; None where it has none that is valid.
    """
    yield _certificate(certificate)
    by_rest = hosts.way_of_boletas == "rest"
    reached: set[str] = set()
    for address in hosts.all if by_rest else (hosts.soap,):
        answer = http.send(Request("GET", f"{address}/", {"User-Agent": USER_AGENT}))
        yield from _server(address, answer, hosts.name)
        if isinstance(answer, Reply):
            reached.add(address)
            yield _clock(address, answer)
    for family, name in _FAMILIES if by_rest else _FAMILIES[:1]:
        address = hosts.soap if family == "soap" else hosts.boletas
        if address not in reached:
            for what in (f"Semilla de {name}", *_with_token(family, name)):
                yield Check(what, "no se probó", f"No responde {address}.")
            continue
        seed = read_seed(http.send(seed_request(hosts, family)))
        yield _given(f"Semilla de {name}", seed, "El SII entrega semillas.")
        if certificate is None:
            for what in _with_token(family, name):
                yield Check(what, "no se probó", "Se pide con el certificado.")
            continue
        given = tokens.get(certificate, company.ambiente, family, hosts)
        yield _given(f"Token de {name}", given, f"El SII deja entrar a {certificate.titular}, RUT {certificate.rut}.")
        if family == "soap":
            yield _permission(http, hosts, company, certificate, given)


def _certificate(certificate: Certificate | None) -> Check:
    if certificate is None:
        return Check(
            "Certificado", "falla", "La empresa no tiene un certificado vigente.",
            "Cárguelo con la orden «certificado cargar».",
        )  # fmt: skip
    return Check("Certificado", "bien", f"Es de {certificate.titular} y vence el {clock.day(certificate.valid_until)}.")


def _server(address: str, answer: Reply | Broken, name: str) -> Iterator[Check]:
    if isinstance(answer, Reply):
        yield Check(f"Servidor {address}", "bien", "Responde.")
        if address.startswith("https://"):
            yield Check(f"TLS {address}", "bien", "La conexión es segura y el certificado del servidor vale.")
        return
    outcome = answer.outcome
    if outcome.name == "sin_tls":
        yield Check(f"Servidor {address}", "bien", "Se puede conectar.")
        yield Check(f"TLS {address}", "falla", _words(outcome, answer.detail), outcome.remedy)
        return
    remedy = _SIMULATOR if name == "simulador" else _remedy(outcome)
    yield Check(f"Servidor {address}", "falla", _words(outcome, answer.detail), remedy)


def _clock(address: str, reply: Reply) -> Check:
    name = f"Reloj {address}"
    if reply.date is None:
        return Check(name, "no se probó", "El servidor no dice su hora.")
    seconds = round((datetime.now(UTC) - reply.date).total_seconds())
    if abs(seconds) <= _CLOCK:
        return Check(name, "bien", "La hora de este equipo es la del SII.")
    way = "adelantado" if seconds > 0 else "atrasado"
    return Check(
        name, "falla", f"El reloj de este equipo está {way} en {_long(abs(seconds))}.",
        "Corrija la hora de este equipo y haga que la tome de un servidor de hora.",
    )  # fmt: skip


def _with_token(family: Family, name: str) -> tuple[str, ...]:
    """The checks that need a certificate."""
    return (f"Token de {name}", *(["Permiso"] if family == "soap" else []))


def _given(name: str, given: Given, well: str) -> Check:
    if given.outcome.name == "respondido":
        return Check(name, "bien", well)
    known = REASONS.get(given.reason)
    if known:
        return Check(name, "falla", f"{given.detail} ({known.meaning}).", f"{known.remedy}.")
    return Check(name, "falla", _words(given.outcome, given.detail), _remedy(given.outcome))


def _permission(http: Http, hosts: Hosts, company: Company, certificate: Certificate, given: Given) -> Check:
    """Whether the certificate's owner may ask the SII about the company's documents."""
    name = "Permiso"
    if given.outcome.name != "respondido":
        return Check(name, "no se probó", "Se pregunta con el token.")
    rut, day = company.rut, clock.today()
    question = Asked(company.ambiente, rut, 33, MAXIMUM_FOLIO, day, rut, "1", _NO_SIGNATURE)
    told = read_advanced(http.send(advanced_request(hosts, question, given.value)))
    if told.state == _STRANGER:
        words = f"El SII no tiene a la empresa {rut} como emisora en este ambiente ({told.gloss})."
        return Check(name, "falla", words, OUTCOMES["empresa_no_autorizada"].remedy)
    if told.outcome.name == "respondido":
        return Check(name, "bien", f"El SII contesta a su dueño por la empresa {rut}. {_ONLY_TO_ASK}")
    refused = told if told.outcome.name == _NOT_ALLOWED else None
    other = read_state(http.send(state_request(hosts, rut, _NO_TRACK, given.value))) if refused is None else None
    if other is not None and other.outcome.name == _NOT_ALLOWED:
        refused = told._replace(reason=other.reason, detail=other.detail)
    if refused is None:
        words = f"El SII no dijo si lo hay: {_words(told.outcome, told.detail)} {_ONLY_TO_ASK}"
        return Check(name, "no se probó", words)
    words = f"El SII no deja a {certificate.titular}, RUT {certificate.rut}, actuar por la empresa {rut}"
    return Check(name, "falla", f"{words} ({refused.detail}).", f"{REASONS[refused.reason].remedy}.")


def _words(outcome: Outcome, detail: str) -> str:
    return f"{outcome.meaning} ({detail})" if detail else outcome.meaning


def _remedy(outcome: Outcome) -> str:
    """What to do; nothing was sent here, so there is no document to ask about."""
    return "Espere unos minutos y repita." if outcome.ask_first else outcome.remedy


def _long(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if minutes >= 120:
        return f"{minutes // 60} horas"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
