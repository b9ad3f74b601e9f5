"""``/salud``: whether the service lives, and whether it can work. No login, and nothing to hide.

``/salud/vivo`` only says that a process answers: a supervisor restarts what does not. ``/salud/listo`` says that the
ledger can be read and written and is not refused: a balancer sends calls elsewhere meanwhile, and a restart would not
help.
``/salud`` says both, and answers as the second.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger import faults
from dteplanows.soap.asmx.reply import Reply
from dteplanows.soap.asmx.request import Environ
from dteplanows.web.pages import Page, reading

log = logging.getLogger(__name__)

_KEPT = 1.0
"""Seconds for which an answer serves others who ask."""


class Readable(Protocol):
    """A ledger, as far as it is looked at here."""

    def is_readable(self) -> bool:
        """Whether a row can be read; whatever keeps it from that is raised."""


class Health:
    """Looks at the ledger at most once a second, however often it is asked."""

    def __init__(
        self,
        ledger: Readable,
        stopped: Callable[[], Sequence[Problem]] = tuple,
        cannot_store: Callable[[], str] = str,
    ) -> None:
        """:param stopped: why nothing is issued though the ledger can be read; empty where there is no reason.
        :param cannot_store: the code why nothing can be stored in it; empty where there is no reason.
        """
        self._ledger = ledger
        self._cannot_store = cannot_store
        self._stopped = stopped
        self._lock = threading.Lock()
        self._until = 0.0
        self._reason = ""
        self._said = ""
        """The code of what is said with that."""

    @property
    def pages(self) -> Mapping[str, Page]:
        """Each page by its path."""
        return {
            "/salud": reading(self._whole),
            "/salud/vivo": reading(lambda environ: self._reply(environ, None)),
            "/salud/listo": reading(lambda environ: self._reply(environ, self.reason(), self._said)),
        }

    def _whole(self, environ: Environ) -> Reply:
        """Also whether it issues. Who asks that is a monitor, and no balancer, which would send calls elsewhere."""
        reason = self.reason()
        try:
            stopped = () if reason else self._stopped()
        except Exception as failure:  # noqa: BLE001 - it was readable a moment ago: the next look says why
            log.error("El servicio no puede leer sus datos: %s", faults.line(failure))
            return self._reply(environ, "SRV-202")
        if not stopped:
            return self._reply(environ, reason, self._said)
        return self._reply(environ, stopped[0].code, "SRV-203")

    def reason(self) -> str:
        """The code that says why the service is not ready; empty when it is."""
        with self._lock:
            if time.monotonic() >= self._until:
                before, (self._reason, self._said) = self._reason, self._look()
                self._until = time.monotonic() + _KEPT
                if before and not self._reason:
                    log.warning("El servicio puede leer y guardar otra vez sus datos.")
            return self._reason

    def _look(self) -> tuple[str, str]:
        """The reason, and the code of what is said with it."""
        try:
            self._ledger.is_readable()
        except Refused as refused:
            code, why = refused.problems[0].code, str(refused)
        except Exception as failure:  # noqa: BLE001 - whatever keeps it from reading is the answer
            code, why = "SRV-202", faults.line(failure)
        else:
            code = self._cannot_store()
            if code and code != self._reason:
                log.error("El servicio no puede guardar sus datos. El motivo tiene el código %s.", code)
            return code, "SRV-204"
        if code != self._reason:
            log.error("El servicio no puede leer sus datos: %s", why)
        return code, "SRV-202"

    def _reply(self, environ: Environ, reason: str | None, said: str = "SRV-202") -> Reply:
        """:param reason: None where only whether the process answers was asked.
        :param said: the code of what is said when there is a reason.
        """
        status = 503 if reason else 200
        if _wants_json(environ):
            told = {"vivo": True} if reason is None else {"vivo": True, "listo": not reason}
            facts = told | ({"codigo": reason} if reason else {})
            return Reply(json.dumps(facts).encode(), "application/json; charset=utf-8", status, cache="no-store")
        words = "vivo" if reason is None else "listo"
        if reason:
            words = problem(said).text() + ("" if reason == said else f" El motivo tiene el código {reason}.")
        return Reply(f"{words}\n".encode(), "text/plain; charset=utf-8", status, cache="no-store")


def _wants_json(environ: Environ) -> bool:
    return "json" in environ.get("HTTP_ACCEPT", "").lower() or "json" in environ.get("QUERY_STRING", "").lower()
