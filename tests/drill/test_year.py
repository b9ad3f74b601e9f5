"""The drill of a year: install, issue, be warned, renew, back up, lose everything, restore, go on, hand out a month.

Each step is the one command that the manual shows for it, taken from its page; a command that does not work as it
stands there, or does not say what stands below it, fails. The folders are others, and the port. Upgrades are in
``tests/upgrades``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

import dteplanows
from docs.reference import MANUAL
from docs.service_pages import FOLDER
from dteplanows.document import clock
from dteplanows.signer.certificate import utc_now
from dteplanows.web import server
from tests.drill.shown import Shown, alike, shown, the_one
from tests.drill.terminal import Done, at_terminal, needs_terminal
from tests.signer.signer_support import CLAVE, Names, ia5, key, make_certificate, p12
from tests.upgrades.caller import Caller, Issued, sample

pytestmark = pytest.mark.skipif(needs_terminal, reason="there is no terminal to answer at")

HOST = "127.0.0.1"
DATA, BACKUPS = "/var/lib/dteplanows", "/var/backups/dteplanows"
SAMPLES = Path(dteplanows.__file__).parent / "muestras"
SIGNER, RUT_OF_SIGNER = "Ana María Soto Pérez", "12345670-K"
PASSWORD = "clave larga del ERP"
LAST_DAYS = 20


class Operator:
    """Somebody who knows the manual and nothing else."""

    def __init__(self, home: Path) -> None:
        self.home, self.data = home, home / "datos"
        self.backups, self.mark = home / "respaldos", home / "otro-disco"
        self.month = f"{clock.today():%Y-%m}"
        self.port = server.free_port(HOST)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DTEPLANOWS_")},
            "DTEPLANOWS_DIRECTORIO": str(self.data),
            "PYTHONIOENCODING": "utf-8",
        }

    def here(self, word: str, changed: Mapping[str, str]) -> str:
        """A word of the manual with the folders, the month and what else is *changed* of this installation."""
        changed = {DATA: str(self.data), BACKUPS: str(self.backups), "2026-11": self.month, **changed}
        for there, here in changed.items():
            word = word.replace(there, here)
        return word

    def command(self, one: Shown, changed: Mapping[str, str]) -> list[str]:
        return [sys.executable, "-m", "dteplanows", *(self.here(word, changed) for word in one.words)]

    def do(
        self,
        page: str,
        *beginning: str,
        answers: Sequence[str] = (),
        changed: Mapping[str, str] | None = None,
        code: int = 0,
        says: int | None = None,
    ) -> str:
        """Give the command that *page* shows.

        :param answers: what is typed to its questions.
        :param changed: what is another here than in the manual, beside folders and the month.
        :param says: so many lines of the answer in the manual must be in this one; None for all.
        """
        one = the_one(page, *beginning)
        os.chdir(self.home)
        done = at_terminal(self.command(one, changed or {}), self.environment, answers)
        assert done.code == code, done.text
        self.compare(one, says, done)
        return done.text

    @staticmethod
    def compare(one: Shown, says: int | None, done: Done) -> None:
        """The answer in the manual is that of the command."""
        expected = alike(" ".join(one.answer[:says]).replace(" en datos ", " en ./datos "))
        assert expected in alike(done.text), f"{' '.join(one.words)}:\n{expected}\n{alike(done.text)}"

    @contextmanager
    def serving(self) -> Iterator[_Erp]:
        """``serve``, by the command of the manual, until it is stopped as systemd does."""
        output = self.home / "salida.txt"
        with output.open("ab") as file:
            process = subprocess.Popen(
                self.command(the_one("instalacion", "serve"), {}), env=self.environment, stdout=file, stderr=file
            )
        try:
            assert server.wait_until_online(HOST, self.port, lambda: process.poll() is None), self.said()
            yield _Erp(self.data, self.port)
        finally:
            process.terminate()
            assert process.wait(100) == 0

    def said(self) -> str:
        """What the service has written."""
        return (self.home / "salida.txt").read_text("utf-8")

    def ask(self, path: str) -> requests.Response:
        """An address of the service."""
        session = requests.Session()
        session.trust_env = False
        return session.get(f"http://{HOST}:{self.port}{path}", timeout=30)

    def wait_for(self, pattern: str) -> Path:
        """The file that the service makes by itself."""
        deadline = time.monotonic() + 60
        while not (found := sorted(self.home.glob(pattern))) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert found, self.said()
        return found[-1]


class _Erp(Caller):
    """The system that calls, with the user that the operator gave it."""

    @staticmethod
    def access(directory: Path) -> dict[str, str]:
        return {"usuario": "ERP", "rut": "1-9", "clave": PASSWORD}

    def factura(self, number: int) -> Issued:
        """Issue one, unlike the others."""
        file = sample(SAMPLES / "factura33.txt").replace(b"OC-4471", f"OC-{number}".encode())
        (one,) = self.issue(file)
        assert one.accepted, one.text
        return one


def certificate(path: Path, days: int) -> None:
    """A file as the certifier gives it, valid for so many days."""
    names = Names(ia5(RUT_OF_SIGNER), common_name=SIGNER)
    noon = datetime.fromisoformat(f"{clock.today()}T15:00:00")
    made = make_certificate(key(), names, noon - timedelta(days=2), noon + timedelta(days=days))
    path.write_bytes(p12(key(), made))


def settings_of(page: str, name: str) -> str:
    """The lines of ``dteplanows.toml`` that *page* shows with that setting."""
    text = (MANUAL / FOLDER / f"{page}.rst").read_text("utf-8")
    found = re.search(rf"code-block:: toml\n\n((?:   \w+ = .*\n)*   {name} = .*\n(?:   \w+ = .*\n)*)", text)
    assert found, name
    return re.sub("(?m)^   ", "", found[1])


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    before = Path.cwd()
    yield Operator(tmp_path)
    os.chdir(before)


def test_a_year(operator: Operator) -> None:
    one = operator
    install(one)
    with one.serving() as erp:
        assert one.ask("/salud").text.strip() == curl_of_the_manual()[1]
        warned(one, erp)
        renewed(one, erp)
        backup = backed_up(one)
        assert erp.factura(3).folio == 3  # after the backup: nobody will know of it
        looked_at(one)
        handed_out(one)
    lost_and_restored(one, backup)
    with one.serving() as erp:
        assert erp.factura(4).folio == 4
        freed(one, erp)
        one.do("respaldo", "base", "verificar")
    one.do("respaldo", "base", "verificar")


def install(one: Operator) -> None:
    """What the page on installing says, once the program is there."""
    one.do("instalacion", "empresa", "crear")
    certificate(one.data / "firma.pfx", LAST_DAYS)
    text = one.do("instalacion", "certificado", "cargar", answers=[CLAVE])
    assert clock.day(utc_now() + timedelta(days=LAST_DAYS)) in text
    one.do("instalacion", "usuario", "crear", answers=[PASSWORD, PASSWORD])
    # «Antes de usarlo de verdad»: backups, the master key apart, the mark on another disk.
    shutil.copy(one.data / "clave-maestra", one.home / "clave-guardada")
    settings = settings_of("respaldo", "respaldo_carpeta") + settings_of("base", "carpeta_marca")
    settings = settings.replace("/otro/disco/respaldos", f"{one.backups}-solos")
    settings = settings.replace("/otro/disco/marca-de-dteplanows", str(one.mark))
    (one.data / "dteplanows.toml").write_text(f"{settings}puerto = {one.port}\n", "utf-8")


def curl_of_the_manual() -> tuple[str, str]:
    """The address that the manual asks for the service's health, and what it says."""
    (found,) = [one for one in shown(f"{FOLDER}/instalacion") if one.words[0] == "curl"]
    assert found.words[1].endswith("/salud")
    return found.words[1], found.answer[0]


