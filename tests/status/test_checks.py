"""Each check of an installation, with what it finds good and what not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from dteplanows import status
from dteplanows.accounts import certificates
from dteplanows.accounts import designs as accounts
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import held_back
from dteplanows.ledger import presence
from dteplanows.ledger.batch_rows import NewBatch
from dteplanows.ledger.prints import Lane
from dteplanows.ledger.rows import ReceivedFile, Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.printers import managing
from dteplanows.printers.managing import Facts
from dteplanows.settings import Settings, load
from dteplanows.signer.certificate import read_certificate, utc_now
from dteplanows.status import backups, companies, designs, machine, printers
from dteplanows.status.look import look_at
from dteplanows.status.rows import Row, State, worst
from tests.ledger.example import REAL, load_caf, new_document
from tests.signer.signer_support import CLAVE, Names, ia5, key, make_certificate, p12, rut

COMPANY = replace(REAL, numero_resolucion=80, fecha_resolucion=date(2014, 8, 22))
TRIAL = replace(COMPANY, ambiente="pruebas", rut=rut(76_222_333))


class Usage(NamedTuple):
    """What the system says of a disk."""

    total: int
    used: int
    free: int


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path)) as opened:
        opened.connection.execute("PRAGMA synchronous = OFF")
        opened.companies.save(COMPANY)
        opened.companies.save(TRIAL)
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(directorio=tmp_path)


def issue(ledger: Ledger, caf_id: int, folios: range, tipo: int = 33, *, days: float = 1.0) -> None:
    """Documents with those folios, one after the other from so many days ago until now."""
    for number, folio in enumerate(folios):
        moment = clock.now() - timedelta(days=days * (1 - number / len(folios)))
        ledger.documents.record(
            replace(new_document(folio, caf_id, tipo, "produccion"), creado=moment.replace(microsecond=0))
        )


# --- certificates ---------------------------------------------------------------------------------------------


def sign_until(ledger: Ledger, company: Company, days: float, begin: float = -1) -> None:
    dates = utc_now() + timedelta(days=begin), utc_now() + timedelta(days=days, minutes=5)
    made = make_certificate(key(), Names(ia5(rut(12_345_670))), *dates)
    certificates.load(ledger, company, read_certificate(p12(key(), made), CLAVE), utc_now() + timedelta(days=begin))


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (61, State.OK, "en 61 días"),
        (60, State.AVISO, "en 60 días"),
        (30, State.AVISO, "en 30 días"),
        (8, State.AVISO, "en 8 días"),
        (7, State.GRAVE, "en 7 días"),
        (0, State.GRAVE, "hoy"),
    ],
)
def test_a_certificate_that_ends(ledger: Ledger, settings: Settings, days: int, state: State, words: str) -> None:
    sign_until(ledger, COMPANY, days)
    row = companies.certificate(look_at(ledger, settings), COMPANY)
    assert row.state == state
    assert words in row.text
    assert bool(row.remedy) == (state is not State.OK)
    assert row.facts["dias"] == days


def test_a_renewal_that_waits_is_counted(ledger: Ledger, settings: Settings) -> None:
    sign_until(ledger, COMPANY, 5)
    sign_until(ledger, COMPANY, 700, begin=4)
    row = companies.certificate(look_at(ledger, settings), COMPANY)
    assert (row.state, row.facts["dias"]) == (State.OK, 700)
    assert "espera su fecha" in row.text


@pytest.mark.parametrize(("company", "state"), [(COMPANY, State.GRAVE), (TRIAL, State.AVISO)])
def test_without_certificate(ledger: Ledger, settings: Settings, company: Company, state: State) -> None:
    row = companies.certificate(look_at(ledger, settings), company)
    assert (row.state, row.facts["dias"]) == (state, None)
    assert "certificado cargar" in row.remedy


def test_with_an_expired_one(ledger: Ledger, settings: Settings) -> None:
    sign_until(ledger, COMPANY, -3, begin=-30)
    row = companies.certificate(look_at(ledger, settings), COMPANY)
    assert row.state is State.GRAVE
    assert "venció" in row.text


# --- folios ---------------------------------------------------------------------------------------------------


def folios(ledger: Ledger, settings: Settings, company: Company = COMPANY, on_demand: bool = False) -> list[Row]:
    look = look_at(ledger, settings)
    return list(companies.folios(look, company, companies.rates(look), on_demand))


def test_folios_that_are_enough(ledger: Ledger, settings: Settings) -> None:
    caf_id = load_caf(ledger, 1, 1000, 39, fecha=clock.today(), company=COMPANY)
    issue(ledger, caf_id, range(1, 101), 39, days=10)
    (row,) = folios(ledger, settings)
    assert row.state is State.OK
    assert row.facts == {
        "tipo": 39, "libres": 900, "vencidos": 0, "por_dia": 10.0, "dias_contados": 10, "dias": 90, "vence": None,
        "se_crean": False,
    }  # fmt: skip
    assert "se usan 10 por día y alcanzan para 90 días" in row.text


@pytest.mark.parametrize(
    ("left", "state"), [(160, State.OK), (149, State.AVISO), (31, State.AVISO), (29, State.GRAVE), (0, State.GRAVE)]
)
def test_folios_that_run_out(ledger: Ledger, settings: Settings, left: int, state: State) -> None:
    caf_id = load_caf(ledger, 1, 100 + left, 39, fecha=clock.today(), company=COMPANY)
    issue(ledger, caf_id, range(1, 101), 39, days=10)
    (row,) = folios(ledger, settings)
    assert (row.state, row.facts["libres"]) == (state, left)
    assert ("caf cargar" in row.remedy) == (state is not State.OK)


def test_folios_that_lapse_before_they_are_used(ledger: Ledger, settings: Settings) -> None:
    load_caf(ledger, 1, 1000, 33, fecha=clock.today() - timedelta(days=170), company=COMPANY)
    (row,) = folios(ledger, settings)
    assert (row.state, row.facts["dias"]) == (State.AVISO, 11)
    assert row.facts["vence"] == (clock.today() + timedelta(days=10)).isoformat()


def test_a_type_that_nobody_uses_is_no_emergency(ledger: Ledger, settings: Settings) -> None:
    load_caf(ledger, 1, 30, 33, fecha=clock.today() - timedelta(days=300), company=COMPANY)
    (row,) = folios(ledger, settings)
    assert (row.state, row.facts["libres"], row.facts["vencidos"]) == (State.AVISO, 0, 30)


def test_trials_make_their_own_folios(ledger: Ledger, settings: Settings) -> None:
    load_caf(ledger, 1, 1, 33, fecha=clock.today() - timedelta(days=300), company=TRIAL)
    assert [row.state for row in folios(ledger, settings, TRIAL)] == [State.AVISO]
    (row,) = folios(ledger, settings, TRIAL, on_demand=True)
    assert (row.state, row.facts["se_crean"]) == (State.OK, True)


def test_trials_make_none_of_what_is_held_back(ledger: Ledger, settings: Settings) -> None:
    load_caf(ledger, 1, 10, company=TRIAL)
    held_back.hold(ledger, Series("pruebas", TRIAL.rut, 33), Span(1, MAXIMUM_FOLIO), "se restauró")
    (one,) = folios(ledger, settings, TRIAL, on_demand=True)
    assert (one.state, one.facts["libres"], one.facts["se_crean"]) == (State.AVISO, 0, False)
    assert "están retenidos 1 en adelante" in one.text
    assert "folio liberar" in one.remedy
    held_back.release(ledger, Series("pruebas", TRIAL.rut, 33), Span(3, MAXIMUM_FOLIO), "ana", "no figuran")
    (one,) = folios(ledger, settings, TRIAL, on_demand=True)
    assert (one.state, one.facts["libres"], one.facts["se_crean"]) == (State.OK, 8, True)


def test_in_production_what_is_held_back_is_the_reason(ledger: Ledger, settings: Settings) -> None:
    issue(ledger, load_caf(ledger, 1, 10, company=COMPANY), range(1, 4))
    held_back.hold(ledger, Series("produccion", COMPANY.rut, 33), Span(4, 20), "se restauró")
    (one,) = folios(ledger, settings)
    assert (one.state, one.facts["libres"]) == (State.GRAVE, 0)
    assert "están retenidos 4 a 20" in one.text
    assert "folio liberar" in one.remedy


def test_what_is_held_back_is_told(ledger: Ledger, settings: Settings) -> None:
    def told(company: Company) -> list[Row]:
        return list(companies.held_back(look_at(ledger, settings), company))

    assert told(COMPANY) == []
    for tipo, span in ((33, Span(4, 20)), (34, Span(1, MAXIMUM_FOLIO)), (39, Span(1, MAXIMUM_FOLIO))):
        held_back.hold(ledger, Series("produccion", COMPANY.rut, tipo), span, "se restauró")
    (one,) = told(COMPANY)
    assert one.state is State.AVISO
    assert "de los tipos 33 (4 a 20), 34, 39 (todos):" in one.text
    assert one in status.rows(ledger, settings)
    assert told(TRIAL) == []


def test_much_is_counted_over_fewer_days(ledger: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    caf_id = load_caf(ledger, 1, 1000, 39, fecha=clock.today(), company=COMPANY)
    issue(ledger, caf_id, range(1, 101), 39, days=20)
    assert companies.rates(look_at(ledger, settings)).days == 20
    monkeypatch.setattr(companies, "_MUCH", 50)
    found = companies.rates(look_at(ledger, settings))
    assert found.days == 7
    assert list(found.per_day.values()) == [pytest.approx(5, rel=0.1)]


# --- resolution -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("company", "state"),
    [
        (COMPANY, State.OK),
        (replace(COMPANY, fecha_resolucion=None), State.GRAVE),
        (replace(COMPANY, numero_resolucion=0), State.GRAVE),
        (replace(TRIAL, numero_resolucion=0, fecha_resolucion=None), State.OK),
    ],
)
def test_the_resolution(ledger: Ledger, settings: Settings, company: Company, state: State) -> None:
    row = companies.resolution(look_at(ledger, settings), company)
    assert row.state is state
    assert bool(row.remedy) == (state is not State.OK)


# --- machine --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mib", "state"), [(2048, State.OK), (2047, State.AVISO), (511, State.GRAVE), (0, State.GRAVE)]
)
def test_the_disk(ledger: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch, mib: int, state: State) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(2**40, 0, mib * 2**20))
    row = machine.disk(look_at(ledger, settings))
    assert (row.state, row.facts["libres"]) == (state, mib * 2**20)
    assert str(settings.directorio) in row.remedy or state is State.OK


@pytest.mark.parametrize(("minutes", "state"), [(-600, State.OK), (1, State.OK), (3, State.GRAVE), (6000, State.GRAVE)])
def test_the_clock(ledger: Ledger, settings: Settings, minutes: int, state: State) -> None:
    assert machine.clock(look_at(ledger, settings)).state is State.OK
    caf_id = load_caf(ledger, 1, 1000, 39, fecha=clock.today(), company=COMPANY)
    moment = clock.now() + timedelta(minutes=minutes)
    ledger.documents.record(replace(new_document(1, caf_id, 39, "produccion"), creado=moment))
    row = machine.clock(look_at(ledger, settings))
    assert row.state is state
    assert row.facts["ultimo_documento"] == moment.isoformat()


def test_batches_without_a_worker(ledger: Ledger, settings: Settings) -> None:
    assert machine.batches(look_at(ledger, settings)).state is State.AVISO
    ledger.batches.receive(NewBatch("produccion", COMPANY.rut, "ana", False, ReceivedFile("1", b"uno")))
    row = machine.batches(look_at(ledger, settings))
    assert (row.state, row.facts["en_espera"]) == (State.GRAVE, 1)
    with presence.held(settings.directorio, "trabajador"):
        assert machine.batches(look_at(ledger, settings)).state is State.OK
        ledger.connection.execute("UPDATE lote SET recibido = '2026-01-01 00:00:00'")
        assert machine.batches(look_at(ledger, settings)).state is State.AVISO


# --- backups --------------------------------------------------------------------------------------------------


def noted(ledger: Ledger, settings: Settings, days: float, **more: str) -> Row:
    moment = clock.now() - timedelta(days=days)
    ledger.settings.save("ultimo_respaldo", json.dumps({"momento": moment.isoformat(), **more}))
    return backups.backup(look_at(ledger, settings))


def test_the_last_backup(ledger: Ledger, settings: Settings) -> None:
    assert backups.backup(look_at(ledger, settings)).state is State.AVISO
    caf_id = load_caf(ledger, 1, 1000, 39, fecha=clock.today(), company=COMPANY)
    issue(ledger, caf_id, range(1, 2), 39)
    assert backups.backup(look_at(ledger, settings)).state is State.GRAVE
    assert [noted(ledger, settings, days).state for days in (0, 1.9, 2.1, 6.9, 7.1)] == [
        *(State.OK, State.OK, State.AVISO, State.AVISO, State.GRAVE)
    ]


def test_a_backup_that_failed_is_told(ledger: Ledger, settings: Settings) -> None:
    row = noted(ledger, settings, 0.5, fallo="2026-05-01T10:00:00", motivo="El disco está lleno.")
    assert row.state is State.AVISO
    assert "El disco está lleno." in row.text


# --- all of it ------------------------------------------------------------------------------------------------


def test_all_rows_can_be_written_as_json_and_say_what_to_do(ledger: Ledger, settings: Settings) -> None:
    load_caf(ledger, 1, 1000, 33, company=COMPANY)
    rows = status.rows(ledger, settings)
    json.dumps([dict(one.facts) for one in rows])
    assert [one for one in rows if one.state is not State.OK and not one.remedy] == []
    assert [one for one in rows if one.state is State.OK and one.remedy] == []
    assert len({one.group for one in rows}) == 3
    assert {one.name for one in rows} >= {"Disco", "Reloj", "Respaldo", "Lotes", "Certificado", "Resolución"}


def test_the_worst_row_counts() -> None:
    rows = [Row("", "", state, "") for state in (State.AVISO, State.OK)]
    assert (worst([]), worst(rows), worst([*rows, Row("", "", State.GRAVE, "")])) == tuple(State)
    assert [state.rank for state in State] == [0, 1, 2]


def test_a_look_is_of_one_moment(ledger: Ledger, settings: Settings) -> None:
    look = look_at(ledger, settings)
    assert abs(look.now - clock.now()) < timedelta(seconds=5)
    assert isinstance(look.moment, datetime)
    assert look.today == look.now.date()


# --- printers -------------------------------------------------------------------------------------------------


def printer_row(ledger: Ledger, settings: Settings) -> Row:
    (found,) = printers.printers(look_at(ledger, settings), COMPANY)
    return found


def test_printers_that_somebody_has_to_see_to(ledger: Ledger, settings: Settings) -> None:
    assert list(printers.printers(look_at(ledger, settings), COMPANY)) == []
    one = managing.create(ledger, COMPANY, Facts("Caja", "red", "caja"))
    assert printer_row(ledger, settings)[2:4] == (State.OK, "Nada espera.")
    number = managing.print_trial(ledger, COMPANY, one, "ana")
    found = printer_row(ledger, settings)
    assert (found.state, found.text) == (State.AVISO, "1 trabajo espera. Ningún programa imprime en este equipo.")
    with presence.held(settings.directorio, "impresor"):
        assert printer_row(ledger, settings).state is State.OK
        ledger.printers.warn(one.id, "la impresora no tiene papel")
        assert printer_row(ledger, settings)[2:4] == (State.AVISO, "La impresora no tiene papel. 1 trabajo espera.")
        ledger.printers.warn(one.id, "")
        with ledger.transaction():
            past = (clock.now() - timedelta(minutes=3)).isoformat(" ")
            ledger.connection.execute("UPDATE impresion SET pedida = ? WHERE id = ?", (past, number))
        assert printer_row(ledger, settings).state is State.AVISO
        assert printer_row(ledger, settings).facts["esperan"] == 1
        ledger.printers.warn(one.id, "")
        managing.hold(ledger, one, held=True)
        found = printer_row(ledger, settings)
        assert (found.state, found.text) == (State.AVISO, "Está retenida. 1 trabajo espera.")
        managing.hold(ledger, one, held=False)
        job = ledger.prints.take(Lane(one.id, ""), "worker", lambda worker: False)
        assert job
        ledger.prints.fail(job, "worker", "no se puede")
        found = printer_row(ledger, settings)
        assert (found.state, found.text) == (
            State.AVISO, "1 trabajo no se pudo imprimir ahí. Nada espera.",
        )  # fmt: skip


# --- designs --------------------------------------------------------------------------------------------------


def test_a_design_that_cannot_be_read_is_told(ledger: Ledger, settings: Settings) -> None:
    accounts.load(ledger, COMPANY, "[letra]\ntamano = 7.5\n")
    assert not list(designs.design(look_at(ledger, settings), COMPANY))
    ledger.connection.execute("UPDATE diseno SET archivo = '[otra]'")
    (row,) = [one for one in status.rows(ledger, settings) if one.name == "Diseño"]
    assert row.state is State.AVISO
    assert row.facts == {"codigos": ["DIS-002"]}
    assert "clasico" in row.text
    assert row.remedy
