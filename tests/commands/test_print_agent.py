"""``impresora clave`` and ``agente-impresion``: a key, its file, and what is said of one that does not serve."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dteplanows.ledger.store import Ledger
from dteplanows.print_agent import configuration
from dteplanows.print_agent.agent import Agent
from dteplanows.printers import agents
from tests.commands.command_line import run
from tests.commands.test_printers import done, refused


def test_a_key_comes_with_the_file_of_its_agent(directory: Path, ledger: Ledger, tmp_path: Path) -> None:
    done(directory, "impresora", "crear", "Caja 1", "--clase", "agente", "--formato", "generica-80")
    done(directory, "impresora", "crear", "Fija", "--clase", "red", "--direccion", "10.0.0.9")
    assert "CFG-084" in refused(directory, "impresora", "clave", "Fija")
    shown = tomllib.loads(done(directory, "impresora", "clave", "Caja 1", "--url", "https://dte.example.cl"))
    assert shown["direccion"] == "https://dte.example.cl"
    known = agents.known(ledger, shown["clave"])
    assert known and known.printer.nombre == "Caja 1"
    # Another one ends it, which is asked first, where somebody can answer.
    path = tmp_path / "agente.toml"
    assert "agregue --si" in refused(directory, "impresora", "clave", "caja 1", "--salida", str(path))
    assert not path.exists()
    assert agents.known(ledger, shown["clave"])
    done(directory, "impresora", "clave", "caja 1", "--salida", str(path), "--si")
    assert agents.known(ledger, shown["clave"]) is None
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text("utf-8")
    assert agents.known(ledger, tomllib.loads(text)["clave"])
    assert "CFG-081" in refused(directory, "agente-impresion", str(path), "--comprobar")
    # Each line that it offers serves as it stands.
    offered = [line.removeprefix("#") for line in text.splitlines() if line.startswith("#impresora")]
    assert len(offered) == 5
    for line in offered:
        path.write_text(f"{text}{line}\n", "utf-8")
        name = configuration.read(path).output.name
        told = done(directory, "agente-impresion", str(path), "--comprobar")
        assert f"imprime en {name} lo que tiene https://PONGA-AQUI" in " ".join(told.split())
    done(directory, "impresora", "clave", "Caja 1", "--quitar", "--si")
    assert agents.known(ledger, tomllib.loads(text)["clave"]) is None
    assert "No tenía clave" in done(directory, "impresora", "clave", "Caja 1", "--quitar", "--si")
    assert "CFG-080" in refused(directory, "agente-impresion", str(tmp_path / "none.toml"))


def test_a_key_stays_where_its_file_could_not_be_written(directory: Path, ledger: Ledger, tmp_path: Path) -> None:
    done(directory, "impresora", "crear", "Caja", "--clase", "agente")
    key = tomllib.loads(done(directory, "impresora", "clave", "Caja", "--url", "https://dte.example.cl"))["clave"]
    path = tmp_path / "nada" / "agente.toml"
    assert "CFG-045" in refused(directory, "impresora", "clave", "Caja", "--salida", str(path), "--si")
    assert agents.known(ledger, key)
    path.parent.mkdir()
    path.write_text("antes")
    path.chmod(0o644)
    done(directory, "impresora", "clave", "Caja", "--salida", str(path), "--si")
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["agente.toml"]


def test_an_agent_that_breaks_says_so(directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done(directory, "impresora", "crear", "Caja", "--clase", "agente")
    path = tmp_path / "agente.toml"
    done(directory, "impresora", "clave", "Caja", "--url", "https://dte.example.cl", "--salida", str(path))
    with path.open("a", encoding="utf-8") as file:
        file.write('impresora = "red:127.0.0.1"\n')

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Agent, "run", breaks)
    said = run(directory, "agente-impresion", str(path))
    assert said.exit_code == 1
    assert "por un error interno (" in said.output and "El agente se detuvo.\n" not in said.output
    monkeypatch.setattr(Agent, "run", lambda *_: None)
    said = run(directory, "agente-impresion", str(path))
    assert (said.exit_code, said.output.endswith("El agente se detuvo.\n")) == (0, True)
