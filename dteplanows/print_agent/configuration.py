"""The one file by which an agent is set up (TOML): where the service is, the key of the printer, and the printer.

Errors: ``Refused``: the file cannot be read (CFG-080), or says something that does not serve (CFG-081).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.print_agent.outputs import EXPECTED, Output, output_of
from dteplanows.process.system_errors import in_words

_HERE = ("localhost", "127.0.0.1", "::1")


class Configuration(NamedTuple):
    """What an agent is told."""

    direccion: str
    """Of the service, without a slash at its end."""
    clave: str
    """The key that the service made for one printer."""
    output: Output
    """The printer here."""
    autoridad: str
    """A file with another root certificate than the machine's; empty for those."""
    proxy: str
    """Address of the proxy between; empty for none."""
    journal: Path
    """Where it is written down what is being printed."""

    def __repr__(self) -> str:
        return f"Configuration({self.direccion!r}, clave=<oculta>)"


def read(path: Path) -> Configuration:
    """What the file says."""
    try:
        found = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise Refused([problem("CFG-080", value=str(path), reason=in_words(error))]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = "no está en UTF-8" if isinstance(error, UnicodeDecodeError) else f"no es un archivo TOML: {error}"
        raise Refused([problem("CFG-080", value=str(path), reason=reason)]) from None
    for name in found:
        if name not in _EXPECTED:
            # Its value may be a key under a misspelt name.
            raise _wrong(name, None, f"solo estos: {', '.join(_EXPECTED)}")
    insecure = found.get("sin_tls", False)
    if not isinstance(insecure, bool):
        raise _wrong("sin_tls", insecure, _EXPECTED["sin_tls"])
    return Configuration(
        _text(found, "direccion", lambda text: _is_address(text, insecure)).rstrip("/"),
        _text(found, "clave", lambda text: text.isascii() and text.isprintable() and " " not in text),
        _output(found),
        _text(found, "autoridad", lambda text: Path(text).is_file(), usual=""),
        _text(found, "proxy", lambda text: urlsplit(text).scheme in ("http", "https"), usual=""),
        path.with_name(f"{path.stem}.estado.json"),
    )


_EXPECTED: Mapping[str, str] = {
    "direccion": "la dirección del servicio, como https://facturas.miempresa.cl; http:// solo en este mismo equipo, o "
    "con sin_tls = true en una red propia",
    "clave": "la clave que entrega la orden «impresora clave»",
    "impresora": EXPECTED,
    "autoridad": "un archivo PEM que existe, con el certificado raíz de quien firmó el del servicio",
    "proxy": "la dirección de un proxy, como http://proxy:3128",
    "sin_tls": "true o false",
}
"""What is expected under each name."""


def _text(found: Mapping[str, Any], name: str, fits: Callable[[str], bool], usual: str | None = None) -> str:
    value = found.get(name, usual)
    if value == "" and usual == "":
        return ""
    try:
        good = isinstance(value, str) and bool(value) and fits(value)
    except ValueError:  # an address that urlsplit refuses
        good = False
    if not good or not isinstance(value, str):
        raise _wrong(name, "(oculta)" if name == "clave" and value else value, _EXPECTED[name])
    return value


def _is_address(text: str, insecure: bool) -> bool:
    parts = urlsplit(text)
    if not parts.hostname or parts.username or parts.query or parts.fragment or (parts.port or 1) < 1:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and (insecure or parts.hostname in _HERE))


def _output(found: Mapping[str, Any]) -> Output:
    value = found.get("impresora")
    output = output_of(value) if isinstance(value, str | list) else None
    if output is None:
        raise _wrong("impresora", value, EXPECTED)
    return output


def _wrong(name: str, value: object, expected: str) -> Refused:
    shown = "" if value is None else str(value)
    return Refused([problem("CFG-081", Place(field=name), shown, esperado=expected)])
