"""Every page of the portal, found by going from page to page as a person does: new pages join by themselves."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

from dteplanows.accounts import invitations
from dteplanows.document.samples import samples
from dteplanows.ledger.store import Ledger
from dteplanows.portal import PATH as PORTAL
from dteplanows.portal.app import BLUEPRINTS
from dteplanows.soap.asmx.addresses import PATH
from tests.browser.conftest import Served
from tests.installation import COMPANY
from tests.web.serving import call

MANUAL = ("manual/", "manual/programas.html", "manual/buscar.html?q=folios", "manual/referencia/txt-factura.html")
"""Pages of the manual that stand for all of them."""

INVITATION = "entering.invitation"

APART = frozenset({"static", INVITATION})
"""Those whose addresses take what no page's has: here, what a person gets the address of by mail."""

_ADDRESS = re.compile(r'=["\']([^"\'<>\s]*/portal/[^"\'<>\s]*)["\']')


class Found(NamedTuple):
    """What :func:`walk` has found."""

    pages: dict[str, str]
    """The address of one page of each endpoint."""
    missed: set[str]
    """Endpoints that answer to GET, and whose addresses could not be made; files are named for it, and are none."""


def issue_samples(service: str) -> None:
    """Send the example files, also the one that is refused, as an ERP does.

    :param service: address of the service, without a slash at its end.
    """
    headers = {"Content-Type": "text/xml", "SOAPAction": "http://tempuri.org/Procesar"}
    for name, data in samples().items():
        if name.endswith(".txt"):
            answer = requests.post(service + PATH, call(data).encode(), headers=headers, timeout=60)
            assert answer.ok, answer.text


def invited(served: Served) -> str:
    """The address that an invited person gets."""
    with closing(Ledger(served.directory)) as ledger:
        token = invitations.invite(ledger, COMPANY, "maria.soto", "contador")
    return f"{served.portal}/invitacion/{token}"


def walk(page: Page, portal: str, home: str) -> Found:
    """Ask for one address of each endpoint, from those that take nothing but the company on.

    :param page: of a browser in which somebody has come in who may see everything.
    :param portal: address of the portal, without a slash at its end.
    :param home: where the pages of the company begin.
    """
    adapter = _adapter()
    pages, seen = dict[str, str](), dict[str, str]()
    waiting = deque(_without_arguments(adapter, portal, home))
    while waiting:
        address = waiting.popleft()
        endpoint = _endpoint(adapter, address)
        if endpoint and endpoint not in seen:
            seen[endpoint] = address
            answer = page.request.get(address)
            if answer.ok and answer.headers.get("content-type", "").startswith("text/html"):
                pages[endpoint] = address
                waiting.extend(urljoin(address, unescape(one)) for one in _ADDRESS.findall(answer.text()))
        if not waiting:
            waiting.extend(_with_the_same_arguments(adapter, portal, seen))
    missed = {rule.endpoint for rule in _read(adapter) if not rule.endpoint.endswith("_file")} - set(seen) - APART
    return Found(pages, missed)


def _adapter() -> MapAdapter:
    app = Flask("pages")
    for one in BLUEPRINTS:
        app.register_blueprint(one)
    return app.url_map.bind("")


def _endpoint(adapter: MapAdapter, address: str) -> str:
    """The endpoint that answers to a GET of *address*; empty for none."""
    try:
        return str(adapter.match(urlsplit(address).path.removeprefix(PORTAL), "GET")[0])
    except (HTTPException, RequestRedirect):
        return ""


def _read(adapter: MapAdapter) -> Iterator[Rule]:
    """What answers to GET."""
    return (one for one in adapter.map.iter_rules() if "GET" in (one.methods or ()))


def _without_arguments(adapter: MapAdapter, portal: str, home: str) -> Iterator[str]:
    """Addresses that take nothing but the company."""
    for rule in _read(adapter):
        if rule.arguments <= {"ambiente", "rut"}:
            yield home + rule.rule.partition("<rut>")[2] if rule.arguments else portal + rule.rule


def _with_the_same_arguments(adapter: MapAdapter, portal: str, seen: dict[str, str]) -> Iterator[str]:
    """Addresses to which no page leads, of endpoints that take what others did."""
    known = [adapter.match(urlsplit(one).path.removeprefix(PORTAL), "GET")[1] for one in seen.values()]
    for rule in _read(adapter):
        values = next((one for one in known if rule.arguments and rule.arguments <= set(one)), None)
        if rule.endpoint not in seen and values:
            yield portal + adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
