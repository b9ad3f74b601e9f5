"""Bodies that are wrong, broken or meant to harm: a fault in Spanish, quickly, and nothing is issued."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zlib
from typing import Any

import pytest

from dteplanows.soap.limits import USUAL
from tests.soap.soap_support import LOGIN, SOAP11, SOAP12, Answer, Caller, Watched, b64, envelope, procesar

GOOD = envelope(procesar(b64("x")))
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def stream_of(stream: io.BytesIO, terminated: bool = False) -> dict[str, Any]:
    """The request's body as a stream; *terminated* when the server marks its end (chunked transfer)."""
    return {"wsgi.input": stream, "wsgi.input_terminated": terminated}


def is_fault(answer: Answer, status: int = 500, code: str = "soap:Client") -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    (body,) = answer.root()
    (fault,) = body
    assert fault.tag == f"{{{SOAP11}}}Fault"
    assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
    assert fault.findtext("faultcode") == code
    assert b"Traceback" not in answer.body and b"lxml" not in answer.body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "SRV-040"),
        (" \r\n\t ", "SRV-040"),
        ("hola", "SRV-049"),
        (GOOD[:-1], "SRV-049"),
        (GOOD.replace("</file>", "</fila>"), "SRV-049"),
        (GOOD.replace("<file>", "<file>&x;"), "SRV-049"),
        (GOOD.replace("<file>", "<file>\x0b"), "SRV-049"),
        (GOOD.replace("<file>", "<file>&#0;"), "SRV-049"),
        (GOOD + GOOD, "SRV-049"),
        ("<?xml version='1.0'?><?xml version='1.0'?>" + GOOD, "SRV-049"),
        ("<a/>", "SRV-050"),
        (procesar("eA=="), "SRV-050"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "SRV-050"),
        (f'<Envelope xmlns="{SOAP11}"/>', "SRV-052"),
        (f'<Envelope xmlns="{SOAP11}"><Header/></Envelope>', "SRV-052"),
        (envelope(""), "SRV-052"),
        (envelope("<!-- nada -->"), "SRV-052"),
        (envelope("<s:Fault><faultcode>x</faultcode></s:Fault>"), "SRV-053"),
        (envelope("<Borrar/>"), "SRV-054"),
        (GOOD.replace("<file>eA==", "<file><DTE/>"), "SRV-055"),
        (GOOD.replace("<Rut>", "<Rut><b/>"), "SRV-055"),
        (envelope('<Procesar><login href="#nada"/></Procesar>'), "SRV-056"),
        (envelope('<Procesar><login href="#a"/></Procesar><m id="a" href="#b"/><m id="b" href="#a"/>'), "SRV-056"),
        ("<!DOCTYPE a>" + GOOD, "SRV-048"),
        (f'<?xml version="1.0"?>\n<!-- a --><!DOCTYPE a [<!ENTITY x "y">]>{GOOD}', "SRV-048"),
        (GOOD.replace("<s:Body>", "<!DOCTYPE a><s:Body>"), "SRV-049"),
    ],
)
def test_broken_bodies(caller: Caller, issuer: Watched, body: str, code: str) -> None:
    answer = caller.post(body)

    is_fault(answer)
    assert answer.code() == code
    assert issuer.files == []


def test_fault_of_soap12(caller: Caller) -> None:
    for body in (envelope("<Borrar/>", SOAP12), "<roto"):
        answer = caller.post(body, "application/soap+xml; charset=utf-8")
        assert answer.status == 500
        assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
        (soap_body,) = answer.root()
        (fault,) = soap_body
        assert [str(child.tag).rpartition("}")[2] for child in fault] == ["Code", "Reason", "Detail"]
        assert fault.findtext("{*}Code/{*}Value") == "soap:Sender"
        assert fault.find("{*}Reason/{*}Text").get("{http://www.w3.org/XML/1998/namespace}lang") == "es"  # type: ignore[union-attr, unused-ignore]


