"""Mails that come back: reports of servers, read in a real mailbox."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from dteplanows.document_mail import returned
from dteplanows.document_mail.returned import read_report
from dteplanows.mail.failing import MailFailed
from dteplanows.sii.delivery import post as mailbox
from tests.document_mail.conftest import Post
from tests.engines import only_sqlite
from tests.mail.imap_server import PASSWORD, USER, ImapServer, imap_server

CLAVE = "0123456789abcdef" * 2

REPORT = """\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: dte@empresa.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

This is the mail system.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; compras@cliente.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: {kind}

Return-Path: <dte@empresa.example>
Message-ID: <{clave}@empresa.example>
Subject: Factura

--B--
"""


def report(
    clave: str = CLAVE, action: str = "failed", said: str = "550 5.1.1 <compras@cliente.example>: unknown",
    kind: str = "message/rfc822",
) -> bytes:  # fmt: skip
    status = "4.4.1" if action == "delayed" else "5.1.1"
    return REPORT.format(clave=clave, action=action, said=said, kind=kind, status=status).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"])
def test_a_report_says_which_mail_and_why(kind: str) -> None:
    found = read_report(report(kind=kind))
    if kind == "message/rfc822-headers":
        assert found is None, "no such kind"
        return
    assert found
    assert (found.clave, found.for_good) == (CLAVE, True)
    assert found.why == "La dirección no existe. (550 5.1.1 <compras@cliente.example>: unknown)"


def test_one_that_is_delayed_is_not_one_that_failed() -> None:
    found = read_report(report(action="delayed", said="connect timed out"))
    assert found and not found.for_good
    assert found.why == "El servidor del receptor no contesta por ahora. (4.4.1 connect timed out)"
    assert read_report(report(action="delivered")) is None
    assert read_report(report(action="FAILED (gave up)")), "letters and comments of others"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff" * 50, b"Subject: x\n\nhola", report().replace(b"message/delivery-status", b"text/plain"),
     report().replace(CLAVE.encode(), b"otro"), report()[:300], b"Content-Type: multipart/report\n\n"],
)
def test_what_is_no_report_is_taken_for_none(content: bytes) -> None:
    assert read_report(content) is None


@pytest.mark.parametrize(
    "content",
    [report().replace(b"--B--", b""), report().replace(b"Reporting-MTA", b"\xff\xfe: x\n\nReporting-MTA")],
)
def test_a_report_that_is_cut_or_has_odd_blocks_is_read(content: bytes) -> None:
    assert read_report(content) == read_report(report())


@pytest.fixture
def imap(tls: tuple[ssl.SSLContext, Path]) -> Iterator[ImapServer]:
    context, root = tls
    with imap_server(context, root, root.with_name("k.pem")) as one:
        yield one


def ordinary() -> bytes:
    one = EmailMessage()
    one["From"], one["To"], one["Subject"] = "ana@cliente.example", "dte@empresa.example", "Re: Factura"
    one.set_content("Gracias")
    return one.as_bytes()


@only_sqlite
def test_what_came_back_is_noted_once(post: Post, imap: ImapServer) -> None:
    post.send_as(con_pdf=False)
    bad, slow, good = (post.issue() for _ in range(3))
    mailer = post.mailer()
    while mailer.send_once():
        pass
    keys = {one.id: post.only(one).clave for one in (bad, slow, good)}
    imap.put(
        report(keys[bad.id]), ordinary(), report(keys[slow.id], "delayed", "connect timed out"), report("f" * 32),
    )  # fmt: skip
    ledger = post.ledger
    ledger.settings.save(mailbox.PASSWORD, ledger.secrets.seal(PASSWORD.encode()))
    settings = post.settings(
        correo_imap_servidor="127.0.0.1", correo_imap_puerto=imap.tls_port, correo_imap_usuario=USER,
        correo_imap_marcar=True,
    )  # fmt: skip
    account = mailbox.account_of(settings)
    assert account
    assert returned.read(settings, ledger, account) == 2
    assert [post.only(one).estado for one in (bad, slow, good)] == ["devuelto", "enviado", "enviado"]
    assert post.only(bad).detalle.startswith("La dirección no existe.")
    assert post.only(slow).detalle.startswith("El servidor del receptor no contesta por ahora.")
    assert [b"\\Seen" in one for one in imap.flags()] == [True, False, True, False]
    assert returned.read(settings, ledger, account) == 0
    imap.put(report(keys[bad.id]))
    assert returned.read(settings, ledger, account) == 0, "it is known already"
    looks = returned.Returns(settings, ledger)
    looks.look()
    assert [one.falla for one in ledger.mail.mailboxes()] == [""]
    wrong = ledger.secrets.seal(b"otra")
    ledger.settings.save(mailbox.PASSWORD, wrong)
    with pytest.raises(MailFailed):
        returned.read(settings, ledger, account)
    assert ledger.mail.mailbox(account.name + returned.ORIGIN).falla  # type: ignore[union-attr]
