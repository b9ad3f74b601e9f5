from __future__ import annotations

import doctest
from random import Random

import pytest

from dteplanows.document import rut


def independent_digit(body: int) -> str:
    """The check digit by the other well-known method: one running sum that starts at 1."""
    total = 1
    for place, digit in enumerate(reversed(str(body))):
        total += int(digit) * (9 - place % 6)
    return "K0123456789"[total % 11]


def test_doctests() -> None:
    result = doctest.testmod(rut)
    assert (result.failed, result.attempted > 2) == (0, True)


@pytest.mark.parametrize(
    ("body", "digit"), [(60_803_000, "K"), (66_666_666, "6"), (55_555_555, "5"), (1, "9"), (0, "0")]
)
def test_known_check_digits(body: int, digit: str) -> None:
    assert rut.check_digit(body) == digit


def test_check_digit_by_another_method() -> None:
    chance = Random(1)
    bodies = [*range(1, 2000), *(chance.randrange(100_000_000) for _ in range(2000))]
    assert [rut.check_digit(body) for body in bodies] == [independent_digit(body) for body in bodies]


@pytest.mark.parametrize(
    "text",
    ["60803000-K", "60.803.000-K", "60803000-k", " 60803000-K\t", "060803000-K", "0060.803.000-k", "\n60803000-K"],
)
def test_forms_that_erps_write(text: str) -> None:
    assert rut.parse(text) == "60803000-K"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "K",
        "60803000",
        "60803000K",
        "60803000-",
        "-K",
        "60803000-KK",
        "608030000-K",
        "6080300a-K",
        "60 803 000-K",
        "60803000–K",
        "60803000-Ñ",
        "٦٠٨٠٣٠٠٠-K",
        "60,803,000-K",
        "+60803000-K",
        "60803000-K;",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(rut.InvalidRut) as caught:
        rut.parse(text)
    assert caught.type is rut.InvalidRut


def test_every_wrong_check_digit_is_refused_and_the_right_one_told() -> None:
    for digit in "012345678K":
        with pytest.raises(rut.InvalidCheckDigit) as caught:
            rut.parse(f"1-{digit}")
        assert str(caught.value) == "9"


def test_wrong_check_digit_is_also_an_invalid_rut() -> None:
    with pytest.raises(rut.InvalidRut):
        rut.parse("60803000-1")


def test_login_of_the_test_environment_is_right() -> None:
    assert rut.parse(rut.TEST_LOGIN) == rut.TEST_LOGIN
