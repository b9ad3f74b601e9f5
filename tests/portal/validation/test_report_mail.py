"""The report of a validated file goes by mail to whom a person names, from the page or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.sii.notices import sending
from tests.installation import Installation
from tests.mail.smtp_server import PASSWORD, USER, SmtpServer, smtp_server
from tests.portal.pages import Site, site_of
from tests.sii.test_client import trusted

FILE = {"texto": "->Encabezado<-\n33;0;\n", "nombre": "venta <1>.txt"}


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    with smtp_server(*trusted(tmp_path)) as one:
        yield one


@pytest.fixture
def mailing(installation: Installation, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A portal with a server of mails."""
    ledger = installation.ledger
    ledger.settings.save(sending.PASSWORD, ledger.secrets.seal(PASSWORD.encode()))
    for name, value in {
        "SERVIDOR": "127.0.0.1", "PUERTO": str(smtp.port), "USUARIO": USER,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"DTEPLANOWS_CORREO_SMTP_{name}", value)
    monkeypatch.setenv("DTEPLANOWS_CORREO_REMITENTE", "dte@empresa.example")
    monkeypatch.setenv("DTEPLANOWS_CORREO_AUTORIDAD", str(smtp.root))
    return site_of(installation)


def test_the_report_is_sent_to_the_address(mailing: Site, smtp: SmtpServer) -> None:
    browser, path = mailing.inside("contador"), f"{mailing.home}/validar/informe/correo"
    asked = browser.post(path, FILE)
    assert "Correo de quien lo recibe" in asked.text
    assert smtp.taken == []
    sent = browser.post(path, {**FILE, "correo": " tecnico@empresa.example "})
    assert (sent.status_code, "salió para" in sent.text) == (200, True)
    (mail,) = smtp.taken
    assert (mail["To"], mail["From"]) == ("tecnico@empresa.example", "dte@empresa.example")
    text, report = mail.iter_parts()
    assert "venta <1>.txt" in text.get_content()
    assert report.get_filename() == "informe-venta-1-.txt.html"
    assert "venta &lt;1&gt;.txt" in report.get_content()
    (event,) = [one for one in mailing.installation.ledger.events.of() if one.tipo == "informe enviado"]
    assert event.quien.startswith("usuario contador.")
    assert "tecnico@empresa.example" in event.detalle
    assert "Enviar el informe por correo" in browser.post(f"{mailing.home}/validar", FILE).text


@pytest.mark.parametrize("to", ["", "nadie", "a@b.cl, c@d.cl", "a@b.cl\r\nBcc: c@d.cl"])
def test_one_address_and_nothing_else(mailing: Site, smtp: SmtpServer, to: str) -> None:
    browser = mailing.inside("contador")
    token = browser.token()
    answer = browser.client.post(
        f"/portal{mailing.home}/validar/informe/correo", base_url=browser.base,
        data={**FILE, "correo": to, "csrf_token": token},
    )  # fmt: skip
    assert (answer.status_code, "una sola dirección" in answer.text) == (400, True)
    assert smtp.taken == []


def test_a_mail_that_is_not_taken_is_told(mailing: Site, smtp: SmtpServer) -> None:
    smtp.answers.append("451 vuelva más tarde")
    answer = mailing.inside("contador").post(
        f"{mailing.home}/validar/informe/correo", {**FILE, "correo": "tecnico@empresa.example"}
    )
    assert (answer.status_code, "451" in answer.text) == (503, True)
    assert not [one for one in mailing.installation.ledger.events.of() if one.tipo == "informe enviado"]


def test_without_a_server_of_mails_nothing_is_offered(site: Site) -> None:
    browser = site.inside("contador")
    assert browser.post(f"{site.home}/validar/informe/correo", FILE).status_code == 404
    assert "Enviar el informe" not in browser.post(f"{site.home}/validar", FILE).text
