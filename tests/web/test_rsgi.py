"""The adapter between granian and the WSGI application: what the application sees, and what is not waited for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest

from dteplanows.issuing.client import Delivery, client_of
from dteplanows.soap.asmx.faults import Broken
from dteplanows.web import arriving, rsgi
from dteplanows.web.bodies import Account
from dteplanows.web.rsgi import Application, Bounds

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


class Gone:
    """What tells that the client went."""

    went = cancelled = False

    def done(self) -> bool:
        return self.went

    def cancel(self) -> None:
        self.cancelled = True


class Request:
    """A client that sends *pieces* and then, when *silent*, nothing more."""

    def __init__(self, pieces: int, silent: bool = False) -> None:
        self._pieces, self._silent = pieces, silent
        self.sent = 0
        self.gone = Gone()
        self.answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._pieces):
            self.sent += 1
            yield PIECE
        if self._silent:
            await asyncio.sleep(30)

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    def client_disconnect(self) -> rsgi.Disconnected:
        return self.gone

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, headers, body)

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        self.answer = (status, headers, Path(file).read_bytes())


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


def test_a_call_for_which_there_is_no_memory_waits_on_disk_and_then_goes_on(tmp_path: Path) -> None:
    """Two calls are being answered and hold all; the third waits, with what it brought, and is answered in full."""
    account = Account(5000, tmp_path)
    seen: list[int] = []
    going, go_on = threading.Semaphore(0), threading.Event()

    def slow(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(len(environ["wsgi.input"].read()))
        going.release()
        go_on.wait(10)
        start_response("200 OK", [])
        return [b""]

    application = Application(slow, Bounds(body=2000, seconds=5, threads=8), account)

    async def all_of_them() -> None:
        tasks = []
        for pieces in (15, 15):
            tasks.append(asyncio.create_task(application.__rsgi__(Scope(), Request(pieces))))
            await asyncio.to_thread(going.acquire)
        tasks.append(asyncio.create_task(application.__rsgi__(Scope(), Request(13))))
        await asyncio.sleep(0.2)
        assert (seen, account.working.taken, account.disk.taken) == ([1500, 1500], 3000, 1300)
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(all_of_them())
    assert seen == [1500, 1500, 1300]
    assert (account.arriving.taken, account.working.taken, account.disk.taken) == (0, 0, 0)


def test_a_call_that_never_finds_memory_is_told_to_come_back() -> None:
    account = Account(4000)
    account.working.take(3000, large=False)
    seen = Seen()
    application = Application(seen, Bounds(body=2000, seconds=0.05, threads=2), account)
    asyncio.run(application.__rsgi__(Scope(), Request(15)))
    assert seen.refused == "503 SRV-064"
    assert (account.arriving.taken, account.working.taken, account.disk.taken) == (0, 3000, 0)


def test_a_call_that_fails_gives_its_memory_back() -> None:
    def failing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise ValueError

    account = Account(4000)
    application = Application(failing, Bounds(body=2000, seconds=5, threads=2), account)
    with pytest.raises(ValueError):
        asyncio.run(application.__rsgi__(Scope(), Request(5)))
    assert (account.arriving.taken, account.working.taken, account.disk.taken) == (0, 0, 0)


def test_a_call_on_its_way_when_the_service_stops_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsgi, "GRACE", 0.05)
    seen = Seen()
    application = Application(seen, Bounds(body=1000, seconds=30, threads=2))

    async def stopped() -> None:
        application.__rsgi_init__(asyncio.get_running_loop())
        task = asyncio.create_task(application.__rsgi__(Scope(), Request(3, silent=True)))
        await asyncio.sleep(0.01)
        application.stop()
        await asyncio.wait_for(task, 5)
        assert seen.refused == "503 SRV-065"
        # What arrives whole is still answered.
        await application.__rsgi__(Scope(), Request(2))
        assert seen.body == PIECE * 2

    asyncio.run(stopped())


def test_a_header_with_an_underscore_does_not_pass_for_another() -> None:
    scope = Scope()
    scope.headers = Headers({"x_forwarded_for": ["203.0.113.9"], "x-forwarded-for": ["198.51.100.1"]})
    assert rsgi.environ_of(scope)["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"


@pytest.mark.parametrize("went", [False, True])
def test_the_application_is_told_whether_the_client_is_there(went: bool) -> None:
    request = Request(1)
    told: list[object] = []

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        client = client_of(environ)
        told.append(client.is_gone)
        request.gone.went = went
        client.when_answered(told.append)
        start_response("200 OK", [])
        return [b""]

    application = Application(served, Bounds(body=1000, seconds=0.2, threads=2))
    asyncio.run(application.__rsgi__(Scope(), request))
    assert told == [False, Delivery.FAILED if went else Delivery.DONE]
    assert request.gone.cancelled


def test_it_is_told_before_the_client_may_have_the_answer() -> None:
    order = list[str]()

    class Answering(Request):
        def response_bytes(self, *answer: Any) -> None:
            order.append("sent")

    request = Answering(1)

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        client_of(environ).before_answer(lambda: order.append("told"))
        start_response("200 OK", [])
        return [b""]

    application = Application(served, Bounds(body=1000, seconds=0.2, threads=2))
    asyncio.run(application.__rsgi__(Scope(), request))
    assert order == ["told", "sent"]


def test_of_a_long_answer_nobody_knows_whether_it_arrived() -> None:
    told: list[Delivery] = []

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        client_of(environ).when_answered(told.append)
        start_response("200 OK", [])
        return [b"x" * 50_000, b"x" * 50_000]

    application = Application(served, Bounds(body=1000, seconds=0.2, threads=2))
    asyncio.run(application.__rsgi__(Scope(), Request(1)))
    assert told == [Delivery.UNKNOWN]


def test_an_application_that_fails_has_delivered_nothing() -> None:
    told: list[Delivery] = []

    def broken(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        client_of(environ).when_answered(told.append)
        raise OSError("disco")

    application = Application(broken, Bounds(body=1000, seconds=0.2, threads=2))
    with pytest.raises(OSError, match="disco"):
        asyncio.run(application.__rsgi__(Scope(), Request(1)))
    assert told == [Delivery.FAILED]
