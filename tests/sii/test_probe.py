"""``sii probar``: what fails is told with what to do, and what cannot be looked at is not called well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from dteplanows.simulator.options import Options
from dteplanows.simulator.server import Simulator
from tests.commands.command_line import CLAVE, RUT, create, run
from tests.signer.signer_support import NOW, Names, ia5, key, make_certificate, p12
from tests.sii import shapes
from tests.sii.conftest import untrusted
from tests.sii.server import Say, Server, closed_port, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data of a company with a certificate."""
    data = tmp_path / "datos"
    assert create(data).exit_code == 0
    path = tmp_path / "firma.p12"
    end = NOW + timedelta(days=400)
    path.write_bytes(p12(key(), make_certificate(key(), Names(ia5("11111111-1")), end=end), clave=CLAVE))
    assert run(data, "certificado", "cargar", str(path), DTEPLANOWS_CLAVE=CLAVE).exit_code == 0
    return data


@pytest.fixture
def server(server: Server) -> Server:
    """It has no document of the company, and says so to whoever asks."""
    server.on("QueryEstDteAv", advanced("0", "<RECIBIDO>NO</RECIBIDO><ESTADO>FAU</ESTADO><GLOSA>No recibido</GLOSA>"))
    return server


def advanced(state: str, body: str = "", gloss: str = "") -> Say:
    head = f"<SII:ESTADO>{state}</SII:ESTADO><SII:GLOSA>{gloss}</SII:GLOSA>"
    return Say(shapes.soap("getEstDteAv", shapes.respuesta(head, body)))


def probe(folder: Path, address: str, **settings: str) -> Result:
    return run(folder, "sii", "probar", DTEPLANOWS_SII_SIMULADOR=address, **settings)


def rows(result: Result) -> dict[str, str]:
    """What was looked at, by name without its address, with how it went."""
    found = {}
    for line in result.output.splitlines():
        for word in ("bien", "falla", "no se probó"):
            if line.startswith(f"{word}  "):
                found[line[len(word) :].strip().split("  ")[0].partition(" http")[0]] = word
    return found


ALL = {
    "Certificado": "bien", "Servidor": "bien", "Reloj": "bien", "Semilla de facturas": "bien",
    "Token de facturas": "bien", "Permiso": "bien", "Semilla de boletas": "bien", "Token de boletas": "bien",
}  # fmt: skip


def test_all_is_well(folder: Path, server: Server) -> None:
    done = probe(folder, server.address)
    assert done.exit_code == 0, done.output
    assert rows(done) == ALL
    assert "ambiente pruebas: simulador." in done.output
    assert "El SII deja entrar a Persona Ficticia, RUT 11111111-1." in done.output
    assert "Qué hacer" not in done.output


