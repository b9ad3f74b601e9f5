"""Seeds, tokens, and who is let in."""

from __future__ import annotations

import re

import pytest

from tests.simulator import maker
from tests.simulator.client import REST, Client, fields
from tests.simulator.maker import Dte, envelope, signed_seed


def test_the_shape_of_a_seed(client: Client) -> None:
    text = client.soap("/DTEWS/CrSeed.jws", "getSeed")
    assert re.fullmatch(
        r'<\?xml version="1.0" encoding="UTF-8"\?><SII:RESPUESTA xmlns:SII="http://www.sii.cl/XMLSchema">'
        r"<SII:RESP_BODY><SEMILLA>\d{12}</SEMILLA></SII:RESP_BODY><SII:RESP_HDR><ESTADO>00</ESTADO></SII:RESP_HDR>"
        r"</SII:RESPUESTA>",
        text,
    )


def test_a_seed_is_used_once(client: Client) -> None:
    signed = signed_seed(client.seed())
    found = client.get_token(signed)
    assert (found["ESTADO"], len(found["TOKEN"])) == ("00", 13)
    assert client.get_token(signed)["ESTADO"] == "08"


def test_a_seed_lives_two_minutes(client: Client) -> None:
    seeds = [client.seed(), client.seed()]
    client.control("/reloj", {"segundos": 115})
    assert client.get_token(signed_seed(seeds[0]))["ESTADO"] == "00"
    client.control("/reloj", {"segundos": 125})
    assert client.get_token(signed_seed(seeds[1]))["ESTADO"] == "08"


def wrong(seed: str) -> dict[str, str]:
    """What is wrong with a signed seed, by the state that it gets."""
    good = signed_seed(seed)
    prefixed = re.sub(r"(</?)(?=Signature|SignedInfo)", r"\1ds:", good).replace(
        'ds:Signature xmlns="', 'ds:Signature xmlns:ds="'
    )
    return {
        "01": "",
        "02": good[:-4],
        "04": f"<getToken><item><Semilla>{seed}</Semilla></item></getToken>",
        "05": good.replace("<item>", "<item> "),
        "06": good.replace("Semilla>", "Simiente>"),
        "08": signed_seed("000000000000"),
        "10": prefixed.replace("ds:SignatureMethod", "SignatureMethod").replace("ds:SignatureValue", "SignatureValue"),
        "11": re.sub("<X509Data>.*</X509Data>", "", good),
        "21": signed_seed(seed, key_of=maker.STRANGER),
        "-3": signed_seed(seed, days=-5),
        "-07": signed_seed(seed, ""),
    }  # fmt: skip


@pytest.mark.parametrize("state", list(wrong("1")))
def test_why_there_is_no_token(client: Client, state: str) -> None:
    found = client.get_token(wrong(client.seed())[state])
    assert found["ESTADO"] == state
    assert found["GLOSA"]
    assert "TOKEN" not in found


def test_the_sii_s_own_digest() -> None:
    """The OpenAPI's sample, so that what is signed here is what the SII signs."""
    text = "<getToken><item><Semilla>030530912644</Semilla></item></getToken>"
    assert maker.sha1_b64(text) == "l2s9BqLppHaWo+w1Al1J5SsYScs="


def test_a_token_is_of_one_family(client: Client) -> None:
    data = envelope([Dte()])
    assert client.upload(data, token=client.rest_token).xml()["STATUS"] == "5"
    assert client.rest_upload(envelope([Dte(39)]), token=client.token).status == 401
    client.token = client.rest_token
    assert fields(client.envelope_state("1").encode())["ESTADO"] == "002"


def test_without_a_token(client: Client) -> None:
    assert client.upload(envelope([Dte()]), token="").xml()["STATUS"] == "5"
    answer = client.rest_upload(envelope([Dte(39)]), token="")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    client.token = ""
    assert fields(client.envelope_state("1").encode())["ESTADO"] == "003"
    assert client.mail_again("1") == "104"


def test_an_hour_without_use_ends_a_token_and_use_prolongs_it(client: Client) -> None:
    for passed in (3000, 6000):
        client.control("/reloj", {"segundos": passed})
        assert fields(client.envelope_state("1").encode())["ESTADO"] == "-1"
    client.control("/reloj", {"segundos": 9700})
    assert fields(client.envelope_state("1").encode())["ESTADO"] == "001"
    assert client.rest(f".envio/{maker.COMPANY}-1").status == 401


def test_every_token_can_be_ended(client: Client) -> None:
    assert client.control("/tokens/vencer", {}) == {"vencidos": 2}
    assert fields(client.envelope_state("1").encode())["ESTADO"] == "001"


def test_too_many_sessions(client: Client) -> None:
    client.control("/opciones", {"sesiones": 3})
    assert client.get_token(signed_seed(client.seed()))["ESTADO"] == "00"
    found = client.get_token(signed_seed(client.seed()))
    assert found["ESTADO"] == "10"
    assert "maximo de sesiones" in found["GLOSA"]
    assert client.get_token(signed_seed(client.seed(), maker.STRANGER))["ESTADO"] == "00"


def test_another_user_agent(client: Client) -> None:
    """No receipt for a program: a page at DTEUpload, 401 at the boleta service; and nothing was taken."""
    client.agent = "python-requests/2.32"
    answer = client.upload(envelope([Dte()]))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=iso-8859-1")
    assert b"TRACKID" not in answer.body
    assert client.rest_upload(envelope([Dte(39)])).status == 401
    assert client.control("")["documentos"] == []
    assert client.control("/envios") == []


def test_what_is_said_of_a_call_that_is_none(client: Client) -> None:
    assert client.call("POST", "/DTEWS/CrSeed.jws", b"<x/>").status == 500
    assert client.call("POST", "/DTEWS/CrSeed.jws", b"").status == 500
    assert client.call("GET", f"{REST}.envio").status == 404
    assert client.call("GET", f"{REST}.token").status == 405
    assert client.call("POST", f"{REST}.semilla", b"x").status == 405
    assert client.call("GET", "/cgi_dte/UPL/DTEUpload").status == 405
    assert client.call("GET", "/nada").status == 404
    assert client.rest(".envio/nada").status == 400
    assert client.rest(f".envio/{maker.COMPANY}-5").status == 404
    assert client.rest("/nada/estado").status == 400
    assert b"control" in client.call("GET", "/").body
