"""The REST service: requests as three programs of 2026 build them, and the answers that they look for."""

from __future__ import annotations

import base64
import json
import logging
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest

import dteplanows
from docs.reference import MANUAL
from dteplanows.accounts.callers import Callers
from dteplanows.archive.links import PATHS
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials, DocumentOutcome, Outcome
from dteplanows.ledger.engines.errors import Busy
from dteplanows.soap import answer
from dteplanows.soap.limits import USUAL
from dteplanows.web import rest_answer
from tests.installation import CLAVE as REAL_CLAVE
from tests.installation import COMPANY, USUARIO, Installation
from tests.soap.soap_support import CLAVE, Answer, Caller, Watched, b64, sale

LOGIN = {"usuario": "DEMO", "rut": "1-9", "clave": CLAVE}
FILE = sale("Ñandú >>>>>?????")
"""Its base64 has both ``+`` and ``/``."""


def token_of(caller: Caller) -> str:
    """A token of the user."""
    return Callers(caller.issuer.ledger).token(Credentials(("DEMO",), "1-9", (CLAVE,)))


def with_token(caller: Caller) -> dict[str, Any]:
    """The header of a call with a token of the user."""
    return {"HTTP_AUTHORIZATION": token_of(caller)}


def told(answer: Answer) -> Any:
    """The JSON of an answer."""
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return json.loads(answer.body)


def code(answer: Answer) -> str:
    """The reason of a refusal, which stands in the tree and beside it; its tree is one that all programs can read."""
    found = told(answer)
    tree = found["WSPLANO"]
    assert (tree["Resultado"], found["Resultado"]) == ("False", "ERROR")
    documento = tree["Detalle"]["Documento"]
    assert documento["Error"] == found["Error"]
    assert all(documento[name] for name in ("Folio", "TipoDte", "Operacion", "Fecha"))
    return str(found["Error"]).partition("[")[2].partition("]")[0]


def login(caller: Caller, body: object, media: str = "application/json", **environ: Any) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return caller.send("POST", "/login", data, CONTENT_TYPE=media, **environ)


def get(caller: Caller, name: str, query: str = "", **environ: Any) -> Answer:
    token = {} if "HTTP_AUTHORIZATION" in environ else with_token(caller)
    return caller.send("GET", f"/wsds/{name}", query=query, **token, **environ)


def post(caller: Caller, name: str, body: bytes, media: str = "", query: str = "") -> Answer:
    return caller.send("POST", f"/wsds/{name}", body, query, CONTENT_TYPE=media, **with_token(caller))


# --- login ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (LOGIN, "application/json"),
        (LOGIN, "application/json; charset=UTF-8"),
        (LOGIN, ""),
        (LOGIN, "text/plain;charset=UTF-8"),
        ({name.capitalize(): value for name, value in LOGIN.items()}, "application/json"),
        ({name: b64(value) for name, value in LOGIN.items()}, "application/json"),
        (b"\xef\xbb\xbf" + json.dumps(LOGIN).encode(), "application/json"),
        (json.dumps(LOGIN, ensure_ascii=False).encode("latin-1"), "application/json"),
        (urlencode(LOGIN).encode(), "application/x-www-form-urlencoded"),
        (urlencode(LOGIN, encoding="latin-1").encode(), "application/x-www-form-urlencoded"),
        (urlencode({name: b64(value) for name, value in LOGIN.items()}).encode(), ""),
    ],
)
def test_login_gives_a_token(caller: Caller, issuer: Watched, body: object, media: str) -> None:
    answer = login(caller, body, media)
    assert (answer.status, set(told(answer))) == (200, {"token"})
    account = Callers(issuer.ledger).bearer(told(answer)["token"])
    assert (account.usuario, account.company.rut, account.identity_from_account) == ("DEMO", COMPANY.rut, True)


def test_a_clave_of_digits_may_be_a_number(caller: Caller, issuer: Watched) -> None:
    issuer.ledger.users.save("CIFRAS", "20260101", "pruebas", COMPANY.rut)
    assert login(caller, {"usuario": "CIFRAS", "rut": "1-9", "clave": 20260101}).status == 200


