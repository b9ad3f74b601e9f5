"""What the password that a person chooses for itself must be; that of an old ERP stands in its program, and stays."""

from __future__ import annotations

import re

from zxcvbn import zxcvbn

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.users import check_length

_LEAST_SCORE = 2
"""Of the library's scale 0 to 4: found by a million guesses on the way through the login."""

_LOOKED_AT = 72
"""Characters that are judged; the library's time grows with the square of them."""

_USUAL = ("clave", "contraseña", "contrasena", "usuario", "chile", "factura", "facturacion", "dteplanows", "sii")
"""Words that people in Chile write into such a password, and that the library's lists of English lack."""


def check_new_password(clave: str, least: int, usuario: str, *known: str) -> None:
    """See that nobody finds a new password by a few guesses.

    :param least: characters that it must have.
    :param usuario: whose it is.
    :param known: what else others know of its owner: the company's name and RUT.
    :raises Refused: it is too short (AUT-051), or one of those that are tried first (AUT-086).
    """
    check_length(usuario, clave, least)
    words = [word for text in (usuario, *known) for word in (text, *re.findall(r"\w{3,}", text))]
    if zxcvbn(clave[:_LOOKED_AT], user_inputs=[*words, *_USUAL])["score"] < _LEAST_SCORE:
        raise Refused([problem("AUT-086", value=usuario)])