def warned(one: Operator, erp: _Erp) -> None:
    """The certificate ends in 20 days: the answer says so, the log, and ``estado`` with its exit code."""
    end = clock.day(utc_now() + timedelta(days=LAST_DAYS))
    issued = erp.factura(1)
    assert issued.folio == 1
    assert f"[CRT-040] El certificado con que se firma, de {SIGNER}, vence el {end}" in issued.text
    until = time.monotonic() + 30  # the service tells its state once it has begun to answer
    while not re.search(rf"Certificado: Firma {SIGNER}; vence el {end}, en \d+ días\.", one.said()):
        assert time.monotonic() < until, one.said()
        time.sleep(0.1)
    text = " ".join(one.do("mantencion", "estado", code=1).split())
    assert re.search(rf"AVISO Certificado Firma {SIGNER}; vence el {end}, en \d+ días\.", text)
    assert "cárguelo con la orden «certificado cargar» en estos días" in text
    answer = one.ask("/metrics").text
    assert re.search(r'dteplanows_certificado_dias\{[^}]*empresa="76543210-3"[^}]*\} (19|20)\.0', answer)
    assert 'dteplanows_documentos_emitidos_total{tipo="33"} 1.0' in answer


def renewed(one: Operator, erp: _Erp) -> None:
    """One command, while the service runs; the next answer warns no more."""
    certificate(one.data / "firma-nueva.pfx", 3 * 365)
    one.do("mantencion", "certificado", "cargar", answers=[CLAVE])
    assert re.search(r"2 +Ana .*en uso", one.do("mantencion", "certificado", "listar", says=1))
    issued = erp.factura(2)
    assert issued.folio == 2
    assert "CRT-040" not in issued.text


