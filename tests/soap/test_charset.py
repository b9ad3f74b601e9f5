from __future__ import annotations

import codecs

import pytest

from tests.soap.soap_support import CLAVE, Caller, Watched, b64, envelope, procesar

PLAIN_LOGIN = f"<login><Usuario>Ñuñoa €</Usuario><Rut>1-9</Rut><Clave>{b64(CLAVE)}</Clave></login>"
BODY = envelope(procesar(b64("x"), login=PLAIN_LOGIN))
LATIN = BODY.replace("€", "é")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY.encode(), "text/xml; charset=utf-8"),
        (BODY.encode(), "text/xml; charset=iso-8859-1"),
        (BODY.encode(), "text/xml; charset=desconocido"),
        (f'<?xml version="1.0" encoding="ISO-8859-1"?>{BODY}'.encode(), "text/xml; charset=utf-8"),
        (f"<?xml version='1.0' encoding='UTF-16'?>{BODY}".encode(), "text/xml"),
        (f'<?xml version="1.0" encoding="nada"?>{BODY}'.encode(), "text/xml"),
        (codecs.BOM_UTF8 + BODY.encode(), "text/xml"),
        (b"\r\n\r\n" + f'<?xml version="1.0"?>{BODY}'.encode(), "text/xml"),
        (BODY.encode("cp1252"), "text/xml; charset=windows-1252"),
        (BODY.encode("cp1252"), 'text/xml; charset="ISO-8859-1"'),
        (BODY.encode("cp1252"), "text/xml; charset=utf-8"),
        (BODY.encode("cp1252"), ""),
        (f'<?xml version="1.0" encoding="ISO-8859-1"?>{BODY}'.encode("cp1252"), "text/xml"),
        (BODY.encode("iso-8859-15"), "text/xml; charset=iso-8859-15"),
        (f'<?xml version="1.0" encoding="iso-8859-15"?>{BODY}'.encode("iso-8859-15"), "text/xml"),
        (codecs.BOM_UTF16_LE + BODY.encode("utf-16-le"), "text/xml; charset=utf-16"),
        (codecs.BOM_UTF16_BE + BODY.encode("utf-16-be"), "text/xml"),
        (BODY.encode("utf-16-le"), "text/xml; charset=utf-16"),
        (BODY.encode("utf-16-be"), "text/xml"),
        (f'<?xml version="1.0" encoding="utf-16"?>\r\n{BODY}\n'.encode("utf-16"), "text/xml"),
        (f"{BODY}\n".encode("utf-16-le"), "text/xml"),
    ],
    ids=range(21),
)
def test_accents_arrive(caller: Caller, issuer: Watched, body: bytes, content_type: str) -> None:
    issuer.ledger.users.save("Ñuñoa €", CLAVE, "pruebas", issuer.made.company.rut)
    assert caller.post(body, content_type).status == 200
    assert issuer.files == [(b"x", "1", False)]


def test_latin1(caller: Caller, issuer: Watched) -> None:
    issuer.ledger.users.save("Ñuñoa é", CLAVE, "pruebas", issuer.made.company.rut)
    caller.post(LATIN.encode("latin-1"), "text/xml; charset=iso-8859-1")

    assert issuer.files == [(b"x", "1", False)]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY.encode("cp1252"), "text/xml; charset=ebcdic"),
        (BODY.encode("cp1252"), "text/xml; charset=zlib"),
        (codecs.BOM_UTF16_LE + BODY.encode("utf-16-le")[:-1], "text/xml"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8<\x00", "text/xml"),
    ],
)
def test_what_cannot_be_read(caller: Caller, body: bytes, content_type: str) -> None:
    answer = caller.post(body, content_type)

    assert (answer.status, answer.code()) == (500, "SRV-045")


def test_bytes_without_meaning_in_windows_1252_are_no_crash(caller: Caller) -> None:
    body = BODY.encode("cp1252").replace(b"\x80", b"\x81")

    assert caller.post(body).status == 200


def test_doctype_in_utf16_is_seen(caller: Caller) -> None:
    assert caller.post(f"<!DOCTYPE a>{BODY}".encode("utf-16")).code() == "SRV-048"
