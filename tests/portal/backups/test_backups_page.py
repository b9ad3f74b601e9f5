from __future__ import annotations

import threading
import time

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.progress import Progress
from dteplanows.portal.backups import view_model
from dteplanows.recovery import jobs
from dteplanows.recovery.jobs import Job, Jobs, Kind
from tests.installation import Installation
from tests.portal.board.test_view_model import sample
from tests.portal.pages import Site

ADDRESS = "/instalacion/respaldos"


def ended(all_jobs: Jobs, kind: Kind) -> Job:
    """The job once it has ended."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = all_jobs.last(kind)
        if found and found.terminado:
            return found
        time.sleep(0.02)
    raise AssertionError(kind)


def test_a_backup_is_made_listed_and_read_through(site: Site) -> None:
    site.installation.issue(sample("factura33.txt"), "1")
    browser, ledger = site.inside("operador"), site.installation.ledger
    assert "Nunca se ha hecho un respaldo" in browser.get(ADDRESS).text
    assert browser.post(f"{ADDRESS}/hacer").status_code == 302
    job = ended(Jobs(ledger), "respaldo")
    assert (job.bien, "con 1 documento" in job.resultado) == (True, True), job.resultado
    page = browser.get(ADDRESS).text
    (one,) = view_model.kept(ledger, site.settings)
    assert one.name in page and job.resultado in page and "restaurar" in page

    assert browser.post(f"{ADDRESS}/revisar", {"archivo": "../otro.zip"}).status_code == 404
    assert browser.post(f"{ADDRESS}/revisar", {"archivo": one.name}).status_code == 302
    assert ended(Jobs(ledger), "revision").bien
    path = view_model.folder_of(site.settings) / one.name
    path.write_bytes(path.read_bytes()[:-50])
    assert "Incompleto" in browser.get(ADDRESS).text

    assert browser.post(f"{ADDRESS}/verificar").status_code == 302
    job = ended(Jobs(ledger), "verificacion")
    assert (job.bien, "Todo está como se guardó" in job.resultado) == (True, True)
    assert {"respaldo desde el portal", "verificacion desde el portal"} <= {one.tipo for one in ledger.events.changes()}
    assert site.inside("administrador").get(ADDRESS).status_code == 403


def test_of_one_kind_there_is_one_job_at_a_time(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    all_jobs, go_on = Jobs(installation.ledger), threading.Event()

    def work(progress: Progress) -> tuple[bool, str]:
        progress("documentos", 1, 4)
        assert go_on.wait(10)
        raise ValueError

    all_jobs.begin("respaldo", "ana", work)
    while not (found := all_jobs.last("respaldo")) or not found.que:
        time.sleep(0.01)
    assert (found.is_running, found.hecho, found.total, found.por) == (True, 1, 4, "ana")
    with pytest.raises(Refused, match="BAS-090"):
        all_jobs.begin("respaldo", "eva", lambda progress: (True, ""))
    monkeypatch.setattr(jobs, "_SILENCE", -jobs._SILENCE)
    assert found.was_broken_off
    monkeypatch.undo()
    go_on.set()
    found = ended(all_jobs, "respaldo")
    assert (found.bien, "ValueError" in found.resultado, found.was_broken_off) == (False, True, False)
    all_jobs.begin("respaldo", "eva", lambda progress: (True, "listo"))
    assert ended(all_jobs, "respaldo").resultado == "listo"
