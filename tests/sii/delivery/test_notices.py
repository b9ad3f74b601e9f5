"""Who is told of what the SII refuses, by real servers of mail and of HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dteplanows import status
from dteplanows.cli import main
from dteplanows.document import clock
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.notice_tables import Channel, Way
from dteplanows.ledger.notices import new_channel
from dteplanows.ledger.presence import is_gone
from dteplanows.ledger.rows import StoredDocument
from dteplanows.settings import Settings, load
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.delivery import results
from dteplanows.sii.notices import sending, webhook
from dteplanows.sii.notices.sending import Noticer
from tests import forked
from tests.engines import only_sqlite
from tests.mail.smtp_server import PASSWORD, USER, SmtpServer, smtp_server
from tests.sii.delivery.conftest import House
from tests.sii.delivery.test_results import REFUSED, REMARKED, THREE, delivered, mail, without_mail
from tests.sii.server import Say, Seen, Server, serving
from tests.sii.test_client import trusted

TO = "tecnico@empresa.example"
SECRET = "secreto del webhook"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return trusted(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def smtp(tls: tuple[ssl.SSLContext, Path]) -> Iterator[SmtpServer]:
    with smtp_server(*tls) as one:
        yield one


@pytest.fixture
def hook() -> Iterator[Server]:
    with serving() as one:
        one.on("/aviso", Say(status=204))
        yield one


def settings_of(house: House, smtp: SmtpServer | None = None, **more: object) -> Settings:
    house.ledger.settings.save(sending.PASSWORD, house.ledger.secrets.seal(PASSWORD.encode()))
    given: dict[str, object] = {"directorio": house.folder, "base": house.ledger.place.base, "avisos_segundos": 1}
    if smtp:
        given |= {
            "correo_smtp_servidor": "127.0.0.1", "correo_smtp_puerto": smtp.port, "correo_smtp_usuario": USER,
            "correo_remitente": "dte@empresa.example", "correo_autoridad": str(smtp.root),
        }  # fmt: skip
    return load(**{**given, **more})


def tell(house: House, way: Way, to: str) -> Channel:
    company = house.installed.company
    secret = house.ledger.secrets.seal(SECRET.encode()) if way == "webhook" else ""
    house.ledger.notices.open(new_channel(company.ambiente, company.rut, way, to, secret))
    return channel(house, way)


def channel(house: House, way: Way) -> Channel:
    found = house.ledger.notices.channel(house.installed.company.ambiente, house.installed.company.rut, way)
    assert found
    return found


def noticer(house: House, settings: Settings) -> Noticer:
    return Noticer(settings, house.ledger, Client(Limits(2, 3)))


def until_told(one: Noticer) -> None:
    end = time.monotonic() + 10
    while not one.tell_once():
        assert time.monotonic() < end
        time.sleep(0.05)


def refuse(house: House, document: StoredDocument, reasons: str = REFUSED) -> None:
    house.ledger.deliveries.move([document.id], Step("en sobre"))
    house.ledger.deliveries.move([document.id], Step("rechazado", reasons=reasons))


def notices(seen: list[Seen]) -> list[dict[str, object]]:
    return [one for call in seen for one in json.loads(call.body)["avisos"]]


def test_one_mail_tells_of_what_the_sii_said(house: House, smtp: SmtpServer) -> None:
    tell(house, "correo", TO)
    envelope, (good, bad, remarked) = delivered(house, *THREE)
    content = mail(envelope, {bad: ("RCH", [REFUSED]), remarked: ("RPR", [REMARKED])}, accepted=1)
    results.take_in(house.ledger, content, "prueba")
    one = noticer(house, settings_of(house, smtp))
    until_told(one)
    (message,) = smtp.taken
    (text,) = smtp.texts
    assert (message["To"], message["From"]) == (TO, "dte@empresa.example")
    assert message["Subject"].startswith("SII: 1 rechazados, 1 con reparos - ")
    assert f"(tipo 33) folio {bad.folio} del {bad.fecha_emision}, receptor {bad.rut_receptor}" in text
    assert f"archivo SHA-256 {bad.archivo_sha256[:16]}…, usuario {bad.usuario}" in text
    assert "DTE-3-505: " in text
    assert "HED-2-302: " in text
    assert f"folio {good.folio} " not in text
    assert bad.razon_social_receptor not in text
    assert not one.tell_once()
    assert house.ledger.notices.count(channel(house, "correo"), "entregado") == 3  # the reason came after the verdict


def test_a_webhook_is_signed_and_says_the_same(house: House, hook: Server) -> None:
    tell(house, "webhook", f"{hook.address}/aviso")
    bad, also = house.issue(33), house.issue(33)
    refuse(house, bad)
    refuse(house, also, "(ABC-9-1) RECHAZO- Algo nuevo")
    until_told(noticer(house, settings_of(house)))
    (call,) = hook.seen
    moment = int(call.headers["x-dteplanows-momento"])
    assert abs(time.time() - moment) < 30
    expected = hmac.new(SECRET.encode(), f"{moment}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert call.headers["x-dteplanows-firma"] == f"sha256={expected}"
    content = json.loads(call.body)
    assert (content["version"], content["empresa"]["rut"]) == (1, bad.rut_emisor)
    first, second = content["avisos"]
    assert first["motivo"] == "rechazado"
    assert first["documento"] == {
        "tipo": 33, "folio": bad.folio, "fecha": bad.fecha_emision, "rut_receptor": bad.rut_receptor,
    }  # fmt: skip
    assert first["archivo"]["sha256"] == bad.archivo_sha256
    (reason,) = first["motivos"]
    assert (reason["codigo"], reason["texto"]) == ("DTE-3-505", REFUSED)
    assert reason["significado"]
    assert reason["remedio"]
    assert second["motivos"][0] == {
        "codigo": "ABC-9-1", "texto": "(ABC-9-1) RECHAZO- Algo nuevo", "linea": None, "significado": None,
        "remedio": None,
    }  # fmt: skip


@pytest.mark.parametrize("answer", [Say(status=500), Say(status=302, headers={"Location": "/otro"}), Say(reset=True)])
def test_a_webhook_is_called_again_with_the_same_id(house: House, hook: Server, answer: Say) -> None:
    tell(house, "webhook", f"{hook.address}/aviso")
    hook.on("/aviso", answer)
    refuse(house, house.issue(33))
    one = noticer(house, settings_of(house))
    until_told(one)
    failed = channel(house, "webhook")
    assert failed.falla
    assert failed.siguiente > time.time() + 10
    assert not one.tell_once()
    house.ledger.notices.open(failed._replace(siguiente=0.0))
    hook.on("/aviso", Say(status=200))
    until_told(one)
    first, second = notices(hook.seen)
    assert first == second
    assert {one.path for one in hook.seen} == {"/aviso"}
    assert channel(house, "webhook").falla == ""


def test_what_cannot_be_told_is_lost_in_the_end_and_estado_says_so(house: House, hook: Server) -> None:
    tell(house, "webhook", f"{hook.address}/aviso")
    hook.on("/aviso", Say(status=500))
    refuse(house, house.issue(33))
    settings = settings_of(house, avisos_intentos=2)
    one = noticer(house, settings)
    for _ in range(2):
        until_told(one)
        house.ledger.notices.open(channel(house, "webhook")._replace(siguiente=0.0))
    assert not one.tell_once()
    assert len(hook.seen) == 2
    rows = [row for row in status.rows(house.ledger, settings) if row.name == "Avisos por webhook"]
    assert [(row.state, row.facts["perdidos"], row.facts["pendientes"]) for row in rows] == [("aviso", 1, 0)]
    assert "500" in rows[0].text


def test_many_are_one_mail_and_the_next_waits(house: House, smtp: SmtpServer) -> None:
    tell(house, "correo", TO)
    documents = [house.issue(33) for _ in range(4)]
    for one in documents[:3]:
        refuse(house, one)
    sender = noticer(house, settings_of(house, smtp, avisos_segundos=30))
    assert not sender.tell_once()  # others may follow within the time
    with house.ledger.transaction():
        house.ledger.connection.execute("UPDATE aviso SET momento = '2026-01-01 00:00:00'")
    until_told(sender)
    assert len(smtp.taken) == 1
    assert smtp.texts[0].count("DTE-3-505: ") == 1  # the same reason is told once
    assert smtp.texts[0].count("- Factura") == 3
    refuse(house, documents[3])
    with house.ledger.transaction():
        house.ledger.connection.execute("UPDATE aviso SET momento = '2026-01-01 00:00:00'")
    assert not sender.tell_once()
    assert channel(house, "correo").siguiente > time.time() + 20


def test_nobody_is_told_where_nobody_wants_it(house: House) -> None:
    without_mail(house)
    bad = house.issue(33, "SIMULADOR=DTE-3-505")
    house.work(lambda: house.state(bad) in FINAL)
    assert house.ledger.connection.execute("SELECT COUNT(*) FROM aviso").fetchone()[0] == 0


def test_a_step_that_is_rolled_back_is_not_told(house: House) -> None:
    one = tell(house, "correo", TO)
    bad = house.issue(33)
    with pytest.raises(ZeroDivisionError), house.ledger.transaction():
        refuse(house, bad)
        assert house.ledger.notices.count(one, "pendiente") == 1
        raise ZeroDivisionError
    assert (house.state(bad), house.ledger.notices.count(one, "pendiente")) == ("pendiente", 0)


def test_what_is_stopped_is_told(house: House) -> None:
    one = tell(house, "correo", TO)
    bad = house.issue(33)
    house.ledger.deliveries.move([bad.id], Step("detenido", "sin permiso"))
    (told,) = house.ledger.notices.pending(one, 10)
    assert (told.notice.motivo, told.notice.detalle, told.folio) == ("detenido", "sin permiso", bad.folio)


def test_what_nears_its_time_is_told_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tell(house, "correo", TO)
    old, arrived, boleta = house.issue(33), house.issue(33), house.issue(39)
    house.ledger.deliveries.move([arrived.id], Step("en sobre"))
    house.ledger.deliveries.move([arrived.id], Step("enviado"))
    now = clock.now()
    for minutes, count in ((44, 0), (46, 1), (539, 1), (541, 2), (541, 2)):
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=minutes))  # noqa: B023 - called at once
        noticer(house, settings_of(house, avisos_segundos=3600)).look()
        assert house.ledger.notices.count(one, "pendiente") == count, minutes
    told = house.ledger.notices.pending(one, 10)
    assert [(one.notice.motivo, one.tipo, one.folio) for one in told] == [
        ("plazo", 39, boleta.folio), ("plazo", 33, old.folio),
    ]  # fmt: skip


KILLED = """
import os, sys, time
from pathlib import Path
from dteplanows.ledger.place import Place
from dteplanows.ledger.presence import is_gone, new_worker
from dteplanows.ledger.store import Ledger
from dteplanows.sii.calls import Reply
from dteplanows.settings import load
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.notices.sending import Noticer
class Dying:
    def send(self, request):
        if sys.argv[3] == "after":
            Client(Limits(2, 3)).send(request)
        os.kill(os.getpid(), 9)