PIECES = (
    b"file", b"formato", b"usuario", b"rut", b"clave", b"folio", b"tipo", b"tpomov", b"cedible", b"ticket", b"=", b"&",
    b"{", b"}", b'"', b":", b",", b"[", b"\\ud800", b"\\u0000", b"1-9", b"V", b"33", b"%", b"%00", b"%F1", b"%2B", b"+",
    b"\xf1", b"\xff\xfe", b"\x00", b" ", b"null", b"true", b"1e999", b"9" * 30, b"MS05", b"True", b"ticket@39@1",
)  # fmt: skip


def test_whatever_comes_is_answered_and_is_no_failure_of_ours(installation: Installation) -> None:
    caller = Caller(installation.issuer, limits=USUAL._replace(failures=0))
    given = told(login(caller, {"usuario": USUARIO, "rut": "1-9", "clave": REAL_CLAVE}))
    chance = random.Random(12)
    for _ in range(1500):
        data = b"".join(chance.choices(PIECES, k=chance.randrange(1, 14)))
        if chance.random() < 0.5:
            name, value = chance.choice(("usuario", "folio", "file", "ticket", "tipo")), data.decode("latin-1")
            data = json.dumps({"rut": "1-9", "clave": "x", "formato": "1", "usuario": "x", name: value}).encode()
            data = data.replace(b"\\\\u", b"\\u")
        path = chance.choice(("/login", "/wsds/procesar", "/wsds/obtenerlink", "/wsds/getticket"))
        query = data.decode("latin-1") if chance.random() < 0.3 else ""
        answer = caller.send("POST", path, data, query, HTTP_AUTHORIZATION=given["token"])
        assert answer.status < 500, (path, data, answer.body)
        assert code(answer)


@pytest.mark.parametrize(
    ("body", "media", "status", "expected"),
    [
        ({**LOGIN, "usuario": "\ud800", "clave": "\udfff"}, "application/json", 401, "AUT-001"),
        ({**LOGIN, "\ud800": []}, "application/json", 400, "SRV-113"),
        ({**LOGIN, "clave": "otra"}, "application/json", 401, "AUT-001"),
        ({**LOGIN, "clave": " "}, "application/json", 400, "SRV-111"),
        ({}, "application/json", 400, "SRV-111"),
        (b"", "application/json", 400, "SRV-111"),
        ({**LOGIN, "rut": None}, "application/json", 400, "SRV-111"),
        ({**LOGIN, "usuario": ["DEMO"]}, "application/json", 400, "SRV-113"),
        (b'{"usuario":"DEMO"', "application/json", 400, "SRV-110"),
        (b"[1]", "application/json", 400, "SRV-110"),
        (b'{"a":' + b"[" * 200_000, "application/json", 400, "SRV-110"),
        (b"a=1&" * 100, "", 400, "SRV-110"),
        (b"--x", "multipart/form-data; boundary=x", 415, "SRV-110"),
        (b"{" + b" " * (2**20 + 1), "application/json", 413, "SRV-041"),
    ],
)
def test_a_wrong_login_is_answered_with_its_reason(
    caller: Caller, body: object, media: str, status: int, expected: str
) -> None:
    answer = login(caller, body, media)
    assert (answer.status, code(answer)) == (status, expected)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_all_that_is_missing_is_named(caller: Caller) -> None:
    reason = told(login(caller, {"usuario": "DEMO"}))["Error"]
    assert "1) [SRV-111] Campo rut:" in reason
    assert "2) [SRV-111] Campo clave:" in reason


