"""Lets Spyne's SOAP protocols be imported by Python 3.13 and later, which have no ``cgi``. Import it before them."""

from __future__ import annotations

import sys
from email.message import Message
from importlib.util import find_spec
from types import ModuleType


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """The one function of ``cgi`` that they use: a content type and its parameters."""
    message = Message()
    message["Content-Type"] = line
    return message.get_content_type(), dict(message.get_params([])[1:])


def install() -> None:
    """Register a stand-in where the library has no ``cgi``; later calls change nothing."""
    if "cgi" not in sys.modules and find_spec("cgi") is None:
        stand_in = ModuleType("cgi")
        stand_in.__dict__["parse_header"] = parse_header
        sys.modules["cgi"] = stand_in


install()
