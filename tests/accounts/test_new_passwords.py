"""Passwords that people choose for themselves."""

from __future__ import annotations

import pytest

from dteplanows.accounts.new_passwords import check_new_password
from dteplanows.document.problem import Refused


def judged(clave: str) -> str:
    try:
        check_new_password(clave, 8, "juan.soto", "Maestranza Ñuble Ltda.", "76354771-K")
    except Refused as refused:
        return refused.problems[0].code
    return ""


@pytest.mark.parametrize(
    "clave",
    ["12345678", "password", "Contraseña", "qwertyui", "aaaaaaaaaaaa", "76354771", "76354771-K", "juan.soto",
     "maestranza1", "juansoto", "facturacion", "Chile123", "dteplanows", "clave1234", "1" * 5000],
)  # fmt: skip
def test_what_is_tried_first_is_refused(clave: str) -> None:
    assert judged(clave) == "AUT-086"


@pytest.mark.parametrize(
    "clave", ["tornillo verde mesa lluvia", "Xk29pLw7q", "ñandú-camión-77", "bodega norte 1987", "clave del portón"]
)
def test_what_nobody_guesses_soon_is_taken(clave: str) -> None:
    assert judged(clave) == ""


def test_length_comes_first() -> None:
    assert judged("corta") == "AUT-051"
