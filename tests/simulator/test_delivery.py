"""The road of an envelope: seed, token, upload, states, last word."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.simulator import maker
from tests.simulator.client import REST, Client, fields, until
from tests.simulator.maker import Dte, envelope, many


def test_what_is_made_here_is_sound(tmp_path: Path) -> None:
    """xmlsec1 verifies the set in its place and each document cut out of it, or the tests below would prove nothing."""
    if not shutil.which("xmlsec1"):
        pytest.skip("xmlsec1 is not installed")
    data = envelope(many(2))
    cut = re.findall(rb"<DTE .*?</DTE>", data, re.DOTALL)
    assert len(cut) == 2
    (tmp_path / "key.pem").write_text(maker.public_pem(maker.PERSON))
    declared = b'<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    for name, file, element, at in [
        ("set.xml", data, "SetDTE", "/*/*[local-name()='Signature']"),
        *((f"{n}.xml", declared + one, "Documento", "/*/*[local-name()='Signature']") for n, one in enumerate(cut)),
    ]:  # fmt: skip
        (tmp_path / name).write_bytes(file)
        done = subprocess.run(
            ["xmlsec1", "--verify", "--pubkey-pem", str(tmp_path / "key.pem"), "--id-attr:ID", element,
             "--node-xpath", at, str(tmp_path / name)],
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("tipo", [33, 34, 52])
def test_a_sound_document_is_accepted(client: Client, tipo: int) -> None:
    track, last = client.deliver(envelope([Dte(tipo)]))
    found = fields(last.encode())
    assert client.reasons(track) == []
    assert found["ESTADO"] == "EPR"
    assert (found["TIPO_DOCTO"], found["INFORMADOS"], found["ACEPTADOS"], found["RECHAZADOS"], found["REPAROS"]) == (
        str(tipo), "1", "1", "0", "0",
    )  # fmt: skip


def test_the_states_come_in_order(client: Client) -> None:
    """The SII's clock is set forward, a part of the road at a time."""
    client.control("/opciones", {"demora": 100.0})
    track = client.upload(envelope(many(3))).xml()["TRACKID"]
    client.judged()
    seen, document = [], []
    for passed in (0, 15, 25, 45, 65, 85, 101):
        client.control("/reloj", {"segundos": passed})
        seen.append(fields(client.envelope_state(track).encode())["ESTADO"])
        document.append(client.document_state(33, 1)["ESTADO"])
    assert seen == ["-11", "REC", "SOK", "FOK", "CRT", "PDR", "EPR"]
    assert document == ["FAU"] * 6 + ["DOK"]


def test_the_shape_of_each_answer(client: Client) -> None:
    client.control("/opciones", {"demora": 100.0})
    track = client.upload(envelope(many(1) + many(1, 34))).xml()["TRACKID"]
    client.judged()
    assert len(track) == 10
    passing = client.envelope_state(track)
    assert "<ESTADO>-11</ESTADO>" in passing
    assert "<ERR_CODE>2</ERR_CODE>" in passing
    client.control("/reloj", {"segundos": 15})
    received = client.envelope_state(track)
    assert "<ESTADO>REC</ESTADO>" in received
    assert "RESP_BODY" not in received
    assert "TRACKID" not in received
    assert re.search(r"<NUM_ATENCION>\d+ \( \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\)</NUM_ATENCION></SII:RESP_HDR>", received)
    client.control("/reloj", {"segundos": 101})
    last = client.envelope_state(track)
    assert re.search(
        r"<SII:RESP_HDR><TRACKID>\d+</TRACKID><ESTADO>EPR</ESTADO><GLOSA>Envio Procesado</GLOSA></SII:RESP_HDR>"
        r"<SII:RESP_BODY>(<TIPO_DOCTO>3[34]</TIPO_DOCTO><INFORMADOS>1</INFORMADOS><ACEPTADOS>1</ACEPTADOS>"
        r"<RECHAZADOS>0</RECHAZADOS><REPAROS>0</REPAROS>){2}<NUM_ATENCION>[^<]+</NUM_ATENCION></SII:RESP_BODY>",
        last,
    )
    unknown = client.envelope_state("77")
    assert "<ESTADO>-1</ESTADO>" in unknown
    assert re.search(r"<ERR_CODE>1</ERR_CODE><SQL_CODE></SQL_CODE><SRV_CODE></SRV_CODE></SII:RESP_HDR><NUM_AT", unknown)
    assert fields(client.envelope_state(str(int(track))).encode())["ESTADO"] == "EPR"


def test_epr_proves_nothing(client: Client) -> None:
    """Every document refused, and the envelope is processed."""
    track, last = client.deliver(envelope([Dte(changes=(("Piñón", "SIMULADOR=DET-3-854"),))]))
    found = fields(last.encode())
    assert (found["ESTADO"], found["ACEPTADOS"], found["RECHAZADOS"]) == ("EPR", "0", "1")
    assert client.reasons(track)[0].startswith("(DET-3-854)")
    assert client.document_state(33, 1)["ESTADO"] == "FAU"


def test_a_refused_folio_is_free_and_one_with_a_reparo_is_not(client: Client) -> None:
    client.deliver(envelope([Dte(changes=(("Piñón", "SIMULADOR=HED-3-861"),))]))
    late = Dte(changes=(("Piñón", "SIMULADOR=HED-1-863"),))
    _, last = client.deliver(envelope([late]))
    assert fields(last.encode())["REPAROS"] == "1"
    track, last = client.deliver(envelope([Dte()]))
    assert fields(last.encode())["RECHAZADOS"] == "1"
    assert client.reasons(track) == ["(DTE-3-100) RECHAZO- DTE Repetido"]
    other = Dte(changes=(("Piñón", "Otro"), ("Cía", "Otra"), (f">{maker.RECEIVER}<", f">{maker.STRANGER}<")))
    track, _ = client.deliver(envelope([other]))
    assert client.reasons(track)[0].startswith("(DTE-3-101)")


