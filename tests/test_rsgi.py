"""The adapter between granian and the WSGI application: what the application sees, and what is not waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from dteplanows import rsgi
from dteplanows.rsgi import Application, Bounds
from dteplanows.soap.faults import Broken
from dteplanows.web import arriving

PIECE = b"x" * 100


class Headers:
    def __init__(self, given: dict[str, list[str]]) -> None:
        self._given = given

    def keys(self) -> list[str]:
        return list(self._given)

    def get_all(self, name: str) -> list[str]:
        return self._given[name]


class Scope:
    http_version, scheme, query_string = "1.1", "http", "op=Procesar"
    authority: str | None = None
    server, client = "[::1]:8080", "10.0.0.7:55555"
    path = "/ñ"

    def __init__(self, method: str = "POST", **headers: str) -> None:
        self.method = method
        given = {name.replace("_", "-"): value.split("|") for name, value in headers.items()}
        self.headers: rsgi.Headers = Headers(given)


class Request:
    """A client that sends *pieces* and then, when *silent*, nothing more."""

    def __init__(self, pieces: int, silent: bool = False) -> None:
        self._pieces, self._silent = pieces, silent
        self.sent = 0
        self.answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._pieces):
            self.sent += 1
            yield PIECE
        if self._silent:
            await asyncio.sleep(30)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, headers, body)


class Seen:
    """A WSGI application that keeps what it sees."""

    def __init__(self) -> None:
        self.environ: dict[str, Any] = {}
        self.body = b""
        self.refused = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.environ = environ
        try:
            self.body = environ["wsgi.input"].read()
        except Broken as broken:
            self.refused = f"{broken.status} {broken.problem.code}"
        start_response("202 Accepted", [("X-One", "1")])
        return iter([b"a", b"b"])


def ask(scope: Scope, *requests: Request) -> Seen:
    """What the last request shows to the application; the others come before it, and stay open."""
    seen = Seen()
    application = Application(seen, Bounds(body=1000, seconds=0.2, threads=2))

    async def all_of_them() -> None:
        before = [asyncio.create_task(application.__rsgi__(scope, one)) for one in requests[:-1]]
        await asyncio.sleep(0.01)
        await application.__rsgi__(scope, requests[-1])
        for one in before:
            one.cancel()

    asyncio.run(all_of_them())
    return seen


def test_the_environment_is_that_of_wsgi() -> None:
    request = Request(2)
    seen = ask(Scope(host="x:8080", content_type="text/xml", content_length="200", x_two="a|b"), request)
    assert request.answer == (202, [("X-One", "1")], b"ab")
    assert seen.body == PIECE * 2
    expected = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/Ã±", "QUERY_STRING": "op=Procesar", "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "::1", "SERVER_PORT": "8080", "REMOTE_ADDR": "10.0.0.7", "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "text/xml", "CONTENT_LENGTH": "200", "HTTP_X_TWO": "a,b", "HTTP_HOST": "x:8080",
    }  # fmt: skip
    assert {name: seen.environ[name] for name in expected} == expected


def test_a_silent_client_is_not_waited_for() -> None:
    assert ask(Scope(), Request(3, silent=True)).refused == "408 SRV-063"


@pytest.mark.parametrize(
    ("scope", "refused"),
    [
        (Scope(), "413 SRV-041"),
        (Scope(content_length="1001"), ""),
        (Scope("PUT", transfer_encoding="chunked"), ""),
        (Scope("PUT", content_length="5000"), ""),
    ],
)
def test_what_is_not_accepted_is_read_to_its_end_and_not_held(scope: Scope, refused: str) -> None:
    request = Request(50)
    seen = ask(scope, request)
    assert (request.sent, len(seen.body), seen.refused) == (50, 0, refused)


def test_no_more_is_read_than_is_bounded() -> None:
    request = Request(1000)
    assert ask(Scope(), request).refused == "413 SRV-041"
    assert request.sent * len(PIECE) == 1000 + 2 * len(PIECE) + arriving.TIMES * 1000
    assert ask(Scope(), Request(20, silent=True)).refused == "413 SRV-041"


def test_who_asks_for_leave_to_send_is_answered_at_once() -> None:
    request = Request(50)
    ask(Scope(content_length="1001", expect="100-continue"), request)
    assert request.sent == 0


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_call_without_a_body_waits_for_none(method: str) -> None:
    request = Request(0, silent=True)
    assert ask(Scope(method), request).refused == ""
    assert request.answer is not None


class Ending(Request):
    """As granian hands over a body: an empty piece for its end, and one for what broke off before."""

    def __init__(self, ends: int) -> None:
        super().__init__(3)
        self._ends = ends

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in super().__aiter__():
            yield piece
        for _ in range(self._ends):
            yield b""


def test_a_body_that_broke_off_is_told_from_a_whole_one() -> None:
    assert ask(Scope(), Ending(1)).body == PIECE * 3
    assert ask(Scope(), Ending(2)).refused == "400 SRV-042"


def test_no_more_is_held_of_all_calls_together() -> None:
    waiting = [Request(10, silent=True), Request(9, silent=True)]
    assert ask(Scope(), *waiting, Request(2)).refused == "503 SRV-064"
    assert ask(Scope(), *waiting, Request(1)).body == PIECE


def test_a_header_with_an_underscore_does_not_pass_for_another() -> None:
    scope = Scope()
    scope.headers = Headers({"x_forwarded_for": ["203.0.113.9"], "x-forwarded-for": ["198.51.100.1"]})
    assert rsgi.environ_of(scope)["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"
