"""Passwords that people choose for themselves."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from random import Random

import pytest
from zxcvbn import zxcvbn

from dteplanows.accounts import new_passwords
from dteplanows.accounts.new_passwords import check_new_password
from dteplanows.document.problem import Refused
from tests.ledger.example import REAL

COMPANY = replace(REAL, razon_social="Maestranza Ñuble Ltda.", rut="76354771-K")


def judged(clave: str) -> str:
    try:
        check_new_password(clave, 8, "juan.soto", [COMPANY])
    except Refused as refused:
        return refused.problems[0].code
    return ""


@pytest.mark.parametrize(
    "clave",
    ["12345678", "password", "Contraseña", "qwertyui", "aaaaaaaaaaaa", "76354771", "76354771-K", "juan.soto",
     "maestranza1", "juansoto", "facturacion", "Chile123", "dteplanows", "clave1234", "1" * 5000, "m@e$tranz@",
     "P@$$w0rd"],
)  # fmt: skip
def test_what_is_tried_first_is_refused(clave: str) -> None:
    assert judged(clave) == "AUT-086"


@pytest.mark.parametrize(
    "clave", ["tornillo verde mesa lluvia", "Xk29pLw7q", "ñandú-camión-77", "bodega norte 1987", "clave del portón"]
)
def test_what_nobody_guesses_soon_is_taken(clave: str) -> None:
    assert judged(clave) == ""


@pytest.mark.parametrize(
    "clave",
    ["comercialdemostracion", "Comercial.Demostracion.2026", "demostraciónspa1", "Factura.2026", "noviembre2026",
     "contador2026", "contador@2026", "f@ctur@2026", "2026factura", "Carolina2026", "Bienvenido_26", "Enero2026!",
     "contabilidad", "administrador", "76.354.771-K", "76354771K", "76.354.771"],
)  # fmt: skip
def test_known_words_are_known_without_accents_and_with_a_number(clave: str) -> None:
    company = replace(REAL, razon_social="Comercial Demostración SpA", rut="76354771-K")
    with pytest.raises(Refused) as caught:
        check_new_password(clave, 8, "juan.soto", [company])
    assert caught.value.problems[0].code == "AUT-086"


def test_length_comes_first() -> None:
    assert judged("corta") == "AUT-051"


def test_signs_that_stand_for_letters_take_no_time() -> None:
    signs = list("4@8({[<69!|1/0$5+7%2" * 4)
    begun = time.process_time()
    for seed in range(3):
        Random(seed).shuffle(signs)
        assert judged("".join(signs)) == ""
    assert time.process_time() - begun < 5


def test_what_is_known_of_one_owner_is_not_taken_for_another_s(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [0], [0]

    def counted(*given: object, **named: object) -> object:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        try:
            return zxcvbn(*given, **named)
        finally:
            inside[0] -= 1

    monkeypatch.setattr(new_passwords, "zxcvbn", counted)
    threads = [threading.Thread(target=judged, args=("tornillo verde mesa",)) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert most == [1]
