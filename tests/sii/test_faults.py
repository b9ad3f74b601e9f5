"""Each transport and each fault: what is known afterwards, whether it may be sent again, whether one must ask first."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii import answers, client, document_state, envelope_state, mail_again, service, session, upload
from dteplanows.sii.addresses import Addresses
from dteplanows.sii.calls import Answer, Reply
from dteplanows.sii.client import Client
from dteplanows.sii.envelopes import Envelope
from dteplanows.sii.outcomes import OUTCOMES
from dteplanows.sii.service import Sii
from dteplanows.sii.statuses import STATUSES
from tests.installation import Installation
from tests.sii import shapes
from tests.sii.conftest import QUICK, hosts_at
from tests.sii.server import Say, Server, closed_port
from tests.sii.transports import TRANSPORTS, Samples, Transport

FAULTS: dict[str, tuple[Say, str]] = {
    "reset before the answer": (Say(reset=True), "cortado"),
    "closed without an answer": (Say(close=True), "cortado"),
    "no answer in time": (Say(wait=3), "sin_respuesta"),
    "cut answer": (Say(b"<a>" + b" " * 500, cut=5), "respuesta_cortada"),
    "empty": (Say(b""), "respuesta_vacia"),
    "page": (Say(shapes.PAGE), "pagina_html"),
    "truncated": (Say(b'{"a": <SII:RESPUESTA><SII:RESP_HDR>', without_length=True), "respuesta_ilegible"),
    "words": (Say(b"Error 500"), "respuesta_ilegible"),
    "500": (Say(b"Error 500", 500), "falla_del_sii"),
    "502": (Say(shapes.PAGE, 502), "falla_del_sii"),
    "503 with Retry-After": (Say(b"", 503, {"Retry-After": "120"}), "ocupado"),
    "429": (Say(b"", 429), "ocupado"),
    "400": (Say(b"falta TOKEN", 400), "pregunta_rechazada"),
    "401": (Say(b"NO ESTA AUTENTICADO", 401), "no_autenticado"),
    "404": (Say(b"", 404), "no_existe"),
    "redirection": (Say(b"", 302, {"Location": "/mantencion.html"}), "respuesta_desconocida"),
    "UTF-16": (Say("nada".encode("utf-16")), "respuesta_ilegible"),
    "bytes": (Say(bytes(range(256))), "respuesta_ilegible"),
}
Calls = dict[str, Callable[[Sii], Any]]


@pytest.fixture
def calls(
    installed: Installation, issued: dict[int, StoredDocument], factura: Envelope, boleta: Envelope
) -> Iterator[Calls]:
    samples = Samples(installed.certificate, issued, factura, boleta)
    yield {name: partial(_asked, one, samples) for name, one in TRANSPORTS.items()}


def _asked(one: Transport, samples: Samples, sii: Sii) -> Any:
    return one.ask(sii, samples)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_fault_is_a_value_with_a_name(sii: Sii, server: Server, calls: Calls, transport: str, fault: str) -> None:
    say, outcome = FAULTS[fault]
    server.on(TRANSPORTS[transport].path, say)
    found = calls[transport](sii)
    assert found.outcome.name == outcome
    if "upload" in transport:
        assert found.track_id == ""
        assert found.outcome.received != "sí"
        if outcome not in ("no_autenticado", "pregunta_rechazada", "no_existe"):
            assert (found.outcome.received, found.outcome.ask_first) == ("no se sabe", True)
    assert found.wait == (120 if "Retry-After" in fault else 0)


@pytest.mark.parametrize("fault", ["reset before the answer", "closed without an answer", "no answer in time", "500"])
@pytest.mark.parametrize("transport", ["upload", "upload of boletas"])
def test_what_may_have_arrived_is_not_sent_twice(
    sii: Sii, server: Server, calls: Calls, transport: str, fault: str
) -> None:
    server.on(TRANSPORTS[transport].path, FAULTS[fault][0])
    calls[transport](sii)
    assert sum(TRANSPORTS[transport].path in path for path in server.paths()) == 1


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_nobody_listens(calls: Calls, transport: str) -> None:
    hosts = hosts_at(f"http://127.0.0.1:{closed_port()}")
    sii = Sii(Client(QUICK), Addresses({"pruebas": hosts, "produccion": hosts_at("https://palena.invalid")}, hosts))
    found = calls[transport](sii)
    assert (found.outcome.name, found.outcome.received, found.outcome.ask_first) == ("sin_conexion", "no", False)


def test_a_server_that_accepts_and_says_nothing(calls: Calls) -> None:
    """Its line of waiting connections takes them in; nobody reads."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = hosts_at(f"http://127.0.0.1:{silent.getsockname()[1]}")
        sii = Sii(Client(QUICK), Addresses({"pruebas": hosts, "produccion": hosts_at("https://palena.invalid")}, hosts))
        found = calls["upload"](sii)
    assert (found.outcome.name, found.outcome.received) == ("sin_token", "no"), "it never got as far as the file"


@pytest.mark.parametrize("at", [0, 1, 100, 10_000])
def test_an_upload_that_breaks_at_a_byte(
    sii: Sii, server: Server, installed: Installation, factura: Envelope, at: int
) -> None:
    """A small form is in the buffers at once, so it may have arrived wherever the other side broke off."""
    server.on("DTEUpload", Say(read=at, reset=True))
    found = sii.upload(factura, installed.certificate)
    assert found.outcome.name in ("cortado", "cortado_al_enviar")
    assert found.outcome.ask_first


ANSWERS = (
    shapes.receipt("0", "39"), shapes.receipt("99", "", "<DETAIL><ERROR>2 veces, Trackid 5</ERROR></DETAIL>"),
    shapes.state("<ESTADO>EPR</ESTADO><GLOSA>(CRT-3-19) x [1] &lt;&gt; [2]</GLOSA>", "<TIPO_DOCTO>33</TIPO_DOCTO>"),
    shapes.seed().body, shapes.token().body, shapes.rest_seed().body,
    b'{"trackid":12,"estado":"EPR","estadistica":[{"tipo":39}],"detalle_rep_rech":[{"folio":1,"error":[{}]}]}',
    b'{"codigo":"DOK","descripcion":"x"}',
)  # fmt: skip
READERS: tuple[Callable[[Answer], Any], ...] = (
    upload.read_receipt, upload.read_receipt_of_boletas, envelope_state.read_state,
    envelope_state.read_state_of_boletas, document_state.read_state, document_state.read_advanced,
    document_state.read_state_of_boleta, mail_again.read_mail_asked, session.read_seed, session.read_token,
)  # fmt: skip


@given(
    st.sampled_from(ANSWERS), st.binary(max_size=40), st.integers(0, 800), st.integers(0, 800),
    st.sampled_from([200, 200, 200, 204, 401, 404, 500, 503]),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_no_answer_breaks_a_reader(answer: bytes, noise: bytes, begin: int, length: int, status: int) -> None:
    damaged = answer[:begin] + noise + answer[begin + length :]
    for read in READERS:
        found = read(Reply(status, {"retry-after": noise.decode("latin-1")}, damaged))
        assert found.outcome.name in OUTCOMES
        if status != 200:
            assert found.outcome.name not in ("respondido", "recibido", "repetido")


def test_every_outcome_can_be_met() -> None:
    """No row of the table is there that nothing gives."""
    given = {one.outcome.name for one in STATUSES.values()}
    modules = (answers, client, session, service)
    given |= {name for module in modules for name in OUTCOMES if f'"{name}"' in inspect.getsource(module)}
    given |= set(answers._BY_STATUS.values())
    assert set(OUTCOMES) - given == set()