def backed_up(one: Operator) -> Path:
    """The one that the service made by itself, and one by hand."""
    scheduled = one.wait_for("respaldos-solos/dteplanows-*.zip")
    assert zipfile.ZipFile(scheduled).testzip() is None
    one.backups.mkdir()
    text = one.do("respaldo", "respaldo", says=2)
    assert "tipo 33: 2 documentos, hasta el folio 2" in text
    return one.wait_for("respaldos/dteplanows-*.zip")


def looked_at(one: Operator) -> None:
    """Everything that shows what happened."""
    assert "Todo está bien." in one.do("mantencion", "estado")
    text = one.do(
        "registro",
        "llamadas",
        changed={"ayer 15:05": "hoy", "ayer 15:15": "hoy", "--rechazadas": "--ultimos=9"},
        says=0,
    )
    assert text.count("Procesar") == 3
    assert "certificado" in one.do("registro", "eventos", says=2)
    # A terminal of 80 columns cuts no identifier and no folio.
    calls = [sys.executable, "-m", "dteplanows", "llamadas", "--desde", "hoy", "--operacion", "Procesar"]
    narrow = at_terminal(calls, one.environment, width=80).text
    assert re.search(r"^\d{4}-\d\d-\d\d [\d:]{8}  \d{6}-[0-9a-f]{12}\n  Usuario: ERP; Empresa: 76543210-3; ", narrow), (
        narrow
    )


def handed_out(one: Operator) -> None:
    """The month for the accountant."""
    assert one.do("documentos", "documentos", "--mes", says=1).count("151.487") == 3
    one.do("documentos", "documentos", "--mes", "2026-11", "--totales", says=1)
    one.do("documentos", "documentos", "--mes", "2026-11", "--formato")
    one.do("documentos", "exportar", changed={}, says=0)
    table = (one.data / "salida" / "noviembre.csv").read_text("utf-8-sig").splitlines()
    assert len(table) == 4
    with zipfile.ZipFile(one.data / "salida" / "noviembre.zip") as archive:
        names = archive.namelist()
    assert f"76543210-3-pruebas/{one.month}/factura-33-2.pdf" in names
    assert len(names) == 7
    assert "``dteplanows pdf 33 2``" in (MANUAL / FOLDER / "documentos.rst").read_text("utf-8")
    done = at_terminal([sys.executable, "-m", "dteplanows", "pdf", "33", "2"], one.environment)
    assert done.code == 0, done.text
    assert (one.home / "factura-33-2.pdf").read_bytes().startswith(b"%PDF")


def lost_and_restored(one: Operator, backup: Path) -> None:
    """The folder is gone; what was issued after the backup is held back, by the mark on the other disk."""
    shutil.rmtree(one.data)
    text = one.do(
        "respaldo",
        "restaurar",
        "respaldos/dteplanows-4aaccd1c-20261128-190828.zip",
        "--clave-maestra-archivo",
        changed={"dteplanows-4aaccd1c-20261128-190828.zip": backup.name},
        says=2,
    )
    assert "según la marca se llegó al folio 3 (76543210-3, pruebas, tipo 33)" in " ".join(text.split())
    assert re.search(r"pruebas +│ 33 +│ 3 +│ 3 +│ 1 ", one.do("folios", "folio", "retenidos"))


def freed(one: Operator, erp: _Erp) -> None:
    """The folio that was issued and lost is void here; what was not issued is freed."""
    text = one.do("folios", "caf", "anular", "33", "901-950", changed={"901-950": "3"})
    assert "Anulados: 1 folio (3, tipo 33" in text
    assert "folio retener 33 881-950 --motivo" in (MANUAL / "folios.rst").read_text("utf-8")
    held = at_terminal(
        [sys.executable, "-m", "dteplanows", "folio", "retener", "33", "5-6", "--motivo", "por revisar"],
        one.environment,
    )
    assert held.code == 0, held.text
    assert erp.factura(5).folio == 7
    text = one.do("folios", "folio", "liberar", changed={"881-900": "5-6"})
    assert "Liberados: 2 folios (5 a 6, tipo 33" in text
    assert erp.factura(6).folio == 5


def test_what_a_page_shows_is_read() -> None:
    found = the_one("respaldo", "restaurar", "respaldos/dteplanows-4aaccd1c-20261128-190828.zip", "--reemplazar")
    assert found.words[-1] == "--reemplazar"
    assert found.answer[0].startswith("Restaurado en datos")
    with pytest.raises(AssertionError, match="does not show"):
        the_one("respaldo", "respaldar")
    assert alike("Hecho: a/b.zip (51 kB), 12.345.670-K\n  del 28-11-2026.") == alike(
        "Hecho: c.zip/d (2 kB), 1-9 del 1-1-27."
    )
    assert alike("Hecho") != alike("Echo")
