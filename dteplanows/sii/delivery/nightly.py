"""The comparison with the SII that is made by itself once a day, and what came out of the last one."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.ledger.reconciled import KEY
from dteplanows.ledger.store import Ledger
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.delivery.reconciling import Comparison, Scope, reconcile

log = logging.getLogger(__name__)

_LOOK = 30.0
"""Seconds between two looks at the clock."""
_BEGUN = "conciliacion_comenzada"
_NEVER = timedelta(days=36500)
"""So long a document must have been without an answer to be asked for at the start: none is."""
_MOST = 2000
"""Questions for each company: the rest is for the next day."""
_KEPT = 50
"""Differences of a company that are kept; the command «conciliar» shows all."""


class Nightly(NamedTuple):
    """Compares every day at an hour. Of several programs that do, one makes each comparison."""

    delivery: Delivery
    hour: str
    """``HH:MM`` of the time in Chile; empty for never."""

    def run(self, stop: threading.Event) -> None:
        """Look at the next folios now, and compare every day until *stop* is set."""
        looked = False
        while self.hour and not stop.is_set():
            looked = looked or self._guarded(self.look_at_folios)
            if not stop.wait(_LOOK):
                self._guarded(lambda: self.work_once(stop.is_set))

    def look_at_folios(self) -> bool:
        """Ask the SII about the next folio of each type: one that it has is held back, and so is what follows of them.

        So a ledger that is older than what was issued, and does not know it, gives no folio a second time.

        :returns: whether the SII answered for all.
        """
        whole = True
        for company in self.delivery.ledger.companies.all():
            if self.delivery.certificate(company):
                compared = reconcile(self.delivery, company, Scope(folios=1, long=_NEVER))
                whole = whole and not compared.detalle
                _say_differences(company, compared)
        return whole

    def _guarded(self, work: Callable[[], bool]) -> bool:
        try:
            return work()
        except Exception as failure:  # noqa: BLE001 - the outermost edge: without it nothing is compared any more
            log.error("No se pudo conciliar con el SII: %s", type(failure).__name__)
            return False
        finally:
            self.delivery.ledger.close()

    def work_once(self, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Compare if it is time; whether it was."""
        if not self._claim(clock.now()):
            return False
        ledger = self.delivery.ledger
        companies = []
        for company in ledger.companies.all():
            if stopped():
                return True
            if self.delivery.certificate(company):
                compared = reconcile(self.delivery, company, Scope(most=_MOST))
                _say(company, compared)
                companies.append(_kept(company, compared))
        ledger.settings.save(KEY, json.dumps({"momento": clock.now().isoformat(), "empresas": companies}))
        return True

    def _claim(self, now: datetime) -> bool:
        """Whether it is time, and nobody else compares."""
        if f"{now:%H:%M}" < self.hour:
            return False
        ledger: Ledger = self.delivery.ledger
        if ledger.settings.get(_BEGUN) == f"{now:%Y-%m-%d}":
            return False
        with ledger.transaction("conciliaciones"):
            if ledger.settings.get(_BEGUN) == f"{now:%Y-%m-%d}":
                return False
            ledger.settings.save(_BEGUN, f"{now:%Y-%m-%d}")
        return True


def _say_differences(company: Company, compared: Comparison) -> None:
    for one in compared.diferencias:
        log.warning("Diferencia con el SII, %s tipo %s folio %s: %s. %s", company.rut, one.tipo, one.folio,
                    one.diferencia, one.remedio)  # fmt: skip


def _say(company: Company, compared: Comparison) -> None:
    _say_differences(company, compared)
    if compared.detalle:
        log.warning("Conciliación con el SII de %s sin terminar: %s", company.rut, compared.detalle)
    log.info("Conciliación con el SII de %s: %s preguntas, %s documentos resueltos, %s diferencias", company.rut,
             compared.preguntas, compared.resueltos, len(compared.diferencias))  # fmt: skip


def _kept(company: Company, compared: Comparison) -> dict[str, Any]:
    differences = [one._asdict() for one in compared.diferencias[:_KEPT]]
    return {
        "rut": company.rut, "ambiente": company.ambiente, **compared._asdict(), "diferencias": differences,
        "cuantas": len(compared.diferencias),
    }  # fmt: skip
