"""A document of pruebas can never go to production, nor the reverse: the address follows from the document alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import StoredDocument
from dteplanows.settings import load
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.calls import Answer, Reply, Request
from dteplanows.sii.document_state import asked
from dteplanows.sii.envelopes import Envelope, make
from dteplanows.sii.service import Sent, Sii
from tests.installation import Installation
from tests.sii import shapes
from tests.sii.conftest import MOMENT

PRODUCTION = {"palena.sii.cl", "api.sii.cl", "rahue.sii.cl"}
CERTIFICATION = {"maullin.sii.cl", "apicert.sii.cl", "pangal.sii.cl"}


class Recorder:
    """A transport that answers whatever is asked and remembers where it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        path = urlsplit(request.url).path
        for name, say in (
            ("CrSeed", shapes.seed()), ("GetToken", shapes.token()), (".semilla", shapes.rest_seed()),
            (".token", shapes.rest_token()),
        ):  # fmt: skip
            if name in path:
                return Reply(200, {}, say.body)
        return Reply(200, {}, b"")

    def hosts(self) -> set[str]:
        return {urlsplit(one.url).netloc for one in self.requests}


def sii(recorder: Recorder, tmp_path: Path, **facts: str) -> Sii:
    return Sii(recorder, addresses_of(load(directorio=tmp_path, **facts)))


def real(one: StoredDocument, ambiente: Ambiente = "produccion") -> StoredDocument:
    """A document as the SII's own CAF would have stamped it."""
    number = b"<IDK>300<" if ambiente == "produccion" else b"<IDK>100<"
    return replace(one, ambiente=ambiente, xml=one.xml.replace(b"<IDK>900<", number))


def envelope_of(installed: Installation, one: StoredDocument) -> Envelope:
    facts = {"ambiente": one.ambiente, "numero_resolucion": 80, "fecha_resolucion": date(2014, 8, 22)}
    company = replace(installed.company, **facts)  # type: ignore[arg-type]
    return make([one], company, installed.certificate, MOMENT)


def everything(service: Sii, installed: Installation, one: StoredDocument) -> None:
    """Every call that there is, for a document."""
    certificate, envelope = installed.certificate, envelope_of(installed, one)
    sent = Sent(envelope.ambiente, envelope.kind, envelope.rut_emisor, "12", envelope.of_test_authority)
    calls: list[Callable[[], object]] = [
        lambda: service.upload(envelope, certificate),
        lambda: service.envelope_state(sent, certificate),
        lambda: service.document_state(asked(one), certificate),
        lambda: service.document_with_track(asked(one), certificate) if envelope.kind == "facturas" else None,
        lambda: service.mail_again(sent, certificate),
    ]
    for call in calls:
        call()
    public = {name for name, _ in inspect.getmembers(Sii, inspect.isfunction) if not name.startswith("_")}
    assert len(public) == len(calls), "a new call has to be among these"


@pytest.mark.parametrize("tipo", [33, 39])
@pytest.mark.parametrize("pruebas", ["simulador", "maullin"])
def test_what_is_real_goes_to_production_alone(
    installed: Installation, issued: dict[int, StoredDocument], tmp_path: Path, tipo: int, pruebas: str
) -> None:
    recorder = Recorder()
    everything(sii(recorder, tmp_path, sii_pruebas=pruebas), installed, real(issued[tipo]))
    assert recorder.hosts() == (PRODUCTION if tipo == 39 else {"palena.sii.cl"})
    assert all(one.url.startswith("https://") for one in recorder.requests)