def test_the_same_file_again(client: Client) -> None:
    data = envelope(many(1))
    track = client.upload(data).xml()["TRACKID"]
    again = client.upload(data).xml()
    assert again["STATUS"] == "99"
    assert again["ERROR"] == f"Archivo enviado 1 veces con Trackid {int(track)}"
    assert "TRACKID" not in again
    assert client.upload(data).xml()["ERROR"].startswith("Archivo enviado 2 veces")


def test_boletas_have_their_own_service(client: Client) -> None:
    bad = Dte(39, 2, changes=(("<MontoItem>1000", "<MontoItem>900"),))
    data = envelope([Dte(39, 1), bad, Dte(39, 3, changes=(("Piñón", "SIMULADOR=DTE-3-505"),)), Dte(41, 4)])
    receipt = json.loads(client.rest_upload(data).body)
    assert receipt["estado"] == "REC"
    assert receipt["trackid"] > 2**31
    assert set(receipt) == {"rut_emisor", "rut_envia", "trackid", "fecha_recepcion", "estado", "file"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", receipt["fecha_recepcion"])
    path = f".envio/{maker.COMPANY}-{receipt['trackid']}"
    last = json.loads(until(lambda: client.rest(path).body, lambda body: b"EPR" in body))
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", last["fecha_recepcion"])
    assert last["estadistica"] == [
        {"tipo": 39, "informados": 3, "aceptados": 1, "rechazados": 1, "reparos": 1},
        {"tipo": 41, "informados": 1, "aceptados": 1, "rechazados": 0, "reparos": 0},
    ]
    assert [(one["folio"], one["estado"]) for one in last["detalle_rep_rech"]] == [(2, "RPR"), (3, "RCH")]
    assert last["detalle_rep_rech"][0]["error"][0]["seccion"] == "DET"
    day = maker.today().strftime("%d-%m-%Y")
    asked = f"rut_receptor={maker.RECEIVER[:-2]}&dv_receptor={maker.RECEIVER[-1]}&monto=1000&fechaEmision={day}"
    assert json.loads(client.rest(f"/{maker.COMPANY}-39-1/estado?{asked}").body)["codigo"] == "DOK"
    assert json.loads(client.rest(f"/{maker.COMPANY}-39-3/estado?{asked}").body)["codigo"] == "FAU"
    assert json.loads(client.rest(f"/{maker.COMPANY}-39-1/estado?{asked}1").body)["codigo"] == "DNK"


def test_the_boleta_service_knows_no_repeated_file(client: Client) -> None:
    data = envelope([Dte(39)])
    first, second = client.deliver_boletas(data), client.deliver_boletas(data)
    assert first["trackid"] != second["trackid"]
    assert first["estadistica"][0]["aceptados"] == 1
    assert second["detalle_rep_rech"][0]["error"][0]["codigo"] == 100


def test_boletas_go_by_the_upload_of_facturas_too(client: Client) -> None:
    _, last = client.deliver(envelope([Dte(39)]))
    assert fields(last.encode())["ACEPTADOS"] == "1"


def test_the_advanced_question_gives_the_trackid(client: Client) -> None:
    data = envelope(many(1))
    track, _ = client.deliver(data)
    firma = re.search(rb"<SignatureValue>(.*?)<", data, re.DOTALL)
    assert firma is not None
    known = client.advanced_state(1, firma[1].decode())
    assert "<SII:RESP_HDR><SII:ESTADO>0</SII:ESTADO>" in known
    assert f"<RECIBIDO>SI</RECIBIDO><ESTADO>DOK</ESTADO>" in known  # noqa: F541
    assert f"<TRACKID>{int(track)}</TRACKID><NUMATENCION>[" in known
    other = fields(client.advanced_state(1, "AAAA").encode())
    assert (other["RECIBIDO"], "TRACKID" in other) == ("SI", False)
    assert fields(client.advanced_state(2, "AAAA").encode())["RECIBIDO"] == "NO"
    assert "<SII:ESTADO>2</SII:ESTADO>" in client.advanced_state(1, "AAAA", Token="NADA")


def test_questions_about_a_document(client: Client) -> None:
    client.deliver(envelope(many(2)))
    assert client.document_state(33, 1) | {"NUM_ATENCION": ""} == {
        "ESTADO": "DOK", "GLOSA_ESTADO": "DTE Recibido", "ERR_CODE": "0", "NUM_ATENCION": "",
        "GLOSA_ERR": "Documento Recibido por el SII. Datos Coinciden con los Registrados",
    }  # fmt: skip
    assert client.document_state(33, 1, "1")["ESTADO"] == "DNK"
    assert client.document_state(33, 3, "1")["ESTADO"] == "FAU"
    note = Dte(61, 1, references=maker.reference("33", 2, "1"))
    client.deliver(envelope([note]))
    assert client.document_state(33, 2)["ESTADO"] == "ANC"


def test_the_tables_of_boletas(client: Client) -> None:
    path = REST.replace("boleta.electronica", "globales/boleta.electronica")
    for name in ("estado", "tipo", "nivel", "seccion"):
        assert json.loads(client.call("GET", f"{path}.{name}").body)
    assert client.call("GET", f"{path}.otra").status == 404
