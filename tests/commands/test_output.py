"""What the orders write under any encoding, to readers that go away, and where the folder cannot be written or read."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dteplanows.commands.output import nearest
from dteplanows.demo import folder as demo_folder
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.read_only import ReadOnlyLedger
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.ledger.vault import KEY_FILE
from dteplanows.web import server
from tests import forked
from tests.commands.command_line import RUT, run, sample

NOBODY = 65534
"""A user of the system without any right."""

as_another_user = pytest.mark.skipif(
    os.name != "posix" or os.getuid() != 0, reason="solo root puede actuar como otro usuario"
)


def program(*arguments: str, encoding: str = "utf-8", **options: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    order = [sys.executable, "-m", "dteplanows", *arguments]
    return forked.run(order, capture_output=True, env=environment, timeout=120, **options)  # type: ignore[arg-type]


@pytest.fixture
def issued(directory: Path, tmp_path: Path) -> Path:
    assert run(directory, "procesar", sample(tmp_path, "factura33.txt")).exit_code == 0
    return directory


# --- encodings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp850", "utf-8"])
def test_every_text_goes_out_in_any_encoding(issued: Path, tmp_path: Path, encoding: str) -> None:
    orders = (
        ("documentos", "33", "1"), ("nada",), ("validar", sample(tmp_path, "factura33-con-errores.txt")),
    )  # fmt: skip
    for order in orders:
        done = program("--dir", str(issued), *order, encoding=encoding)
        assert done.returncode in (0, 1, 2)
        text = (done.stdout + done.stderr).decode(encoding, "strict")
        assert text and "Traceback" not in text and "UnicodeEncodeError" not in text, order
    help_text = program("--help", encoding=encoding).stdout.decode(encoding)
    assert ("Órdenes" if encoding != "ascii" else "Ordenes") in help_text


def test_data_for_programs_are_utf8_whatever_the_encoding(issued: Path) -> None:
    for formato in ("csv", "json"):
        outputs = {
            program("--dir", str(issued), "documentos", "--formato", formato, encoding=one).stdout
            for one in ("ascii", "latin-1", "utf-8")
        }
        (only,) = outputs
        assert "Electrónica".encode() in only


def test_what_stands_for_letters_that_are_not_there() -> None:
    assert nearest("Nº 5 «Ñandú» — año … │┌─ 日") == 'No 5 "Nandu" - ano ... |+- ?'


@pytest.mark.skipif(os.name != "posix", reason="la tubería es de POSIX")
def test_a_reader_that_goes_away_is_no_failure(issued: Path) -> None:
    order = f'"{sys.executable}" -m dteplanows --dir "{issued}" documentos --todos | head -c 1'
    done = subprocess.run(["sh", "-c", order], capture_output=True, timeout=60)
    assert (len(done.stdout), done.stderr) == (1, b"")


# --- folders that cannot be written or read -------------------------------------------------------------------


ORDERS = """
import json, os, sys
from click.testing import CliRunner
import dteplanows.cli, rich.box, rich.progress
folder, user, *orders = sys.argv[1:]
dteplanows.cli.main.every_command()  # imported while it may be read
os.setgid(int(user)); os.setuid(int(user))
for order in orders:
    done = CliRunner().invoke(dteplanows.cli.main, ["--dir", folder, *order.split()])
    print(json.dumps([done.exit_code, " ".join(done.output.split()), repr(done.exception)]))
