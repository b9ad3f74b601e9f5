"""The command line as its user calls it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

import dteplanows
from dteplanows.cli import main
from dteplanows.document import clock

RUT = "76123456-0"
CLAVE = "una clave de prueba"
SAMPLES = Path(dteplanows.__file__).parent / "muestras"


def run(folder: Path | None, *arguments: str, **options: str) -> Result:
    prefix = ["--dir", str(folder)] if folder else []
    return CliRunner(env=options).invoke(main, [*prefix, *arguments])


def create(folder: Path, ambiente: str = "pruebas", rut: str = RUT, *more: str) -> Result:
    facts = {
        "--rut": rut,
        "--razon-social": "Comercial Uno SpA",
        "--giro": "Venta de artículos",
        "--acteco": "477399",
        "--direccion": "Calle Uno 1",
        "--comuna": "Santiago",
        "--ambiente": ambiente,
    }
    if ambiente == "produccion":
        facts |= {"--numero-resolucion": "80", "--fecha-resolucion": "2014-08-22"}
    return run(folder, "empresa", "crear", *(part for pair in facts.items() for part in pair), *more)


def change(folder: Path, *facts: str) -> Result:
    return run(folder, "empresa", "cambiar", *facts)


def sample(tmp_path: Path, name: str) -> str:
    """A sample with today's date."""
    data = (SAMPLES / name).read_bytes().replace(b"2026-01-05", clock.today().isoformat().encode())
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)
