"""A browser without a screen for the tests of the portal: it goes through the whole web application, in one process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import Client, TestResponse

from dteplanows import web
from dteplanows.document.company import Company
from dteplanows.ledger.rows import Rol, UserSettings
from dteplanows.portal.app import create_app
from dteplanows.portal.services import Services
from dteplanows.settings import Settings, load
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.soap.operations import Operations
from tests.installation import COMPANY, Installation, one_salt

CLAVE = "clave-de-persona-ñ"

ADDRESS = "203.0.113.7"
"""Where every browser is."""

OTHER = Company(
    rut="96790240-3", ambiente="pruebas", razon_social="Zapatería <b>Otra</b> & Cía.", giro="Calzado",
    actecos=("477120",), direccion="Calle Uno 1", comuna="Arica",
)  # fmt: skip
"""A company that no person has but for the one who runs the installation."""

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class _Compiled(BytecodeCache):
    """The templates as the first portal of a test process compiled them: each test makes a portal of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        found = self._kept.get(bucket.key)
        if found:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": _Compiled()}


@dataclass
class Browser:
    """One person's browser."""

    client: Client
    base: str = "http://portal.example"
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> TestResponse:
        """A page below ``/portal``."""
        return self._open(path, "GET", **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """A form of our own pages; with ``csrf_token`` given, that one."""
        given = {"csrf_token": self.token(), **(data or {})}
        return self._open(path, "POST", data={name: value for name, value in given.items() if value}, **options)

    def token(self) -> str:
        """What our own forms carry, as any page has it."""
        found = _TOKEN.search(self.get("/nada").text)
        assert found
        return found[1]

    def enter(self, usuario: str, clave: str = CLAVE, **more: str) -> TestResponse:
        """Come in."""
        return self.post("/entrar", {"usuario": usuario, "clave": clave, **more})

    def _open(self, path: str, method: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        environ = {"REMOTE_ADDR": ADDRESS}
        return self.client.open(
            f"/portal{path}", method=method, base_url=self.base, headers=headers, environ_overrides=environ, **options
        )


@dataclass
class Site:
    """An installation with its portal."""

    installation: Installation
    application: web.Web
    settings: Settings

    @property
    def home(self) -> str:
        """Where the pages of the company begin, below ``/portal``."""
        return f"/{COMPANY.ambiente}/{COMPANY.rut}"

    def browser(self, cookie: str = "", **options: Any) -> Browser:
        """A browser that has never been here.

        :param cookie: what it shows all the same, whatever it is sent.
        """
        if cookie:
            return Browser(Client(self.application, use_cookies=False), headers={"Cookie": cookie}, **options)
        return Browser(Client(self.application), **options)

    def person(self, rol: Rol, company: Company = COMPANY, usuario: str = "") -> str:
        """The name of a new user of *company*, whose password is :data:`CLAVE`."""
        usuario = usuario or f"{rol}.{company.rut}"
        with one_salt():
            self.installation.ledger.users.save(usuario, CLAVE, company.ambiente, company.rut, UserSettings(rol=rol))
        return usuario

    def inside(self, rol: Rol) -> Browser:
        """The browser of a person who has come in."""
        browser = self.browser()
        assert browser.enter(self.person(rol)).status_code == 302
        return browser


def site_of(installation: Installation, limits: Limits = USUAL, **options: Any) -> Site:
    """The portal of *installation*.

    :param options: those of :func:`dteplanows.web.make_application`.
    """
    settings = load(directorio=installation.ledger.directory)

    def make(operations: Operations) -> Any:
        services = Services(installation.issuer, settings, operations.copies, operations.logins, operations.limits.body)
        return create_app(services)

    shown = web.ForPeople(portal=make)
    return Site(
        installation, web.make_application(installation.issuer, for_people=shown, limits=limits, **options), settings
    )


def served(installation: Installation) -> Iterator[Site]:
    """The portal of *installation* with a second company."""
    installation.ledger.companies.save(OTHER)
    yield site_of(installation)
