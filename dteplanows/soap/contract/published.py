"""The published contract: the WSDL file as it stands, with the address that the caller used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

_FILE = "wsplano.wsdl"
_PLACEHOLDER = b"http://localhost/WSDS/wsplano.asmx"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


class Operation(NamedTuple):
    """One operation as the WSDL describes it."""

    name: str
    documentation: str


@cache
def wsdl() -> bytes:
    """The published file. An installed package carries it; in a clone it stands in ``wsdl/`` beside the package."""
    try:
        packaged = resources.files("dteplanows.wsdl").joinpath(_FILE)
        if packaged.is_file():
            return packaged.read_bytes()
    except ModuleNotFoundError:
        pass
    return Path(__file__).parents[3].joinpath("wsdl", _FILE).read_bytes()


def wsdl_at(address: str) -> bytes:
    """The published file with *address* in its ports."""
    return wsdl().replace(_PLACEHOLDER, escape(address, {'"': "&quot;"}).encode("utf-8"))


@cache
def operations() -> tuple[Operation, ...]:
    """The operations that the WSDL describes, in its order."""
    return tuple(_operations())


def _operations() -> Iterator[Operation]:
    port = next(one for one in etree.fromstring(wsdl()).iter(f"{_WSDL}portType") if one.get("name") == "wsplanoSoap")
    for one in port.iter(f"{_WSDL}operation"):
        yield Operation(one.get("name") or "", one.findtext(f"{_WSDL}documentation") or "")
