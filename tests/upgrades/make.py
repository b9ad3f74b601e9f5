"""Make a fixture: ``python -m tests.upgrades.make COMMIT`` has the program of that commit issue, and keeps its data.

The commit is checked out in a folder that is removed afterwards and works there by its own commands, on the libraries
of this environment. Two things differ from what its user would have: the demonstration's certificate is valid for
thirty years and not for three, so that the fixture outlives it, and the copy is written as text.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from zeep.exceptions import Fault

from dteplanows.web import server
from tests.upgrades.caller import Caller, sample

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "installations"
DATABASE = "dteplanows.sqlite3"
DUMP = "dteplanows.sql"
KEPT = ("clave-maestra", "autoridad-de-prueba.pem", "demo.json", "demostracion", "dteplanows.marca", "dteplanows.toml")
"""Files of a data directory that are as they were; what is in no list (samples, logs) is not kept."""
_COMMAND = (sys.executable, "-m", "dteplanows")
_CERTIFICATE = Path("dteplanows/demo_certificate.py")


def main(commit: str) -> None:
    """Make the fixture of *commit*, in a folder with the number of its database's form."""
    with tempfile.TemporaryDirectory() as folder:
        program, directory = Path(folder) / "program", Path(folder) / "data"
        os.environ["HOME"] = folder  # events tell where the data would lie
        subprocess.run(["git", "worktree", "add", "--detach", str(program), commit], cwd=ROOT, check=True)
        try:
            text = (program / _CERTIFICATE).read_text("utf-8")
            (program / _CERTIFICATE).write_text(text.replace("_YEARS = 3\n", "_YEARS = 30\n"), "utf-8")
            issue(program, directory)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(program)], cwd=ROOT, check=True)
        keep(directory)


def issue(program: Path, directory: Path) -> None:
    """Have *program* prepare *directory* and issue in it what it can."""
    samples = program / "dteplanows" / "muestras"
    subprocess.run(
        [*_COMMAND, "demo", "--dir", str(directory), "--once", "--port", str(server.free_port("127.0.0.1"))],
        cwd=program,
        check=True,
    )
    with _serving(program, directory) as caller:
        for name in ("boleta39.txt", "factura34.txt", "guia52.txt", "nota-credito61.txt", "factura33-con-errores.txt"):
            print(name, caller.issue(sample(samples / name)))
        with suppress(Fault):  # unknown to the oldest
            print(caller.annul(9920000001))
        if (program / "dteplanows" / "receiving").is_dir():
            print(caller.issue((ROOT / "fixtures" / "txt" / "compra33-dos-proveedores.txt").read_bytes()))
        if not (program / "dteplanows" / "worker.py").exists():
            return
        track = caller.send(sample(samples / "boleta41.txt"))
        while not (found := caller.state(track)):
            time.sleep(0.2)
        print("lote", track, found)
    with _serving(program, directory, "--sin-lotes") as caller:
        print("lote", caller.send(sample(samples / "boleta41.txt") + b"\r\n"), "waits")


@contextmanager
def _serving(program: Path, directory: Path, *options: str) -> Iterator[Caller]:
    port = server.free_port("127.0.0.1")
    command = [*_COMMAND, "--dir", str(directory), "serve", "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=program)
    try:
        assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
        yield Caller(directory, port)
    finally:
        process.terminate()
        process.wait(30)


def keep(directory: Path) -> None:
    """Copy what is needed of *directory* to the fixtures, as text."""
    with closing(sqlite3.connect(directory / DATABASE)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        lines = [*connection.iterdump(), f"PRAGMA user_version = {version};"]
    folder = FIXTURES / f"format-{version:02}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DUMP).write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
    for name in KEPT:
        if (directory / name).exists():
            shutil.copyfile(directory / name, folder / name)


def restore(folder: Path, directory: Path) -> None:
    """Make a data directory of the fixture in *folder*."""
    directory.mkdir(mode=0o700)
    for name in KEPT:
        if (folder / name).exists():
            shutil.copyfile(folder / name, directory / name)
            (directory / name).chmod(0o600)
    with closing(sqlite3.connect(directory / DATABASE)) as connection:
        connection.executescript((folder / DUMP).read_text("utf-8"))
    (directory / DATABASE).chmod(0o600)


if __name__ == "__main__":
    main(sys.argv[1])
