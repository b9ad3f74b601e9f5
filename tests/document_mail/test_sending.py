"""Documents that are mailed to their receivers, by a real server of mail, on both engines."""

from __future__ import annotations

import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client

from dteplanows import status, web
from dteplanows.document.problem import Refused
from dteplanows.document_mail.asking import ask
from dteplanows.document_mail.worker import mailing
from dteplanows.ledger.deliveries import Step
from tests.document_mail.conftest import SENDER, TO, Post, files_of, text_of
from tests.engines import only_sqlite


def test_a_receiver_gets_the_document_with_its_files_and_address(post: Post) -> None:
    silent = post.issue()
    post.send_as()
    without, document = post.issue(""), post.issue()
    another = post.issue()
    assert [len(post.mails(one)) for one in (silent, without, document)] == [0, 0, 1]
    mailer = post.mailer()
    assert [mailer.send_once() for _ in range(3)] == [True, True, False]

    (first, second) = post.smtp.taken
    assert (first["To"], str(first["From"].addresses[0].addr_spec)) == (TO, SENDER)
    assert first["From"].addresses[0].display_name == post.installed.company.razon_social
    assert first["Subject"] == f"[PRUEBA] Factura Electrónica N° {document.folio} de Maestranza Ñuble & Hijos Ltda."
    assert post.smtp.senders == [SENDER, SENDER]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"
    files = files_of(first)
    assert files.pop(f"factura-33-{document.folio}.xml") == document.xml
    assert files.pop(f"factura-33-{document.folio}.pdf").startswith(b"%PDF")
    assert not files
    text = text_of(first)
    assert "Documento de prueba" in text and "por $1.190." in text
    link = next(word for word in text.split() if word.startswith("https://dte.empresa.example/plano/documento?"))
    page = Client(web.make_application(post.installed.issuer)).get(link.removeprefix("https://dte.empresa.example"))
    assert (page.status_code, f"N° {document.folio}" in page.text) == (200, True)

    sent = post.only(document)
    assert (sent.estado, sent.motivo, sent.destino, sent.detalle) == ("enviado", "emisión", TO, "")
    assert sent.enviado and sent.enviado >= sent.momento
    assert post.only(another).estado == "enviado"


def test_the_way_of_a_company_is_what_its_receivers_see(post: Post) -> None:
    post.send_as(
        nombre="Ventas, \"Ñ\" <x>", remitente="ventas@otra.example", responder_a="ayuda@otra.example",
        asunto="{documento} {folio}: {receptor}", texto="Total {total}\nVer {enlace}\nFin", con_pdf=False,
        con_enlace=False,
    )  # fmt: skip
    document = post.issue(name="Juan {folio} Pérez")
    assert post.mailer().send_once()
    (message,) = post.smtp.taken
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Ventas, \"Ñ\" <x>", "ventas@otra.example")
    assert message["Reply-To"] == "ayuda@otra.example"
    assert post.smtp.senders == [SENDER], "what cannot be delivered comes back to the installation"
    assert message["Subject"] == f"[PRUEBA] Factura Electrónica {document.folio}: Juan {{folio}} Pérez"
    assert text_of(message).splitlines()[2:] == ["Total $1.190", "Fin"]
    assert list(files_of(message)) == [f"factura-33-{document.folio}.xml"]
    change, = (one for one in post.ledger.events.changes() if one.tipo == "correo de documentos cambiado")
    assert (change.antes["activo"], change.despues["remitente"]) == (False, "ventas@otra.example")


def test_in_pruebas_only_those_who_are_named_get_mail(post: Post) -> None:
    post.send_as()
    document = post.issue("nadie@ajena.example")
    mailer = post.mailer()
    assert mailer.send_once() and not mailer.send_once()
    one = post.only(document)
    assert (one.estado, post.smtp.taken) == ("no enviado", [])
    assert "correo_permitidos_pruebas" in one.detalle
    for address in ("nadie@ajena.example", "x@cliente.example.ajena.example", "x@sub.cliente.example"):
        with pytest.raises(Refused, match="SRV-281"):
            ask(post.settings(), post.ledger, document, address, "ana")
    assert ask(post.settings(), post.ledger, document, "OTRA@Cliente.Example", "ana") == "OTRA@Cliente.Example"


def test_a_document_that_is_not_issued_is_not_queued_and_a_refused_one_not_sent(post: Post) -> None:
    post.send_as(espera_sii=True)
    good, bad = post.issue(), post.issue()
    mailer = post.mailer()
    assert not mailer.send_once(), "the SII has not said anything"
    post.ledger.deliveries.move([good.id, bad.id], Step("en sobre"))
    post.ledger.deliveries.move([good.id], Step("aceptado"))
    post.ledger.deliveries.move([bad.id], Step("rechazado"))
    assert [mailer.send_once() for _ in range(3)] == [True, True, False]
    assert [(post.only(one).estado, post.only(one).detalle) for one in (good, bad)] == [
        ("enviado", ""), ("no enviado", "El documento está rechazado ante el SII."),
    ]  # fmt: skip
    with pytest.raises(Refused, match="SRV-286"):
        ask(post.settings(), post.ledger, bad, TO, "ana")
    with pytest.raises(RuntimeError), post.ledger.transaction():
        post.ledger.document_mails.queue_issued(good.id, post.installed.company, TO)
        raise RuntimeError
    assert len(post.mails(good)) == 1


