"""The manual as the service shows it: the files of ``dteplanows/manual``, with the reader's own address and name in the
examples, and nothing else.

A path is looked up among the files that are there; it never becomes a path of the machine. The files are built
(``docs/build.py``): a wheel has them, a clone only once somebody has built them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, NamedTuple

from dteplanows import portal
from dteplanows.soap.asmx.reply import Reply
from dteplanows.web import places

if TYPE_CHECKING:
    from dteplanows.portal.visitor import Visitor

PATH = "/manual"
"""Path of the manual; its pages are below it."""

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
"""Content type by suffix; files of other kinds are not shown."""

_POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
)
"""The search is a form and scripts, all of the manual's own files; nothing inline, and nothing from elsewhere."""

_THEME = re.compile(rf"\b{portal.THEME_COOKIE}=({'|'.join(portal.THEMES)})(?=;|\s*$)")

_BEGIN = '<html lang="es-CL"'

_WAY = (
    '<a class="button button-plain to-portal" href="{address}">'
    '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">'
    '<circle cx="10" cy="7" r="3.2"/><path d="M3.5 17c.8-3.4 3.3-5 6.5-5s5.7 1.6 6.5 5"/></svg>'
    "<span>{name}</span></a>"
)
"""The way to the portal; a narrow screen shows the sign alone."""


class Reader(NamedTuple):
    """Who reads a page, and how they reach the service."""

    root: str
    """Scheme, host and prefix, without a slash at the end."""
    theme: str = ""
    """The look that was chosen; empty for what the system prefers."""
    has_portal: bool = False
    """The service has pages for people."""
    visitor: Visitor | None = None
    """The person, where one has come in there."""


def theme_of(cookies: str) -> str:
    """The look that was chosen, in the header ``Cookie``; empty for none."""
    found = _THEME.search(cookies)
    return found[1] if found else ""


def page(below: str, reader: Callable[[], Reader]) -> Reply | None:
    """The file at *below*, a path behind ``/manual/`` that is empty for the first page; None when there is none.

    :param reader: asked for pages alone; files are the same for everybody.
    """
    found = _files().get(below or "index.html") if is_built() else None
    if found is None:
        return None
    data, suffix = found.read_bytes(), _suffix(found.name)
    if suffix == "html":
        data = _for(reader(), data.decode("utf-8")).encode()
    return Reply(data, _TYPES[suffix], 200, (_POLICY,))


def _for(reader: Reader, text: str) -> str:
    """The page *text* as *reader* sees it."""
    visitor = reader.visitor
    if reader.theme:
        text = text.replace(_BEGIN, f'{_BEGIN} data-theme="{reader.theme}"', 1)
    if reader.has_portal:
        home, name = (visitor.home, "Volver al portal") if visitor else ("/", "Entrar al portal")
        address = escape(f"{reader.root}{portal.PATH}{home}")
        text = text.replace(places.PORTAL, _WAY.format(address=address, name=name), 1)
    values = {places.ADDRESS: reader.root}
    if visitor:
        values |= {places.USER: visitor.usuario, places.RUT: visitor.rut}
    return places.filled(text, values)


def is_built() -> bool:
    """Whether there is a manual to show. Once there is one, the next call finds it."""
    return _folder().is_dir()


def _folder() -> Traversable:
    return resources.files("dteplanows").joinpath("manual")


@cache
def _files() -> dict[str, Traversable]:
    """Every file of the manual that is shown, by its path behind ``/manual/``; only asked for where it is built."""
    return dict(_below(_folder(), ""))


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _below(one, f"{path}{one.name}/")
        elif _suffix(one.name) in _TYPES:
            yield path + one.name, one


def _suffix(name: str) -> str:
    return name.rpartition(".")[2]