def test_the_envelope_decides_the_version_not_the_header(caller: Caller) -> None:
    is_fault(caller.post(envelope("<Borrar/>"), "application/soap+xml"))
    assert SOAP12.encode() in caller.post(envelope("<Online/>", SOAP12), "text/xml").body


def test_reference_to_its_own_operation_is_a_login_without_parts(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(envelope('<Procesar id="p"><login href="#p"/><file>eA==</file></Procesar>'))

    assert "[SRV-011]" in answer.result()
    assert issuer.files == []


def test_unknown_version(caller: Caller) -> None:
    answer = caller.post(envelope("<Online/>", "http://www.w3.org/2099/soap"))

    is_fault(answer, code="soap:VersionMismatch")
    assert answer.code() == "SRV-051"


def test_fault_text_is_escaped(caller: Caller) -> None:
    answer = caller.post(envelope('<Procesar><login href="#&lt;script&gt;&amp;"/></Procesar>'))

    assert b"<script>" not in answer.body
    assert "#<script>&" in (answer.root().findtext(".//faultstring") or "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (envelope("<a/>" * 20_001), "SRV-046"),
        (envelope("<Online " + "".join(f'a{n}="" ' for n in range(20_001)) + "/>"), "SRV-046"),
        ("<" * 3_000_000, "SRV-046"),
        ("=" * 3_000_000, "SRV-046"),
        (envelope("<a>" * 100 + "</a>" * 100), "SRV-047"),
        (envelope("<Online>" + "<a>" * 9000 + "</a>" * 9000 + "</Online>"), "SRV-049"),
        ("<?" * 9_000, "SRV-049"),
        ("<!--" * 9_000, "SRV-048"),
        (envelope("<Online " + "".join(f'xmlns:a{n}="u" ' for n in range(9_000)) + "/>"), ""),
        (envelope('<Procesar><login href="#m"/></Procesar><m id="m">' + "<x>1</x>" * 9_000 + "</m>"), "SRV-056"),
        (envelope("<Procesar>" + '<file href="#m"/>' * 5_000 + '</Procesar><m id="m">eA==</m>'), "SRV-056"),
    ],
    ids=range(11),
)
def test_expensive_bodies_are_cheap(caller: Caller, issuer: Watched, body: str, code: str) -> None:
    start = time.process_time()
    answer = caller.post(body)
    spent = time.process_time() - start

    assert spent < 1
    assert issuer.files == []
    if code:
        is_fault(answer)
        assert answer.code() == code


