"""The lines of the log, and the refused files that are kept."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dteplanows
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.log import call, journal
from dteplanows.log.call import Call
from dteplanows.log.files import MIB, day_files
from dteplanows.log.journal import FOLDER, KEPT
from dteplanows.log.kept import Kept, read_kept
from dteplanows.settings import Settings

SHA = "a" * 64


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    call.end()
    journal._used.clear()
    logging.getLogger().handlers[:] = [
        one for one in logging.getLogger().handlers if not isinstance(one, journal.Handler)
    ]


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(directorio=folder, **more)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for path in day_files(folder / FOLDER) for one in path.read_text("utf-8").splitlines()]


def a_call(usuario: str = "ana") -> Call:
    one = Call("soap", "Procesar", "203.0.113.7")
    one.usuario, one.ambiente, one.rut, one.sha256 = usuario, "pruebas", "76354771-K", SHA
    return one


def refused_call(file: bytes = b"the file", value: str = "x") -> Call:
    one = a_call()
    one.documents = one.refused = 1
    one.trouble = (problem("SRV-022", Place(line=3, field="file"), value),)
    one.file = file
    return one


# --- lines ------------------------------------------------------------------------------------------------------


def test_a_call_is_one_line_with_what_is_known(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path)) as written:
        one = a_call()
        one.tipos, one.folios = (33,), "33:7"
        written.finish(one, 200, 10, 20)
    (line,) = lines(tmp_path)
    milliseconds = line.pop("ms")
    assert 0 <= milliseconds < 10_000
    assert line == {
        "momento": one.moment, "linea": "llamada", "nivel": "info", "id": one.id, "via": "soap",
        "operacion": "Procesar", "usuario": "ana", "rut": "76354771-K", "ambiente": "pruebas", "ip": "203.0.113.7",
        "huella": SHA, "tipos": [33], "folios": "33:7", "entran": 10, "salen": 20, "estado": 200,
    }  # fmt: skip


def test_nothing_is_written_without_a_journal(tmp_path: Path) -> None:
    journal.finish(a_call())
    journal.say("error", "mensaje", texto="x")
    assert list(tmp_path.iterdir()) == []


def test_unknown_callers_are_counted_and_known_ones_are_not(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path)) as written:
        for _ in range(205):
            one = Call("soap", "Procesar", "203.0.113.7")
            one.codes["AUT-001"] = None
            one.said = "ana"
            written.finish(one, 200)
            written.finish(a_call(), 200)
    found = lines(tmp_path)
    assert len([one for one in found if one.get("usuario") == "ana"]) == 205
    assert len([one for one in found if one.get("usuario_dicho") == "ana"]) == 10
    (counted,) = [one for one in found if one["linea"] == "repetidas"]
    assert (counted["veces"], counted["codigos"], counted["usuarios_dichos"]) == (195, ["AUT-001"], ["ana"])


def test_a_readable_copy(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path, registro_copia="copia.log")) as written:
        one = a_call("Ñandú & Cía")
        one.codes["DOC-003"] = None
        written.finish(one, 200)
        written.say("error", "mensaje", texto="algo falló")
    first, second = (tmp_path / "copia.log").read_text("utf-8").splitlines()
    head = f"{one.moment.replace('T', ' ')} advertencia llamada Procesar "
    assert first.startswith(head)
    assert 'usuario="Ñandú & Cía"' in first and "codigos=DOC-003" in first and f"id={one.id}" in first
    assert second.endswith(" error algo falló")


def test_a_copy_as_json_says_the_same(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path, registro_copia="copia.log", registro_formato="json")) as written:
        written.finish(a_call(), 200)
    assert [json.loads(one) for one in (tmp_path / "copia.log").read_text("utf-8").splitlines()] == lines(tmp_path)


def test_a_copy_to_the_error_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with journal.written(settings(tmp_path, registro_copia="stderr")) as written:
        written.finish(a_call(), 200)
        written.say("error", "mensaje", texto="algo falló")
    found = capsys.readouterr().err.splitlines()
    assert len(found) == 2 and "llamada Procesar" in found[0] and "algo falló" in found[1]


def test_a_copy_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "carpeta").mkdir()
    with pytest.raises(Refused) as caught:
        journal.journal_of(settings(tmp_path, registro_copia="carpeta"))
    (found,) = caught.value.problems
    assert (found.code, found.place.field) == ("CFG-035", "registro_copia")
    assert str(tmp_path / "carpeta") in found.value


def test_messages_of_the_service_go_there_with_the_call_they_belong_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with journal.written(settings(tmp_path), messages=True):
        one = a_call()
        call.begin(one)
        logging.getLogger("dteplanows.prueba").warning("the disk %s", "is\nfull\x1b")
        logging.getLogger("dteplanows.prueba").info("not this")
        try:
            raise ValueError("what the customer sent")
        except ValueError:
            logging.getLogger("other").exception("failed")
    begins, warning, error = lines(tmp_path)
    assert (begins["nivel"], begins["version"]) == ("info", dteplanows.__version__)
    assert begins["texto"] == f"Comienza dteplanows {dteplanows.__version__}."
    assert warning["texto"] == "the disk is full " and warning["llamada"] == one.id
    assert warning["nivel"] == "advertencia"
    assert error["donde"].startswith("ValueError < ") and "customer" not in str(lines(tmp_path))
    assert capsys.readouterr().err.count("\n") == 2


def test_the_line_never_stops_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with journal.written(settings(tmp_path)):
        one = a_call()
        one.tipos = (object(),)  # type: ignore[assignment]
        journal.finish(one)
    assert one.id in capsys.readouterr().err


def test_work_without_http_is_a_line_however_it_ends(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path)):
        with journal.calling("orden", "Procesar"):
            call.note_account("operador", "pruebas", "76354771-K")
        with pytest.raises(Refused), journal.calling("orden", "Procesar"):
            raise Refused([problem("SRV-022")])
        with pytest.raises(ValueError), journal.calling("orden", "Procesar"):
            raise ValueError
    good, refused, failed = lines(tmp_path)
    assert "codigos" not in good and refused["codigos"] == ["SRV-022"]
    assert (failed["falla"], failed["nivel"]) == ("ValueError", "error")
    assert call.current() is None


@pytest.mark.skipif(os.name != "posix", reason="Windows renames no open file")
def test_reopening_after_the_system_moved_a_file(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path, registro_copia="copia.log")) as written:
        written.finish(a_call(), 200)
        (tmp_path / "copia.log").rename(tmp_path / "copia.vieja")
        journal.reopen()
        written.finish(a_call(), 200)
    assert len((tmp_path / "copia.log").read_text("utf-8").splitlines()) == 1
    assert len(lines(tmp_path)) == 2


# --- refused files ----------------------------------------------------------------------------------------------


def test_a_refused_file_is_kept_with_its_reasons(tmp_path: Path) -> None:
    with journal.written(settings(tmp_path)) as written:
        one = refused_call("->Ñ<-".encode("latin-1"), "\ud800x")
        written.finish(one, 200)
    (line,) = lines(tmp_path)
    found = read_kept(tmp_path / KEPT, line["guardado"])
    assert found is not None
    assert (found.content, found.problems) == ("->Ñ<-".encode("latin-1"), one.trouble)
    (file,) = (tmp_path / KEPT).iterdir()
    assert oct(file.stat().st_mode)[-3:] == "600" and oct(file.parent.stat().st_mode)[-3:] == "700"
    assert read_kept(tmp_path / KEPT, "../registro/x") is None


def test_of_a_file_that_was_issued_in_part_only_the_reasons(tmp_path: Path) -> None:
    kept = Kept(tmp_path / KEPT, 10, MIB)
    one = refused_call()
    one.documents = 2
    kept.keep(one)
    found = read_kept(tmp_path / KEPT, one.kept)
    assert found and (found.content, found.problems) == (b"", one.trouble)


def test_the_same_file_for_the_same_reasons_is_kept_once(tmp_path: Path) -> None:
    kept = Kept(tmp_path / KEPT, 10, MIB)
    first, again, other = refused_call(), refused_call(), refused_call(value="y")
    kept.keep(first)
    path = next((tmp_path / KEPT).iterdir())
    os.utime(path, (1, 1))
    kept.keep(again)
    assert first.kept == again.kept and path.stat().st_mtime > time.time() - 60
    kept.keep(other)
    assert other.kept != first.kept and len(list((tmp_path / KEPT).iterdir())) == 2


def test_an_unknown_caller_keeps_nothing(tmp_path: Path) -> None:
    one = refused_call()
    one.usuario = ""
    Kept(tmp_path / KEPT, 10, MIB).keep(one)
    Kept(tmp_path / KEPT, 10, 0).keep(refused_call())
    assert not (tmp_path / KEPT).exists()


def test_what_is_kept_has_a_bound_and_the_oldest_goes(tmp_path: Path) -> None:
    kept = Kept(tmp_path / KEPT, 10, MIB)
    for number in range(100):
        one = refused_call(os.urandom(40_000), str(number))
        one.sha256 = f"{number:064}"
        kept.keep(one)
        os.utime(tmp_path / KEPT / f"{one.kept}.gz", (time.time() - 1000 + number,) * 2)
    found = sorted(one.name[:64] for one in (tmp_path / KEPT).iterdir())
    assert sum(one.stat().st_size for one in (tmp_path / KEPT).iterdir()) <= MIB
    assert int(found[0]) > 60 and int(found[-1]) == 99


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    old, new = refused_call(value="old"), refused_call(value="new")
    Kept(tmp_path / KEPT, 10, MIB).keep(old)
    os.utime(tmp_path / KEPT / f"{old.kept}.gz", (time.time() - 11 * 86_400,) * 2)
    Kept(tmp_path / KEPT, 10, MIB).keep(new)
    assert read_kept(tmp_path / KEPT, old.kept) is None
    assert read_kept(tmp_path / KEPT, new.kept) is not None


def test_what_is_too_old_goes_also_where_nothing_comes_any_more(tmp_path: Path) -> None:
    one = refused_call()
    with journal.written(settings(tmp_path)) as written:
        written.finish(one, 200)
    (lines_of_long_ago,) = day_files(tmp_path / FOLDER)
    lines_of_long_ago.rename(tmp_path / FOLDER / "2020-01-01.0001.jsonl")
    os.utime(tmp_path / KEPT / f"{one.kept}.gz", (time.time() - 31 * 86_400,) * 2)
    with journal.written(settings(tmp_path)):
        journal.tidy()
    assert day_files(tmp_path / FOLDER) == [] and list((tmp_path / KEPT).iterdir()) == []


def test_a_file_too_large_for_its_place_leaves_its_reasons(tmp_path: Path) -> None:
    one = refused_call(os.urandom(MIB))
    Kept(tmp_path / KEPT, 10, MIB).keep(one)
    found = read_kept(tmp_path / KEPT, one.kept)
    assert found and (found.content, found.problems) == (b"", one.trouble)


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text("in the way")
    one = refused_call()
    Kept(tmp_path / KEPT, 10, MIB).keep(one)
    assert one.kept == ""
