"""What the web server makes of a request before the portal has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from flask import Flask

from dteplanows.portal import REFUSED
from dteplanows.web.bodies import Account, Body
from dteplanows.web.portal import Portal

MIB = 2**20
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask() -> Ask:
    """The environment that the portal sees of a request."""

    def asked(body: object = None, **environ: object) -> dict[str, Any]:
        seen: list[dict[str, Any]] = []

        def portal(environ: dict[str, Any], start_response: object) -> list[bytes]:
            seen.append(environ)
            return []

        whole = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/portal/entrar", "wsgi.input": body, "REMOTE_ADDR": "10.0.0.9",
            "HTTP_HOST": "a.cl", "wsgi.url_scheme": "http", **environ,
        }  # fmt: skip
        one = Portal(lambda: cast(Flask, portal), MIB, trust_forwarded=bool(environ.get("HTTP_X_FORWARDED_FOR")))
        one(whole, lambda *_: None)
        return seen[0]

    return asked


def arrived(account: Account, size: int) -> Body:
    body = Body(account)
    body.add(b"x" * size)
    assert body.work()
    return body


@pytest.mark.parametrize(
    ("media", "alone", "refused"), [(FORM, False, False), (PARTS, False, True), (PARTS, True, False)]
)
def test_the_parts_of_a_body_are_counted_beside_it(ask: Ask, media: str, alone: bool, refused: bool) -> None:
    size = 200 * 1024
    account = Account(4 * size)
    other = Body(account) if alone else arrived(account, 1)
    body = arrived(account, size)
    environ = ask(body, CONTENT_TYPE=media, CONTENT_LENGTH=str(size))

    assert (REFUSED in environ) is refused
    if refused:
        assert (environ[REFUSED][0].code, environ[REFUSED][1]) == ("SRV-064", 503)
    assert len(environ["wsgi.input"].read()) == (0 if refused else size)
    body.end()
    other.end()
    assert account.working.taken == 0


def test_a_body_that_is_too_large_is_told_by_the_portal(ask: Ask) -> None:
    problem, status = ask(Body(Account(8 * MIB)), CONTENT_TYPE=FORM, CONTENT_LENGTH=str(2 * MIB))[REFUSED]

    assert (problem.code, status) == ("SRV-041", 413)


def test_only_a_form_has_a_body(ask: Ask) -> None:
    environ = ask(arrived(Account(8 * MIB), 10), REQUEST_METHOD="PUT", CONTENT_LENGTH="10")

    assert (environ["CONTENT_LENGTH"], environ["wsgi.input"].read()) == ("0", b"")


def test_the_address_is_that_of_the_browser(ask: Ask) -> None:
    environ = ask(REQUEST_METHOD="GET")
    assert [environ[one] for one in ("SCRIPT_NAME", "PATH_INFO", "REMOTE_ADDR")] == ["/portal", "/entrar", "10.0.0.9"]

    environ = ask(
        REQUEST_METHOD="GET", HTTP_X_FORWARDED_FOR="203.0.113.5", HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="dte.cl", SCRIPT_NAME="/dte",
    )  # fmt: skip
    assert [environ[one] for one in ("SCRIPT_NAME", "REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")] == [
        "/dte/portal", "203.0.113.5", "https", "dte.cl",
    ]  # fmt: skip
