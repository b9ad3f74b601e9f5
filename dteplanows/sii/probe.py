"""Whether the SII can be reached and lets us in: server, connection, clock, seed and token, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.calls import USER_AGENT, Broken, Http, Reply, Request
from dteplanows.sii.outcomes import Outcome
from dteplanows.sii.reasons import REASONS
from dteplanows.sii.session import Family, Given, read_seed, seed_request
from dteplanows.sii.tokens import Tokens

Result = Literal["bien", "falla", "no se probó"]

_CLOCK = 60
"""Seconds that our clock may differ from the SII's: a seed lives for two minutes, and documents carry our time."""
_FAMILIES: tuple[tuple[Family, str], ...] = (("soap", "facturas"), ("boletas", "boletas"))

_SIMULATOR = "El simulador no atiende ahí: póngalo en marcha, o corrija el ajuste sii_simulador."


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    result: Result
    text: str
    remedy: str = ""


def probe(
    http: Http, hosts: Hosts, ambiente: Ambiente, certificate: Certificate | None, tokens: Tokens
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
            yield from _not_tried(name, address)
            continue
        seed = read_seed(http.send(seed_request(hosts, family)))
        yield _given(f"Semilla de {name}", seed, "El SII entrega semillas.")
        if certificate is None:
            yield Check(f"Token de {name}", "no se probó", "Se pide con el certificado.")
            continue
        given = tokens.get(certificate, ambiente, family, hosts)
        yield _given(f"Token de {name}", given, f"El SII deja entrar a {certificate.titular}, RUT {certificate.rut}.")


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


def _not_tried(name: str, address: str) -> Iterator[Check]:
    for what in ("Semilla", "Token"):
        yield Check(f"{what} de {name}", "no se probó", f"No responde {address}.")


def _given(name: str, given: Given, well: str) -> Check:
    if given.outcome.name == "respondido":
        return Check(name, "bien", well)
    known = REASONS.get(given.reason)
    if known:
        return Check(name, "falla", f"{given.detail} ({known.meaning}).", f"{known.remedy}.")
    return Check(name, "falla", _words(given.outcome, given.detail), _remedy(given.outcome))


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