settings = load(directorio=Path(sys.argv[1]), base=sys.argv[2])
ledger = Ledger(Place(Path(sys.argv[1]), sys.argv[2]))
one = Noticer(settings, ledger, Dying())
while True:
    one.tell_once()
    time.sleep(0.1)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sender_that_is_killed_loses_nothing(house: House, hook: Server, moment: str) -> None:
    tell(house, "webhook", f"{hook.address}/aviso")
    refuse(house, house.issue(33))
    place = house.ledger.place
    done = forked.run([sys.executable, "-c", KILLED, str(place.directory), place.base, moment], timeout=60)
    assert done.returncode == -9
    until_told(noticer(house, settings_of(house)))
    told = [str(one["id"]) for one in notices(hook.seen)]
    assert len(told) == (1 if moment == "before" else 2)
    assert len(set(told)) == 1


def test_two_senders_do_not_share_a_channel(house: House) -> None:
    one = tell(house, "correo", TO)
    refuse(house, house.issue(33))
    take = house.ledger.notices.take
    assert take("aqui:1:a", lambda worker: False, lambda way: 0.0) == one
    assert take("aqui:2:b", lambda worker: False, lambda way: 0.0) is None
    assert take("aqui:2:b", lambda worker: worker == "aqui:1:a", lambda way: 0.0) == one
    assert not is_gone("aqui:2:b")


