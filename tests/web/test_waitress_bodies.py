"""Bodies that waitress reads and the service does not accept: read to their end, not held, refused with the reason."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dteplanows.soap.asmx.faults import Broken
from dteplanows.web import waitress_server
from dteplanows.web.arriving import TIMES
from dteplanows.web.bodies import Account
from tests.web.test_long_addresses import NEXT, fed

BODY = 2**20
"""Bytes that a body may have here."""
HEAD = b"POST /wsds/WSPLANO.asmx HTTP/1.1\r\nHost: x\r\n"


class Parser(waitress_server._Parser):
    """The one of a server with its own account."""

    limits = waitress_server.Limits(body=BODY, seconds=60, threads=4, connections=100, stopping=1)

    def __init__(self) -> None:
        self.account = Account(4 * BODY)
        sizes = {"max_request_header_size": BODY + 2**16, "max_request_body_size": 2**62, "inbuf_overflow": 2**20}
        super().__init__(SimpleNamespace(url_scheme="http", **sizes))


def held(one: Parser) -> int:
    """Bytes of all kinds that its account has given out."""
    return one.account.arriving.taken + one.account.working.taken + one.account.disk.taken


def refusal(one: Parser) -> str:
    with pytest.raises(Broken) as caught:
        one.get_body_stream().read()
    return f"{caught.value.status} {caught.value.problem.code}"


@pytest.mark.parametrize("chunked", [True, False])
def test_a_longer_body_is_read_to_its_end_and_not_held(chunked: bool) -> None:
    one = Parser()
    whole = b"x" * (3 * BODY)
    if chunked:
        data = b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (len(whole), whole)
    else:
        data = b"Content-Length: %d\r\n\r\n%s" % (len(whole), whole)
    assert fed(one, HEAD + data + NEXT, 8192) == NEXT
    assert refusal(one) == "413 SRV-041"
    one.close()
    assert held(one) == 0


def test_no_more_is_read_than_is_bounded() -> None:
    one = Parser()
    size = (TIMES + 2) * BODY
    left = fed(one, HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size, 8192)
    assert one.completed
    assert BODY < len(left) <= 2 * BODY
    assert refusal(one) == "413 SRV-041"


def test_a_body_of_the_longest_length_is_taken() -> None:
    one = Parser()
    fed(one, HEAD + b"Content-Length: %d\r\n\r\n" % BODY + b"x" * BODY, 8192)
    assert len(one.get_body_stream().read()) == BODY
    one.close()
    assert held(one) == 0


def test_who_asks_for_leave_to_send_too_much_is_answered_at_once() -> None:
    one = Parser()
    fed(one, HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (2 * BODY), 8192)
    assert one.completed and not one.expect_continue
    assert refusal(one) == "413 SRV-041"


@pytest.mark.parametrize("rest", [b"3\r\nabc\r\nzz\r\n", b"3\r\nabcdef\r\n"])
def test_chunks_that_are_none_are_told(rest: bytes) -> None:
    one = Parser()
    fed(one, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + rest, 1000)
    assert one.completed and one.error is None
    assert refusal(one) == "400 SRV-042"
