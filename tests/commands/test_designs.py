"""``diseno``: chosen, changed, refused, and seen before anything is printed with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.command_line import create, run
from tests.printing.papers import opened, squeezed, text
from tests.printing.test_designs import picture


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("datos")
    assert create(made).exit_code == 0
    return made


def test_ready_designs_are_listed_and_chosen(directory: Path) -> None:
    listed = run(directory, "diseno", "listar")
    assert listed.exit_code == 0
    assert all(name in listed.output for name in ("clasico", "moderno", "compacto", "servicios"))
    chosen = run(directory, "diseno", "elegir", "moderno")
    assert "desde ahora imprime con el diseño moderno" in chosen.output
    assert "# Diseño moderno." in run(directory, "diseno", "mostrar").output
    wrong = run(directory, "diseno", "elegir", "barroco")
    assert wrong.exit_code == 1
    assert "DIS-004" in wrong.output


def test_a_design_of_ones_own_is_made_from_a_ready_one(directory: Path, tmp_path: Path) -> None:
    shown = run(directory, "diseno", "mostrar", "servicios").output
    own = tmp_path / "propio.toml"
    own.write_text("\ufeff" + shown.replace("tamano = 9", "tamano = 8.5").replace("\n", "\r\n"), "utf-8")
    loaded = run(directory, "diseno", "cargar", str(own))
    assert loaded.exit_code == 0, loaded.output
    assert "tamano = 8.5" in run(directory, "diseno", "mostrar").output
    own.write_bytes(b"[letra]\ntamano = \xff")
    assert "DIS-001" in run(directory, "diseno", "cargar", str(own)).output
    own.write_text('[colores]\nrecuadro = "verde"\n[recuadro]\nletra = 8\n', "utf-8")
    refused = run(directory, "diseno", "cargar", str(own))
    assert refused.exit_code == 1
    assert "DIS-010" in refused.output
    assert "DIS-011" in refused.output
    assert "tamano = 8.5" in run(directory, "diseno", "mostrar").output


def test_a_logo_is_kept_and_taken_away(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture())
    assert "logo guardado" in run(directory, "diseno", "logo", str(tmp_path / "logo.png")).output
    assert "logo quitado" in run(directory, "diseno", "logo", "--quitar").output
    assert run(directory, "diseno", "logo").exit_code == 2
    (tmp_path / "logo.png").write_bytes(b"x")
    assert "DIS-030" in run(directory, "diseno", "logo", str(tmp_path / "logo.png")).output
    events = run(directory, "eventos", "--tipo", "diseño cambiado", "--formato", "json").output
    assert "ninguno" in events


def test_a_trial_draws_every_type(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "propio.toml").write_text('[pie]\ntextos = ["Gracias por su compra"]\n', "utf-8")
    own = ("--archivo", str(tmp_path / "propio.toml"))
    made = run(directory, "diseno", "prueba", "--en", str(tmp_path / "prueba"), *own)
    assert made.exit_code == 0, made.output
    found = sorted(path.name for path in (tmp_path / "prueba").iterdir())
    assert len(found) == 48
    assert {"factura-33-1-linea.pdf", "boleta-39-60-lineas.pdf", "guia-de-despacho-52-textos-largos.pdf"} <= set(found)
    file = (tmp_path / "prueba" / "factura-33-60-lineas.pdf").read_bytes()
    assert len(opened(file)) > 1
    assert squeezed("Gracias por su compra") in text(file)
    both = run(directory, "diseno", "prueba", "--en", str(tmp_path), "--listo", "moderno", *own)
    assert both.exit_code == 2
