"""The manual as the service shows it: the files of ``dteplanows/manual``, and nothing else.

A path is looked up among the files that are there; it never becomes a path of the machine. The files are built
(``docs/build.py``): a wheel has them, a clone only once somebody has built them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from dteplanows.soap.asmx.reply import Reply

PATH = "/manual"
"""Path of the manual; its pages are below it."""

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
"""Content type by suffix; files of other kinds are not shown."""

_POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
)
"""The search is a form and two scripts, all of the manual's own files; nothing inline, and nothing from elsewhere."""


def page(below: str) -> Reply | None:
    """The file at *below*, a path behind ``/manual/`` that is empty for the first page; None when there is none."""
    found = _files().get(below or "index.html") if is_built() else None
    if found is None:
        return None
    return Reply(found.read_bytes(), _TYPES[_suffix(found.name)], 200, (_POLICY,))


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