def test_wrong_passwords_wait_in_both_services_together(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(failures=2))
    assert [code(login(caller, {**LOGIN, "clave": "otra"})) for _ in range(3)] == ["AUT-001", "AUT-001", "AUT-013"]
    assert login(caller, LOGIN).status == 429
    soap = "<Procesar><login><Usuario>DEMO</Usuario><Rut>1-9</Rut><Clave>x</Clave></login><file>YQ==</file></Procesar>"
    envelope = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{soap}</s:Body></s:Envelope>'
    assert "AUT-013" in caller.post(envelope).result()
    # A token needs no password, so its calls go on.
    assert get(caller, "version").status == 200


def test_the_address_of_login_is_not_looked_at(caller: Caller) -> None:
    answer = caller.send("POST", "/login", b"", urlencode(LOGIN))
    assert code(answer) == "SRV-111"


# --- the token ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["{}", "Bearer {}", "bearer  {} "])
def test_the_token_comes_with_or_without_its_scheme(caller: Caller, said: str) -> None:
    assert get(caller, "version", HTTP_AUTHORIZATION=said.format(token_of(caller))).status == 200


@pytest.mark.parametrize(
    ("said", "expected"), [("", "AUT-016"), ("Bearer ", "AUT-016"), ("otro", "AUT-017"), ("Basic {}", "AUT-017")]
)
@pytest.mark.parametrize("name", ["version", "procesar", "obtenerlink", "getticket"])
def test_without_a_good_token_nothing_is_done(
    caller: Caller, issuer: Watched, name: str, said: str, expected: str
) -> None:
    token = said.format(token_of(caller))
    answer = get(caller, name, urlencode({"file": b64(FILE), "formato": "1"}), HTTP_AUTHORIZATION=token)
    assert (answer.status, code(answer)) == (401, expected)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert issuer.files == []


# --- procesar -------------------------------------------------------------------------------------------------


def as_fetch_does(file: str) -> str:
    """As URLSearchParams of the programs in JavaScript write it."""
    return urlencode({"file": file, "formato": "1"})


