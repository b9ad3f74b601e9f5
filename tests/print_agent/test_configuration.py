"""The file of an agent: what it may say, and what is said of one that does not serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.print_agent import configuration
from dteplanows.printers.addresses import Address
from tests.told import codes

GOOD = 'direccion = "https://facturas.example.cl/dte/"\nclave = "secreta-1"\nimpresora = "cups:Caja_1"\n'


def refused(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused) as found:
        configuration.read(path)
    (problem,) = found.value.problems
    assert "secreta" not in problem.text()
    return problem.text()


def test_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "caja.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())  # as the Notepad of Windows saves it
    found = configuration.read(path)
    assert (found.direccion, found.clave) == ("https://facturas.example.cl/dte", "secreta-1")
    assert (found.output.name, found.journal) == ("Caja_1", tmp_path / "caja.estado.json")
    assert "secreta" not in repr(found)


@pytest.mark.parametrize(
    ("said", "name", "address"),
    [
        ('"red:192.168.1.50"', "192.168.1.50", Address("192.168.1.50", 9100)),
        ('"lpd:192.168.1.60/cola"', "192.168.1.60/cola", Address("192.168.1.60", 515, "cola")),
        ('"ipp:ipp://localhost/printers/a"', "ipp://localhost/printers/a",
         Address("localhost", 631, "ipp://localhost/printers/a")),
        ('"archivo:/dev/usb/lp0"', "/dev/usb/lp0", Address()),
        ("'archivo:\\\\CAJA\\TICKETS'", r"\\CAJA\TICKETS", Address()),
        ("""['C:\\leer\\lector.exe', '-print-to', 'HP', '{archivo}']""", r"C:\leer\lector.exe", Address()),
    ],
)  # fmt: skip
def test_every_kind_of_printer(tmp_path: Path, said: str, name: str, address: Address) -> None:
    path = tmp_path / "caja.toml"
    path.write_text(GOOD.replace('"cups:Caja_1"', said))
    assert configuration.read(path).output[::2] == (name, address)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("https://facturas.example.cl/dte/", "http://facturas.example.cl", "direccion"),  # the key would be seen
        ("https://facturas.example.cl/dte/", "https://yo:clave@facturas.example.cl", "direccion"),
        ("https://facturas.example.cl/dte/", "https://[1", "direccion"),
        ('"secreta-1"', '"secreta 1"', "clave"),
        ('"secreta-1"', '""', "clave"),
        ('"secreta-1"', "17", "clave"),
        ("cups:Caja_1", "cups:Caja 1; rm", "impresora"),
        ("cups:Caja_1", "cups:-oraw", "impresora"),
        ("cups:Caja_1", "red:regip", "impresora"),
        ("cups:Caja_1", "agente:", "impresora"),
        ("cups:Caja_1", "carpeta:no-es", "impresora"),
        ('"cups:Caja_1"', '["lector.exe"]', "impresora"),
        ('"cups:Caja_1"', "7", "impresora"),
        ("clave", "clabe", "clabe"),
        ("impresora = ", 'autoridad = "/no/hay.pem"\nimpresora = ', "autoridad"),
        ("impresora = ", 'proxy = "proxy"\nimpresora = ', "proxy"),
        ("impresora = ", 'sin_tls = "no"\nimpresora = ', "sin_tls"),
    ],
)
def test_what_does_not_serve_is_named(tmp_path: Path, before: str, after: str, names: str) -> None:
    assert before in GOOD
    assert f"para {names}" in refused(tmp_path / "caja.toml", GOOD.replace(before, after))


def test_http_is_for_this_machine_and_for_who_says_so(tmp_path: Path) -> None:
    path = tmp_path / "caja.toml"
    for address, more in (("http://localhost:8080", ""), ("http://10.0.0.2", "sin_tls = true\n")):
        path.write_text(GOOD.replace("https://facturas.example.cl/dte/", address) + more)
        assert configuration.read(path).direccion == address


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "no es un archivo TOML" in refused(tmp_path / "a.toml", "direccion = https")
    assert "no está en UTF-8" in refused(tmp_path / "a.toml", GOOD.replace("Caja_1", "Ñ").encode("latin-1"))
    with pytest.raises(Refused) as found:
        configuration.read(tmp_path / "none.toml")
    assert codes(found.value.problems) == ["CFG-080"]
