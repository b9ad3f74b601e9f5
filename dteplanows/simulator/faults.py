"""Faults on demand: rules that say which service answers wrong, how, and how often.

A rule is a JSON object: ``{"servicio": "subida", "hacer": "http", "codigo": 503, "reintentar": 30, "veces": 2}``.

=================  ============================================================================================
``servicio``       a name of :data:`SERVICES`, or ``*`` for any of them
``veces``          how often it is applied; 1 where it is not said, 0 without end
``saltar``         how many calls pass before
``hacer``          what is done, below
``tras``           true: the call is really taken and only its answer is lost or replaced; false where not said
=================  ============================================================================================

``http`` (``codigo``, ``reintentar``), ``html``, ``vacio``, ``mantencion``; ``cortar`` (``bytes`` of the answer, real
otherwise); ``cerrar`` (``bytes`` of the body are read, and the connection is closed without an answer); ``esperar``
(``segundos``, then the real answer); ``status`` (``codigo``: STATUS of DTEUpload, or the state ``estado`` of the boleta
service); ``estado`` (``codigo``: ESTADO of a service in SOAP); ``token-vence`` (the caller's token ends); ``charset``
(the answer is written in another charset than it says); ``otro-trackid`` (the answer is of another envelope).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dteplanows.simulator.options import MisunderstoodError

SERVICES = (
    "semilla", "token", "subida", "estado-envio", "estado-dte", "estado-dte-av", "correo",
    "boleta-semilla", "boleta-token", "boleta-subida", "boleta-envio", "boleta-estado", "boleta-tablas",
)  # fmt: skip
ACTIONS = (
    "http", "html", "vacio", "mantencion", "cortar", "cerrar", "esperar", "status", "estado", "token-vence", "charset",
    "otro-trackid",
)  # fmt: skip
_ONLY = {
    "status": ("subida", "boleta-subida"),
    "estado": ("semilla", "token", "estado-envio", "estado-dte", "estado-dte-av", "correo"),
}
"""Services that some faults make sense for."""


@dataclass
class Rule:
    """One rule."""

    hacer: str
    servicio: str = "subida"
    veces: int = 1
    saltar: int = 0
    codigo: int | str = 500
    reintentar: int | None = None
    bytes: int = 0
    segundos: float = 0.0
    tras: bool = False

    @classmethod
    def of(cls, wanted: Mapping[str, Any]) -> Rule:
        """The rule that *wanted* describes.

        :raises MisunderstoodError: it describes none.
        """
        try:
            rule = cls(**wanted)
        except TypeError:
            fields = ", ".join(cls.__dataclass_fields__)
            raise MisunderstoodError(f"Una regla necesita «hacer» y puede tener: {fields}.") from None
        if rule.hacer not in ACTIONS:
            raise MisunderstoodError(f"No existe la falla «{rule.hacer}»; hay: {', '.join(ACTIONS)}.")
        if rule.servicio not in (*SERVICES, "*"):
            raise MisunderstoodError(f"No existe el servicio «{rule.servicio}»; hay: {', '.join(SERVICES)} y *.")
        numbers = (rule.veces, rule.saltar, rule.bytes, rule.segundos, rule.reintentar or 0)
        if any(not isinstance(one, int | float) or one < 0 for one in numbers):
            raise MisunderstoodError("«veces», «saltar», «bytes», «segundos» y «reintentar» son números desde 0.")
        if rule.servicio not in (*_ONLY.get(rule.hacer, SERVICES), "*"):
            raise MisunderstoodError(f"La falla «{rule.hacer}» es solo de: {', '.join(_ONLY[rule.hacer])}.")
        return rule


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, wanted: Iterable[Mapping[str, Any]]) -> None:
        """Add rules behind those in force.

        :raises MisunderstoodError: one of them is none; then none is added.
        """
        rules = [Rule.of(one) for one in wanted]
        with self._lock:
            self._rules += rules

    def load(self, path: Path) -> None:
        """Add the rules of a JSON file, a list.

        :raises MisunderstoodError: as :meth:`add`.
        """
        self.add(json.loads(path.read_text("utf-8")))

    def clear(self) -> None:
        """End every rule."""
        with self._lock:
            self._rules.clear()

    def shown(self) -> list[dict[str, Any]]:
        """The rules in force, with what is left of them."""
        with self._lock:
            return [asdict(one) for one in self._rules]

    def take(self, service: str) -> Rule | None:
        """The rule that this call meets, if any; it is used up by one."""
        with self._lock:
            for rule in self._rules:
                if rule.servicio not in ("*", service):
                    continue
                if rule.saltar:
                    rule.saltar -= 1
                    continue
                if rule.veces == 1:
                    self._rules.remove(rule)
                elif rule.veces:
                    rule.veces -= 1
                return rule
        return None
