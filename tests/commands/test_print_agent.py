"""``impresora clave`` and ``agente-impresion``: a key, its file, and what is said of one that does not serve."""

from __future__ import annotations

import tomllib
from pathlib import Path

from dteplanows.ledger.store import Ledger
from dteplanows.print_agent import configuration
from dteplanows.printers import agents
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