"""


def as_nobody(folder: Path, *orders: str) -> list[tuple[int, str]]:
    """Exit code and output of the orders of a user who may do nothing but what everybody may."""
    order = [sys.executable, "-c", ORDERS, str(folder), str(NOBODY), *orders]
    done = forked.run(order, capture_output=True, timeout=300, cwd="/")
    assert done.returncode == 0, done.stderr.decode()
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(found) == len(orders)
    return [(code, output) for code, output, _ in found]


def opened_to_all(folder: Path, tmp_path: Path, *, writable: bool = False) -> Path:
    """A copy of *folder* that everybody can reach and read, as a backup on a read-only disk is."""
    copy = Path(os.path.realpath(f"/tmp/dteplanows-{os.getpid()}-{tmp_path.name}"))
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    for path in (copy, *copy.iterdir()):
        path.chmod((0o777 if writable else 0o555) if path.is_dir() else (0o666 if writable else 0o444))
    os.chown(copy / KEY_FILE, NOBODY, NOBODY)  # a key that others may read is used by nobody
    (copy / KEY_FILE).chmod(0o400)
    return copy


@as_another_user
def test_reading_works_where_nothing_can_be_written_and_writing_says_why(issued: Path, tmp_path: Path) -> None:
    copy = opened_to_all(issued, tmp_path)
    reading = ("documentos", "documentos 33 1", "documentos --totales", "caf listar", "usuario listar",
               "empresa listar", "certificado listar", "lotes", "oyentes", "recibidos listar")  # fmt: skip
    writing = ("empresa cambiar --telefono 1", "usuario deshabilitar X", "worker")
    try:
        answers = as_nobody(copy, *reading, *writing)
        assert [code for code, _ in answers] == [0] * len(reading) + [1] * len(writing), answers
        assert RUT in answers[5][1]
        assert all("AUT-061" in said for _, said in answers[len(reading) :])
        assert copy.name[:9] in answers[-1][1]
        assert sorted(one.name for one in copy.iterdir()) == sorted(one.name for one in issued.iterdir())
        copy.chmod(0o700)
        for code, said in as_nobody(copy, "documentos", "empresa cambiar --telefono 1"):
            assert (code, "permiso" in said, copy.name[:9] in said) == (2, True, True), said
        copy.chmod(0o755)
        (copy / DATABASE_FILE).chmod(0o600)
        ((code, said),) = as_nobody(copy, "documentos")
        assert (code, "AUT-060" in said, copy.name[:9] in said) == (1, True, True), said
    finally:
        shutil.rmtree(copy)


@as_another_user
def test_a_log_that_a_crash_left_is_refused_where_it_cannot_be_read(issued: Path, tmp_path: Path) -> None:
    crash = (
        "import os, sys; from pathlib import Path; from dteplanows.ledger.store import Ledger\n"
        "one = Ledger(Path(sys.argv[1])); one.settings.save('x', 'y'); os.kill(os.getpid(), 9)"
    )
    forked.run([sys.executable, "-c", crash, str(issued)], check=False)
    assert (issued / f"{DATABASE_FILE}-wal").stat().st_size
    copy = opened_to_all(issued, tmp_path)
    try:
        # With its index the log can be read as it is.
        assert as_nobody(copy, "documentos")[0][0] == 0
        (copy / f"{DATABASE_FILE}-shm").unlink()
        ((code, said),) = as_nobody(copy, "documentos")
        assert (code, "AUT-063" in said, "-wal" in said) == (1, True, True), said
    finally:
        shutil.rmtree(copy)


def test_a_ledger_that_is_only_read(issued: Path, tmp_path: Path) -> None:
    ledger = ReadOnlyLedger(issued)
    (company,) = ledger.companies.all()
    assert ledger.documents.find("pruebas", company.rut, 33, 1)
    assert ledger.cafs.of("pruebas", company.rut) and ledger.cafs.secret(ledger.cafs.of("pruebas", company.rut)[0].id)
    with pytest.raises(Refused, match="AUT-061"):
        ledger.settings.save("a", "b")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        ledger.connection.execute("DELETE FROM usuario")
    ledger.close()

    with pytest.raises(Refused, match="AUT-064"):
        ReadOnlyLedger(tmp_path / "otra")
    (tmp_path / "rota").mkdir()
    (tmp_path / "rota" / DATABASE_FILE).write_bytes(b"no es una base de datos" * 99)
    with pytest.raises(Refused, match="AUT-023"):
        ReadOnlyLedger(tmp_path / "rota")
    older = Ledger(issued)
    older.connection.execute("PRAGMA user_version = 3")
    with pytest.raises(Refused, match="AUT-062"):
        ReadOnlyLedger(issued)
    older.connection.execute("PRAGMA user_version = 999")
    with pytest.raises(Refused, match="AUT-020"):
        ReadOnlyLedger(issued)
    older.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    older.close()
    (issued / KEY_FILE).unlink()
    with pytest.raises(Refused, match="AUT-022"):
        ReadOnlyLedger(issued)


# --- the demonstration's folder -------------------------------------------------------------------------------


def test_a_folder_is_of_one_demonstration_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo_folder.claimed(folder):
        (folder / demo_folder.ACCESS_FILE).write_text('{"url": "http://127.0.0.1:9/x"}')
        with pytest.raises(Refused, match="CFG-046") as refused, demo_folder.claimed(folder):
            pass
        assert "http://127.0.0.1:9/x" in refused.value.problems[0].remedy
    with demo_folder.claimed(folder):
        pass


def test_the_data_of_a_service_are_no_demonstration(issued: Path) -> None:
    before = sorted(one.name for one in issued.iterdir())
    done = run(issued, "demo", "--port", str(server.free_port("127.0.0.1")))
    assert (done.exit_code, "CFG-047" in done.output, str(issued)[:20] in done.output) == (1, True, True)
    assert sorted(one.name for one in issued.iterdir()) == before
    assert RUT in run(issued, "empresa", "listar").output
    (issued / demo_folder.ACCESS_FILE).write_text("{}")
    with demo_folder.claimed(issued):
        pass
