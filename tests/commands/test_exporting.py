"""``exportar`` and ``pdf``: files that are whole, named by type and folio, also after an interruption."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from dteplanows import printing
from dteplanows.archive.names import NAMES, file_name
from dteplanows.document import clock
from dteplanows.document.elements import BRANCHES
from dteplanows.ledger.store import Ledger
from tests import forked
from tests.commands.command_line import RUT, create, run, sample
from tests.ledger.example import rut

FOLDER = f"{RUT}-pruebas"


@pytest.fixture
def issued(directory: Path, tmp_path: Path) -> Path:
    """A company with an invoice and two boletas of today."""
    paths = [sample(tmp_path, name) for name in ("factura33.txt", "boleta39.txt", "boleta39.txt")]
    done = run(directory, "procesar", *paths)
    assert done.exit_code == 0, done.output
    return directory


def month() -> str:
    return f"{clock.today():%Y-%m}"


def files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_every_type_has_a_name_that_a_file_may_have() -> None:
    assert set(NAMES) == set(BRANCHES)
    assert len(set(NAMES.values())) == len(NAMES)
    assert all(one.isascii() and one.replace("-", "").isalpha() and one.islower() for one in NAMES.values())
    assert file_name(33, 9920000003) == "factura-33-9920000003.pdf"
    assert file_name(33, 9920000003, cedible=True) == "factura-33-9920000003-cedible.pdf"


def test_a_period_is_exported_and_nothing_is_made_twice(issued: Path, tmp_path: Path, ledger: Ledger) -> None:
    done = run(issued, "exportar", str(tmp_path / "enero"), "--mes", month(), "--cedible")
    assert done.exit_code == 0, done.output
    assert "Documentos: 3. Archivos escritos: 7." in done.output
    made = files(tmp_path / "enero")
    inside = f"{FOLDER}/{month()}"
    assert set(made) == {
        f"{FOLDER}/documentos.csv", f"{inside}/factura-33-1.xml", f"{inside}/factura-33-1.pdf",
        f"{inside}/factura-33-1-cedible.pdf", f"{inside}/boleta-39-1.xml", f"{inside}/boleta-39-1.pdf",
        f"{inside}/boleta-39-2.xml", f"{inside}/boleta-39-2.pdf",
    }  # fmt: skip
    stored = ledger.documents.find("pruebas", RUT, 33, 1)
    assert stored
    assert made[f"{inside}/factura-33-1.xml"] == stored.xml
    assert made[f"{inside}/factura-33-1.pdf"].startswith(b"%PDF")
    assert made[f"{FOLDER}/documentos.csv"].count(b"\r\n") == 4

    (tmp_path / "enero" / inside / "boleta-39-1.pdf").unlink()
    again = run(issued, "exportar", str(tmp_path / "enero"), "--cedible")
    assert "Archivos escritos: 1. Ya estaban 6." in again.output
    assert files(tmp_path / "enero") == made


def test_parts_and_filters(issued: Path, tmp_path: Path) -> None:
    run(issued, "exportar", str(tmp_path / "a"), "--solo", "xml", "--tipo", "39")
    assert [one for one in files(tmp_path / "a") if "csv" not in one] == [
        f"{FOLDER}/{month()}/boleta-39-2.xml", f"{FOLDER}/{month()}/boleta-39-1.xml",
    ] or len(files(tmp_path / "a")) == 3  # fmt: skip
    nothing = run(issued, "exportar", str(tmp_path / "b"), "--mes", "2001-01")
    assert (nothing.exit_code, nothing.output) == (0, "No hay documentos que exportar.\n")
    assert not (tmp_path / "b").exists()


def test_a_zip_has_the_same_files_and_leaves_nothing_beside_it(issued: Path, tmp_path: Path) -> None:
    run(issued, "exportar", str(tmp_path / "carpeta"))
    done = run(issued, "exportar", str(tmp_path / "enero.zip"), "--zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "enero.zip") as made:
        assert made.testzip() is None
        assert {name: made.read(name) for name in made.namelist()} == files(tmp_path / "carpeta")
    assert [one.name for one in tmp_path.iterdir() if "enero" in one.name] == ["enero.zip"]
    assert run(issued, "exportar", str(tmp_path / "carpeta"), "--zip").exit_code == 2
    assert run(issued, "exportar", str(tmp_path / "enero.zip")).exit_code == 2


def test_two_companies_do_not_mix_in_one_folder(issued: Path, tmp_path: Path) -> None:
    assert create(issued, rut=rut(77000222)).exit_code == 0
    done = run(issued, "exportar", str(tmp_path / "x"))
    assert (done.exit_code, "Elija con --empresa" in done.output) == (2, True)
    run(issued, "exportar", str(tmp_path / "x"), "--empresa", RUT)
    assert {one.partition("/")[0] for one in files(tmp_path / "x")} == {FOLDER}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL es de POSIX")
@pytest.mark.parametrize("as_zip", [False, True])
def test_an_export_that_is_killed_goes_on_and_leaves_no_half_file(
    issued: Path, tmp_path: Path, ledger: Ledger, as_zip: bool
) -> None:
    boletas = [sample(tmp_path, "boleta39.txt")] * 40
    assert run(issued, "procesar", *boletas).exit_code == 0
    target = tmp_path / ("todo.zip" if as_zip else "todo")
    order = [sys.executable, "-m", "dteplanows", "--dir", str(issued), "exportar", str(target)]
    order += ["--zip"] if as_zip else []
    killed = 0
    for _ in range(3):
        process = forked.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        folder = tmp_path / ".todo.zip.parcial" if as_zip else target
        begun = len(files(folder)) if folder.exists() else 0
        limit = time.monotonic() + 60
        while time.monotonic() < limit and process.poll() is None:
            if folder.exists() and len(files_named(folder)) > begun + 5:
                process.send_signal(signal.SIGKILL)
                killed += 1
                break
            time.sleep(0.005)
        process.wait()
        for path in files_named(folder) if folder.exists() else ():
            assert_whole(path)
    assert killed >= 2
    assert forked.run(order, check=False, capture_output=True).returncode == 0
    if as_zip:
        with zipfile.ZipFile(target) as made:
            assert made.testzip() is None
            names = made.namelist()
        assert not folder.exists()
    else:
        names = list(files(target))
    assert len([one for one in names if one.endswith((".xml", ".pdf"))]) == 2 * 43
    assert not [one for one in names if "parcial" in one]


def files_named(folder: Path) -> list[Path]:
    """What stands under its own name."""
    return [one for one in folder.rglob("*.*") if one.suffix in (".xml", ".pdf") and not one.name.startswith(".")]


def assert_whole(path: Path) -> None:
    data = path.read_bytes()
    assert data.rstrip().endswith(b"</DTE>" if path.suffix == ".xml" else b"%%EOF"), path


def test_one_document_is_printed_under_its_name(issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(issued, "pdf", "33", "1").output == "Guardado: factura-33-1.pdf\n"
    assert run(issued, "pdf", "33", "1", "--cedible").output == "Guardado: factura-33-1-cedible.pdf\n"
    assert run(issued, "pdf", "39", "2", "--salida", "x.pdf").exit_code == 0
    assert all((tmp_path / one).read_bytes().startswith(b"%PDF") for one in
               ("factura-33-1.pdf", "factura-33-1-cedible.pdf", "x.pdf"))  # fmt: skip
    other = run(issued, "pdf", "39", "1", "--cedible")
    assert (other.exit_code, "no tiene copia cedible" in other.output) == (2, True)
    assert "FOL-060" in run(issued, "pdf", "33", "7").output


def test_what_cannot_be_printed_is_said_and_the_rest_is_exported(
    issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = printing.pdf

    def broken(xml: bytes, *rest: object) -> bytes:
        if b"<TipoDTE>33<" in xml:
            raise ValueError("broken")
        return real(xml, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(printing, "pdf", broken)
    done = run(issued, "exportar", str(tmp_path / "x"))
    assert (done.exit_code, "CFG-048" in done.output) == (1, True)
    assert "Archivos escritos: 5." in done.output
    refused = run(issued, "pdf", "33", "1")
    assert (refused.exit_code, "CFG-048" in refused.output) == (1, True)


@pytest.mark.parametrize(("inside", "code"), [(False, "CFG-045"), (True, "BAS-003")])
def test_a_full_disk_is_that_of_the_file_that_was_written(
    issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool, code: str
) -> None:
    where = (issued if inside else tmp_path) / "factura.pdf"

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")  # the system names no file

    monkeypatch.setattr(Path, "write_bytes", full)
    done = run(issued, "pdf", "33", "1", "--salida", str(where))
    assert (done.exit_code, code in done.output) == (1, True), done.output


def test_a_place_that_cannot_be_written_is_named(issued: Path, tmp_path: Path) -> None:
    (tmp_path / "archivo").write_text("x")
    done = run(issued, "exportar", str(tmp_path / "archivo" / "dentro"))
    assert (done.exit_code, "CFG-045" in done.output) == (1, True), done.output
    assert "una parte de la ruta no es una carpeta" in " ".join(done.output.split())
