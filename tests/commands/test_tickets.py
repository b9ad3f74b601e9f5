"""``ticket`` and ``impresoras``."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dteplanows.demo.certificate import make_certificate
from dteplanows.printing.escpos import profiles
from tests.commands.command_line import CLAVE, create, run, sample
from tests.printing.papers import opened


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with a boleta, and an invoice that says nothing of tickets and one that does."""
    directory = tmp_path_factory.mktemp("datos")
    files = tmp_path_factory.mktemp("archivos")
    assert create(directory).exit_code == 0
    (files / "clave").write_text(f"{CLAVE}\n", "utf-8")
    (files / "firma.p12").write_bytes(make_certificate("11111111-1", "Persona de Prueba", CLAVE))
    loaded = run(directory, "certificado", "cargar", f"{files}/firma.p12", "--clave-archivo", f"{files}/clave")
    assert loaded.exit_code == 0, loaded.output
    plain = sample(files, "factura33.txt")
    for path in (sample(files, "boleta39.txt"), plain):
        done = run(directory, "procesar", path)
        assert done.exit_code == 0, done.output
    asking = files / "con-ticket.xml"
    xml = (Path(__file__).parents[2] / "docs/manual/ejemplos/33-factura.xml").read_bytes()
    asking.write_bytes(xml.replace(b"</IdDoc>", b"<TpoImpresion>T</TpoImpresion></IdDoc>"))
    done = run(directory, "procesar", str(asking))
    assert done.exit_code == 0, done.output
    return directory


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_of_each_form_is_named_by_type_and_folio(issued: Path, folder: Path) -> None:
    for arguments, name in (
        ((), "boleta-39-1.pdf"),
        (("--formato", "texto"), "boleta-39-1.txt"),
        (("--formato", "escpos"), "boleta-39-1.bin"),
    ):
        done = run(issued, "ticket", "39", "1", *arguments)
        assert done.exit_code == 0, done.output
        assert f"Guardado: {name}" in done.output
    assert opened((folder / "boleta-39-1.pdf").read_bytes())[0].get_width() == pytest.approx(226.8, abs=0.1)
    assert "BOLETA ELECTRÓNICA" in (folder / "boleta-39-1.txt").read_text("utf-8")
    assert (folder / "boleta-39-1.bin").read_bytes().startswith(b"\x1b@")


def test_the_bytes_go_to_the_output_alone(issued: Path, folder: Path) -> None:
    done = run(issued, "ticket", "39", "1", "--formato", "escpos", "--impresora", "generica-58", "--salida", "-")
    assert done.exit_code == 0
    assert done.stdout_bytes.startswith(b"\x1b@")
    assert list(folder.iterdir()) == []


def test_a_text_is_in_the_page_that_is_asked_for(issued: Path, folder: Path) -> None:
    run(issued, "ticket", "39", "1", "--formato", "texto", "--pagina", "cp850", "--salida", "a.txt")
    assert "BOLETA ELECTRÓNICA".encode("cp850") in (folder / "a.txt").read_bytes()
    run(issued, "ticket", "39", "1", "--formato", "texto", "--pagina", "ascii", "--ancho", "58", "--salida", "b.txt")
    text = (folder / "b.txt").read_bytes()
    assert b"BOLETA ELECTRONICA" in text
    assert max(map(len, text.split(b"\n"))) <= 32


def test_a_narrow_roll_is_for_boletas_and_an_aviso_says_so(issued: Path, folder: Path) -> None:
    run(issued, "ticket", "39", "1", "--ancho", "58", "--puntos", "300")
    assert opened((folder / "boleta-39-1.pdf").read_bytes())[0].get_width() == pytest.approx(164.4, abs=0.1)
    for arguments in (("--ancho", "58"), ("--formato", "escpos", "--impresora", "generica-58")):
        done = run(issued, "ticket", "33", "2", *arguments)
        assert done.exit_code == 0, done.output
        assert "CFG-050" in done.output
    assert opened((folder / "factura-33-2.pdf").read_bytes())[0].get_width() == pytest.approx(226.8, abs=0.1)


def test_the_cedible_copy_has_a_name_of_its_own(issued: Path, folder: Path) -> None:
    assert run(issued, "ticket", "33", "2", "--cedible").exit_code == 0
    assert (folder / "factura-33-2-cedible.pdf").exists()
    done = run(issued, "ticket", "39", "1", "--cedible")
    assert done.exit_code == 1
    assert "CFG-052" in done.output


def test_what_does_not_ask_for_it_is_no_ticket(issued: Path, folder: Path) -> None:
    done = run(issued, "ticket", "33", "1")
    assert done.exit_code == 1
    assert "CFG-051" in done.output
    assert list(folder.iterdir()) == []


def test_a_logo_is_a_picture(issued: Path, folder: Path) -> None:
    (folder / "logo.txt").write_text("no es una imagen")
    done = run(issued, "ticket", "39", "1", "--formato", "escpos", "--logo", "logo.txt")
    assert done.exit_code == 1
    assert "CFG-053" in done.output
    Image.new("L", (80, 40), 0).save(folder / "logo.png")
    assert run(issued, "ticket", "39", "1", "--formato", "escpos", "--logo", "logo.png", "--cajon").exit_code == 0


def test_the_printers_are_listed(issued: Path) -> None:
    done = run(issued, "impresoras")
    assert done.exit_code == 0
    assert all(name in done.output.replace("\n", "") or name[:8] in done.output for name in profiles())


def test_the_company_says_what_its_papers_are(issued: Path, folder: Path) -> None:
    done = run(issued, "empresa", "cambiar", "--rollo", "58", "--puntos-ticket", "180", "--boleta-sin-timbre",
               "--timbre-sin-acentos", "si", "--puntos-carta", "600")  # fmt: skip
    assert done.exit_code == 0, done.output
    for said in ("Papel de las boletas", "Puntos por pulgada del ticket", "Boletas sin timbre", "Timbre sin acentos"):
        assert said in done.output
    assert run(issued, "pdf", "39", "1").exit_code == 0
    assert opened((folder / "boleta-39-1.pdf").read_bytes())[0].get_width() == pytest.approx(164.4, abs=0.1)
    back = ("--rollo", "carta", "--boleta-con-timbre", "--timbre-sin-acentos", "usual")
    again = run(issued, "empresa", "cambiar", *back)
    assert "solo en la certificación" in again.output
    assert run(issued, "pdf", "39", "1").exit_code == 0
    assert opened((folder / "boleta-39-1.pdf").read_bytes())[0].get_width() == pytest.approx(612)
