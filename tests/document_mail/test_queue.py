"""What waits, goes out, is given back or ends, on both engines."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from dteplanows import status
from dteplanows.archive.copies import Copies
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.document_mail import letter, worker
from dteplanows.document_mail.asking import ask
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.document_mail import DocumentMails
from dteplanows.ledger.engines.errors import Busy
from dteplanows.ledger.rows import StoredDocument
from dteplanows.status.rows import Row, State
from tests.document_mail.conftest import SENDER, TO, Post, files_of
from tests.engines import only_sqlite


def states(post: Post, *documents: StoredDocument) -> list[tuple[str, int]]:
    return [(one.estado, one.intentos) for one in map(post.only, documents)]


def write(post: Post, changes: str, *values: object) -> None:
    with post.ledger.writing():
        post.ledger.connection.execute(f"UPDATE correo_documento SET {changes}", values)


def due(post: Post) -> int:
    query = "SELECT COUNT(*) FROM correo_documento WHERE estado = 'pendiente' AND siguiente <= ?"
    (number,) = post.ledger.connection.execute(query, (time.time(),)).fetchone()
    return int(number)


@only_sqlite
def test_a_quota_and_a_refused_sender_lose_no_mail(post: Post) -> None:
    post.send_as(con_pdf=False)
    post.smtp.refused["cuota@cliente.example"] = "550 5.4.5 Daily user sending limit exceeded"
    documents = [post.issue(to) for to in ("cuota@cliente.example", TO, TO, TO)]
    post.smtp.answers += ["550 5.4.5 quota", "550 5.7.60 not that sender", "550 host [200.5.1.10] refuses"]
    mailer = post.mailer()
    assert [mailer.send_once() for _ in range(5)] == [True] * 4 + [False]
    assert states(post, *documents) == [("pendiente", 1)] * 3 + [("no enviado", 0)]
    assert "(" not in post.only(documents[3]).detalle, "an address of the network explains nothing"


@only_sqlite
def test_what_nobody_expected_uses_up_tries_unless_it_is_of_the_database(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.send_as(con_pdf=False)
    document = post.issue()
    mailer = post.mailer(correo_documentos_intentos=2)

    def fails_with(failure: Exception) -> None:
        def compose(*_: object) -> None:
            raise failure

        monkeypatch.setattr(letter, "compose", compose)
        post.hurry()
        with pytest.raises(type(failure)):
            mailer.send_once()

    for failure in (Busy("others"), OSError(28, "No space left on device")):
        fails_with(failure)
        assert states(post, document) == [("pendiente", 0)]
    fails_with(ValueError("odd"))
    assert states(post, document) == [("pendiente", 1)]
    fails_with(ValueError("odd"))
    assert states(post, document)[0][0] == "no enviado"
    assert not mailer.send_once()


@only_sqlite
def test_odd_addresses_of_before_are_sent_to(post: Post) -> None:
    post.send_as(con_pdf=False)
    documents = [post.issue() for _ in range(3)]
    odd = ("juan..p@cliente.example", ".a@cliente.example", "a.@cliente.example")
    for document, address in zip(documents, odd, strict=True):
        write(post, "destino = ? WHERE documento_id = ?", address, document.id)
    mailer = post.mailer()
    assert [mailer.send_once() for _ in odd] == [True] * 3
    assert states(post, *documents) == [("enviado", 0)] * 3
    assert len(post.smtp.taken) == 3


@only_sqlite
def test_the_installation_may_have_a_name_beside_its_address(post: Post) -> None:
    post.send_as(con_pdf=False)
    post.issue()
    assert post.mailer(correo_remitente=f"DTE de prueba <{SENDER}>").send_once()
    (message,) = post.smtp.taken
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (post.installed.company.razon_social, SENDER)
    assert (post.smtp.senders, message["Message-ID"][-len("@empresa.example>"):]) == ([SENDER], "@empresa.example>")
    with pytest.raises(Refused, match="correo_remitente"):
        post.settings(correo_remitente="dte@empresa.example\nBcc: otro@empresa.example")


def test_the_status_tells_of_the_oldest_that_is_in_trouble(post: Post) -> None:
    post.send_as()
    old, _ = post.issue(), post.issue()

    def told() -> Row:
        rows = status.of_company(post.ledger, post.settings(), post.installed.company)
        return next(one for one in rows if one.name == "Correo de los documentos")

    assert told().state is State.OK
    write(post, "detalle = 'la casilla está llena', momento = ? WHERE documento_id = ?",
          (clock.now() - timedelta(hours=2)).isoformat(" "), old.id)  # fmt: skip
    assert (told().state, "la casilla está llena" in told().text) == (State.AVISO, True)
    post.send_as(activo=False)
    assert told().state is State.OK, "nothing of it would go out"


def test_what_waits_for_the_sii_is_not_looked_at_again_and_again(post: Post) -> None:
    post.send_as(espera_sii=True, con_pdf=False)
    documents = [post.issue() for _ in range(3)]
    mailer = post.mailer()
    write(post, "siguiente = 0")  # as those are that an older version queued
    assert (due(post), mailer.send_once(), due(post)) == (3, False, 0)
    moves = post.ledger.deliveries.move
    moves([one.id for one in documents], Step("en sobre"))
    assert (mailer.send_once(), due(post)) == (False, 0)
    moves([documents[1].id], Step("aceptado con reparos"))
    assert due(post) == 1
    assert [mailer.send_once(), mailer.send_once()] == [True, False]
    assert [one for one, _ in states(post, *documents)] == ["pendiente", "enviado", "pendiente"]
    post.send_as(espera_sii=False)
    assert [mailer.send_once() for _ in range(3)] == [True, True, False]


def test_what_is_issued_while_the_way_changes_waits_for_nobody(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.send_as(espera_sii=True)
    queue = DocumentMails.queue_issued

    def change() -> None:
        try:
            post.send_as(espera_sii=False)
        finally:
            post.ledger.close()

    changer = threading.Thread(target=change, daemon=True)

    def between(*given: Any) -> None:
        queue(*given)
        changer.start()
        changer.join(0.5)

    monkeypatch.setattr(DocumentMails, "queue_issued", between)
    post.issue()
    changer.join(20)
    assert due(post) == 1


def test_who_was_overtaken_while_looking_takes_another(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.send_as()
    documents = [post.issue() for _ in range(3)]
    mails = post.ledger.document_mails
    others, begin = [], mails.db.transaction

    def transaction(*parts: Any) -> Any:
        monkeypatch.undo()
        time.sleep(0.01)  # the other one's clock has gone on
        others.append(mails.take("aqui:2:b", lambda _: False))
        return begin(*parts)

    monkeypatch.setattr(mails.db, "transaction", transaction)
    mine = mails.take("aqui:1:a", lambda _: False)
    (other,) = others
    assert mine and other
    assert (other.documento_id, mine.documento_id) == (documents[0].id, documents[1].id)


@only_sqlite
def test_a_mail_is_taken_by_one_statement_and_found_by_indexes(post: Post) -> None:
    post.send_as()
    first, _ = post.issue(), post.issue()
    mails, said = post.ledger.document_mails, list[str]()
    connection: Any = post.ledger.connection
    connection.set_trace_callback(said.append)
    found = mails.take("aqui:1:a", lambda _: False)
    mails.oldest_in_trouble(post.installed.company)
    mails.counts(post.installed.company, clock.now())
    connection.set_trace_callback(None)
    assert found and found.documento_id == first.id
    asked = [one for one in said if "FROM correo_documento" in one]
    assert len(asked) == 4, "who died, what is due, the oldest, the numbers"
    (begin,) = (number for number, one in enumerate(said) if one.startswith("BEGIN"))
    end = said.index("COMMIT", begin)
    assert [one.split()[:2] for one in said[begin + 1:end]] == [["UPDATE", "correo_documento"]]
    plans = [" ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {one}")) for one in asked]
    for name, plan in zip(("tomado", "pendiente", "estado", "estado"), plans, strict=True):
        assert f"INDEX correo_documento_{name}" in plan


def test_what_came_back_while_it_was_noted_stays_so(post: Post) -> None:
    post.send_as()
    document = post.issue()
    mails = post.ledger.document_mails
    mail = mails.take("aqui:1:a", lambda _: False)
    assert mail
    assert mails.note_returned(mail.clave, "La dirección no existe.", for_good=True)
    mails.note_sent(mail, "aqui:1:a")
    assert (post.only(document).estado, post.only(document).detalle) == ("devuelto", "La dirección no existe.")


@only_sqlite
def test_a_database_that_is_busy_for_a_moment_has_nothing_sent_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.send_as(con_pdf=False)
    document = post.issue()
    note, failures = DocumentMails.note_sent, [Busy("others"), Busy("others")]

    def note_sent(*given: Any) -> None:
        if failures:
            raise failures.pop()
        note(*given)

    monkeypatch.setattr(DocumentMails, "note_sent", note_sent)
    monkeypatch.setattr(worker, "_NOTES", (0.0, 0.0))
    mailer = post.mailer()
    assert mailer.send_once() and not mailer.send_once()
    assert (states(post, document), len(post.smtp.taken)) == ([("enviado", 0)], 1)


def test_while_a_company_sends_nothing_only_what_a_person_asked_for_goes_out(post: Post) -> None:
    post.send_as(con_pdf=False)
    waiting, other = post.issue(), post.issue("")
    post.send_as(activo=False)
    ask(post.settings(), post.ledger, other, TO, "ana")
    mailer = post.mailer()
    assert [mailer.send_once(), mailer.send_once()] == [True, False]
    assert [one for one, _ in states(post, waiting, other)] == ["pendiente", "enviado"]
    post.send_as()
    assert [mailer.send_once(), mailer.send_once()] == [True, False]
    assert states(post, waiting) == [("enviado", 0)]


@only_sqlite
def test_a_mail_that_would_bring_nothing_waits(post: Post) -> None:
    post.send_as(con_pdf=False, con_xml=False)
    document = post.issue()
    assert post.mailer(url_publica="").send_once()
    assert (states(post, document), post.smtp.taken) == ([("pendiente", 1)], [])
    assert "ni un archivo ni el enlace" in post.only(document).detalle
    post.hurry()
    assert post.mailer().send_once()
    assert (states(post, document), files_of(post.smtp.taken[0])) == ([("enviado", 1)], {})


@only_sqlite
def test_a_mail_waits_seconds_for_its_pdf_where_too_many_are_made(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post.send_as()
    document = post.issue()

    def pdf(*_: object) -> bytes:
        raise Refused([problem("SRV-170", maximo=4)])

    monkeypatch.setattr(Copies, "pdf", pdf)
    with caplog.at_level(logging.WARNING):
        post.mailer().look(threading.Event())
    one = post.only(document)
    assert (one.estado, one.intentos, one.detalle, caplog.text) == ("pendiente", 0, "", "")
    assert one.siguiente - time.time() <= 5
    monkeypatch.undo()
    post.hurry()
    post.mailer().look(threading.Event())
    assert states(post, document) == [("enviado", 0)]


def test_those_of_a_ledger_put_back_end_and_are_listed_with_their_documents(post: Post) -> None:
    post.send_as(con_pdf=False)
    sent, waiting, taken = (post.issue() for _ in range(3))
    mailer, mails = post.mailer(), post.ledger.document_mails
    assert mailer.send_once() and mails.take("otro:1:a", lambda _: False)
    mails.end_open("Quizás ya salió.")
    listed = mails.newest(post.installed.company, 9)
    assert [(one.mail.estado, one.mail.detalle, one.tipo, one.folio) for one in listed] == [
        ("no enviado", "Quizás ya salió.", 33, taken.folio), ("no enviado", "Quizás ya salió.", 33, waiting.folio),
        ("enviado", "", 33, sent.folio),
    ]  # fmt: skip
    assert not mailer.send_once()
    assert ask(post.settings(), post.ledger, waiting, "", "ana") == TO
    assert mailer.send_once() and len(post.smtp.taken) == 2
