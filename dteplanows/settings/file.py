"""The files that settings stand in: that of the data directory, and the one of the master key alone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place, Refused
from dteplanows.process import secrecy
from dteplanows.process.system_errors import in_words

FILE = "dteplanows.toml"
"""Name of the settings file inside the data directory."""

SECRETS = frozenset({"base", "clave_maestra", "metricas_clave"})
"""Settings whose value no message may show."""


def from_file(path: Path) -> dict[str, Any]:
    """The settings in the file at *path*; none when there is no such file.

    :raises Refused: it cannot be read, is no TOML, names the directory it lies in, or holds the master key where others
        can read it.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([problem("CFG-004", file=path, reason=_reason(error))]) from None
    except tomllib.TOMLDecodeError as error:
        raise Refused([problem("CFG-003", file=path, where=_where(error))]) from None
    if any(name in found for name in SECRETS):
        secrecy.must_be_private(path)
    if "directorio" in found:
        raise Refused([problem("CFG-005", Place(field="directorio"), file=path)])
    return found


def key_in(path: Path) -> str:
    """The master key in the file *path*, which holds nothing else.

    :raises Refused: it cannot be read, is empty, or others can read it.
    """
    place = Place(field="archivo_clave_maestra")
    try:
        secrecy.must_be_private(path)
        key = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([problem("CFG-021", place, str(path), reason=_reason(error))]) from None
    if not key:
        raise Refused([problem("CFG-022", place, str(path))])
    return key


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "no está escrito en UTF-8"
    return in_words(error)


def _where(error: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"line (\d+)", str(error))
    return f"en la línea {found[1]}" if found else "al final"
