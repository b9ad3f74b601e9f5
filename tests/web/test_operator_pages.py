"""``/salud`` and ``/metrics``: what whoever runs the service asks it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dteplanows.document.catalogue import RULES, problem
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Problem, Refused
from dteplanows.log import call, metrics
from dteplanows.web.health import Health
from dteplanows.web.measures import Measures
from dteplanows.web.pages import Page, reading
from tests.installation import COMPANY, FOLIOS_OF_EACH, Installation, make_installation
from tests.issuing.test_issuing import factura

LOCAL = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8080", "REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"}
FAR = LOCAL | {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "facturas.example"}


class Fake:
    """A ledger that can be read or not."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked = 0

    def is_readable(self) -> bool:
        self.asked += 1
        if self.failure:
            raise self.failure
        return True


def asked(page: Page, **environ: str) -> tuple[int, str]:
    reply = page({**LOCAL, **environ})
    assert reply.cache == "no-store" or reply.status >= 400
    return reply.status, reply.body.decode()


# --- salud ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words"), [("/salud", "listo\n"), ("/salud/vivo", "vivo\n"), ("/salud/listo", "listo\n")]
)
def test_a_sound_service(path: str, words: str) -> None:
    assert asked(Health(Fake()).pages[path]) == (200, words)


def test_as_json() -> None:
    pages = Health(Fake()).pages
    status, body = asked(pages["/salud"], HTTP_ACCEPT="application/json")
    assert (status, json.loads(body)) == (200, {"vivo": True, "listo": True})
    _, body = asked(pages["/salud/vivo"], QUERY_STRING="formato=json")
    assert json.loads(body) == {"vivo": True}


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (OSError("disco secreto /datos"), "SRV-202"),
        (Refused([problem("AUT-023", value="/datos/secretos")]), "AUT-023"),
    ],
)
def test_a_service_that_cannot_read_lives_and_is_not_ready(
    failure: Exception, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    pages = Health(Fake(failure)).pages
    assert asked(pages["/salud/vivo"])[0] == 200
    for path in ("/salud", "/salud/listo"):
        status, body = asked(pages[path])
        assert status == 503
        assert "SRV-202" in body and code in body and "secreto" not in body
        status, body = asked(pages[path], HTTP_ACCEPT="application/json")
        assert (status, json.loads(body)) == (503, {"vivo": True, "listo": False, "codigo": code})
    assert len(caplog.records) == 1


def test_it_is_looked_at_once_a_second(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    monkeypatch.setattr("dteplanows.web.health.time.monotonic", lambda: now)
    ledger = Fake()
    health = Health(ledger)
    for _ in range(20):
        assert health.reason() == ""
    assert ledger.asked == 1
    ledger.failure = OSError()
    now += 0.99
    assert health.reason() == ""
    now += 0.02
    assert health.reason() == "SRV-202"
    ledger.failure = None
    now += 1.01
    assert health.reason() == ""
    assert ledger.asked == 3
    assert len(caplog.records) == 2


def test_a_service_that_reads_and_issues_nothing() -> None:
    """A person's monitor is told; a balancer is not, which would send the calls to nobody."""
    pages = Health(Fake(), lambda: [problem("BAS-023")]).pages
    assert [asked(pages[path])[0] for path in ("/salud", "/salud/listo", "/salud/vivo")] == [503, 200, 200]
    body = asked(pages["/salud"])[1]
    assert RULES["SRV-203"].message in body and body.endswith("El motivo tiene el código BAS-023.\n")

    def fails() -> list[Problem]:
        raise OSError

    assert "SRV-202" in str(asked(Health(Fake(), fails).pages["/salud"], HTTP_ACCEPT="application/json")[1])


def test_a_service_that_reads_and_stores_nothing(caplog: pytest.LogCaptureFixture) -> None:
    pages = Health(Fake(), cannot_store=lambda: "BAS-003").pages
    assert asked(pages["/salud/vivo"])[0] == 200
    for path in ("/salud", "/salud/listo"):
        status, body = asked(pages[path])
        assert status == 503
        assert RULES["SRV-204"].message in body and body.endswith("El motivo tiene el código BAS-003.\n")
        told = json.loads(asked(pages[path], HTTP_ACCEPT="application/json")[1])
        assert told == {"vivo": True, "listo": False, "codigo": "BAS-003"}
    assert len(caplog.records) == 1


def test_only_methods_that_read() -> None:
    pages = Health(Fake()).pages
    status, body = asked(pages["/salud"], REQUEST_METHOD="POST")
    assert (status, "SRV-061" in body) == (405, True)
    assert asked(pages["/salud"], REQUEST_METHOD="HEAD")[0] == 200


# --- metrics --------------------------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(metrics, "_counts", metrics.Counts())
    with closing(make_installation(tmp_path)) as one:
        yield one


def measured(page: Page) -> dict[str, dict[str, float]]:
    """The samples by name and by their labels in the order of their names, as Prometheus' own parser reads them."""
    status, body = asked(page)
    assert status == 200
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(body):
        for sample in family.samples:
            found.setdefault(sample.name, {})[",".join(value for _, value in sorted(sample.labels.items()))] = (
                sample.value
            )
    return found


def counted(
    operation: str, result: call.Result, seconds: float, issued: Sequence[DocumentOutcome] = (),
    refused: Sequence[Problem] = (),
) -> None:  # fmt: skip
    """Count a call that took so long."""
    one = call.Call("soap")
    call.begin(one)
    call.note_ended(operation, result)
    call.note_outcomes(issued)
    if refused:
        call.note_refused(refused)
    call.end()
    one.began = time.perf_counter() - seconds
    metrics.count(one)


def page_of(made: Installation, clave: str = "", **options: Any) -> Page:
    return reading(Measures(made.ledger, clave, trust_forwarded=options.get("trust_forwarded", False)).page)


def test_what_is_counted_and_what_is_left(made: Installation) -> None:
    counted("Procesar", "ok", 0.004, made.issue(factura() * 2, "1").documents)
    counted("Procesar", "ok", 0.02)
    counted("Procesar", "rechazada", 0.001, refused=[problem("AUT-001")])
    found = measured(page_of(made))
    assert found["dteplanows_llamadas_total"] == {"Procesar,ok": 2, "Procesar,rechazada": 1}
    buckets = found["dteplanows_llamada_segundos_bucket"]
    assert [buckets[f"{end},Procesar"] for end in ("0.0025", "0.005", "0.025", "+Inf")] == [1, 2, 3, 3]
    assert found["dteplanows_llamada_segundos_count"] == {"Procesar": 3}
    assert found["dteplanows_llamada_segundos_sum"]["Procesar"] == pytest.approx(0.025, abs=0.001)
    assert found["dteplanows_documentos_emitidos_total"] == {"33": 2}
    assert found["dteplanows_rechazos_total"] == {"AUT-001": 1}
    left = {key.rpartition(",")[2]: value for key, value in found["dteplanows_folios_libres"].items()}
    assert (left["33"], left["39"]) == (FOLIOS_OF_EACH - 2, FOLIOS_OF_EACH)
    ((whose, days),) = found["dteplanows_certificado_dias"].items()
    assert set(whose.split(",")) == {COMPANY.rut, "pruebas"}
    assert 1090 < days < 1096
    assert found["dteplanows_lotes_en_espera"] == {"": 0}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not show the memory there")
def test_the_memory_of_the_process(made: Installation) -> None:
    (memory,) = measured(page_of(made))["dteplanows_memoria_bytes"].values()
    assert 10e6 < memory < 2e9


def test_a_company_that_cannot_sign(made: Installation) -> None:
    for one in made.ledger.certificates.of():
        made.ledger.certificates.remove(one)
    assert list(measured(page_of(made))["dteplanows_certificado_dias"].values()) == [-1]


def test_the_ledger_is_not_read_for_every_call(made: Installation) -> None:
    page = page_of(made)
    before = measured(page)["dteplanows_folios_libres"]
    made.issue(factura(), "1")
    assert measured(page)["dteplanows_folios_libres"] == before


@pytest.mark.parametrize(
    "environ",
    [
        FAR,
        FAR | {"HTTP_AUTHORIZATION": "Bearer "},
        LOCAL | {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        LOCAL | {"HTTP_HOST": "atacante.example"},
    ],
)
def test_only_this_machine_without_a_password(made: Installation, environ: dict[str, str]) -> None:
    status, body = asked(page_of(made), **environ)
    assert (status, "SRV-200" in body) == (403, True)
    assert "metricas_clave" in body


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer clave ñ", 200), ("bearer clave ñ", 200), ("Bearer clave", 401), ("Bearer ", 401), ("Bearer", 401),
        ("Basic clave ñ", 401), ("", 401), ("Bearer \udcff", 401),
    ],
)  # fmt: skip
def test_other_machines_with_the_password(made: Installation, header: str, status: int) -> None:
    page = page_of(made, "clave ñ")
    found, body = asked(page, **FAR, HTTP_AUTHORIZATION=header)
    assert found == status
    assert ("SRV-201" in body) == (status == 401)
    assert COMPANY.rut not in body or status == 200
    assert asked(page)[0] == 200


def test_the_names_are_as_prometheus_wants_them(made: Installation) -> None:
    counted("REST /wsds/procesar", "ok", 0.1)
    for name in measured(page_of(made)):
        assert re.fullmatch(r"dteplanows_[a-z_]+", name)
