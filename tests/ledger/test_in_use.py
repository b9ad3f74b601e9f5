"""A command never opens another database than the one that the service beside it has open."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.in_use import InUse, alone
from dteplanows.ledger.store import DATABASE_FILE
from tests.commands.command_line import create, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="en Windows no se reemplaza una base abierta")

SERVICE = """
import sys
from pathlib import Path
from dteplanows.ledger.store import Ledger
ledger = Ledger(Path(sys.argv[1]))
for number in range(3):
    ledger.settings.save(f"prueba{number}", "guardado")
print("abierta", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "datos"
    assert create(path).exit_code == 0
    shutil.copy(path / DATABASE_FILE, tmp_path / "copia")
    return path


@pytest.fixture
def service(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the ledger open, with what it wrote still in the log."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"abierta\n"
    yield process
    process.kill()
    process.wait(30)


def saved(directory: Path) -> int:
    found = "from dteplanows.ledger.store import Ledger; from pathlib import Path; import sys\n"
    found += "print(sum(Ledger(Path(sys.argv[1])).settings.get(f'prueba{n}') == 'guardado' for n in range(3)))"
    done = subprocess.run([sys.executable, "-c", found, str(directory)], capture_output=True, check=True)
    return int(done.stdout)


@pytest.mark.parametrize("command", [("estado",), ("respaldo", "respaldos"), ("documentos",), ("caf", "listar")])
def test_a_command_leaves_the_log_of_the_service_alone(
    directory: Path, service: subprocess.Popen[bytes], command: tuple[str, ...]
) -> None:
    """SQLite would write it into the other file and delete it: what the service has acknowledged would be gone."""
    base, log = directory / DATABASE_FILE, directory / f"{DATABASE_FILE}-wal"
    (directory / "respaldos").mkdir()
    base.rename(directory / "apartada")
    shutil.copy(directory.parent / "copia", base)
    before = (base.read_bytes(), log.read_bytes())
    done = run(directory, *command)
    assert done.exit_code != 0
    # The page of estado has no codes.
    said = "no es la que el servicio tiene abierta" if command == ("estado",) else "BAS-083"
    assert said in " ".join(done.output.replace("│", " ").split())
    assert (base.read_bytes(), log.read_bytes()) == before
    service.kill()
    service.wait(30)
    (directory / "apartada").replace(base)
    assert saved(directory) == 3


def test_the_same_database_is_opened_by_many(directory: Path, service: subprocess.Popen[bytes]) -> None:
    assert run(directory, "caf", "listar").exit_code == 0
    assert saved(directory) == 3


def test_whoever_comes_first_says_which_one_it_is(tmp_path: Path) -> None:
    base = tmp_path / DATABASE_FILE
    base.write_bytes(b"one")
    first = InUse(base)
    InUse(base)
    base.rename(tmp_path / "aside")
    base.write_bytes(b"two")
    with pytest.raises(Refused, match="BAS-083"):
        InUse(base)
    del first
    with alone(base):
        pass
    InUse(base)  # nobody has the other one open any more