@pytest.mark.parametrize(
    ("tipo", "facts", "hosts"),
    [
        (33, {}, {"127.0.0.1:8181"}),
        (39, {}, {"127.0.0.1:8181"}),
        (33, {"sii_pruebas": "maullin"}, {"maullin.sii.cl"}),
        (39, {"sii_pruebas": "maullin"}, {"maullin.sii.cl"}),
        (39, {"sii_pruebas": "maullin", "sii_boletas_pruebas": "rest"}, CERTIFICATION),
        (33, {"sii_simulador": "http://localhost:9000/"}, {"localhost:9000"}),
    ],
)
def test_what_is_a_trial_never_goes_to_production(
    installed: Installation,
    issued: dict[int, StoredDocument],
    tmp_path: Path,
    tipo: int,
    facts: dict[str, str],
    hosts: set[str],
) -> None:
    recorder = Recorder()
    everything(sii(recorder, tmp_path, **facts), installed, real(issued[tipo], "pruebas"))
    assert recorder.hosts() == hosts
    assert not recorder.hosts() & PRODUCTION


def test_what_the_test_authority_stamped_goes_to_the_simulator_whatever_the_setting(
    installed: Installation, issued: dict[int, StoredDocument], tmp_path: Path
) -> None:
    for tipo in (33, 39):
        recorder = Recorder()
        everything(sii(recorder, tmp_path, sii_pruebas="maullin"), installed, issued[tipo])
        assert recorder.hosts() == {"127.0.0.1:8181"}
    with pytest.raises(ValueError, match="stamps nothing in produccion"):
        sii(Recorder(), tmp_path).upload(
            envelope_of(installed, replace(issued[33], ambiente="produccion")), installed.certificate
        )


def test_boletas_of_certification_go_as_the_setting_says_and_never_the_other_way(
    installed: Installation, issued: dict[int, StoredDocument], tmp_path: Path
) -> None:
    """Nothing is answered, which no fall-back may take for a reason."""
    recorder = Recorder()
    everything(sii(recorder, tmp_path, sii_pruebas="maullin"), installed, real(issued[39], "pruebas"))
    assert {"boleta.electronica" in one.url for one in recorder.requests} == {False}
    assert any(one.url.endswith("/cgi_dte/UPL/DTEUpload") for one in recorder.requests)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"sii_simulador": "https://palena.sii.cl"}, ["SII-002"]),
        ({"sii_simulador": "https://PALENA.sii.cl.:443/"}, ["SII-002"]),
        ({"sii_maullin": "https://palena.sii.cl", "sii_pruebas": "maullin"}, ["SII-002"]),
        ({"sii_palena": "https://maullin.sii.cl"}, ["SII-002"]),
        ({"sii_rahue": "https://pangal.sii.cl"}, ["SII-002"]),
        ({"sii_palena": "http://127.0.0.1:8181"}, ["SII-002"]),
        ({"sii_palena": "http://palena.sii.cl"}, ["SII-003"]),
        ({"sii_maullin": "http://maullin.sii.cl", "sii_pruebas": "maullin"}, ["SII-003"]),
        ({"sii_simulador": "http://otro.example"}, ["SII-003"]),
    ],
)
def test_settings_cannot_mix_the_environments(tmp_path: Path, facts: dict[str, str], codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        addresses_of(load(directorio=tmp_path, **facts))
    assert [one.code for one in refused.value.problems] == codes


@pytest.mark.parametrize("value", ["palena.sii.cl", "https://palena.sii.cl/DTEWS", "ftp://x", "https://a b", ""])
def test_an_address_that_is_none(tmp_path: Path, value: str) -> None:
    with pytest.raises(Refused) as refused:
        load(directorio=tmp_path, sii_palena=value)
    assert [one.code for one in refused.value.problems] == ["CFG-001"]


def test_a_token_of_the_simulator_is_good_nowhere_else(
    installed: Installation, issued: dict[int, StoredDocument], tmp_path: Path
) -> None:
    recorder = Recorder()
    service = sii(recorder, tmp_path, sii_pruebas="maullin")
    for one in (issued[33], real(issued[33], "pruebas"), real(issued[33])):
        service.upload(envelope_of(installed, one), installed.certificate)
    asked_at = [urlsplit(one.url).netloc for one in recorder.requests if "GetToken" in one.url]
    assert asked_at == ["127.0.0.1:8181", "maullin.sii.cl", "palena.sii.cl"]
