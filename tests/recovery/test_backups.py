"""Backups: what they hold, that they are whole or not there, and what of them is noted."""

from __future__ import annotations

import errno
import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger import backup as ledger_backup
from dteplanows.ledger.backup import open_backup, without_key
from dteplanows.ledger.engines.base import DATABASE
from dteplanows.ledger.engines.sqlite import database as sqlite_database
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE, read_key_file
from dteplanows.recovery.backups import SEALED_AUTHORITY, back_up, last_backup
from dteplanows.settings import FILE, load
from tests import forked
from tests.installation import COMPANY
from tests.recovery.support import codes, folio, install, issue

WRITER = """
import sqlite3, sys
path, stop = sys.argv[1:]
from pathlib import Path
link = sqlite3.connect(path, isolation_level=None, timeout=20)
link.execute("PRAGMA synchronous = 0")
print("begun", flush=True)
while not Path(stop).exists():
    link.execute("INSERT INTO evento (ambiente, rut_emisor, momento, tipo, detalle) VALUES ('', '', '', 'x', ?)",
                 ("y" * 2000,))
"""


def inside(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_a_backup_says_what_it_holds(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3, boletas=2)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        made = back_up(ledger, settings, tmp_path)
        last = last_backup(ledger)
    assert made.path.parent == tmp_path
    assert made.manifest == open_backup(made.path).manifest
    assert [(one.tipo, one.documentos, one.mayor) for one in made.manifest.series] == [
        (33, 3, folio(3)),
        (39, 2, folio(2)),
    ]
    assert (made.manifest.documentos, made.manifest.con_clave) == (5, False)
    assert (last.archivo, last.documentos, last.fallo) == (str(made.path), 5, None)
    assert last.bytes == made.path.stat().st_size
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    if os.name == "posix":
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_a_second_backup_in_the_same_folder_has_a_name_of_its_own_or_is_refused(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        path = tmp_path / "uno.zip"
        back_up(ledger, settings, path)
        before = path.read_bytes()
        assert codes(lambda: back_up(ledger, settings, path)) == ["BAS-030"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("con_clave", [False, True])
def test_the_master_key_is_inside_only_when_asked_for(tmp_path: Path, con_clave: bool) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    key = read_key_file(tmp_path / "datos")
    (tmp_path / "datos" / FILE).write_text(f'puerto = 8090 # de la oficina\nclave_maestra = "{key}"\n', "utf-8")
    authority = b"-----BEGIN PRIVATE KEY-----"
    settings.autoridad_de_prueba.write_bytes(authority)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        made = back_up(ledger, settings, tmp_path / "uno.zip", con_clave=con_clave)
        assert ledger.secrets.unseal(inside(made.path, SEALED_AUTHORITY).decode()) == authority
        assert made.manifest.clave == ledger.secrets.fingerprint
    with zipfile.ZipFile(made.path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert (key.encode() in everything) == con_clave
    assert authority not in everything
    assert b"puerto = 8090 # de la oficina\n" in everything
    assert (KEY_FILE in made.manifest.partes) == con_clave


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ('a = 1\nclave_maestra = "x"\nb = 2\n', "a = 1\nb = 2\n"),
        ('  "clave_maestra"="x # y"', ""),
        ("# clave_maestra = 3\na = 1\n", "# clave_maestra = 3\na = 1\n"),
        ("", ""),
    ],
)
def test_the_key_is_taken_out_of_the_settings_and_nothing_else(text: str, rest: str) -> None:
    assert without_key(text) == rest


@pytest.mark.parametrize("text", ['clave_maestra = """\nx"""\n', "esto no es TOML\nclave_maestra = 1"])
def test_a_key_that_cannot_be_told_from_the_rest_is_refused(text: str) -> None:
    assert codes(lambda: without_key(text)) == ["BAS-044"]


def test_a_backup_ends_while_another_program_writes_without_end(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    stop = tmp_path / "alto"
    command = [sys.executable, "-c", WRITER, str(tmp_path / "datos" / DATABASE), str(stop)]
    with closing(Ledger(tmp_path / "datos")) as ledger:
        ledger.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
            "INSERT INTO evento (ambiente, rut_emisor, momento, tipo, detalle) "
            "SELECT '', '', '', 'x', printf('%2000d', i) FROM n"
        )
        with forked.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            remaining = []

            def progress(what: str, done: int, total: int) -> None:
                if what == "páginas copiadas":
                    remaining.append(total - done)

            made = back_up(ledger, settings, tmp_path / "uno.zip", progress=progress)
            stop.touch()
        assert len(remaining) > 3
        assert remaining == sorted(remaining, reverse=True)  # never begun anew
        assert made.manifest.documentos == 2


# --- what goes wrong ------------------------------------------------------------------------------------------


def damage(directory: Path, statement: str) -> None:
    """Change what the program never changes."""
    with closing(sqlite3.connect(directory / DATABASE, isolation_level=None)) as connection:
        for name in ("documento_no_cambia", "documento_no_se_borra", "referencia_no_cambia"):
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE documento SET xml = CAST(replace(xml, 'Clavos', 'Clavas') AS BLOB) WHERE id = 2", "folio"),
        ("UPDATE archivo SET contenido = x'00' WHERE rowid = 1", "no tiene ese contenido"),
        ("UPDATE evento SET documento_id = 77 WHERE id = (SELECT MAX(id) FROM evento)", "SQLite dice"),
    ],
)
def test_a_copy_that_is_not_sound_is_not_kept(tmp_path: Path, statement: str, said: str) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    damage(tmp_path / "datos", statement)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        with pytest.raises(Refused) as refused:
            back_up(ledger, settings, tmp_path / "uno.zip")
        assert last_backup(ledger).motivo == refused.value.problems[0].message
    assert [one.code for one in refused.value.problems] == ["BAS-033"]
    assert said in refused.value.problems[0].message
    assert [one.name for one in tmp_path.iterdir()] == ["datos"]