PLAIN = b64(FILE)
WAYS: dict[str, Callable[[], tuple[str, bytes, str]]] = {
    "URLSearchParams": lambda: (as_fetch_does(PLAIN), b"", ""),
    "not escaped": lambda: (f"file={PLAIN}&formato=1", b"", ""),
    "blanks for plus": lambda: (f"file={quote(PLAIN.replace('+', ' '))}&formato=1", b"", ""),
    "escaped blanks and line ends": lambda: (f"formato=1&file={quote(PLAIN[:8])}%0D%0A{quote(PLAIN[8:])}", b"", ""),
    "wrapped with blanks": lambda: (f"formato=1&file={quote(' '.join((PLAIN[:8], PLAIN[8:20], PLAIN[20:])))}", b"", ""),
    "folded in lines by blanks": lambda: (
        f"formato=1&file={quote(' '.join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76)))}", b"", "",
    ),
    "URL-safe without padding": lambda: (
        f"file={base64.urlsafe_b64encode(FILE).decode().rstrip('=')}&formato=1", b"", "",
    ),
    "formato in base64": lambda: (urlencode({"FILE": PLAIN, "Formato": b64("1")}), b"", ""),
    "JSON": lambda: ("", json.dumps({"file": PLAIN, "formato": 1}).encode(), "application/json"),
    "JSON without a type": lambda: ("", json.dumps({"file": PLAIN, "formato": "1"}).encode(), ""),
    "form": lambda: ("", as_fetch_does(PLAIN).encode(), "application/x-www-form-urlencoded"),
    "form not escaped": lambda: ("", f"file={PLAIN}&formato=1".encode(), "application/x-www-form-urlencoded"),
    "body and address": lambda: ("formato=1", json.dumps({"file": PLAIN}).encode(), "application/json"),
    "form with its parameters in the address": lambda: (as_fetch_does(PLAIN), b"", "application/json"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_same_file_by_every_way(caller: Caller, issuer: Watched, way: str) -> None:
    assert "+" in PLAIN and "/" in PLAIN
    issuer.ledger.users.set_avisos("DEMO", "pruebas", COMPANY.rut, False)
    query, body, media = WAYS[way]()
    answer = post(caller, "procesar", body, media, query) if media or body else get(caller, "procesar", query)
    assert (answer.status, issuer.files) == (200, [(FILE, "1", False)])
    found = told(answer)
    folio, fecha = found["Folio"], found["WSPLANO"]["Detalle"]["Documento"]["Fecha"]
    assert datetime.fromisoformat(fecha).date() == clock.today()
    assert ">>>>>?????".replace(">", "&gt;").encode() in issuer.made.xml(33, folio)
    assert found == {
        "WSPLANO": {
            "Resultado": "True",
            "Mensaje": "Proceso exitoso.",
            "Detalle": {
                "Documento": {
                    "Folio": str(folio), "TipoDte": "33", "Operacion": "VENTA", "Fecha": fecha, "Resultado": "True",
                    "FirmadoNeto": "1000", "FirmadoExento": "0", "FirmadoIva": "190", "FirmadoTotal": "1190",
                }
            },
        },
        "Resultado": "OK",
        "Folio": folio,
    }  # fmt: skip


def test_several_documents_are_a_list_and_have_no_flat_folio(caller: Caller, issuer: Watched) -> None:
    file = sale("una") + sale("otra").replace(b"22222222-2", b"22222222-3")
    found = told(get(caller, "procesar", as_fetch_does(b64(file))))
    first, second = found["WSPLANO"]["Detalle"]["Documento"]
    assert (second["Resultado"], "Error" in first) == ("False", False)
    assert issuer.made.xml(33, int(first["Folio"]))
    assert second["Error"].startswith("[") and "22222222-3" in second["Error"]
    assert (found["Resultado"], "Folio" in found, "Error" in found) == ("OK", False, False)


def test_avisos_are_a_list_whatever_their_number() -> None:
    for number in (0, 1, 2):
        avisos = tuple(problem("TXT-029", value="1.5", used="1") for _ in range(number))
        outcome = Outcome((DocumentOutcome(7, 33, clock.now(), True, avisos),))
        found = json.loads(rest_answer.of_answer(answer.of_outcome(outcome, with_avisos=True)).body)
        assert len(found["WSPLANO"]["Detalle"]["Documento"]["Avisos"]["Aviso"]) == number


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("formato=1", "SRV-020"),
        ("formato=2&file=", "SRV-021"),
        ("formato=1&file=%C3%B1%C3%B1", "SRV-022"),
    ],
)
def test_a_file_that_did_not_arrive_is_a_refused_file(caller: Caller, query: str, expected: str) -> None:
    """A program that looks at the status first would lose the reason of a 400, and the original never gives one."""
    answer = get(caller, "procesar", query)
    assert (answer.status, code(answer)) == (200, expected)
    assert told(answer)["WSPLANO"]["Mensaje"].endswith("No se emitió ningún documento.")


def test_a_failure_of_ours_has_a_status_and_a_reason(
    caller: Caller, issuer: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    issuer.failure = RuntimeError(f"secreto {PLAIN}")
    answer = get(caller, "procesar", as_fetch_does(PLAIN))
    assert (answer.status, code(answer)) == (500, "SRV-001")
    issuer.failure = Busy("another program")
    answer = get(caller, "procesar", as_fetch_does(PLAIN))
    assert (answer.status, code(answer)) == (503, "SRV-003")
    said = caplog.text
    assert "en /wsds/procesar: RuntimeError" in said
    assert PLAIN not in said and quote(PLAIN) not in said and "secreto" not in said
    assert token_of(caller).rpartition(".")[0] not in said


def test_what_cannot_be_understood_is_logged_without_its_address(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    post(caller, "procesar", b"{", "application/json", as_fetch_does(PLAIN))
    token = token_of(caller)
    caller.send("GET", f"/wsds/{token}", query=as_fetch_does(PLAIN))
    assert "SRV-110" in caplog.text and "SRV-060" in caplog.text and "203.0.113.7" in caplog.text
    assert quote(PLAIN) not in caplog.text and token not in caplog.text


def test_an_address_above_the_limit_is_refused_with_the_reason(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(body=2**20))
    longest = as_fetch_does("YWFh" * (2**18 - 10))
    assert len(longest) < 2**20
    assert get(caller, "procesar", longest).status == 200
    answer = get(caller, "procesar", f"{longest}{'&relleno=1' * 40}")
    assert (answer.status, code(answer)) == (414, "SRV-112")


# --- addresses and methods ------------------------------------------------------------------------------------


def test_version(caller: Caller) -> None:
    assert told(get(caller, "version")) == {"version": dteplanows.__version__}
    assert dteplanows.__version__.replace(".", "").isdigit()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/login", "POST"),
        ("HEAD", "/wsds/procesar", "GET, POST"),
        ("PUT", "/wsds/version", "GET, POST"),
        ("OPTIONS", "/wsds/obtenerlink", "GET, POST"),
    ],
)
def test_other_methods(caller: Caller, issuer: Watched, method: str, path: str, allowed: str) -> None:
    answer = caller.send(method, path, query=as_fetch_does(PLAIN), **with_token(caller))
    assert (answer.status, answer.headers["Allow"], issuer.files) == (405, allowed, [])
    assert method == "HEAD" or code(answer) == "SRV-114"


