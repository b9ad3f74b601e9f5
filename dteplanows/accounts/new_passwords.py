"""What the password that a person chooses for itself must be; that of an old ERP stands in its program, and stays."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable

from zxcvbn import zxcvbn

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.users import check_length

_LEAST_SCORE = 2
"""Of the library's scale 0 to 4: found by a million guesses on the way through the login."""

_LOOKED_AT = 72
"""Characters that are judged; the library's time grows with the square of them."""

_ONE_SIGN = str.maketrans("@([{<!|$+", "4cccc1157")
"""Signs that are written for letters, in one way for each letter. The library tries all ways to read them together,
which for a password with most of them takes minutes."""

_TURN = threading.Lock()
"""The library keeps what is known of the owner for the whole process."""

_USUAL = ("clave", "contraseña", "contrasena", "usuario", "chile", "factura", "facturacion", "dteplanows", "sii")
"""Words that people in Chile write into such a password, and that the library's lists of English lack."""


def check_new_password(clave: str, least: int, usuario: str, companies: Iterable[Company]) -> None:
    """See that nobody finds a new password by a few guesses.

    :param least: characters that it must have.
    :param usuario: whose it is.
    :param companies: those of its owner, whose names and RUT others know.
    :raises Refused: it is too short (AUT-051), or one of those that are tried first (AUT-086).
    """
    check_length(usuario, clave, least)
    known = [text for one in companies for text in (one.razon_social, one.rut)]
    words = [word for text in (usuario, *known) for word in (text, *re.findall(r"\w{3,}", text))]
    with _TURN:
        score = zxcvbn(clave[:_LOOKED_AT].translate(_ONE_SIGN), user_inputs=[*words, *_USUAL])["score"]
    if score < _LEAST_SCORE:
        raise Refused([problem("AUT-086", value=usuario)])