# --- the servers --------------------------------------------------------------------------------------------------


@only_sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"correo_smtp_usuario": "otro"}, "535"),
        ({"correo_autoridad": ""}, "certificado del servidor"),
        ({"correo_smtp_puerto": 9}, ""),
        ({"correo_smtp_seguridad": "tls"}, ""),
        ({"correo_remitente": ""}, "correo_remitente"),
        ({"correo_smtp_servidor": "correo.example", "correo_smtp_seguridad": "ninguna"}, "este mismo equipo"),
    ],
)
def test_a_server_of_mails_that_does_not_take_it(
    house: House, smtp: SmtpServer, change: dict[str, object], said: str
) -> None:
    tell(house, "correo", TO)
    refuse(house, house.issue(33))
    until_told(noticer(house, settings_of(house, smtp, **change)))
    failed = channel(house, "correo")
    assert failed.falla
    assert said in failed.falla
    assert PASSWORD not in failed.falla
    assert smtp.taken == []
    assert house.ledger.notices.count(failed, "pendiente") == 1


@only_sqlite
def test_tls_from_the_beginning(house: House, tls: tuple[ssl.SSLContext, Path]) -> None:
    with smtp_server(*tls, starttls=False) as smtp:
        tell(house, "correo", TO)
        refuse(house, house.issue(33))
        until_told(noticer(house, settings_of(house, smtp, correo_smtp_seguridad="tls")))
        assert len(smtp.taken) == 1


