"""``certificado``: loading, listing and removing what a company signs with, as its operator does it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from dteplanows.document import clock
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import utc_now
from tests.commands.command_line import CLAVE, create, run
from tests.signer.signer_support import NOW, Names, ia5, key, make_certificate, p12

SIGNER = "11111111-1"
"""Who signs in the data directory of these tests."""
OTHER = "22222222-2"


def load(folder: Path, begin: int, end: int, *more: str, signer: str = SIGNER) -> Result:
    """Load a certificate that is valid between so many days from now."""
    dates = NOW + timedelta(days=begin), NOW + timedelta(days=end)
    path = folder.parent / "otra.p12"
    path.write_bytes(p12(key(), make_certificate(key(), Names(ia5(signer)), *dates), clave=CLAVE))
    return run(folder, "certificado", "cargar", str(path), *more, DTEPLANOWS_CLAVE=CLAVE)


def states(folder: Path) -> dict[str, str]:
    """State of each certificate by its number; its days are those from now to its end."""
    listed = run(folder, "certificado", "listar").output
    dates = r"\d\d-\d\d-\d{4} (\d\d-\d\d-\d{4})"
    found = re.findall(rf"^(\d+) +\S.*? +[\d-]+ +{dates} (.+?) +(\d+) *$", listed, re.MULTILINE)
    for _, end, _, days in found:
        ends = datetime.strptime(end, "%d-%m-%Y").date()
        assert abs((ends - clock.today()).days - int(days)) <= 1 or days == "0"
    return {number: state for number, _, state, _ in found}


def test_the_first_one_says_what_cannot_be_known(tmp_path: Path) -> None:
    folder = tmp_path / "datos"
    assert create(folder).exit_code == 0
    assert "No hay certificados." in run(folder, "certificado", "listar").output
    done = load(folder, -1, 400)
    assert done.exit_code == 0
    assert "usuario autorizado" in done.output
    assert "usuario autorizado" not in load(folder, -1, 500).output


def test_each_certificate_is_listed_with_what_it_does(directory: Path) -> None:
    assert states(directory) == {"1": "en uso"}
    waiting = load(directory, 900, 2000)
    assert "hasta entonces espera" in waiting.output
    assert load(directory, -1, 400, "--aunque-venza-antes").exit_code == 0
    assert states(directory) == {"1": "de reserva", "2": "espera su fecha", "3": "en uso"}


@pytest.mark.parametrize(
    ("begin", "end", "signer", "code", "option"),
    [
        (-400, -1, SIGNER, "CRT-030", ""),
        (-1, 2000, "96123450-6", "CRT-031", ""),
        (-1, 2000, OTHER, "CRT-032", "--otro-firmante"),
        (-1, 400, SIGNER, "CRT-034", "--aunque-venza-antes"),
    ],
)
def test_what_is_refused_says_which_option_lets_it_pass(
    directory: Path, begin: int, end: int, signer: str, code: str, option: str
) -> None:
    done = load(directory, begin, end, signer=signer)
    assert done.exit_code == 1
    assert code in done.output
    assert option in done.output
    assert list(states(directory)) == ["1"]
    if option:
        assert load(directory, begin, end, option, signer=signer).exit_code == 0
        assert states(directory)["1"] == "de reserva"


def test_the_same_file_again(directory: Path, tmp_path: Path) -> None:
    done = run(directory, "certificado", "cargar", str(tmp_path / "firma.p12"), DTEPLANOWS_CLAVE=CLAVE)
    assert done.exit_code == 0
    assert "ya estaba cargado" in done.output


def test_removing(directory: Path) -> None:
    done = run(directory, "certificado", "quitar", "1")
    assert (done.exit_code, "CRT-035" in done.output) == (1, True)
    assert load(directory, -1, 2000).exit_code == 0
    done = run(directory, "certificado", "quitar", "1")
    assert done.exit_code == 0
    assert "Certificado 1 quitado" in done.output and "firma ahora Persona Ficticia" in done.output
    done = run(directory, "certificado", "quitar", "1")
    assert (done.exit_code, "CRT-036" in done.output) == (1, True)
    done = run(directory, "certificado", "quitar", "2", "--aunque-no-quede-otro")
    assert (done.exit_code, "no puede emitir" in done.output) == (0, True)
    assert "No hay certificados." in run(directory, "certificado", "listar").output


def test_an_expired_one_is_shown_as_such(directory: Path, ledger: Ledger) -> None:
    ledger.connection.execute("UPDATE certificado SET valid_until = ?", (f"{utc_now() - timedelta(days=2):%F %T}",))
    assert states(directory) == {"1": "vencido"}
