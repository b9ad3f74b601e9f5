"""waitress with addresses as long as a body."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from dteplanows.web.arriving import TIMES
from dteplanows.web.long_addresses import Parser

MOST = 8 * 2**20


def parser(most: int = MOST) -> Parser:
    """A parser with the settings that it looks at."""
    sizes = {"max_request_header_size": most, "max_request_body_size": TIMES * most, "inbuf_overflow": 2**20}
    return Parser(SimpleNamespace(url_scheme="http", **sizes))


def fed(one: Parser, data: bytes, piece: int) -> bytes:
    """What is left of *data* once *one*, which gets it in pieces, is complete."""
    at = 0
    while at < len(data) and not one.completed:
        given = data[at : at + piece]
        taken = one.received(given)
        assert 0 <= taken <= len(given)
        at += taken
    return data[at:]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


HEAD = b"POST /wsds/procesar?formato=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"
NEXT = b"GET /b HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize("piece", [1, 2, 3, 7, len(HEAD) - 1, len(HEAD), len(HEAD) + 5, 10_000])
def test_a_request_in_pieces_and_the_one_behind_it(piece: int) -> None:
    one = parser()
    left = fed(one, HEAD + b"file=YWJjZA" + NEXT, piece)
    assert one.error is None
    assert (one.command, one.path, one.query) == ("POST", "/wsds/procesar", "formato=1")
    assert one.get_body_stream().read() == b"file=YWJjZA"
    assert left == NEXT


@pytest.mark.parametrize("piece", [1, 4, 100])
def test_blank_lines_before_a_request(piece: int) -> None:
    one = parser()
    fed(one, b"\r\n\r\n", piece)
    assert one.error is None
    assert one.empty and one.completed


def test_a_long_address_takes_no_longer_in_small_pieces() -> None:
    query = b"file=" + b"YWFh" * (MOST // 4 - 200)
    one = parser()
    with within(3):
        fed(one, b"GET /wsds/procesar?" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n", 1460)
    assert one.error is None
    assert one.query == query.decode()


@pytest.mark.parametrize("piece", [1460, 2**20, 2**30])
def test_a_longer_one_is_refused_with_the_reason(piece: int) -> None:
    one = parser(2**20 + 64 * 1024)
    data = b"GET /?" + b"a" * (2**20 + 64 * 1024) + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    fed(one, data, piece)
    assert one.completed
    assert one.error is not None
    status, headers, body = one.error.to_response("servidor")
    assert status == "414 URI Too Long"
    assert dict(headers)["Content-Type"].startswith("application/json")
    assert b"[SRV-112]" in body and b"1 MiB" in body


# --- bodies -------------------------------------------------------------------------------------------------------

BODY = 2**20
"""Bytes that a body may have here."""
SOAP = b"POST /wsds/WSPLANO.asmx HTTP/1.1\r\nHost: x\r\nContent-Type: application/soap+xml\r\n"


@pytest.mark.parametrize("chunked", [True, False])
def test_a_longer_body_is_read_and_not_held(chunked: bool) -> None:
    one = parser(BODY + 64 * 1024)
    whole = b"x" * (3 * BODY)
    if chunked:
        data = b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (len(whole), whole)
    else:
        data = b"Content-Length: %d\r\n\r\n%s" % (len(whole), whole)
    left = fed(one, SOAP + data + NEXT, 8192)
    assert one.error is None
    assert one.headers["CONTENT_LENGTH"] == str(len(whole))
    assert len(one.get_body_stream().read()) <= BODY
    assert left == NEXT


def test_a_body_of_the_longest_length_is_held() -> None:
    one = parser(BODY + 64 * 1024)
    fed(one, SOAP + b"Content-Length: %d\r\n\r\n" % BODY + b"x" * BODY, 8192)
    assert len(one.get_body_stream().read()) == BODY


@pytest.mark.parametrize(
    ("rest", "code", "status"),
    [
        (b"Content-Length: %d\r\n\r\n" % (TIMES * (BODY + 2**17)), b"[SRV-041]", "413 Payload Too Large"),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", b"[SRV-042]", "400 Bad Request"),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n", b"[SRV-042]", "400 Bad Request"),
    ],
)
def test_what_waitress_cannot_take_is_refused_with_the_reason(rest: bytes, code: bytes, status: str) -> None:
    for head, media in (
        (SOAP, "application/soap+xml"),
        (SOAP.replace(b"WSPLANO.asmx", b"procesar"), "application/json"),
    ):
        one = parser(BODY + 64 * 1024)
        fed(one, head + rest, 1000)
        assert one.error is not None
        told, headers, body = one.error.to_response()
        assert told == status
        assert code in body
        assert dict(headers)["Content-Type"].startswith(media)