@only_sqlite
def test_a_mail_that_is_refused_for_now_is_sent_again(house: House, smtp: SmtpServer) -> None:
    tell(house, "correo", TO)
    smtp.answers.append("451 vuelva más tarde")
    refuse(house, house.issue(33))
    one = noticer(house, settings_of(house, smtp))
    until_told(one)
    assert channel(house, "correo").falla.startswith("451")
    house.ledger.notices.open(channel(house, "correo")._replace(siguiente=0.0))
    until_told(one)
    assert len(smtp.taken) == 1


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://erp.empresa.cl/dte?clave=1", True), ("https://192.168.1.10:8443/dte", True),
        ("http://localhost:8000/dte", True), ("http://127.0.0.1/dte", True), ("http://[::1]:80/dte", True),
        ("http://erp.empresa.cl/dte", False), ("http://192.168.1.10/dte", False), ("https://a:b@erp.cl/", False),
        ("https://169.254.169.254/latest", False), ("https://[fe80::1]/", False), ("ftp://erp.cl/", False),
        ("https://", False), ("erp.cl", False), ("https://erp.cl:99999/", False),
    ],
)  # fmt: skip
def test_which_addresses_may_be_called(url: str, good: bool) -> None:
    assert (webhook.fault_of(url) == "") == good


@only_sqlite
def test_at_the_command_line(house: House, smtp: SmtpServer, hook: Server, tmp_path: Path) -> None:
    folder = house.ledger.directory
    settings = (
        f'correo_smtp_servidor = "127.0.0.1"\ncorreo_smtp_puerto = {smtp.port}\ncorreo_smtp_usuario = "{USER}"\n'
        f'correo_remitente = "dte@empresa.example"\ncorreo_autoridad = "{smtp.root}"\n'
    )
    (folder / "dteplanows.toml").write_text(settings, "utf-8")
    (tmp_path / "clave").write_text(PASSWORD, "utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner(env={"COLUMNS": "1000"}).invoke(main, ["--dir", str(folder), *arguments])
        return done.exit_code, done.output

    assert run("avisos", "probar")[0] == 2
    assert "No se avisa a nadie" in run("avisos", "ver")[1]
    code, said = run("avisos", "correo", "--a", TO)
    assert (code, f"se avisa por correo a {TO}" in said) == (0, True), said
    code, said = run("avisos", "webhook", "--url", f"{hook.address}/aviso?clave=oculta")
    assert (code, "oculta" in said) == (0, False), said
    secret = said.split()[-1]
    code, said = run("avisos", "probar")
    assert (code, "SII-061" in said, "correo clave smtp" in said) == (1, True, True), said
    assert run("correo", "clave", "smtp", "--clave-archivo", str(tmp_path / "clave"))[0] == 0
    hook.on("/aviso?clave=oculta", Say(status=200))
    code, said = run("avisos", "probar")
    assert (code, "oculta" in said) == (0, False), said
    assert smtp.taken[0]["Subject"].startswith("Prueba de aviso")
    call = hook.seen[-1]
    moment = int(call.headers["x-dteplanows-momento"])
    assert call.headers["x-dteplanows-firma"] == f"sha256={webhook.signature(secret, moment, call.body)}"
    assert json.loads(call.body)["prueba"] is True
    stored = (folder / "dteplanows.sqlite3").read_bytes()
    assert secret.encode() not in stored
    assert PASSWORD.encode() not in stored
    code, said = run("avisos", "ver")
    assert (code, "0 pendientes, 0 perdidos" in said, "oculta" in said) == (0, True, False), said
    assert run("avisos", "webhook", "--url", "http://erp.empresa.cl/")[0] == 2
    assert run("avisos", "webhook")[0] == 2
    assert "ya no se avisa" in run("avisos", "webhook", "--quitar")[1]
    assert "no se avisaba" in run("avisos", "webhook", "--quitar")[1]