@pytest.mark.parametrize("path", ["/wsds/obtenerpdf", "/wsds/a/version", "/wsds/"])
def test_nothing_else_is_there(caller: Caller, path: str) -> None:
    answer = caller.send("GET", path, **with_token(caller))
    assert (answer.status, code(answer)) == (404, "SRV-060")
    assert "/wsds/obtenerlink" in told(answer)["Error"]


@pytest.mark.parametrize("path", ["/WSDS/version", "/wsds/Version/", "/LOGIN"])
def test_paths_are_compared_without_case(caller: Caller, path: str) -> None:
    answer = caller.send("POST", path, json.dumps(LOGIN).encode(), **with_token(caller))
    assert answer.status == 200


@pytest.mark.parametrize("path", ["/wsds/wsplano.asmx", "/wsds/wsplano.asmx/Online", "/"])
def test_the_soap_service_is_where_it_was(caller: Caller, path: str) -> None:
    assert caller.send("GET", path).status in (200, 302)


# --- with a ledger --------------------------------------------------------------------------------------------


class Client(NamedTuple):
    """A caller of a real installation, with its token."""

    caller: Caller
    token: str

    def get(self, name: str, **given: object) -> Answer:
        query = urlencode({key: str(value) for key, value in given.items()})
        return self.caller.send("GET", f"/wsds/{name}", query=query, HTTP_AUTHORIZATION=self.token)


@pytest.fixture
def client(installation: Installation) -> Client:
    caller = Caller(installation.issuer)
    answer = login(caller, {"usuario": USUARIO, "rut": "1-9", "clave": REAL_CLAVE})
    return Client(caller, told(answer)["token"])


def example(name: str) -> bytes:
    """An example file of the manual, of today."""
    return (MANUAL / "ejemplos" / name).read_bytes().replace(b"2026-01-05", clock.today().isoformat().encode())


def issued(client: Client, name: str) -> int:
    """The folio of an example, sent as the TXT that it is."""
    found = told(client.get("procesar", file=b64(example(name)), formato=1))
    assert found["Resultado"] == "OK", found
    return int(found["Folio"])


def test_a_document_with_its_links(client: Client) -> None:
    file = b64(example("33-factura.txt"))
    found = told(client.get("procesar", file=file, formato=1, incluyelink=1))
    documento = found["WSPLANO"]["Detalle"]["Documento"]
    assert documento["Folio"] == str(found["Folio"])
    assert documento["FirmadoTotal"].isdigit()
    for which, cedible in (("urlOriginal", "false"), ("urlCedible", "True")):
        link = told(client.get("obtenerlink", tpomov="V", folio=found["Folio"], tipo=33, cedible=cedible))
        assert set(link) == {"WSPLANO", "Resultado", "url"}
        assert link["WSPLANO"] == {"Mensaje": documento[which]}
        assert base64.b64decode(documento[which], validate=True).decode() == link["url"]
        assert link["url"].startswith(f"http://127.0.0.1:8080{PATHS['pruebas']}?p1=")
    without = told(client.get("procesar", file=file, formato=1))
    assert "urlOriginal" not in without["WSPLANO"]["Detalle"]["Documento"]


