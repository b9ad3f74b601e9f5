"""Whatever stands in a file, a name or a template: a mail has the heads, the receiver and the files that it should."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from dteplanows.document.mail import is_mail
from dteplanows.document.problem import Refused
from dteplanows.document_mail import letter, template, way
from dteplanows.document_mail.letter import Attached
from dteplanows.ledger.document_mail_tables import CompanyMail
from tests.installation import COMPANY

USUAL = CompanyMail(COMPANY.ambiente, COMPANY.rut)
TO = "compras@cliente.example"
ROOT = "https://e.example"
EVIL = (
    "x\r\nBcc: todos@ajena.example", "x\nSubject: otro", "x\r\n\r\n<html>", "x\x00y", "x\u2028Bcc: a@b.example",
    "x\x0bBcc: a@b.example", "=?utf-8?q?x=0D=0ABcc=3A_a=40b.example?=", "\u202ecod.exe", 'a" <b@c.example>, "d',
    "a@b.example, c@d.example", "{folio}{enlace}", "{0.__class__}", "%s%n", "ñ" * 5000, "\ud800",
)  # fmt: skip


def sent(one: CompanyMail = USUAL, **facts: str) -> EmailMessage:
    """The mail as a receiver parses it."""
    known = {**letter.example_facts(COMPANY, "https://e.example/d?i=1"), **facts}
    message = letter.compose(one, letter.words(one, COMPANY, known), "dte@empresa.example", TO,
                             [Attached("factura-33-1.pdf", "pdf", b"%PDF")])  # fmt: skip
    message["Message-ID"] = "<0@empresa.example>"
    found = message_from_bytes(message.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", template.NAMES)
def test_nothing_of_a_document_changes_a_mail(name: str, evil: str) -> None:
    every = " ".join(f"{{{one}}}" for one in template.NAMES)
    try:
        message = sent(USUAL._replace(asunto=every, texto=f"{every}\nfin"), **{name: evil})
    except UnicodeEncodeError:
        assert evil == "\ud800", "what is no text cannot stand in a signed document"
        return
    assert {one.lower() for one, _ in message.items()} == {
        "from", "to", "subject", "date", "auto-submitted", "message-id", "mime-version", "content-type",
    }  # fmt: skip
    assert [one.addr_spec for one in message["To"].addresses] == [TO]
    assert [one.addr_spec for one in message["From"].addresses] == ["dte@empresa.example"]
    assert [one.get_filename() for one in message.iter_attachments()] == ["factura-33-1.pdf"]
    assert not message.defects
    body = message.get_body(("plain",))
    assert body and body.get_content().replace("\r", "").strip().count("\n") == 3, "the trial's words, and two lines"


@pytest.mark.parametrize("evil", EVIL[:-1])
def test_the_name_of_a_sender_is_a_name(evil: str) -> None:
    message = sent(USUAL._replace(nombre=evil))
    (one,) = message["From"].addresses
    assert one.addr_spec == "dte@empresa.example"
    assert {"bcc", "cc", "reply-to"}.isdisjoint(key.lower() for key, _ in message.items())


@pytest.mark.parametrize("field", ["remitente", "responder_a", "asunto", "nombre"])
@pytest.mark.parametrize("evil", [*EVIL[:8], "a@b.example\n", " a@b.example\r\nBcc: c@d.example"])
def test_what_a_company_says_is_judged(field: str, evil: str) -> None:
    given: dict[str, Any] = {field: evil}
    try:
        kept = way.judged(USUAL._replace(**given), ROOT)
    except Refused as refused:
        assert [one.code for one in refused.problems] == ["SRV-285"]
    else:
        assert getattr(kept, field).isprintable()
        if field in ("remitente", "responder_a"):
            assert is_mail(getattr(kept, field))


def test_a_template_says_what_may_stand_in_braces() -> None:
    for good in ("{documento} {folio}", "sin nombres", "ñ 100 %", "{enlace}\nfin"):
        assert template.fault_of(good, 100) == ""
    for bad in ("{nombre}", "{", "}", "{{folio}}", "{folio:10}", "{folio.__class__}", "{}", "a\x1bb", "{{ 7*7 }}"):
        assert template.fault_of(bad, 100), bad
    assert "100 caracteres" in template.fault_of("x" * 101, 100)
    assert "rut_receptor" in template.fault_of("{x}", 100)
    with pytest.raises(Refused, match="SRV-282"):
        way.judged(USUAL._replace(con_pdf=False, con_xml=False, con_enlace=False), ROOT)
    texto = template.TEXT.replace("\n", "\r\n") + "\r\n"
    kept = way.judged(USUAL._replace(asunto=template.SUBJECT, texto=texto), ROOT)
    assert (kept.asunto, kept.texto) == ("", ""), "what is usual is not written down"


def test_a_mail_brings_a_file_or_a_link_that_it_says() -> None:
    link = USUAL._replace(con_pdf=False, con_xml=False)
    assert way.judged(link, ROOT) == link
    assert way.judged(link._replace(texto="Vea {enlace}"), ROOT).con_enlace
    silent = link._replace(asunto="{enlace}", texto="Sin él")
    for one, root in ((link._replace(activo=True), ""), (silent, ROOT)):
        with pytest.raises(Refused, match="SRV-282"):
            way.judged(one, root)
    assert way.judged(USUAL._replace(texto="Sin él"), "").con_pdf
    assert not way.judged(link, "").activo, "who sends nothing any more needs no address for it"


def test_a_link_is_never_cut() -> None:
    link = f"{ROOT}/{'d' * 400}?i=1"
    words = letter.words(USUAL, COMPANY, letter.example_facts(COMPANY, link) | {"receptor": "r" * 400})
    assert f"aquí: {link}\n" in words.text
    other = letter.words(USUAL._replace(texto="{receptor}"), COMPANY, {"receptor": "r" * 400})
    assert other.text.endswith("r" * 300) and "r" * 301 not in other.text


@pytest.mark.parametrize("good", ["a@b.example", "juan.p@b.cl", "a.b.c+d@x-y.b.example", "o'higgins@b.example"])
def test_an_address_may_have_dots_between_words(good: str) -> None:
    assert is_mail(good)
    one = USUAL._replace(remitente=good, responder_a=good)
    message = letter.compose(one, letter.Words("x", "y", "z"), "", good, [])
    assert [message[one].addresses[0].addr_spec for one in ("From", "To", "Reply-To")] == [good] * 3


@pytest.mark.parametrize(
    "wrong",
    ["a@b.example\n", "a@b.example\r\nRCPT TO:<c@d.example>", "<a@b.example>", "a@b.example,c@d.example",
     "a b@c.example", "a@b.example>", '"a b"@c.example', "a@[127.0.0.1]", "a@b", "ñ@b.example", "a@b.example\x00",
     f"{'a' * 250}@b.example", "juan..p@b.example", ".a@b.example", "a.@b.example"],
)  # fmt: skip
def test_an_address_is_one_address(wrong: str) -> None:
    assert not is_mail(wrong)
