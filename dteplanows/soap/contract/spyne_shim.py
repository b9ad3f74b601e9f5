"""Lets Spyne 2.14.0 be imported by Python 3.12 and later. Import this module before the first import of Spyne.

Spyne carries an old copy of ``six`` whose lazy modules (``six.moves``) need an import hook that Python 3.12 removed.
Today's ``six`` stands in for it, with the one function that the copy has on top. Spyne's HTTP and SOAP protocols also
import ``cgi``, which Python 3.13 removed; the contract uses neither of them, so nothing stands in for that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import six

_OLD_COPY = "spyne.util.six"
_LAZY = ("", ".parse", ".request", ".error")


def _function_name(function: Callable[..., object]) -> str:
    return function.__name__


def install() -> None:
    """Register today's ``six`` under the name of Spyne's copy; later calls change nothing."""
    if _OLD_COPY in sys.modules:
        return
    stand_in = ModuleType(_OLD_COPY)
    stand_in.__dict__.update({name: value for name, value in vars(six).items() if not name.startswith("__")})
    stand_in.__dict__["get_function_name"] = _function_name
    moves = import_module("six.moves")
    sys.modules[_OLD_COPY] = stand_in
    sys.modules[f"{_OLD_COPY}.moves"] = moves
    for part in _LAZY:
        sys.modules[f"{_OLD_COPY}.moves.urllib{part}"] = import_module(f"six.moves.urllib{part}")
    for name in ("collections_abc", "http_cookies"):
        sys.modules[f"{_OLD_COPY}.moves.{name}"] = getattr(moves, name)


install()
