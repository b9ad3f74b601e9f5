"""The SII's mail in a mailbox, read over IMAP from a real server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from dteplanows.cli import main
from dteplanows.document_mail import returned as returns
from dteplanows.ledger.rows import StoredDocument
from dteplanows.mail.failing import MailFailed
from dteplanows.settings import Settings, load
from dteplanows.sii.delivery import errands, post
from tests.engines import only_sqlite
from tests.mail.imap_server import PASSWORD, USER, ImapServer, imap_server
from tests.sii.delivery.conftest import House
from tests.sii.delivery.test_results import REFUSED, delivered, mail, reasons
from tests.sii.test_client import trusted


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return trusted(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(tls: tuple[ssl.SSLContext, Path]) -> Iterator[ImapServer]:
    context, root = tls
    with imap_server(context, root, root.with_name("k.pem")) as one:
        yield one


def settings_of(house: House, server: ImapServer, **more: object) -> Settings:
    house.ledger.settings.save(post.PASSWORD, house.ledger.secrets.seal(PASSWORD.encode()))
    given = {
        "directorio": house.folder, "base": house.ledger.place.base, "sii_simulador": house.simulator.address,
        "correo_imap_servidor": "127.0.0.1", "correo_imap_puerto": server.tls_port, "correo_imap_usuario": USER,
        "correo_autoridad": str(server.root), **more,
    }  # fmt: skip
    return load(**given)


def letter(content: bytes, sender: str = "siidte@sii.cl", subject: str = "Certificacion - Resultado") -> bytes:
    one = EmailMessage()
    one["From"], one["To"], one["Subject"] = sender, "dte@empresa.example", subject
    one.set_content("Se adjunta el resultado.")
    one.add_attachment(content, maintype="text", subtype="xml", filename="r.xml")
    return one.as_bytes().replace(b"\n", b"\r\n")


def read(house: House, settings: Settings) -> post.Round:
    account = post.account_of(settings)
    assert account
    return post.read(settings, house.ledger, account)


FOREIGN = letter(b"<a/>", "cliente@otra.example", "Consulta por una factura")


def refused(house: House) -> tuple[StoredDocument, bytes]:
    envelope, (bad,) = delivered(house, "SIMULADOR=DTE-3-505")
    return bad, mail(envelope, {bad: ("RCH", [REFUSED])})


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_is_new_is_taken_and_nothing_is_changed(house: House, server: ImapServer, security: str) -> None:
    bad, content = refused(house)
    port = server.tls_port if security == "tls" else server.port
    settings = settings_of(house, server, correo_imap_seguridad=security, correo_imap_puerto=port)
    server.put(FOREIGN, letter(content), FOREIGN)
    found = read(house, settings)
    assert (found.mails, [one.fate for one in found.taken]) == (1, ["anotado"])
    assert reasons(house, bad) == [REFUSED]
    assert not any(b"Seen" in one for one in server.flags())
    assert read(house, settings).mails == 0  # its number is kept
    server.put(FOREIGN, letter(content, "contador@oficina.example", "Fwd: Resultado de Revision Envio 1 - x"))
    found = read(house, settings)
    assert (found.mails, [one.fate for one in found.taken]) == (1, ["sin novedad"])
    assert [one.falla for one in house.ledger.mail.mailboxes()] == [""]
    assert len(server.flags()) == 5


@only_sqlite
def test_some_at_a_time_and_marked_where_that_is_set(house: House, server: ImapServer) -> None:
    _, content = refused(house)
    settings = settings_of(house, server, correo_imap_por_vez=2, correo_imap_marcar=True)
    server.put(*(letter(content, subject=f"{at}") for at in range(5)), FOREIGN)
    assert [read(house, settings).mails for _ in range(4)] == [2, 2, 1, 0]
    assert [b"Seen" in one for one in server.flags()] == [True] * 5 + [False]


def test_a_mailbox_that_was_made_anew_is_read_from_its_beginning(house: House, server: ImapServer) -> None:
    """Another UIDVALIDITY: the numbers of before mean nothing."""
    bad, content = refused(house)
    settings = settings_of(house, server)
    account = post.account_of(settings)
    assert account
    server.put(letter(content))
    read(house, settings)
    (kept,) = house.ledger.mail.mailboxes()
    assert kept.validez > 0
    house.ledger.mail.note_mailbox(kept._replace(validez=kept.validez + 1, ultimo=10**6))
    assert read(house, settings).mails == 1
    assert house.ledger.mail.mailboxes() == [kept._replace(momento=house.ledger.mail.mailboxes()[0].momento)]
    assert reasons(house, bad) == [REFUSED]


@only_sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"correo_autoridad": ""}, "certificado del servidor"),
        ({"correo_imap_usuario": "otro"}, ""),
        ({"correo_imap_carpeta": "Nada"}, "no se pudo abrir la carpeta «Nada»"),
        ({"correo_imap_puerto": 9}, ""),
        ({"correo_autoridad": "no-hay.pem"}, "no-hay.pem no sirve como autoridad"),
    ],
)
def test_what_goes_wrong_is_told_without_the_password(
    house: House, server: ImapServer, change: dict[str, object], said: str
) -> None:
    settings = settings_of(house, server, **change)
    with pytest.raises(MailFailed) as failed:
        read(house, settings)
    assert said in str(failed.value)
    assert PASSWORD not in str(failed.value)
    (kept,) = house.ledger.mail.mailboxes()
    assert kept.falla == str(failed.value)


@only_sqlite
def test_plain_text_is_never_spoken(house: House, server: ImapServer) -> None:
    """A port without TLS where TLS must be: the password does not leave."""
    with pytest.raises(MailFailed):
        read(house, settings_of(house, server, correo_imap_puerto=server.port))


@only_sqlite
def test_without_a_password(house: House, server: ImapServer) -> None:
    settings = settings_of(house, server)
    house.ledger.settings.save(post.PASSWORD, "")
    with pytest.raises(MailFailed, match="correo clave imap"):
        read(house, settings)


def test_the_worker_reads_it(house: House, server: ImapServer, caplog: pytest.LogCaptureFixture) -> None:
    bad, content = refused(house)
    server.put(letter(content))
    stop = threading.Event()
    thread = threading.Thread(target=errands.run, args=(settings_of(house, server), house.ledger, stop))
    thread.start()
    try:
        house.work(lambda: reasons(house, bad) == [REFUSED])
    finally:
        stop.set()
        thread.join()
    assert PASSWORD not in caplog.text


@only_sqlite
def test_at_the_command_line(
    house: House, server: ImapServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, content = refused(house)
    folder = house.ledger.directory
    (tmp_path / "clave").write_text(PASSWORD, "utf-8")
    settings = (
        f'correo_imap_servidor = "127.0.0.1"\ncorreo_imap_puerto = {server.tls_port}\ncorreo_imap_usuario = "{USER}"\n'
        f'correo_autoridad = "{server.root}"\n'
    )
    (folder / "dteplanows.toml").write_text(settings, "utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner(env={"COLUMNS": "1000"}).invoke(main, ["--dir", str(folder), *arguments])
        return done.exit_code, done.output

    code, said = run("correo", "leer")
    assert (code, "SII-060" in said, "correo clave imap" in said) == (1, True, True), said
    assert run("correo", "clave", "imap", "--clave-archivo", str(tmp_path / "clave"))[0] == 0
    assert PASSWORD.encode() not in (folder / "dteplanows.sqlite3").read_bytes()
    server.put(letter(content))

    def fails(*_: object) -> None:
        raise MailFailed("el servidor cortó la conexión")

    # What the SII's mails brought is told also where those that came back cannot be read.
    with monkeypatch.context() as patched:
        patched.setattr(returns, "read", fails)
        code, said = run("correo", "leer")
    assert (code, "Correos nuevos del SII: 1." in said, "anotado en un documento" in said) == (1, True, True), said
    code, said = run("correo", "leer")
    assert (code, "Correos nuevos del SII: 0." in said) == (0, True), said
    code, said = run("correo", "ver")
    assert (code, "bien" in said) == (0, True)
    assert reasons(house, bad) == [REFUSED]

    box = tmp_path / "correos"
    box.mkdir()
    (box / "a.eml").write_bytes(letter(content))
    (box / "b.xml").write_bytes(content)
    code, said = run("envios", "resultado", str(box))
    assert (code, len(said.splitlines())) == (0, 2), said
    (box / "c.txt").write_text("Hola")
    code, said = run("envios", "resultado", str(box), str(box / "b.xml"))
    assert (code, "c.txt: No trae el resultado" in said, "ya se había tomado" in said) == (1, True, True)
    assert run("envios", "resultado", str(box / "nada"))[0] == 2
