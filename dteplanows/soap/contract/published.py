"""The published contract: the WSDL file as it stands, with the address that the caller used."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import escape

_FILE = "wsplano.wsdl"
_PLACEHOLDER = b"http://localhost/WSDS/wsplano.asmx"


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
