"""``llamadas``, ``llamada`` and ``eventos``: the operator's questions and their answers."""

from __future__ import annotations

import csv
import getpass
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from dteplanows.commands import moments
from dteplanows.document import clock
from dteplanows.ledger.store import Ledger
from dteplanows.log import journal
from tests.commands.command_line import CLAVE, RUT, run, sample

WRONG = (b"33;0;", b"99;0;")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """An invoice of a type that does not exist."""
    path = Path(sample(tmp_path, "factura33.txt"))
    path.write_bytes(path.read_bytes().replace(*WRONG, 1))
    return path


def rows(directory: Path, *arguments: str) -> list[dict[str, object]]:
    done = run(directory, "llamadas", "--formato", "json", *arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(one) for one in done.stdout.splitlines()]


def test_why_was_the_invoice_refused_and_who_sent_it(directory: Path, wrong: Path, tmp_path: Path) -> None:
    assert run(directory, "procesar", str(wrong)).exit_code == 1
    good = sample(tmp_path, "guia52.txt")
    assert run(directory, "procesar", good).exit_code == 0

    (line,) = rows(directory, "--rechazadas", "--desde", "hoy")
    assert (line["usuario"], line["operacion"]) == (f"operador {getpass.getuser()}", "Procesar")
    table = run(directory, "llamadas", "--rechazadas").stdout
    code = str(cast("list[str]", line["codigos"])[0])
    assert code in table and str(line["id"]) in table

    shown = run(directory, "llamada", str(line["id"]))
    assert shown.exit_code == 0, shown.output
    assert code in shown.stdout and "Lo que se respondió:" in shown.stdout and "99;0;" in shown.stdout
    assert re.search(rf"Empresa +{RUT}", shown.stdout)
    copy = tmp_path / "copia.txt"
    written = run(directory, "llamada", str(line["id"]), "--archivo", str(copy))
    assert (written.exit_code, copy.read_bytes()) == (0, wrong.read_bytes())
    assert run(directory, "llamada", str(line["id"]), "--archivo", "-").stdout_bytes == wrong.read_bytes()

    (issued,) = rows(directory, "--folio", "1")
    assert (issued["tipos"], issued["folios"]) == ([52], "52:1")
    # What was issued, the ledger has.
    assert run(directory, "llamada", str(issued["id"]), "--archivo", str(copy)).exit_code == 0
    assert copy.read_bytes() == Path(good).read_bytes()


def test_lists(directory: Path, wrong: Path) -> None:
    assert run(directory, "llamadas").output == "No hay llamadas.\n"
    for _ in range(3):
        run(directory, "validar", str(wrong))
    assert len(rows(directory)) == 3 and len(rows(directory, "--ultimos", "2")) == 2
    assert rows(directory, "--operacion", "procesar") == [] and len(rows(directory, "--operacion", "validar")) == 3
    assert rows(directory, "--hasta", "ayer") == [] and len(rows(directory, "--rut", RUT)) == 3
    assert rows(directory, "--usuario", "otro") == []
    table = list(csv.DictReader(io.StringIO(run(directory, "llamadas", "--formato", "csv").stdout), delimiter=";"))
    assert len(table) == 3 and table[0]["operacion"] == "Validar" and len(table[0]["huella"]) == 64


def test_a_narrow_terminal_shows_each_call_whole(directory: Path, wrong: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(directory, "procesar", str(wrong))
    (line,) = rows(directory)
    monkeypatch.setattr(moments, "console", lambda: Console(width=80, highlight=False))
    first, second = run(directory, "llamadas").stdout.splitlines()
    assert first.endswith(f"  {line['id']}") and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", first)
    assert second.startswith(f"  Usuario: operador {getpass.getuser()}; Empresa: {RUT}; ")
    assert "; Códigos: " in second
    monkeypatch.setattr(moments, "console", lambda: Console(width=130, highlight=False))
    assert run(directory, "llamadas").stdout.startswith("┏")


def test_unknown_and_counted_callers_are_shown_as_such(directory: Path) -> None:
    folder = directory / journal.FOLDER
    folder.mkdir()
    moment = clock.now().isoformat()
    facts = {"momento": moment, "linea": "llamada", "usuario_dicho": "=ana", "codigos": ["AUT-001"], "id": "x"}
    counted = {"momento": moment, "linea": "repetidas", "usuarios_dichos": ["ana"], "veces": 195, "desde": moment}
    with (folder / f"{moment[:10]}.0001.jsonl").open("w") as opened:
        opened.writelines(f"{json.dumps(one)}\n" for one in (facts, counted))
    shown = run(directory, "llamadas").stdout
    assert "¿=ana?" in shown and "195 llamadas más" in " ".join(shown.split())


@pytest.mark.parametrize("name", ["nada", "260101-0123456789ab"])
def test_a_call_that_is_not_there(directory: Path, name: str) -> None:
    done = run(directory, "llamada", name)
    assert done.exit_code == 2 and f"No hay una llamada {name}" in done.output and "90 días" in done.output


def test_a_call_without_a_file(directory: Path) -> None:
    folder = directory / journal.FOLDER
    folder.mkdir()
    facts = {"momento": clock.now().isoformat(), "linea": "llamada", "id": f"{clock.today():%y%m%d}-0123456789ab"}
    (folder / f"{clock.today()}.0001.jsonl").write_text(json.dumps(facts))
    done = run(directory, "llamada", facts["id"], "--archivo", "x")
    assert done.exit_code == 2 and "no está guardado" in done.output


# --- moments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "begin", "length"),
    [
        ("2026-01-31", datetime(2026, 1, 31), timedelta(days=1)),
        ("2026-01-31 15:10", datetime(2026, 1, 31, 15, 10), timedelta(minutes=1)),
        ("2026-01-31t9:05:07", None, None),
        ("2026-01-31 9:05:07", datetime(2026, 1, 31, 9, 5, 7), timedelta(seconds=1)),
    ],
)
def test_moments(text: str, begin: datetime | None, length: timedelta | None) -> None:
    if begin is None:
        with pytest.raises(ValueError):
            moments._read(text)
    else:
        assert moments._read(text) == (begin, length)