NO_TOKEN = {"Token de facturas": "falla", "Permiso": "no se probó"}
NO_SEED = {"Semilla de facturas": "falla"} | NO_TOKEN
FAILURES = {
    "no seed": ("CrSeed", shapes.seed(state="-1"), NO_SEED,
                "error de configuración", "Espere; se repite más tarde."),
    "page": ("CrSeed", Say(shapes.PAGE), NO_SEED,
             "llegó una página web", "Espere unos minutos y repita."),
    "not registered": ("GetToken", shapes.token("", "-07", "RUT no registrado"), NO_TOKEN,
                       "ESTADO -07: RUT no registrado", "Ingrese una vez al sitio del SII con este certificado"),
    "too many sessions": ("GetToken", Say(shapes.fault("máximo de sesiones")), NO_TOKEN,
                          "demasiadas sesiones", "No insista"),
    "boletas": ("electronica.token", Say(b"", 503), {"Token de boletas": "falla"}, "volver más tarde",
                "Espere unos minutos"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_is_told_with_what_to_do(folder: Path, server: Server, name: str) -> None:
    path, say, wrong, words, remedy = FAILURES[name]
    server.on(path, say)
    done = probe(folder, server.address)
    assert done.exit_code == 1
    assert rows(done) == ALL | wrong
    text = " ".join(done.output.split())
    assert words in text
    assert f"Qué hacer: {remedy}" in text


PERMISSIONS = {
    "none": (advanced("9", gloss="Sin permiso"), "-1", "falla", "no deja a Persona Ficticia, RUT 11111111-1, actuar"),
    "no answer, and none": (Say(shapes.PAGE), "-6", "falla", "ESTADO -6"),
    "not known there": (advanced("5", gloss="Error"), "-3", "falla", "ESTADO -3"),
    "no answer": (Say(b"", 500), "-1", "no se probó", "no se puede saber antes"),
    "no company": (advanced("0", "<RECIBIDO>NO</RECIBIDO><ESTADO>EMP</ESTADO><GLOSA>Empresa no autorizada</GLOSA>"),
                   "-1", "falla", "como emisora en este ambiente"),
}  # fmt: skip


@pytest.mark.parametrize("name", PERMISSIONS)
def test_permission_is_read_from_a_harmless_question(folder: Path, server: Server, name: str) -> None:
    """What is not known is not called well, nor wrong."""
    answer, state, result, words = PERMISSIONS[name]
    server.on("QueryEstDteAv", answer)
    server.on("QueryEstUp", Say(shapes.state(f"<ESTADO>{state}</ESTADO><GLOSA>Error</GLOSA>")))
    done = probe(folder, server.address)
    assert rows(done) == ALL | {"Permiso": result}
    assert done.exit_code == (1 if result == "falla" else 0)
    assert words in " ".join(done.output.split())
    assert ("Qué hacer" in done.output) == (result == "falla")
    assert not any("DTEUpload" in path for path in server.paths())


@pytest.mark.parametrize(
    ("users", "result"),
    [({}, "bien"), ({"11111111-1": ["consultar"]}, "bien"), ({"11111111-1": ["enviar"]}, "falla"),
     ({"60803000-K": ["consultar"]}, "falla")],
)  # fmt: skip
def test_permission_at_the_simulator(
    folder: Path, tmp_path: Path, users: dict[str, list[str]], result: str
) -> None:
    with Simulator(Options(tmp_path / "sii", port=0)) as simulator:
        simulator.sii.companies.register({"rut": RUT, "usuarios": users})
        done = probe(folder, simulator.address)
        assert simulator.sii.store.envelopes() == []
    assert rows(done) == ALL | {"Permiso": result}
    assert done.exit_code == (1 if result == "falla" else 0)


@pytest.mark.parametrize(
    ("shift", "words"),
    [(timedelta(minutes=7, seconds=30), "atrasado en 7 min"), (timedelta(hours=-30.1), "adelantado en 30 hor"),
     (timedelta(seconds=-90), "adelantado en 1 min"), (timedelta(seconds=20), ""), (timedelta(seconds=-20), "")],
)  # fmt: skip
def test_the_clock_is_that_of_the_sii(folder: Path, server: Server, shift: timedelta, words: str) -> None:
    server.on("/", lambda seen: Say(other_answer(seen.path), date=datetime.now(UTC) + shift))
    done = probe(folder, server.address)
    assert rows(done) == ALL | ({"Reloj": "falla"} if words else {})
    assert done.exit_code == (1 if words else 0)
    assert words in done.output
    assert ("Qué hacer: Corrija la hora" in done.output) == bool(words)


def other_answer(path: str) -> bytes:
    """A seed or a token for who asks for one."""
    answers = {"CrSeed": shapes.seed(), "GetToken": shapes.token(), "semilla": shapes.rest_seed(),
               "token": shapes.rest_token(), "QueryEstDteAv": advanced("0", "<RECIBIDO>NO</RECIBIDO>")}  # fmt: skip
    return next((say.body for word, say in answers.items() if word in path), b"x")


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://127.0.0.1:{port}", "No se pudo conectar"), ("https://no-existe.invalid", "por su nombre")],
)
def test_a_server_that_is_not_there(folder: Path, address: str, words: str) -> None:
    done = probe(folder, address.format(port=closed_port()))
    assert done.exit_code == 1
    nothing = {name: "no se probó" for name in ALL if name.startswith(("Semilla", "Token", "Permiso"))}
    assert rows(done) == {"Certificado": "bien", "Servidor": "falla"} | nothing
    assert words in done.output
    assert "corrija el ajuste sii_simulador" in " ".join(done.output.split())
    assert "HTTPConnection" not in done.output


def test_tls_is_told_apart_from_the_server(folder: Path, tmp_path: Path) -> None:
    with serving(untrusted(tmp_path)) as one:
        done = probe(folder, one.address)
    assert done.exit_code == 1
    nothing = {name: "no se probó" for name in ALL if name.startswith(("Semilla", "Token", "Permiso"))}
    assert rows(done) == {"Certificado": "bien", "Servidor": "bien", "TLS": "falla"} | nothing
    assert "certificados raíz" in done.output


def test_without_a_certificate(tmp_path: Path, server: Server) -> None:
    data = tmp_path / "datos"
    assert create(data).exit_code == 0
    done = probe(data, server.address)
    assert done.exit_code == 1
    tokens = dict.fromkeys(("Token de facturas", "Permiso", "Token de boletas"), "no se probó")
    assert rows(done) == ALL | {"Certificado": "falla"} | tokens
    assert "«certificado cargar»" in done.output
    assert not any("GetToken" in path for path in server.paths())


def test_addresses_of_the_wrong_environment_are_refused_before_anything_leaves(folder: Path) -> None:
    done = probe(folder, "https://palena.sii.cl")
    assert done.exit_code == 1
    assert "SII-002" in done.output


def test_certification_asks_its_own_servers_and_wants_a_resolution(folder: Path, server: Server) -> None:
    """The real ones are replaced by addresses where nobody is."""
    there = f"http://127.0.0.1:{closed_port()}"
    done = run(
        folder, "sii", "probar", DTEPLANOWS_SII_PRUEBAS="maullin", DTEPLANOWS_SII_MAULLIN=server.address,
        DTEPLANOWS_SII_APICERT=there, DTEPLANOWS_SII_PANGAL=there,
    )  # fmt: skip
    assert "ambiente pruebas: maullin." in done.output
    assert "Falta la fecha de la resolución" in done.output
    assert "oletas" not in done.output, "boletas go by DTEUpload there, and nobody asks the other servers"
    assert done.exit_code == 0
