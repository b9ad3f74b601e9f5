"""Where lines go, also from several processes, and what happens where they cannot."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dteplanows.document import clock
from dteplanows.log import files
from dteplanows.log.files import MIB, DayFiles, OneFile, day_files
from tests import forked

ROOT = Path(__file__).parents[2]
DAY = "2026-03-31"

DAYS_WRITER = """
import sys
from pathlib import Path
from dteplanows.log.files import DayFiles
sink = DayFiles(Path(sys.argv[1]), 100_000, 1 << 30, lambda count: b"lost\\n")
for number in range(int(sys.argv[3])):
    sink.write("2026-03-31", f"{sys.argv[2]} {number} {'x' * (number % 700)}\\n".encode())
"""

FILE_WRITER = """
import sys
from pathlib import Path
from dteplanows.log import files
files._SECOND = 0.0
sink = files.OneFile(Path(sys.argv[1]), 400_000_000, lambda count: b"lost\\n")
sink._most = 100_000
for number in range(int(sys.argv[3])):
    sink.write("", f"{sys.argv[2]} {number} {'x' * 90}\\n".encode())
"""


def lost(count: int) -> bytes:
    return f"{count} lost\n".encode()


def run_writers(program: str, target: Path, count: int) -> None:
    """Two processes, each with that many lines."""
    command = [sys.executable, "-c", program, str(target)]
    running = [forked.Popen([*command, name, str(count)], cwd=ROOT) for name in ("a", "b")]
    assert [one.wait(120) for one in running] == [0, 0]


def content(folder: Path) -> list[str]:
    return [line for path in day_files(folder) for line in path.read_text("utf-8").splitlines()]


def test_lines_of_several_processes_stay_whole(tmp_path: Path) -> None:
    run_writers(DAYS_WRITER, tmp_path / "r", 3000)
    found = content(tmp_path / "r")
    assert sorted(found) == sorted(f"{name} {n} {'x' * (n % 700)}" for name in "ab" for n in range(3000))
    assert oct((tmp_path / "r").stat().st_mode)[-3:] == "700"
    assert {oct(one.stat().st_mode)[-3:] for one in day_files(tmp_path / "r")} == {"600"}


def test_a_day_goes_on_in_another_file_and_all_of_them_have_a_bound(tmp_path: Path) -> None:
    most = 8 * MIB
    sink = DayFiles(tmp_path / "r", 36500, most, lost)
    line = b"x" * 999 + b"\n"
    for _ in range(20_000):  # 20 MB
        sink.write(DAY, line)
    found = day_files(tmp_path / "r")
    assert len(found) > 3
    assert sum(one.stat().st_size for one in found) <= most + 256 * len(line)
    assert found[0].name > f"{DAY}.0001.jsonl"  # the oldest are gone
    assert all(one.stat().st_size <= MIB + 256 * len(line) for one in found)


def test_what_is_too_old_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    days = [(clock.today() - timedelta(ago)).isoformat() for ago in (400, 11, 10, 1)]
    for day in days:
        (folder / f"{day}.0001.jsonl").write_text("{}\n")
    (folder / "notas.txt").write_text("mías")
    DayFiles(folder, 10, MIB * 80, lost).write(clock.today().isoformat(), b"{}\n")
    assert [one.name[:10] for one in day_files(folder)] == [*days[2:], clock.today().isoformat()]
    assert (folder / "notas.txt").read_text() == "mías"


def test_a_line_of_yesterday_goes_to_the_file_of_yesterday(tmp_path: Path) -> None:
    sink = DayFiles(tmp_path / "r", 36500, MIB * 80, lost)
    for day in (DAY, "2026-04-01", DAY, "2026-04-01"):
        sink.write(day, f"{day}\n".encode())
    names = {one.name: one.read_text().split() for one in day_files(tmp_path / "r")}
    assert names == {f"{day}.0001.jsonl": [day, day] for day in (DAY, "2026-04-01")}


def test_what_cannot_be_written_is_counted_and_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "r"
    folder.write_text("in the way")
    sink = DayFiles(folder, 100_000, MIB * 80, lost)
    for _ in range(3):
        sink.write(DAY, b"one\n")
    folder.unlink()
    sink.write(DAY, b"two\n")
    assert content(folder) == ["3 lost", "two"]
    assert capfd.readouterr().err.count("No se puede escribir el registro") == 1


def test_after_a_full_disk_the_next_line_begins_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = DayFiles(tmp_path / "r", 100_000, MIB * 80, lost)
    sink.write(DAY, b"one\n")
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:3]))
    sink.write(DAY, b"second\n")
    monkeypatch.undo()
    sink.write(DAY, b"three\n")
    assert content(tmp_path / "r") == ["one", "sec", "1 lost", "three"]


def test_a_file_deleted_by_another_hand_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_LOOK", 1)
    sink = DayFiles(tmp_path / "r", 100_000, MIB * 80, lost)
    sink.write(DAY, b"one\n")
    day_files(tmp_path / "r")[0].unlink()
    sink.write(DAY, b"two\n")
    assert content(tmp_path / "r") == ["two"]


@pytest.mark.skipif(os.name != "posix", reason="Windows renames no open file")
def test_a_rotation_by_one_of_several_processes_loses_nothing_of_the_other(tmp_path: Path) -> None:
    path = tmp_path / "copia.log"
    run_writers(FILE_WRITER, path, 900)  # 180 000 bytes: one rotation
    old = path.with_name("copia.log.1")
    found = (old.read_text() + path.read_text()).splitlines()
    assert sorted(found) == sorted(f"{name} {n} {'x' * 90}" for name in "ab" for n in range(900))
    assert old.stat().st_size < 110_000


@pytest.mark.skipif(os.name != "posix", reason="Windows renames no open file")
def test_a_file_that_was_moved_away_is_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "copia.log"
    sink = OneFile(path, MIB, lost)
    sink.write(DAY, b"one\n")
    path.rename(tmp_path / "moved")
    sink.reopen()
    sink.write(DAY, b"two\n")
    assert path.read_text() == "two\n"
    path.rename(tmp_path / "moved again")
    monkeypatch.setattr(files, "_SECOND", 0.0)  # also without being told, after a second
    sink.write(DAY, b"three\n")
    assert path.read_text() == "three\n"
