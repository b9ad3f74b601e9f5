"""The master key: in no environment, argument list, memory image or file that others can read."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.processes import family
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE
from dteplanows.process import secrecy
from dteplanows.settings import FILE, load
from dteplanows.web.server import free_port
from tests.faults.calls import boleta, call, running
from tests.installation import make_installation

KEY = "frase maestra ficticia, ñandú"

posix = pytest.mark.skipif(os.name != "posix", reason="los permisos y el entorno de otros procesos son de POSIX")
linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="necesita /proc")


def refused(directory: Path) -> Problem:
    with pytest.raises(Refused) as caught:
        load(directorio=directory)
    (found,) = caught.value.problems
    return found


@linux
@pytest.mark.parametrize("command", ["serve", "serve --servidor waitress", "worker", "demo"])
def test_no_process_shows_the_key(tmp_path: Path, command: str) -> None:
    if command != "demo":  # which makes its own, and goes into no other's
        with closing(Ledger(tmp_path, KEY)):
            pass
    environment = {**os.environ, secrecy.VARIABLE: KEY}
    port = [] if command == "worker" else ["--port", str(free_port("127.0.0.1"))]
    process = subprocess.Popen(
        [sys.executable, "-m", "dteplanows", "--dir", str(tmp_path), *command.split(), *port],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = b""
        while b"atiende" not in line.lower():
            line = process.stdout.readline()
            assert line, "the command has ended"
        expected, deadline = {"worker": 1, "serve": 4, "demo": 6}.get(command, 2), time.monotonic() + 60
        while len(processes := list(family(process.pid))) < expected and time.monotonic() < deadline:
            time.sleep(0.1)  # the line is said before all of them have begun
        assert len(processes) >= expected
        for one in processes:
            shown = Path(f"/proc/{one}/environ").read_bytes() + Path(f"/proc/{one}/cmdline").read_bytes()
            assert b"maestra" not in shown.lower(), one
            limits = Path(f"/proc/{one}/limits").read_text()
            assert re.search(r"Max core file size +0 +0 ", limits), one
    finally:
        process.terminate()
        process.wait(180)


@posix
def test_a_service_with_its_key_in_a_file_issues(tmp_path: Path) -> None:
    make_installation(tmp_path).close()
    key = tmp_path / KEY_FILE
    elsewhere = tmp_path / "otra" / "clave"
    elsewhere.parent.mkdir()
    key.rename(elsewhere)
    (tmp_path / FILE).write_text(f'archivo_clave_maestra = "{elsewhere}"\n')
    with running(tmp_path) as (_, port):
        assert "True" in call(port, boleta(1))


@posix
def test_a_service_with_its_key_in_the_environment_issues(tmp_path: Path) -> None:
    make_installation(tmp_path).close()
    text = (tmp_path / KEY_FILE).read_text()
    (tmp_path / KEY_FILE).unlink()
    with running(tmp_path, env={**os.environ, secrecy.VARIABLE: text}) as (_, port):
        assert "True" in call(port, boleta(1))


@posix
@pytest.mark.parametrize(
    ("mode", "good"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o622, False)]
)
def test_settings_with_the_key_are_for_their_owner_alone(tmp_path: Path, mode: int, good: bool) -> None:
    file = tmp_path / FILE
    file.write_text(f'clave_maestra = "{KEY}"\n', "utf-8")
    file.chmod(mode)
    if good:
        assert load(directorio=tmp_path).clave_maestra == KEY
        return
    found = refused(tmp_path)
    assert found.code == "CFG-020"
    assert f"{mode:04o}" in found.message and found.remedy == f"Ejecute: chmod 600 {file}"
    # What is advised mends it.
    subprocess.run(found.remedy.removeprefix("Ejecute: "), shell=True, check=True)
    assert load(directorio=tmp_path).clave_maestra == KEY


@posix
def test_settings_without_the_key_may_be_read_by_all(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("puerto = 1001\n")
    (tmp_path / FILE).chmod(0o644)
    assert load(directorio=tmp_path).puerto == 1001


@posix
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)):
        pass
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(Refused) as caught:
        Ledger(tmp_path)
    (found,) = caught.value.problems
    assert found.code == "CFG-020" and str(tmp_path / KEY_FILE) in found.remedy
    (tmp_path / KEY_FILE).chmod(0o600)
    Ledger(tmp_path).close()


def test_a_folder_in_place_of_the_key_file(tmp_path: Path) -> None:
    """As a container makes it where the file to be mounted is not there."""
    with closing(Ledger(tmp_path)):
        pass
    (tmp_path / KEY_FILE).unlink()
    (tmp_path / KEY_FILE).mkdir()
    with pytest.raises(Refused) as caught:
        Ledger(tmp_path)
    (found,) = caught.value.problems
    assert found.code == "CFG-029" and "carpeta" in found.message


@posix
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="solo root da archivos a otros")
def test_a_file_of_root_may_be_read_by_the_group_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "clave"
    file.write_text(KEY)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    for mode, good in ((0o640, True), (0o660, False), (0o644, False)):
        file.chmod(mode)
        if good:
            secrecy.must_be_private(file)
        else:
            with pytest.raises(Refused):
                secrecy.must_be_private(file)


@posix
def test_the_file_of_the_key_and_what_may_be_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "clave"
    (tmp_path / FILE).write_text(f'archivo_clave_maestra = "{file}"\n')
    found = refused(tmp_path)
    assert (found.code, found.place.field) == ("CFG-021", "archivo_clave_maestra")
    file.write_text("\n")
    file.chmod(0o644)
    assert refused(tmp_path).code == "CFG-020"
    file.chmod(0o600)
    assert refused(tmp_path).code == "CFG-022"
    file.write_bytes(b"\xff\xfe\xf1")
    assert refused(tmp_path).code == "CFG-021"
    file.write_text(f"{KEY}\n", "utf-8")
    assert load(directorio=tmp_path).clave_maestra == KEY
    with pytest.raises(Refused) as caught:
        load(directorio=tmp_path, clave_maestra="otra")
    assert [one.code for one in caught.value.problems] == ["CFG-023"]


def test_what_was_taken_out_of_the_environment_counts_as_if_it_were_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrecy, "_taken", KEY)
    (tmp_path / FILE).write_text('clave_maestra = "otra"\n')
    (tmp_path / FILE).chmod(0o600)
    assert load(directorio=tmp_path).clave_maestra == KEY
    assert load(directorio=tmp_path, clave_maestra="tercera").clave_maestra == "tercera"


@linux
def test_no_image_of_the_memory_is_left(tmp_path: Path) -> None:
    script = (
        "import ctypes, os, resource, signal\n"
        "from dteplanows.process import secrecy\n"
        "most = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (most, most))\n"
        "secrecy.protect_memory()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b"(0, 0) 0\n"
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -os.WTERMSIG(status)
    assert os.WTERMSIG(status) == signal.SIGSEGV and not os.WCOREDUMP(status)