def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path) -> None:
    """The limit of a process on the size of its files stands in for the end of the disk."""
    install(tmp_path / "datos", facturas=1)
    program = """
import resource, sys
from pathlib import Path
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.store import Ledger
from dteplanows.document.problem import Refused
from dteplanows.recovery.backups import back_up
from dteplanows.settings import load
directory, target = map(Path, sys.argv[1:])
ledger = Ledger(directory)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.stdin.read()), resource.RLIM_INFINITY))
try:
    back_up(ledger, load(directorio=directory), target)
except Refused as refused:
    print([one.code for one in refused.problems])
"""
    pytest.importorskip("resource")
    for size, wanted in ((20_000, "['BAS-032']"), (10_000_000, "")):
        target = tmp_path / f"{size}.zip"
        done = forked.run(
            [sys.executable, "-c", program, str(tmp_path / "datos"), str(target)],
            input=str(size), capture_output=True, text=True,
        )  # fmt: skip
        assert done.stdout.strip() == wanted, done.stderr
    assert {one.name for one in tmp_path.iterdir()} == {"datos", "10000000.zip"}


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EDQUOT, "Quota"), "SQLITE_FULL"]
)
@pytest.mark.parametrize("step", ["copy_database", "_add", "sync"])
def test_a_full_disk_is_told_as_such_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: OSError | str, step: str
) -> None:
    settings = install(tmp_path / "datos", facturas=1)

    def fail(*_: object) -> None:
        if isinstance(failure, OSError):
            raise failure
        with closing(sqlite3.connect(tmp_path / "otra", isolation_level=None)) as connection:
            connection.execute("PRAGMA max_page_count = 2")
            connection.execute("CREATE TABLE t (x)")
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")

    module = sqlite_database if step == "copy_database" else ledger_backup
    with closing(Ledger(tmp_path / "datos")) as ledger:
        monkeypatch.setattr(module, step, fail)
        assert codes(lambda: back_up(ledger, settings, tmp_path / "uno.zip")) == ["BAS-031"]
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_folder_that_is_not_there_is_said_in_spanish(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    with closing(Ledger(tmp_path / "datos")) as ledger, pytest.raises(Refused) as refused:
        back_up(ledger, settings, tmp_path / "no-hay" / "uno.zip")
    (one,) = refused.value.problems
    assert (one.code, "no existe esa carpeta" in one.message) == ("BAS-032", True)


def test_what_ends_the_work_leaves_nothing(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    steps = ("páginas copiadas", "documentos revisados", "bytes guardados", "partes releídas")

    def interrupt_at(wanted: str) -> Progress:
        def interrupt(what: str, done: int, total: int) -> None:
            if what == wanted:
                raise KeyboardInterrupt

        return interrupt

    with closing(Ledger(tmp_path / "datos")) as ledger:
        for wanted in steps:
            with pytest.raises(KeyboardInterrupt):
                back_up(ledger, settings, tmp_path / "uno.zip", progress=interrupt_at(wanted))
            assert [one.name for one in tmp_path.iterdir()] == ["datos"]


def test_what_a_killed_backup_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    with forked.Popen([sys.executable, "-c", ""]) as ended:
        pass
    dead = tmp_path / f".uno.zip.{socket.gethostname()}.{ended.pid}.parte"
    alive = tmp_path / f".uno.zip.{socket.gethostname()}.{os.getppid()}.base"
    other = tmp_path / f".uno.zip.otra-maquina.{ended.pid}.parte"
    for one in (dead, alive, other):
        one.touch()
    with closing(Ledger(tmp_path / "datos")) as ledger:
        back_up(ledger, settings, tmp_path / "dos.zip")
    there = [one for one in (dead, alive, other) if one.exists()]
    assert there == ([alive, other] if os.name == "posix" else [dead, alive, other])


def flip(path: Path) -> None:
    """Change one byte of the compressed database."""
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def other_manifest(path: Path) -> None:
    """A file that can be read but whose database is another than the manifest says."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[DATABASE] = parts[DATABASE].replace(COMPANY.giro.encode(), COMPANY.giro.upper().encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def foreign(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifiesto.json", json.dumps({"formato": 1}))


@pytest.mark.parametrize(
    ("change", "wanted"), [(flip, "BAS-035"), (cut, "BAS-034"), (other_manifest, "BAS-035"), (foreign, "BAS-034")]
)
def test_a_backup_that_was_changed_is_known(tmp_path: Path, change: Callable[[Path], None], wanted: str) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        path = back_up(ledger, settings, tmp_path / "uno.zip").path
    open_backup(path).read_through(DATABASE)
    change(path)
    assert codes(lambda: open_backup(path).read_through(DATABASE)) == [wanted]


def test_documents_that_are_issued_meanwhile_are_not_stopped(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    issued: list[int] = []

    def progress(what: str, done: int, total: int) -> None:
        if what in ("páginas copiadas", "documentos revisados"):
            thread = threading.Thread(target=lambda: issued.extend(issue(tmp_path / "datos", facturas=1)))
            thread.start()
            thread.join()

    with closing(Ledger(tmp_path / "datos")) as ledger:
        made = back_up(ledger, settings, tmp_path / "uno.zip", progress=progress)
    assert made.manifest.documentos == 2
    assert issued == [folio(3 + number) for number in range(len(issued))]
    assert issued
    assert load(directorio=tmp_path / "datos") == settings
