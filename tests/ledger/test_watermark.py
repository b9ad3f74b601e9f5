"""The mark beside the ledger: written after each commit, harmless when it is torn or lost."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.watermark import FILE, Mark, Watermark
from tests import forked
from tests.faults.test_killed_processes import ROOT
from tests.ledger.example import COMPANY, load_caf, new_document

SERIES = Series("pruebas", COMPANY.rut, 33)
OTHER = SERIES._replace(tipo=61)


@pytest.fixture
def mark(tmp_path: Path) -> Watermark:
    return Watermark(tmp_path / FILE)


def write(mark: Watermark, *marks: Mark) -> None:
    for one in marks:
        mark.reserve(one.series)
    mark.write(marks)


def test_what_is_written_is_read_by_another_process(mark: Watermark) -> None:
    write(mark, Mark(SERIES, 10, 7, 10), Mark(OTHER, 3, 6, 3))
    write(mark, Mark(SERIES, 12, 9, 12))
    assert sorted(Watermark(mark.path).read()) == [Mark(SERIES, 12, 9, 12), Mark(OTHER, 3, 6, 3)]
    assert mark.path.stat().st_size == 2 * 64


def test_the_highest_folio_never_goes_down(mark: Watermark) -> None:
    """A customer's own number may be lower than the last, and another process may have come further."""
    second = Watermark(mark.path)
    write(mark, Mark(SERIES, 10, 1, 10))
    write(second, Mark(SERIES, 20, 2, 20))
    write(mark, Mark(SERIES, 5, 3, 5))
    assert mark.read() == [Mark(SERIES, 20, 3, 5)]


def test_a_torn_record_is_as_if_it_had_not_been_written(mark: Watermark) -> None:
    write(mark, Mark(SERIES, 10, 7, 10), Mark(OTHER, 3, 6, 3))
    data = bytearray(mark.path.read_bytes())
    data[40] ^= 1
    mark.path.write_bytes(data + b"DTM1 y nada")
    assert Watermark(mark.path).read() == [Mark(OTHER, 3, 6, 3)]
    write(mark, Mark(SERIES, 11, 8, 11))
    assert sorted(mark.read()) == [Mark(SERIES, 11, 8, 11), Mark(OTHER, 3, 6, 3)]


def test_a_file_that_is_gone_is_written_anew(mark: Watermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.ledger.watermark._LOOK", 0.0)
    write(mark, Mark(SERIES, 10, 7, 10), Mark(OTHER, 3, 6, 3))
    mark.path.unlink()
    write(mark, Mark(OTHER, 4, 8, 4))
    assert sorted(mark.read()) == [Mark(SERIES, 10, 7, 10), Mark(OTHER, 4, 8, 4)]


def test_where_it_cannot_be_written_the_ledger_goes_on_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "archivo").touch()
    with closing(Ledger(Place(tmp_path / "datos", marca=tmp_path / "archivo" / "carpeta"))) as ledger:
        ledger.companies.save(COMPANY)
        caf = load_caf(ledger, 1, 10)
        for folio in (1, 2, 3):
            ledger.documents.record(new_document(folio, caf))
        assert ledger.documents.find(*SERIES, 3)
    assert caplog.text.count("BAS-022") == 1


def test_a_document_that_is_rolled_back_leaves_no_mark(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.companies.save(COMPANY)
        caf = load_caf(ledger, 1, 10)
        ledger.documents.record(new_document(1, caf))
        with pytest.raises(RuntimeError), ledger.transaction():
            ledger.documents.record(new_document(2, caf))
            raise RuntimeError
        assert ledger.watermark.read() == [Mark(SERIES, 1, 1, 1)]
        with ledger.transaction():
            ledger.documents.record(new_document(4, caf))
            ledger.documents.record(new_document(3, caf))
        assert ledger.watermark.read() == [Mark(SERIES, 4, 3, 3)]


WRITE = """
import sys
from pathlib import Path
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, new_document
ledger = Ledger(Place(Path(sys.argv[1]), sys.argv[3]))
for number in range(30):
    tipo = 33 + (number + int(sys.argv[2])) % 2
    with ledger.transaction(Series("pruebas", COMPANY.rut, tipo)):
        caf = ledger.cafs.of("pruebas", COMPANY.rut, tipo)[0]
        highest = ledger.connection.execute("SELECT MAX(folio) FROM documento WHERE tipo = ?", (tipo,)).fetchone()[0]
        folio = 1 + (highest or 0)
        ledger.documents.record(new_document(folio, caf.id, tipo))
"""


def test_two_processes_at_once(place: Place) -> None:
    with closing(Ledger(place)) as ledger:
        ledger.companies.save(COMPANY)
        for tipo in (33, 34):
            load_caf(ledger, 1, 100, tipo)
        command = [sys.executable, "-c", WRITE, str(place.directory)]
        both = [forked.Popen([*command, str(number), place.base], cwd=ROOT) for number in range(2)]
        assert [one.wait(60) for one in both] == [0, 0]
        found = {one.series.tipo: one.folio for one in ledger.watermark.read()}
        assert found == {33: 30, 34: 30}
        assert (place.directory / FILE).stat().st_size == 2 * 64


@pytest.mark.skipif(os.name != "posix", reason="los permisos de archivo son los de POSIX")
def test_only_the_owner_reads_it(mark: Watermark) -> None:
    write(mark, Mark(SERIES, 10, 7, 10))
    assert mark.path.stat().st_mode & 0o777 == 0o600
