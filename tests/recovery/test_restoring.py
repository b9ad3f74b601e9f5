"""Restoring: nothing newer is lost unasked, no folio and no address is given twice, and what is missing is named."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.archive.links import Copy, links_of
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import held_back
from dteplanows.folios.voiding import void
from dteplanows.ledger.batch_rows import NewBatch
from dteplanows.ledger.engines.base import DATABASE
from dteplanows.ledger.rows import ReceivedFile, Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.vault import KEY_FILE, read_key_file
from dteplanows.ledger.watermark import FILE as MARK
from dteplanows.ledger.watermark import Mark, Watermark
from dteplanows.recovery.backups import last_backup
from dteplanows.recovery.restoring import RESTORED
from dteplanows.settings import FILE, Settings, load
from tests.installation import COMPANY, FIRST_FOLIO
from tests.recovery.support import BOLETAS, FACTURAS, backed_up, brought_back, codes, folio, held, install, issue, names


def test_the_same_again_loses_nothing(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    done = brought_back(backed_up(tmp_path / "datos"), settings)
    assert done.replaced.intact
    assert not done.replaced.has_more
    assert held(tmp_path / "datos") == {}
    assert issue(tmp_path / "datos", facturas=1) == [folio(4)]
    with closing(Ledger(tmp_path / "datos")) as ledger:
        assert [one.tipo for one in ledger.events.of()].count(RESTORED) == 1
        last = last_backup(ledger)
        assert (last.momento, last.documentos) == (done.manifest.momento, 3)


def test_newer_data_are_not_replaced_unasked(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    path = backed_up(tmp_path / "datos")
    issue(tmp_path / "datos", facturas=2, boletas=1)
    before = names(tmp_path / "datos")
    with pytest.raises(Refused) as refused:
        brought_back(path, settings)
    (one,) = refused.value.problems
    assert one.code == "BAS-038"
    assert f"2 documentos ({folio(4)} a {folio(5)}) de tipo 33" in one.message
    assert f"1 documento ({folio(1)}) de tipo 39" in one.message
    assert names(tmp_path / "datos") == before
    assert issue(tmp_path / "datos", facturas=1) == [folio(6)]


def test_what_the_replaced_database_has_is_named_held_back_and_kept(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    path = backed_up(tmp_path / "datos")
    issue(tmp_path / "datos", facturas=2, boletas=1)
    done = brought_back(path, settings, replace=True)
    assert {one.series: (one.last, one.issued, one.held) for one in done.missing if one.issued} == {
        FACTURAS: (folio(3), [Span(folio(4), folio(5))], [Span(folio(4), folio(5))]),
        BOLETAS: (0, [Span(folio(1), folio(1))], [Span(folio(1), folio(1))]),
    }
    assert held(tmp_path / "datos") == {33: [Span(folio(4), folio(5))], 39: [Span(folio(1), folio(1))]}
    assert issue(tmp_path / "datos", facturas=1, boletas=1) == [folio(6), folio(2)]
    assert done.aside
    with closing(sqlite3.connect(Path(done.aside) / DATABASE)) as old:
        assert old.execute("SELECT COUNT(*) FROM documento").fetchone() == (6,)


def test_folios_that_were_void_or_held_back_since_do_not_come_free(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    with closing(Ledger(tmp_path / "datos")) as ledger:
        void(ledger, Series.of(COMPANY, 33), Span(folio(2), folio(3)), "anulados en el SII")
        held_back.hold(ledger, FACTURAS, Span(folio(4), folio(4)), "otra vez")
    del ledger
    done = brought_back(path, settings, replace=True)
    assert done.replaced.closed == {FACTURAS: [Span(folio(2), folio(4))]}
    assert issue(tmp_path / "datos", facturas=1) == [folio(5)]


def test_what_else_was_there_is_named(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    with closing(Ledger(tmp_path / "datos")) as ledger:
        ledger.users.save("otra", "clave de otra", "pruebas", COMPANY.rut)
        ledger.cafs.save(Series.of(COMPANY, 33), Span(1, 50), clock.today(), b"otro")
    del ledger
    text = brought_back(path, settings, replace=True).replaced.text()
    assert "1 usuarios" in text
    assert "CAF de tipo 33" in text
    assert "1 a 50" in text


def test_of_a_folder_that_is_gone_everything_is_held_back(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    path = backed_up(tmp_path / "datos")
    issue(tmp_path / "datos", facturas=2)
    shutil.rmtree(tmp_path / "datos")
    done = brought_back(path, settings)
    assert done.aside == ""
    assert not done.replaced.intact
    there = held(tmp_path / "datos")
    assert there[33] == [Span(1, FIRST_FOLIO - 1), Span(folio(4), MAXIMUM_FOLIO)]
    assert all(spans == [Span(1, MAXIMUM_FOLIO)] for tipo, spans in there.items() if tipo != 33)
    assert issue(tmp_path / "datos", facturas=1, boletas=1) == [0, 0]


def test_what_a_person_knows_bounds_what_is_held_back(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    path = backed_up(tmp_path / "datos")
    shutil.rmtree(tmp_path / "datos")
    assert codes(lambda: brought_back(path, settings, {FACTURAS: folio(3)})) == ["BAS-045"]
    brought_back(path, settings, {FACTURAS: folio(8), BOLETAS: 1})
    assert issue(tmp_path / "datos", facturas=1, boletas=1) == [folio(8), folio(1)]
    assert held(tmp_path / "datos")[33] == [Span(1, FIRST_FOLIO - 1), Span(folio(4), folio(7))]


def test_a_caf_that_is_loaded_again_does_not_free_its_folios(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    shutil.rmtree(tmp_path / "datos")
    brought_back(path, settings)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        ledger.cafs.save(Series.of(COMPANY, 33), Span(5, 50), clock.today(), ledger.cafs.secret(1))
    assert issue(tmp_path / "datos", facturas=1) == [0]


def damaged(directory: Path) -> None:
    """The newest part of the database is overwritten."""
    with closing(sqlite3.connect(directory / DATABASE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (directory / DATABASE).open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(size * 2 // 3)
        file.write(b"\xff" * (size - file.tell()))


def no_database(directory: Path) -> None:
    (directory / DATABASE).write_bytes(b"esto no es una base " * 1000)


@pytest.mark.parametrize("destroy", [damaged, no_database])
def test_what_cannot_be_read_wholly_does_not_bound_anything(tmp_path: Path, destroy: object) -> None:
    settings = install(tmp_path / "datos", facturas=40)
    path = backed_up(tmp_path / "datos")
    issue(tmp_path / "datos", facturas=40)
    assert callable(destroy)
    destroy(tmp_path / "datos")
    (tmp_path / "datos" / MARK).unlink()
    done = brought_back(path, settings, replace=True)
    assert not done.replaced.intact
    assert done.aside
    assert held(tmp_path / "datos")[33][-1] == Span(folio(41), MAXIMUM_FOLIO)


# --- the mark -------------------------------------------------------------------------------------------------


def marked(tmp_path: Path) -> tuple[Path, Settings, Path]:
    """An installation whose mark lies elsewhere, as its settings file says; gone but for that mark, with a backup of
    three invoices where five and a boleta were issued."""
    directory, elsewhere = tmp_path / "datos", tmp_path / "otro-disco"
    install(directory, facturas=3)
    shutil.move(directory / MARK, elsewhere.with_suffix(".marca"))
    (directory / FILE).write_text(f'carpeta_marca = "{elsewhere.as_posix()}"\n')
    elsewhere.mkdir()
    shutil.move(elsewhere.with_suffix(".marca"), elsewhere / MARK)
    path = backed_up(directory)
    issue(directory, facturas=2, boletas=1)
    shutil.rmtree(directory)
    return path, load(directorio=directory), elsewhere / MARK


def test_the_mark_tells_how_far_it_had_come(tmp_path: Path) -> None:
    path, settings, mark = marked(tmp_path)
    done = brought_back(path, settings)
    assert done.known
    assert {one.series: one.marked for one in done.missing if one.marked} == {FACTURAS: folio(5), BOLETAS: folio(1)}
    there = held(tmp_path / "datos")
    assert {tipo: spans[-1].hasta for tipo, spans in there.items()} == {33: folio(5), 39: folio(1)}
    # And afterwards it is not taken for an older ledger once more.
    assert issue(tmp_path / "datos", facturas=1, boletas=1) == [folio(6), folio(2)]
    assert {one.series: one.folio for one in Watermark(mark).read()} == {FACTURAS: folio(6), BOLETAS: folio(2)}


def test_a_person_may_know_of_more_than_the_mark(tmp_path: Path) -> None:
    path, settings, _ = marked(tmp_path)
    brought_back(path, settings, {FACTURAS: folio(9)})
    assert issue(tmp_path / "datos", facturas=1, boletas=1) == [folio(9), folio(2)]


def test_a_mark_older_than_the_backup_tells_nothing(tmp_path: Path) -> None:
    path, settings, mark = marked(tmp_path)
    older = mark.read_bytes()
    for series in (Mark(FACTURAS, folio(2), 2, folio(2)), Mark(FACTURAS, folio(3), 1, folio(1))):
        mark.write_bytes(b"")
        Watermark(mark).put([series])
        assert not brought_back(path, settings).known
        assert held(tmp_path / "datos")[33][-1] == Span(folio(4), MAXIMUM_FOLIO)
        shutil.rmtree(tmp_path / "datos")
    mark.write_bytes(older)
    assert brought_back(path, settings).known


def test_a_mark_further_than_the_replaced_database_counts_too(tmp_path: Path) -> None:
    """Somebody has put an older copy back already, and restores now."""
    path, settings, _ = marked(tmp_path)
    older = tmp_path / "antes"
    brought_back(path, settings, {FACTURAS: folio(6), BOLETAS: 2})
    shutil.copytree(tmp_path / "datos", older)
    issue(tmp_path / "datos", facturas=3)
    gc.collect()
    shutil.rmtree(tmp_path / "datos")
    shutil.copytree(older, tmp_path / "datos")
    done = brought_back(path, load(directorio=tmp_path / "datos"), replace=True)
    assert done.replaced.intact
    assert issue(tmp_path / "datos", facturas=1) == [folio(9)]


def test_a_mark_of_the_same_moment_holds_nothing_back(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=3)
    path = backed_up(tmp_path / "datos")
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (tmp_path / "datos" / name).unlink(missing_ok=True)
    done = brought_back(path, settings)
    assert (done.known, held(tmp_path / "datos")) == (True, {})
    assert issue(tmp_path / "datos", facturas=1) == [folio(4)]


def test_addresses_and_track_ids_given_since_never_open_others(tmp_path: Path) -> None:
    for gone in (False, True):
        directory = tmp_path / f"datos-{gone}"
        settings = install(directory, facturas=2)
        with closing(Ledger(directory)) as ledger:
            links_of(ledger)
        path = backed_up(directory)
        issue(directory, facturas=3)
        file = ReceivedFile("1", b"->Nada<-")
        with closing(Ledger(directory)) as ledger:
            links = links_of(ledger)
            addresses = [links.path(Copy(number), "pruebas") for number in range(1, 6)]
            track = ledger.batches.receive(NewBatch("pruebas", COMPANY.rut, "ana", True, file))
        del ledger, links
        if gone:
            shutil.rmtree(directory)
        brought_back(path, settings, {FACTURAS: folio(6)}, replace=True)
        assert issue(directory, facturas=2) == [folio(6), folio(7)]
        with closing(Ledger(directory)) as ledger:
            opened = [links_of(ledger).copy_of(one.partition("?")[2]) for one in addresses]
            there = [one and ledger.documents.by_id(one.documento_id) for one in opened]
            assert [one.folio if one else 0 for one in there] == [folio(1), folio(2), 0, 0, 0]
            assert ledger.batches.receive(NewBatch("pruebas", COMPANY.rut, "ana", True, file)) > track


def test_a_batch_that_may_have_gone_on_is_not_issued_again(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        track = ledger.batches.receive(NewBatch("pruebas", COMPANY.rut, "ana", True, ReceivedFile("1", b"->Nada<-")))
    del ledger
    path = backed_up(tmp_path / "datos")
    # As far as in the database that is replaced: nothing has happened since.
    assert brought_back(path, settings).broken_off == []
    with closing(Ledger(tmp_path / "datos")) as ledger:
        assert [one.id for one in ledger.batches.open()] == [track]
    del ledger
    shutil.rmtree(tmp_path / "datos")
    assert brought_back(path, settings).broken_off == [track]
    with closing(Ledger(tmp_path / "datos")) as ledger:
        assert ledger.batches.open() == []
        ((number, outcome),) = ledger.batches.outcomes(track)
        assert (number, outcome.accepted, [one.code for one in outcome.problems]) == (1, False, ["BAS-047"])
        batch = ledger.batches.find(track)
        assert batch
        assert (batch.estado, batch.hechos, batch.rechazados) == ("terminado", 1, 1)


# --- the master key, the settings and other files -------------------------------------------------------------


def test_mails_that_may_have_gone_out_since_are_not_sent_again(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        documents = [ledger.documents.find("pruebas", COMPANY.rut, 33, folio(number)) for number in (1, 2)]
        for one in documents:
            assert one
            ledger.document_mails.order(one, "ana@cliente.example", "ana", 9)
        sent = ledger.document_mails.take("x", lambda _: False)
        assert sent
        ledger.document_mails.note_sent(sent, "x")
    del ledger
    brought_back(backed_up(tmp_path / "datos"), settings)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        assert ledger.document_mails.take("x", lambda _: False) is None
        second, first = ledger.document_mails.newest(COMPANY, 9)
        assert (first.mail.estado, second.mail.estado) == ("enviado", "no enviado")
        assert second.mail.detalle.startswith("Quizás ya salió")


def test_the_key_of_the_backup_is_found_wherever_it_is(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    key = read_key_file(tmp_path / "datos")
    settings.autoridad_de_prueba.write_bytes(b"llave de prueba")
    without, inside = backed_up(tmp_path / "datos", con_clave=False), backed_up(tmp_path / "datos")
    shutil.rmtree(tmp_path / "datos")
    assert codes(lambda: brought_back(without, settings)) == ["BAS-046"]
    assert codes(lambda: brought_back(without, settings, key="otra frase")) == ["BAS-039"]
    assert names(tmp_path / "datos") == set()
    for path, given in ((inside, ""), (without, key)):
        shutil.rmtree(tmp_path / "datos")
        brought_back(path, settings, key=given)
        assert read_key_file(tmp_path / "datos") == key
        assert settings.autoridad_de_prueba.read_bytes() == b"llave de prueba"
        assert names(tmp_path / "datos") == {DATABASE, KEY_FILE, settings.autoridad_de_prueba.name}


def test_a_key_of_the_settings_is_not_written_to_a_file(tmp_path: Path) -> None:
    install(tmp_path / "datos", facturas=1)
    key = read_key_file(tmp_path / "datos")
    path = backed_up(tmp_path / "datos", con_clave=False)
    shutil.rmtree(tmp_path / "datos")
    brought_back(path, load(directorio=tmp_path / "datos", clave_maestra=key))
    assert not (tmp_path / "datos" / KEY_FILE).exists()


def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    (tmp_path / "datos" / FILE).write_text("puerto = 8090\n")
    path = backed_up(tmp_path / "datos")
    (tmp_path / "datos" / FILE).write_text("puerto = 8091\n")
    assert brought_back(path, settings).kept_settings
    assert (tmp_path / "datos" / FILE).read_text() == "puerto = 8091\n"
    shutil.rmtree(tmp_path / "datos")
    assert not brought_back(path, settings).kept_settings
    assert (tmp_path / "datos" / FILE).read_text() == "puerto = 8090\n"
