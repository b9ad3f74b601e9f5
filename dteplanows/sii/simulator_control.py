"""The control address of the local SII: what it has, and how it is to behave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.settings import Settings
from dteplanows.sii.calls import USER_AGENT, Http, Reply, Request
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.simulator_process import place_here

_QUICK = Limits(connect=2, read=5, whole_answer=5, bytes=10_000_000)


def is_ours(settings: Settings) -> bool:
    """Whether what is of ``pruebas`` goes to a simulator of this machine: only that one can be told anything."""
    return settings.sii_pruebas == "simulador" and place_here(settings) is not None


class Control:
    """Asks the simulator of *settings* and tells it what to do."""

    def __init__(self, settings: Settings, http: Http | None = None) -> None:
        self._address = f"{settings.sii_simulador.rstrip('/')}/control"
        self._http = http or Client(_QUICK)

    def shown(self) -> dict[str, Any]:
        """What it has and how it behaves.

        :raises Refused: it does not answer (SII-048).
        """
        found: dict[str, Any] = self._call("GET", "")
        return found

    def behave(self, wanted: Mapping[str, Any]) -> None:
        """Change how it behaves, by the names of its options.

        :raises Refused: it does not answer (SII-048), or does not take it (SII-049).
        """
        self._call("POST", "opciones", dict(wanted))

    def add_rule(self, wanted: Mapping[str, Any]) -> None:
        """Have it commit a fault.

        :raises Refused: as :meth:`behave`.
        """
        self._call("POST", "reglas", dict(wanted))

    def end_rules(self) -> None:
        """Let it commit no fault any more.

        :raises Refused: it does not answer (SII-048).
        """
        self._call("POST", "reglas/quitar", {})

    def _call(self, method: Literal["GET", "POST"], what: str, body: Mapping[str, Any] | None = None) -> Any:
        address = f"{self._address}/{what}".rstrip("/")
        headers = {"User-Agent": USER_AGENT, "Content-Type": "application/json"}
        content = json.dumps(body).encode() if body is not None else b""
        answer = self._http.send(Request(method, address, headers, content))
        told = _json(answer.body) if isinstance(answer, Reply) else None
        if isinstance(answer, Reply) and answer.status == 200 and told is not None:
            return told
        if isinstance(told, dict) and "error" in told:
            raise Refused([problem("SII-049", reason=str(told["error"]))])
        raise Refused([problem("SII-048", value=self._address.removesuffix("/control"))])


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