def test_twenty_thousand_tags_are_refused_before_the_parser_sees_them(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dteplanows.soap.asmx.envelope.etree.fromstring", lambda *_: pytest.fail("parsed"))

    assert caller.post("<a>" + "<b/>" * 20_000).code() == "SRV-046"
    assert caller.post('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>').code() == "SRV-048"


def test_large_file_in_one_text(caller: Caller, issuer: Watched) -> None:
    data = b"0123456789" * 2_000_000

    assert caller.post(envelope(procesar(b64(data)))).status == 200
    assert issuer.files[0][0] == data


# --- length, compression ----------------------------------------------------------------------------------------------


def test_declared_length_above_the_limit_is_refused_unread(caller: Caller) -> None:
    class Unread(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read")

    for length in (str(USUAL.body + 1), "9" * 5000):
        answer = caller.post(GOOD, CONTENT_LENGTH=length, **stream_of(Unread()))
        is_fault(answer, 413)
        assert answer.code() == "SRV-041"


@pytest.mark.parametrize("length", ["-1", "abc", "1.5", "٣", "+3", str(len(GOOD.encode()) + 1)])
def test_wrong_length(caller: Caller, length: str) -> None:
    answer = caller.post(GOOD, CONTENT_LENGTH=length)

    is_fault(answer, 400)
    assert answer.code() == "SRV-042"


class Dripping(io.BytesIO):
    """A stream that gives less than it is asked for, as sockets do."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 100))


def test_chunked_body(caller: Caller, issuer: Watched) -> None:
    stream = stream_of(Dripping(GOOD.encode()), terminated=True)

    assert caller.post("", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked", **stream).status == 200
    assert len(issuer.files) == 1


def test_dripping_body_with_length(caller: Caller, issuer: Watched) -> None:
    assert caller.post(GOOD, **stream_of(Dripping(GOOD.encode() + b"mas"))).status == 200
    assert len(issuer.files) == 1


def test_chunked_body_without_end(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(body=10_000))

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return b"a" * min(size or 0, 1000)

    answer = caller.post("", CONTENT_LENGTH="", **stream_of(Endless(), terminated=True))

    is_fault(answer, 413)


def test_no_length_and_no_end_is_an_empty_body(caller: Caller) -> None:
    assert caller.post(GOOD, CONTENT_LENGTH="").code() == "SRV-040"


def deflate(body: bytes, window: int) -> bytes:
    one = zlib.compressobj(wbits=window)
    return one.compress(body) + one.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(GOOD.encode()), "gzip"),
        (gzip.compress(GOOD.encode()), "X-GZIP"),
        (gzip.compress(GOOD.encode()), ""),
        (gzip.compress(GOOD.encode()[:9]) + gzip.compress(b"") + gzip.compress(GOOD.encode()[9:]), "gzip"),
        (deflate(GOOD.encode(), 15), "deflate"),
        (deflate(GOOD.encode(), -15), "deflate"),
        (GOOD.encode(), "identity"),
    ],
)
def test_compressed_requests(caller: Caller, issuer: Watched, body: bytes, coding: str) -> None:
    assert caller.post(body, HTTP_CONTENT_ENCODING=coding).status == 200
    assert issuer.files == [(b"x", "1", False)]


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        (GOOD.encode(), "gzip", 400),
        (gzip.compress(GOOD.encode())[:-9], "gzip", 400),
        (gzip.compress(GOOD.encode()) + b"basura", "gzip", 400),
        (gzip.compress(GOOD.encode()) + gzip.compress(b" ")[:-1], "gzip", 400),
        (gzip.compress(GOOD.encode()) + gzip.compress(b"") * 1000, "gzip", 400),
        (deflate(GOOD.encode(), 15) + b"basura", "deflate", 400),
        (b"", "gzip", 400),
        (b"", "deflate", 400),
        (GOOD.encode(), "br", 415),
        (GOOD.encode(), "gzip, gzip", 415),
        (gzip.compress(gzip.compress(GOOD.encode())), "gzip, gzip", 415),
    ],
)
def test_compression_that_cannot_be_undone(caller: Caller, body: bytes, coding: str, status: int) -> None:
    answer = caller.post(body, HTTP_CONTENT_ENCODING=coding)

    is_fault(answer, status)
    assert answer.code() == "SRV-043"


@pytest.mark.parametrize("members", [1, 8])
def test_bomb_is_stopped_at_the_limit(caller: Caller, members: int) -> None:
    bomb = gzip.compress(bytes(400 * 2**20 // members), 1) * members
    tracemalloc.start()
    try:
        answer = caller.post(bomb, HTTP_CONTENT_ENCODING="gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    is_fault(answer, 413)
    assert peak < 4 * USUAL.body


def test_multipart_is_refused(caller: Caller) -> None:
    answer = caller.post(GOOD, 'multipart/related; type="application/xop+xml"; boundary=a')

    is_fault(answer, 415)
    assert answer.code() == "SRV-044"


# --- what is odd and yet a call ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", ["", "application/x-www-form-urlencoded", "text/plain", ";;=", "text/xml; charset="]
)
def test_any_content_type(caller: Caller, issuer: Watched, content_type: str) -> None:
    assert caller.post(GOOD, content_type).status == 200
    assert len(issuer.files) == 1


@pytest.mark.parametrize(
    "action",
    ["", '""', "*", '"*"', "Procesar", '"http://tempuri.org/Procesar"', "'http://tempuri.org/procesar/'",
     "urn:otro#Procesar", '"http://tempuri.org/OtraCosa"'],
)  # fmt: skip
def test_actions_of_many_stacks(caller: Caller, issuer: Watched, action: str) -> None:
    assert caller.post(GOOD, HTTP_SOAPACTION=action).status == 200
    assert len(issuer.files) == 1


@pytest.mark.parametrize(
    "content",
    [
        procesar("eA==").replace("http://tempuri.org", "http://tempuri.org/"),
        procesar("eA==").replace(' xmlns="http://tempuri.org"', ""),
        procesar("eA==").replace("Procesar", "procesar"),
        procesar("<![CDATA[eA==]]>"),
        procesar("eA==</file><file>b3Rybw=="),
        procesar("eA==").replace("</formato>", "</formato><x:formato xmlns:x='urn:x'>2</x:formato>"),
        procesar("e<!-- a -->A=<?b c?>="),
        procesar("\r\n  eA==\r\n"),
        procesar("&#101;A=="),
        procesar("eA==").replace("<file>", f'<file {XSI} xmlns:t="urn:t" xsi:type="t:cualquiera">'),
        procesar("eA==").replace("<file>", f'<file {XSI} xsi:nil="false">'),
        f'<x:Procesar xmlns:x="http://tempuri.org" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f"{LOGIN}<file>eA==</file><formato>1</formato></x:Procesar>",
        f'<Procesar><login href="#l"/><file href="#f"/><formato>1</formato></Procesar><m id="f">eA==</m>'
        f'{LOGIN.replace("<login>", """<login id="l">""")}',
    ],
)
def test_odd_but_understood(caller: Caller, issuer: Watched, content: str) -> None:
    assert caller.post(envelope(content)).status == 200
    assert issuer.files == [(b"x", "1", False)]


@pytest.mark.parametrize("behind", ["\0", "\0\0", "\r\n\0", "\0\r\n"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "latin-1"])
def test_what_stands_behind_the_envelope(caller: Caller, issuer: Watched, charset: str, behind: str) -> None:
    good = GOOD.replace("<s:Body>", "<!-- ñ --><s:Body>") + behind

    assert caller.post(good.encode(charset), f"text/xml; charset={charset}").status == 200
    assert len(issuer.files) == 1


@pytest.mark.parametrize("nil", ["true", "1", " true "])
def test_nil_is_nothing(caller: Caller, nil: str) -> None:
    assert caller.post(envelope(f'<Online {XSI} xsi:nil="{nil}"/>')).result() == "Online=1"
    body = f'<Procesar {XSI}>{LOGIN}<file xsi:nil="{nil}">eA==</file><formato>2</formato></Procesar>'
    assert "[SRV-021]" in caller.post(envelope(body)).result()
    body = f'<Procesar {XSI}><login xsi:nil="{nil}"/><file>eA==</file></Procesar>'
    assert "[SRV-010]" in caller.post(envelope(body)).result()
    body = f'<Procesar {XSI}><login><Rut xsi:nil="{nil}">1-9</Rut></login><file>eA==</file></Procesar>'
    assert "[SRV-011] Elemento login/Rut" in caller.post(envelope(body)).result()


def test_empty_body_with_an_action(caller: Caller) -> None:
    assert caller.post(envelope(""), HTTP_SOAPACTION='"http://tempuri.org/Online"').result() == "Online=1"


def test_header_that_must_be_understood_is_ignored(caller: Caller) -> None:
    body = GOOD.replace("<s:Body>", '<s:Header><a xmlns="urn:a" s:mustUnderstand="1">x</a></s:Header><s:Body>')

    assert caller.post(body).status == 200
