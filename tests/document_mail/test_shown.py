"""What people are told of a mail."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dteplanows.document import clock
from dteplanows.document_mail.shown import told
from dteplanows.ledger.document_mail_tables import DocumentMail, MailState
from tests.document_mail.conftest import TO, Post
from tests.engines import only_sqlite

NOON = datetime(2026, 7, 1, 12, tzinfo=clock.SANTIAGO)


def mail(estado: MailState, detalle: str, siguiente: float = 0.0) -> DocumentMail:
    moment = NOON.replace(tzinfo=None)
    return DocumentMail(
        1, 1, "pruebas", "1-9", TO, "emisión", "", moment, estado, moment, None, detalle, 1, siguiente, ""
    )  # fmt: skip


def test_what_waits_says_when_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "instant", NOON.timestamp)
    monkeypatch.setattr(clock, "today", NOON.date)
    soon, late = (NOON + timedelta(minutes=8)).timestamp(), (NOON + timedelta(days=1)).timestamp()
    again = "Se intenta de nuevo, sin que nadie lo pida,"
    assert told(mail("pendiente", "No contesta", soon)) == f"No contesta. {again} hacia las 12:08."
    assert told(mail("pendiente", "No contesta.", late)) == f"No contesta. {again} hacia las 12:00 del 02-07-2026."
    assert told(mail("pendiente", "No contesta.")) == f"No contesta. {again} apenas se pueda."
    assert told(mail("pendiente", "", soon)) == ""
    assert told(mail("no enviado", "La dirección no existe.", soon)) == "La dirección no existe."
    assert told(mail("enviado", "Lento.")) == "Lento. El servidor de correo lo sigue intentando."


@only_sqlite
def test_a_greylisted_mail_is_no_refused_one(post: Post) -> None:
    post.send_as(con_pdf=False)
    post.smtp.refused[TO] = "451 4.7.1 Greylisting in action, please come back later"
    document = post.issue()
    assert post.mailer().send_once()
    said = told(post.only(document))
    assert "no lo recibe por ahora" in said and "normas" not in said
    assert "Se intenta de nuevo, sin que nadie lo pida, hacia las" in said
