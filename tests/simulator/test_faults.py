"""Faults on demand."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import pytest
from lxml import etree

from dteplanows.simulator import routes
from dteplanows.simulator.messages import Request
from dteplanows.simulator.options import Options
from dteplanows.simulator.server import Simulator
from tests.simulator import maker
from tests.simulator.client import BOUNDARY, Client, fields, form
from tests.simulator.maker import Dte, envelope

LOST = (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionError)


def rule(client: Client, **wanted: object) -> None:
    assert "error" not in client.control("/reglas", wanted)


def test_the_next_two_uploads_and_no_other(client: Client) -> None:
    data = envelope([Dte()])
    rule(client, hacer="http", codigo=503, reintentar=30, veces=2)
    for _ in range(2):
        answer = client.upload(data)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert fields(client.envelope_state("1").encode())["ESTADO"] == "-1"
    assert client.control("/envios") == []
    assert client.upload(data).xml()["STATUS"] == "0"
    assert client.control("/reglas") == []


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ({"hacer": "http", "codigo": 500}, 500, b"Error 500"),
        ({"hacer": "html"}, 200, b"<html>"),
        ({"hacer": "vacio"}, 200, b""),
        ({"hacer": "mantencion"}, 503, b"<html>"),
    ],
)
def test_an_answer_that_says_nothing_of_what_was_taken(
    client: Client, wanted: dict[str, object], status: int, body: bytes, taken: bool
) -> None:
    data = envelope([Dte()])
    rule(client, **wanted, tras=taken)
    answer = client.upload(data)
    assert answer.status == status
    assert answer.body.startswith(body)
    assert len(client.control("/envios")) == taken
    assert client.upload(data).xml()["STATUS"] == ("99" if taken else "0")


@pytest.mark.parametrize("place", [0, 1, 500])
def test_a_connection_cut_inside_the_body(client: Client, place: int) -> None:
    rule(client, hacer="cerrar", bytes=place)
    with pytest.raises(LOST):
        client.upload(envelope([Dte()]))
    assert client.control("/envios") == []


def test_a_connection_cut_when_all_was_taken(client: Client) -> None:
    data = envelope([Dte()])
    rule(client, hacer="cerrar", tras=True)
    with pytest.raises(LOST):
        client.upload(data)
    assert client.upload(data).xml()["STATUS"] == "99"


@pytest.mark.parametrize("place", [0, 30, 200])
def test_an_answer_cut(client: Client, place: int) -> None:
    rule(client, hacer="cortar", bytes=place)
    with pytest.raises(LOST):
        client.upload(envelope([Dte()]))
    assert len(client.control("/envios")) == 1


@pytest.mark.parametrize("status", [1, 2, 3, 5, 6, 7, 8, 9, 10])
def test_each_status(client: Client, status: int) -> None:
    rule(client, hacer="status", codigo=status)
    assert client.upload(envelope([Dte()])).xml()["STATUS"] == str(status)
    assert client.control("/envios") == []


def test_a_slow_answer(client: Client) -> None:
    for taken in (False, True):
        rule(client, hacer="esperar", segundos=0.3, tras=taken)
        began = time.monotonic()
        client.upload(envelope([Dte(folio=1 + taken)]))
        assert time.monotonic() - began >= 0.3


def test_a_token_that_ends_in_the_middle(client: Client) -> None:
    rule(client, servicio="estado-envio", hacer="token-vence")
    assert fields(client.envelope_state("1").encode())["ESTADO"] == "001"
    client.log_in()
    assert fields(client.envelope_state("1").encode())["ESTADO"] == "-1"


def test_a_state_by_name_and_one_that_nobody_knows(client: Client) -> None:
    for state in ("-11", "-12", "05"):
        rule(client, servicio="estado-envio", hacer="estado", codigo=state)
        assert fields(client.envelope_state("1").encode())["ESTADO"] == state


def test_an_answer_in_another_charset_than_it_says(client: Client) -> None:
    track, _ = client.deliver(envelope([Dte()]))
    rule(client, servicio="estado-envio", hacer="charset")
    with pytest.raises(etree.XMLSyntaxError):
        client.envelope_state(track)


def test_the_answer_of_another_envelope(client: Client) -> None:
    track, _ = client.deliver(envelope([Dte()]))
    rule(client, servicio="estado-envio", hacer="otro-trackid")
    assert fields(client.envelope_state(track).encode())["TRACKID"] == str(int(track) + 1)
    rule(client, servicio="boleta-subida", hacer="otro-trackid")
    given = json.loads(client.rest_upload(envelope([Dte(39)])).body)["trackid"]
    assert client.rest(f".envio/{maker.COMPANY}-{given}").status == 404
    assert client.rest(f".envio/{maker.COMPANY}-{given - 1}").status == 200


def test_calls_that_pass_before(client: Client) -> None:
    rule(client, hacer="status", codigo=9, saltar=1)
    assert client.upload(envelope([Dte()])).xml()["STATUS"] == "0"
    assert client.upload(envelope([Dte(folio=2)])).xml()["STATUS"] == "9"


def test_rules_are_ended(client: Client) -> None:
    rule(client, servicio="*", hacer="vacio", veces=0)
    for _ in range(3):
        assert client.call("GET", "/DTEWS/CrSeed.jws").body == b""
    assert client.control("/reglas", method="DELETE") == []
    assert client.seed()


@pytest.mark.parametrize(
    "wanted",
    [
        {"hacer": "nada"}, {"servicio": "subida"}, {"hacer": "html", "servicio": "otro"}, {"hacer": "html", "x": 1},
        {"hacer": "html", "veces": -1}, {"hacer": "status", "servicio": "semilla"}, {"hacer": "html", "veces": "dos"},
    ],
)  # fmt: skip
def test_a_rule_that_is_none(client: Client, wanted: dict[str, object]) -> None:
    assert client.control("/reglas", wanted)["error"]
    assert client.control("/reglas") == []


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/opciones", {"nada": 1}), ("/opciones", {"demora": "mucha"}), ("/opciones", {"correo": "tal vez"}),
        ("/empresas", {"rut": "76000111-1"}), ("/empresas", {"nombre": "x"}), ("/folios-anulados", {}),
        ("/empresas", {"rut": maker.COMPANY, "usuarios": {maker.PERSON: ["todo"]}}), ("/documentos", {"rut": "x"}),
        ("/reloj", {}), ("/claves-caf", {"idk": "901", "pem": "x"}), ("/nada", {}),
        ("/claves-caf", {"idk": "300", "pem": maker.public_pem("authority", 1024)}),
    ],
)  # fmt: skip
def test_what_the_control_address_does_not_take(client: Client, path: str, wanted: object) -> None:
    assert client.control(path, wanted)["error"]


def test_a_key_told_later(client: Client) -> None:
    """Nothing is said against a CAF of an authority whose key is not known, and what is wrong is once it is."""
    forged = maker.Caf(33, idk="901", signer="nobody")
    client.deliver(envelope([Dte(caf=forged)]))
    client.control("/claves-caf", {"idk": "901", "pem": maker.public_pem("authority", 1024)})
    track, _ = client.deliver(envelope([Dte(folio=2, caf=forged)]))
    assert client.reasons(track)[0].startswith("(TED-2-510)")


def test_rules_in_a_file(tmp_path: Path, options: Options) -> None:
    (tmp_path / "reglas.json").write_text('[{"servicio": "semilla", "hacer": "http", "codigo": 502}]')
    with Simulator(options) as simulator:
        simulator.sii.faults.load(tmp_path / "reglas.json")
        assert Client(simulator.address).call("POST", "/DTEWS/CrSeed.jws", b"x").status == 502


@pytest.mark.parametrize("state", ["RSC", "RFR", "RCT"])
def test_a_mark_for_the_whole_envelope(client: Client, state: str) -> None:
    _, last = client.deliver(envelope([Dte(changes=(("Piñón", f"SIMULADOR={state}"),))]))
    assert fields(last.encode())["ESTADO"] == state


def test_a_body_in_two_pieces_with_expect(client: Client) -> None:
    """curl asks for leave before a large body."""
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Cookie": f"TOKEN={client.token}",
        "Expect": "100-continue",
    }  # fmt: skip
    answer = client.call("POST", "/cgi_dte/UPL/DTEUpload", form(client.parts(), envelope([Dte()])), headers)
    assert answer.xml()["STATUS"] == "0"


def test_the_control_address_is_for_this_machine(simulator: Simulator) -> None:
    """A simulator that answers a whole network is not to be told by all of it what to do."""
    there = Request("GET", "/control", "", {}, b"", peer="192.0.2.7")
    assert routes.answer(simulator.sii, there, None).status == 403
    there.peer = "127.0.0.1"
    assert routes.answer(simulator.sii, there, None).status == 200
