"""PostgreSQL's own programs, which copy a database into a file and back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import Connection

_LOOK = 0.2
"""Seconds between two looks at a program that runs."""

_FOLDERS = "/usr/lib/postgresql/{0}/bin", "/usr/pgsql-{0}/bin"
"""Where systems have the programs of one version."""


def program(name: str, version: int) -> str:
    """The path of a program of the server's version.

    :raises Refused: there is none (BAS-074).
    """
    for folder in _FOLDERS:
        path = Path(folder.format(version)) / name
        if path.is_file():
            return str(path)
    found = shutil.which(name)
    if found:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        number = re.search(r"(\d+)(?:\.\d+)*", told)
        if number and int(number[1]) == version:
            return found
    raise Refused([problem("BAS-074", value=name, version=version)])


def major(connection: Connection) -> int:
    """The version of the server, its first number."""
    return int(connection.execute("SELECT current_setting('server_version_num')").fetchone()[0]) // 10_000


def address(base: str) -> tuple[str, dict[str, str]]:
    """*base* for the arguments of a program, and what of it goes into its environment: others can read arguments."""
    facts = {name: value for name, value in conninfo_to_dict(base).items() if value is not None}
    password = facts.pop("password", None)
    plain = make_conninfo(**{name: str(value) for name, value in facts.items()})
    return plain, {"PGPASSWORD": str(password)} if password else {}


def run(command: Sequence[str], environment: dict[str, str], told: Callable[[], object] = lambda: None) -> None:
    """Run one of the programs to its end.

    :param told: called while it runs; what it raises ends the program.
    :raises Refused: it fails (BAS-075).
    """
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **environment},
        )
        try:
            while process.poll() is None:
                told()
                try:
                    process.wait(_LOOK)
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").split("\n")
            reason = " ".join(" ".join(lines[:5]).split()) or f"terminó con {process.returncode}"
            raise Refused([problem("BAS-075", value=Path(command[0]).name, reason=reason)])