def test_the_link_has_the_scheme_that_the_proxy_tells(installation: Installation, client: Client) -> None:
    folio = issued(client, "33-factura.txt")
    behind = Caller(installation.issuer, trust_forwarded=True)
    query = urlencode({"tpomov": "V", "folio": folio, "tipo": 33, "cedible": "false"})
    proxy: dict[str, Any] = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "rest.ejemplo.cl"}
    for caller, start in ((behind, "https://rest.ejemplo.cl/"), (client.caller, "http://127.0.0.1:8080/")):
        answer = caller.send("GET", "/wsds/obtenerlink", query=query, HTTP_AUTHORIZATION=client.token, **proxy)
        assert told(answer)["url"].startswith(start)


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [
        ({"tpomov": "V", "folio": "1", "tipo": "33", "cedible": "false"}, 404, "FOL-060"),
        ({"tpomov": "V", "tipo": "33"}, 400, "SRV-032"),
        ({"tpomov": "V", "folio": "uno", "tipo": "33"}, 400, "SRV-030"),
        ({"tpomov": "C", "folio": "1", "tipo": "33"}, 400, "SRV-031"),
        ({"tpomov": "V", "folio": "1", "tipo": "33", "cedible": "quizás"}, 400, "SRV-070"),
    ],
)
def test_no_link_is_never_a_link(client: Client, given: dict[str, str], status: int, expected: str) -> None:
    answer = client.get("obtenerlink", **given)
    assert (answer.status, code(answer)) == (status, expected)
    found = told(answer)
    assert found["WSPLANO"]["Mensaje"] == ""
    assert "url" not in found
    assert found["Folio"] == (1 if given.get("folio") == "1" else 0)


def test_the_ticket_of_a_boleta_by_both_names(client: Client) -> None:
    folio = issued(client, "39-boleta.txt")
    names: list[dict[str, object]] = [
        {"ticket": f"ticket@39@{folio}"}, {"ticket": b64(f"ticket@39@{folio}")}, {"tipo": 39, "folio": folio}
    ]
    found = [told(client.get("getticket", **given))["WSPLANO"]["Mensaje"] for given in names]
    assert found[0] == found[1] == found[2]
    assert base64.b64decode(found[0]["TED"]).startswith(b"<TED version")
    assert str(folio) in base64.b64decode(found[0]["Head"]).decode()


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [
        ({}, 400, "SRV-032"),
        ({"ticket": "x"}, 400, "SRV-072"),
        ({"tipo": "39", "folio": "1"}, 404, "FOL-060"),
        ({"ticket": "ticket@39@0"}, 404, "FOL-060"),
    ],
)
def test_no_ticket_says_why(client: Client, given: dict[str, str], status: int, expected: str) -> None:
    answer = client.get("getticket", **given)
    assert (answer.status, code(answer)) == (status, expected)


def test_a_repeated_folio_is_told(client: Client) -> None:
    folio = issued(client, "33-factura.txt")
    file = example("33-factura.txt")
    again = file.replace(b";0;", f";{folio};".encode(), 1)
    assert again != file
    answer = client.get("procesar", file=b64(again), formato=1)
    assert (answer.status, code(answer)) == (200, "FOL-032")
    assert "Ya existe el Documento" in told(answer)["Error"]


def test_the_token_is_gone_with_the_password(client: Client, installation: Installation) -> None:
    assert client.get("version").status == 200
    installation.ledger.users.save(USUARIO, "otra clave", "pruebas", installation.company.rut)
    answer = client.get("version")
    assert (answer.status, code(answer)) == (401, "AUT-017")
