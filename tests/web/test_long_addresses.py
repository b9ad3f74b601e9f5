"""waitress with addresses as long as a body."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from dteplanows.web.long_addresses import Parser

MOST = 8 * 2**20


def parser(most: int = MOST) -> Parser:
    """A parser with the settings that it looks at."""
    sizes = {"max_request_header_size": most, "max_request_body_size": most, "inbuf_overflow": 2**20}
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
