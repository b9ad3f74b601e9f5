"""A PostgreSQL server of the tests' own, in a temporary folder, run by a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dteplanows.ledger.opening import New, open_database
from dteplanows.ledger.place import Place

Mode = Literal["fast", "immediate"]

ACCOUNT = "postgres"
"""The system's user that the package makes, for where the tests run as root."""

_FASTER = ("fsync=off", "full_page_writes=off")
"""For tests that break nothing."""


def programs() -> Path | None:
    """The folder of the server's programs; None where they are not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    return next((one for one in reversed(folders) if (one / "initdb").exists()), None)


def missing() -> str:
    """Why there is no server; empty when there can be one."""
    return "" if programs() else "not installed: postgresql"


class Server:
    """One server. It answers on a socket in its own folder, to nobody else."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        found = programs()
        assert found
        self._programs = found
        self.folder = folder
        self._durable = durable
        self._formed = ""
        self._run("initdb", "-D", str(folder / "datos"), "-A", "trust", "-U", "dueno", "-E", "UTF8", "--locale=C.UTF-8",
                  "--no-sync")  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [f"unix_socket_directories={self.folder}", "listen_addresses=", "max_connections=200"]
        options += () if self._durable else _FASTER
        said = " ".join(f"-c {one}" if not one.endswith("=") else f"-c {one}''" for one in options)
        log = str(self.folder / "registro")
        self._run("pg_ctl", "-D", str(self.folder / "datos"), "-o", said, "-l", log, "-w", "start")

    def stop(self, mode: Mode = "fast") -> None:
        """Stop it; ``immediate`` as a crash."""
        self._run("pg_ctl", "-D", str(self.folder / "datos"), "-m", mode, "-w", "stop")

    def new_database(self, like: str = "template1") -> str:
        """The address of a new empty database, or of a copy of another that nobody uses."""
        name = f"prueba_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.address(name)

    def formed_database(self) -> str:
        """The address of a new database in the form of a ledger, without a row: a copy of the first one.

        To make the form takes three times as long as to copy it, and most tests of a ledger are not about that.
        """
        if not self._formed:
            base = self.new_database()
            with closing(open_database(Place(self.folder, base), New.ANYWHERE)) as database, database.forming():
                database.migrate()
            self._formed = str(conninfo_to_dict(base)["dbname"])
        return self.new_database(self._formed)

    def drop(self, base: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = conninfo_to_dict(base)["dbname"]
        with psycopg.connect(self.address("postgres"), autocommit=True) as link:
            link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def address(self, name: str) -> str:
        return f"postgresql://dueno@/{name}?host={self.folder}"

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._programs / name), *arguments]
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            groups = ("--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--init-groups")
            command = ["setpriv", *groups, "--", *command]
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", check=False)
            said.seek(0)
            assert done.returncode == 0, said.read().decode()


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """A server that runs, as long as what is inside does."""
    folder = Path(tempfile.mkdtemp(prefix="dteplanows-pg-"))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            os.chown(folder, account.pw_uid, account.pw_gid)
        one = Server(folder, durable=durable)
        one.start()
        try:
            yield one
        finally:
            one.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
