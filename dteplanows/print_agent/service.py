"""The service as an agent sees it: one question over HTTPS, which never leaves this machine unprotected."""

from __future__ import annotations

import json
import socket
from typing import Any

import urllib3
from pydantic import ValidationError

import dteplanows
from dteplanows.print_agent.configuration import Configuration
from dteplanows.printers.agent_messages import PATH, Answer, Question
from dteplanows.process.system_errors import in_words

_CONNECTING = 15.0
_ANSWER = 30.0
"""Seconds that an answer may take beyond what was asked to wait."""
_LARGEST = 64 * 2**20
"""Bytes of an answer."""


class Unanswered(Exception):  # noqa: N818 - named for what happened
    """The service did not answer, or not what was asked."""

    def __init__(self, reason: str, *, person: bool = False) -> None:
        """:param reason: in Spanish, without its end.
        :param person: it does not pass by itself.
        """
        super().__init__(reason)
        self.reason = reason
        self.person = person


class Service:
    """Asks the service of a configuration."""

    def __init__(self, configuration: Configuration) -> None:
        self._url = configuration.direccion + PATH
        options: dict[str, Any] = {"num_pools": 1, "maxsize": 1, "retries": False}
        if configuration.autoridad:
            options["ca_certs"] = configuration.autoridad
        self._pool = (
            urllib3.ProxyManager(configuration.proxy, **options)
            if configuration.proxy
            else urllib3.PoolManager(**options)
        )
        self._headers = {
            "Authorization": f"Bearer {configuration.clave}",
            "Content-Type": "application/json",
            "User-Agent": f"dteplanows-agente/{dteplanows.__version__}",
        }

    def ask(self, question: Question) -> Answer:
        """What the service answers.

        :raises Unanswered: nothing, or nothing of use.
        """
        timeout = urllib3.Timeout(connect=_CONNECTING, read=question.espera + _ANSWER)
        try:
            reply = self._pool.request(
                "POST", self._url, body=question.model_dump_json(), headers=self._headers, timeout=timeout,
                redirect=False, preload_content=False,
            )  # fmt: skip
            try:
                body = reply.read(_LARGEST)
            finally:
                reply.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # What is kept open may be dead: a machine that slept does not know.
            self._pool.clear()
            raise Unanswered(f"{self._url}: {_reason(error)}") from None
        if reply.status != 200:
            raise Unanswered(self._said(reply.status, body), person=reply.status < 500)
        try:
            return Answer.model_validate_json(body)
        except ValidationError:
            raise Unanswered(f"{self._url}: lo que contesta no es del servicio de impresión", person=True) from None

    def _said(self, status: int, body: bytes) -> str:
        try:
            told = json.loads(body)["Error"]
        except (ValueError, KeyError, TypeError):
            told = None
        if isinstance(told, str):
            return " ".join(told.split())[:500]
        return f"{self._url}: {_STATUSES.get(status, f'contesta {status}')}"


_STATUSES = {
    301: "envía a otra dirección: ponga en direccion la que corresponde",
    302: "envía a otra dirección: ponga en direccion la que corresponde",
    404: "no hay un servicio de impresión en esa dirección",
    502: "el servicio no contesta detrás de su proxy", 503: "el servicio está ocupado o se detiene",
    504: "el servicio no contesta detrás de su proxy",
}  # fmt: skip


def _reason(error: Exception) -> str:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, urllib3.exceptions.SSLError):
            return f"la conexión segura no se pudo establecer: {found}"
        if isinstance(found, urllib3.exceptions.NameResolutionError | socket.gaierror):
            return "no se encuentra ese equipo"
        if isinstance(found, TimeoutError | urllib3.exceptions.TimeoutError):
            return "no contesta"
        if isinstance(found, OSError) and found.errno is not None:
            return in_words(found)
        found = found.__cause__ or found.__context__
    return f"se cortó la conexión ({type(error).__name__})"