def test_moments_of_these_days() -> None:
    today = datetime.combine(clock.today(), datetime.min.time())
    assert moments._read("hoy")[0] == today
    assert moments._read("ayer 15:10")[0] == today - timedelta(days=1) + timedelta(hours=15, minutes=10)
    assert moments._read("15:10")[0] == today + timedelta(hours=15, minutes=10)


@pytest.mark.parametrize("text", ["", "mañana", "2026-02-30", "25:00", "ayer a las 3"])
def test_what_is_no_moment(directory: Path, text: str) -> None:
    done = run(directory, "llamadas", "--desde", text)
    assert done.exit_code == 2 and "no es un momento" in done.output


# --- events -----------------------------------------------------------------------------------------------------


def changes(directory: Path, *arguments: str) -> list[dict[str, object]]:
    done = run(directory, "eventos", "--formato", "json", *arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(one) for one in done.stdout.splitlines()]


def test_every_change_names_who_before_and_after(directory: Path, tmp_path: Path) -> None:
    operator = f"operador {getpass.getuser()}"
    created, certificate = changes(directory)
    assert (created["tipo"], created["quien"], created["antes"]) == ("empresa creada", operator, {})
    assert certificate["tipo"] == "certificado cargado"
    run(directory, "empresa", "cambiar", "--telefono", "221234567")
    secret = tmp_path / "clave"
    for command in ("crear", "clave"):
        run(directory, "usuario", command, "ana", "--clave-archivo", str(secret))
    run(directory, "usuario", "modificar", "ana", "--avisos", "no")
    changed, made, again, avisos = changes(directory)[2:]
    assert (changed["tipo"], changed["antes"], changed["despues"]) == (
        *("empresa cambiada", {"telefono": ""}, {"telefono": "221234567"}),
    )
    assert (made["tipo"], made["despues"]) == ("usuario creado", {"rol": "integracion", "usuario": "ana"})
    assert (again["tipo"], again["antes"], again["despues"]) == (
        *("usuario cambiado", {"clave": "la anterior"}, {"clave": "una nueva"}),
    )
    assert (avisos["antes"], avisos["despues"]) == ({"avisos": None}, {"avisos": False})
    assert CLAVE not in json.dumps(changes(directory))
    assert [one["tipo"] for one in changes(directory, "--tipo", "usuario creado")] == ["usuario creado"]
    assert changes(directory, "--quien", "nadie") == [] and len(changes(directory, "--quien", "OPERADOR")) == 6
    table = run(directory, "eventos").stdout
    assert "telefono: (vacío) → 221234567" in table and "clave: la anterior → una nueva" in table
    assert "avisos: usual → no" in table
    listed = list(csv.DictReader(io.StringIO(run(directory, "eventos", "--formato", "csv").stdout), delimiter=";"))
    assert len(listed) == 6 and listed[2]["despues"] == "telefono: 221234567"
    assert changes(directory, "--hasta", "ayer") == [] and len(changes(directory, "--ultimos", "1")) == 1


def test_saving_what_is_there_already_is_no_change(directory: Path, ledger: Ledger) -> None:
    before = len(changes(directory))
    (company,) = ledger.companies.all()
    ledger.companies.save(company)
    assert len(changes(directory)) == before


def test_issuing_is_no_change(directory: Path, tmp_path: Path) -> None:
    run(directory, "procesar", sample(tmp_path, "guia52.txt"))
    assert {str(one["tipo"]) for one in changes(directory)} == {"empresa creada", "certificado cargado", "caf cargado"}


def test_settings_that_are_others_than_the_last_time(ledger: Ledger) -> None:
    usual = {"puerto": "8080", "clave_maestra": ""}
    ledger.settings.note_in_use(usual, usual)
    assert [one for one in ledger.events.changes() if one.tipo == "ajustes cambiados"] == []
    ledger.settings.note_in_use({"puerto": "9090", "clave_maestra": "(puesta)"}, usual)
    ledger.settings.note_in_use({"puerto": "9090", "clave_maestra": "(puesta)"}, usual)
    (found,) = [one for one in ledger.events.changes() if one.tipo == "ajustes cambiados"]
    assert (found.antes, found.despues) == (usual, {"puerto": "9090", "clave_maestra": "(puesta)"})
