"""``/metrics``: what the service counts and what is left, as Prometheus reads it.

It names companies, so that it is only for this machine, or for a caller who has the password of the setting
``metricas_clave``.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from dteplanows.accounts import certificates
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.folios.stock import stock
from dteplanows.ledger.delivery_states import STATES
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.undelivered import DELAY
from dteplanows.log import metrics
from dteplanows.signer.certificate import utc_now
from dteplanows.soap.asmx import reply
from dteplanows.soap.asmx.caller import is_this_machine
from dteplanows.soap.asmx.reply import Reply
from dteplanows.soap.asmx.request import Environ

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The form that every version of Prometheus reads; the library writes names as that form wants them."""

_KEPT = 10.0
"""Seconds for which the gauges serve: they are read from the ledger."""

_BEARER = "bearer "

_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
"""Bytes of a page of memory."""


class Measures:
    """The page; and what Prometheus' library asks when it writes it."""

    def __init__(self, ledger: Ledger, clave: str, *, trust_forwarded: bool) -> None:
        """:param clave: with which other machines may read; empty for none."""
        self._ledger = ledger
        self._clave = clave
        self._trust_forwarded = trust_forwarded
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        self._lock = threading.Lock()
        self._gauges: list[Any] = []
        self._until = 0.0

    def page(self, environ: Environ) -> Reply:
        """The numbers, or why they are not shown."""
        if not is_this_machine(environ, self._trust_forwarded):
            given = environ.get("HTTP_AUTHORIZATION", "")
            if not self._clave:
                return reply.plain(problem("SRV-200"), 403)
            if given[: len(_BEARER)].lower() != _BEARER or not _same(given[len(_BEARER) :].strip(), self._clave):
                return reply.plain(problem("SRV-201"), 401, ("WWW-Authenticate", "Bearer"))
        return Reply(generate_latest(self._registry), _CONTENT_TYPE, cache="no-store")

    def collect(self) -> Iterator[Any]:
        """All measures, as Prometheus' library takes them."""
        yield from _counted(metrics.total())
        with self._lock:
            if time.monotonic() >= self._until:
                self._gauges = list(_left(self._ledger))
                self._until = time.monotonic() + _KEPT
            yield from self._gauges
        yield _memory()


def _counted(counts: metrics.Counts) -> Iterator[Any]:
    results = CounterMetricFamily("dteplanows_llamadas", "Llamadas por resultado.", labels=["operacion", "resultado"])
    seconds = HistogramMetricFamily("dteplanows_llamada_segundos", "Lo que tomó cada llamada.", labels=["operacion"])
    by_operation: dict[str, metrics.Durations] = {}
    for (operation, result), one in sorted(counts.calls.items()):
        results.add_metric([operation, result], sum(one.counts))
        by_operation.setdefault(operation, metrics.Durations()).add(one)
    bounds = [*map(str, metrics.BOUNDS), "+Inf"]
    for operation, one in by_operation.items():
        buckets = list(zip(bounds, accumulate(one.counts), strict=True))
        seconds.add_metric([operation], buckets, one.seconds)
    issued = CounterMetricFamily("dteplanows_documentos_emitidos", "Documentos emitidos por tipo.", labels=["tipo"])
    for tipo, count in sorted(counts.issued.items()):
        issued.add_metric([str(tipo)], count)
    refused = CounterMetricFamily("dteplanows_rechazos", "Veces que se dio cada motivo de rechazo.", labels=["codigo"])
    for code, count in sorted(counts.refused.items()):
        refused.add_metric([code], count)
    yield from (results, seconds, issued, refused)


def _left(ledger: Ledger) -> Iterator[Any]:
    """What is left of what the companies need, and what waits."""
    company_labels = ["empresa", "ambiente"]
    folios = GaugeMetricFamily(
        "dteplanows_folios_libres", "Folios vigentes sin usar, por tipo.", labels=[*company_labels, "tipo"]
    )
    days = GaugeMetricFamily(
        "dteplanows_certificado_dias",
        "Días por los que la empresa puede firmar; -1 si no puede.",
        labels=company_labels,
    )
    today, moment = clock.today(), utc_now()
    with ledger.reading():
        for company in ledger.companies.all():
            key = [company.rut, company.ambiente]
            for tipo in sorted({one.tipo for one in ledger.cafs.of(company.ambiente, company.rut)}):
                folios.add_metric([*key, str(tipo)], stock(ledger, company, tipo, today).libres)
            end = certificates.lasts_until(ledger.certificates.of(company.ambiente, company.rut), moment)
            days.add_metric(key, (end - moment).days if end else -1)
        waiting = ledger.usage.waiting_batches().files
        sent = list(_delivery(ledger))
        printers = list(_printers(ledger))
    yield from (folios, days, *sent, *printers)
    yield GaugeMetricFamily("dteplanows_lotes_en_espera", "Archivos de ProcesarWSMasivo sin terminar.", waiting)


def _delivery(ledger: Ledger) -> Iterator[Any]:
    """What is on its way to the SII, and for how long what has not reached it waits."""
    documents = GaugeMetricFamily(
        "dteplanows_sii_documentos", "Documentos según cómo están ante el SII.", labels=["estado"]
    )
    totals = ledger.undelivered.totals()
    for estado in STATES:
        documents.add_metric([estado], totals.get(estado, 0))
    age = GaugeMetricFamily(
        "dteplanows_sii_espera_segundos",
        "Segundos desde que se emitió lo más antiguo que no ha llegado al SII; 0 si nada espera.",
        labels=["clase"],
    )
    now, waiting = clock.now(), ledger.undelivered.waiting()
    for clase in DELAY:
        since = min((one.since for one in waiting if one.clase == clase), default=now)
        age.add_metric([clase], max(0.0, (now - since).total_seconds()))
    yield from (documents, age)


def _printers(ledger: Ledger) -> Iterator[Any]:
    """What waits at the printers, and which of them need somebody."""
    jobs = GaugeMetricFamily(
        "dteplanows_impresiones_en_espera", "Copias que esperan en cada impresora.", labels=["impresora"]
    )
    calling = GaugeMetricFamily(
        "dteplanows_impresora_avisa", "1 donde alguien tiene que ver la impresora: sin papel, apagada.",
        labels=["impresora"],
    )  # fmt: skip
    waiting = ledger.prints.waiting()
    for one in ledger.printers.all():
        name = [f"{one.nombre} ({one.rut_emisor} {one.ambiente})" if one.ambiente else one.nombre]
        jobs.add_metric(name, waiting[one.id].jobs if one.id in waiting else 0)
        calling.add_metric(name, int(bool(one.aviso)))
    yield from (jobs, calling)


def _memory() -> Any:
    """The memory of each process of the service; of none where the system does not show it."""
    found = GaugeMetricFamily("dteplanows_memoria_bytes", "Memoria de cada proceso del servicio.", labels=["proceso"])
    for process in metrics.processes():
        try:
            pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
        except (OSError, ValueError, IndexError):
            continue
        found.add_metric([str(process)], pages * _PAGE_SIZE)
    return found


def _same(given: str, clave: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), clave.encode())
