"""A zip that was left in the middle of a file and taken up again is one that other programs read."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from dteplanows.exports import zip_file
from dteplanows.exports.zip_file import GrowingZip

MOMENT = datetime(2026, 11, 29, 20, 15, 31)


def content(number: int) -> bytes:
    return f"documento {number} ñ ".encode() * (number % 7 * 300)


def add(made: GrowingZip, number: int) -> None:
    made.add(f"2026-11/factura-33-{number} ñ.xml", (content(number)[:10], content(number)[10:]), MOMENT)


def check(path: Path, numbers: Iterator[int]) -> None:
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None
        every = list(numbers)
        assert read.namelist() == [f"2026-11/factura-33-{one} ñ.xml" for one in every]
        for one in every[:50]:
            assert read.read(f"2026-11/factura-33-{one} ñ.xml") == content(one)
        assert {one.date_time for one in read.infolist()} == {(2026, 11, 29, 20, 15, 30)}
    if unzip := shutil.which("unzip"):
        done = subprocess.run([unzip, "-tqq", path], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_was_saved_stays_and_what_was_not_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "mes.zip"
    with GrowingZip(path) as made:
        for number in range(5):
            add(made, number)
        saved = made.save()
        add(made, 5)
        made.save()
    with path.open("ab") as file:
        file.write(b"PK\x03\x04 half of a file")
    with GrowingZip(path, saved) as made:
        for number in range(5, 9):
            add(made, number)
        whole = made.save()
        made.finish()
    check(path, iter(range(9)))
    # Killed in the middle of its table of contents.
    with path.open("r+b") as file:
        file.truncate(whole + 100)
    with GrowingZip(path, whole) as made:
        size = made.finish()
    assert size == path.stat().st_size
    check(path, iter(range(9)))


def test_a_zip_without_files_is_one(tmp_path: Path) -> None:
    with GrowingZip(tmp_path / "vacio.zip") as made:
        made.finish()
    assert zipfile.ZipFile(tmp_path / "vacio.zip").namelist() == []


def test_more_files_than_the_first_table_had_place_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "_MOST_16", 50)
    path = tmp_path / "muchos.zip"
    with GrowingZip(path) as made:
        for number in range(51):
            add(made, number)
        made.finish()
    with zipfile.ZipFile(path) as read:
        assert len(read.namelist()) == 51
        assert read.read(f"2026-11/factura-33-{50} ñ.xml") == content(50)


def test_a_file_behind_four_gibibytes_is_found(tmp_path: Path) -> None:
    """Those before it are one file of holes, which take no place on the disk."""
    path, size = tmp_path / "grande.zip", 2**32 - 10
    before = zip_file._local(zip_file._Entry(0, (0, 33), 0, size, size, b"agujero"))
    with path.open("wb") as file:
        file.write(before)
    with GrowingZip(path, len(before) + size) as made:
        add(made, 4)
        made.finish()
    with zipfile.ZipFile(path) as read:
        assert read.namelist() == ["agujero", "2026-11/factura-33-4 ñ.xml"]
        assert read.infolist()[1].header_offset > 2**32
        assert read.read("2026-11/factura-33-4 ñ.xml") == content(4)