def test_an_address_that_is_none_ends_and_one_that_waits_is_tried_with_growing_pauses(post: Post) -> None:
    post.send_as()
    post.smtp.refused |= {
        "no@cliente.example": "550 5.1.1 no such user here", "luego@cliente.example": "451 4.7.1 greylisted",
        "norma@cliente.example": "554 5.7.1 relay access denied",
    }  # fmt: skip
    gone, later, policy = (post.issue(f"{one}@cliente.example") for one in ("no", "luego", "norma"))
    mailer = post.mailer(correo_documentos_intentos=3)
    assert [mailer.send_once() for _ in range(4)] == [True, True, True, False]
    one = post.only(gone)
    assert one.estado == "no enviado" and one.detalle.startswith("La dirección no existe. (el servidor no acepta")
    pauses = []
    for tries in (1, 2):
        waiting = post.only(later)
        assert (waiting.estado, waiting.intentos) == ("pendiente", tries)
        pauses.append(waiting.siguiente - time.time())
        post.hurry()
        assert mailer.send_once() and mailer.send_once()
    # Each is twice the one before; a slow machine may have lost some seconds of it.
    assert 30 < pauses[0] <= 60 and 90 < pauses[1] <= 120
    for document in (later, policy):
        assert post.only(document).estado == "no enviado"
        assert post.only(document).detalle.startswith("Se intentó 3 veces. ")
    post.smtp.refused.clear()
    ask(post.settings(), post.ledger, later, "", "ana")
    assert mailer.send_once()
    assert [one.estado for one in post.mails(later)] == ["no enviado", "enviado"]


def test_content_that_is_refused_ends_and_a_server_that_fails_loses_nothing(post: Post) -> None:
    post.send_as()
    spam, busy, third = (post.issue() for _ in range(3))
    mailer = post.mailer()
    post.smtp.answers += ["554 5.6.0 looks like spam", "452 4.3.1 disk full"]
    assert mailer.send_once() and mailer.send_once()
    assert (post.only(spam).estado, post.only(busy).estado) == ("no enviado", "pendiente")

    port, stop = post.smtp.port, threading.Event()
    broken = post.mailer(correo_smtp_puerto=port + 1 if port < 65535 else port - 1)
    broken.look(stop)
    waiting = post.only(third)
    assert (waiting.estado, waiting.intentos) == ("pendiente", 0), "its own tries are not used up"
    assert waiting.detalle
    company = post.installed.company
    rows = {one.name: one for one in status.of_company(post.ledger, post.settings(), company)}
    assert "1 enviados" not in rows["Correo de los documentos"].text
    with post.ledger.writing():
        post.ledger.connection.execute("UPDATE correo_documento SET siguiente = 0 WHERE id = ?", (waiting.id,))
    post.mailer(correo_smtp_usuario="nadie").look(stop)
    assert post.only(third).estado == "pendiente", "a wrong password is not the mail's fault"
    post.hurry()
    mailer.look(stop)
    assert [post.only(one).estado for one in (busy, third)] == ["enviado", "enviado"]
    rows = {one.name: one for one in status.of_company(post.ledger, post.settings(), company)}
    assert "2 enviados, 1 no enviados" in rows["Correo de los documentos"].text


def test_two_senders_send_each_mail_once_and_what_a_dead_one_had_is_taken_over(post: Post) -> None:
    post.send_as(con_pdf=False)
    documents = [post.issue() for _ in range(8)]
    mails = post.ledger.document_mails
    taken = mails.take("otro-equipo:1:abc", lambda _: False)
    assert taken and taken.documento_id == documents[0].id
    dead = mails.take("muerto", lambda _: False)
    assert dead

    def run() -> None:
        one = post.mailer()
        while one.send_once():
            pass
        post.ledger.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Counter(post.only(one).estado for one in documents) == {"enviado": 6, "pendiente": 2}
    assert len({one["Message-ID"] for one in post.smtp.taken}) == len(post.smtp.taken) == 6
    again = mails.take("nuevo", lambda worker: worker == "muerto")
    assert again and again.id == dead.id and again.clave == dead.clave
    mails.note_sent(dead, "muerto")
    assert post.only(documents[1]).estado == "pendiente", "who was overtaken says nothing any more"
    mails.note_sent(again, "nuevo")
    with post.ledger.writing():
        post.ledger.connection.execute("UPDATE correo_documento SET vence = 1 WHERE estado = 'pendiente'")
    run()
    assert {post.only(one).estado for one in documents} == {"enviado"}


def test_a_person_may_ask_only_so_often(post: Post) -> None:
    document, other = post.issue(), post.issue("")
    settings = post.settings(correo_reenvios_dia=2)
    for _ in range(2):
        assert ask(settings, post.ledger, document, "", "ana") == TO
    with pytest.raises(Refused, match="SRV-280"):
        ask(settings, post.ledger, document, "otra@cliente.example", "ana")
    with pytest.raises(Refused, match="SRV-283"):
        ask(settings, post.ledger, other, "", "ana")
    with pytest.raises(Refused, match="SRV-284"):
        ask(post.settings(correo_smtp_servidor=""), post.ledger, document, "", "ana")
    events = [one for one in post.ledger.events.of(document.id) if one.tipo == "envío por correo pedido"]
    assert len(events) == 2 and "por ana" in events[0].detalle


@only_sqlite
def test_the_worker_sends_by_itself_also_where_nothing_goes_to_the_sii(post: Post) -> None:
    post.send_as()
    stop = threading.Event()
    with mailing(post.settings(sii_enviar=False), post.ledger, stop):
        document = post.issue()
        end = time.monotonic() + 20
        while post.only(document).estado != "enviado":
            assert time.monotonic() < end
            time.sleep(0.05)
    assert "factura-33" in urlsplit(next(iter(files_of(post.smtp.taken[0])))).path
