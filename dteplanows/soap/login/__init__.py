"""Who calls: the parameter ``login`` of every operation."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Place, Refused
from dteplanows.log import call
from dteplanows.soap.base64text import quoted, readings

_PORT_DIGITS, _HIGHEST_PORT = 9, 65535
_YES = frozenset({"1", "true"})


class Login(NamedTuple):
    """The parts of ``login`` as they came; a part that is missing is empty."""

    Usuario: str = ""
    Rut: str = ""
    Clave: str = ""
    IncluyeLink: str = ""
    Puerto: str = ""

    def __repr__(self) -> str:
        return f"Login(Usuario={self.Usuario!r}, Rut={self.Rut!r}, Clave=<oculta>)"


def credentials(login: Login | None) -> Credentials:
    """The readings that *login* admits, of the user first the one to be shown.

    :raises Refused: it is missing (SRV-010), or a part of it is (SRV-011, one for each part).
    """
    if login is None:
        raise Refused([problem("SRV-010")])
    missing = [name for name in ("Usuario", "Rut", "Clave") if not getattr(login, name).strip()]
    if missing:
        raise Refused(problem("SRV-011", Place(field=name, path=f"login/{name}")) for name in missing)
    usuarios = dict.fromkeys(one.strip() for one in (quoted(login.Usuario), *readings(login.Usuario)))
    call.note_said(next(iter(usuarios)))
    return Credentials(tuple(usuarios), _rut(login.Rut), _claves(login.Clave))


def wants_link(login: Login | None) -> bool:
    """Whether the caller asks for the addresses of the printed document: 1 or true, in base64 or plain."""
    return login is not None and any(text.strip().lower() in _YES for text in readings(login.IncluyeLink))


def port_of(login: Login | None) -> int:
    """``Puerto``, by which documents find their printer, in base64 or plain; 0 for whatever is none.

    Programs have always sent anything there, so nothing is refused for it.
    """
    texts = (login.Puerto.strip(), *map(str.strip, readings(login.Puerto))) if login else ()
    numbers = (int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= _PORT_DIGITS)
    return next((one for one in numbers if one <= _HIGHEST_PORT), 0)


def _claves(text: str) -> tuple[str, ...]:
    """The readings of a password. A fixed field is encoded with its blanks, which may also be the password's own."""
    return tuple(dict.fromkeys(each for one in readings(text) for each in (one.strip(), one) if each))


def _rut(text: str) -> str:
    """The reading that is a RUT; where none is, the one for the refusal to show."""
    candidates = [one.strip() for one in readings(text)]
    return next((one for one in candidates if _is_rut(one)), quoted(text))


def _is_rut(text: str) -> bool:
    try:
        rut.parse(text)
    except rut.InvalidCheckDigit:
        return True
    except rut.InvalidRut:
        return False
    return True
