from __future__ import annotations

import pytest

from dteplanows.document import rut
from dteplanows.document.problem import Refused
from dteplanows.soap.base64text import payload, quoted, readings
from dteplanows.soap.login import Login, credentials, wants_link
from tests.soap.soap_support import b64


def test_base64_reading_comes_first_and_the_plain_one_stays() -> None:
    found = credentials(Login(b64("DEMO"), b64("76.192.083-9"), b64("ñandú")))

    assert found.usuarios == ("DEMO", b64("DEMO"))
    assert found.rut == "76.192.083-9"
    assert found.claves == ("ñandú", b64("ñandú"))


def test_plain_values() -> None:
    found = credentials(Login(" DEMO-1 ", "1-9", "clave con ñ"))

    assert (found.usuarios[-1], found.rut, found.claves) == ("DEMO-1", "1-9", ("clave con ñ",))


def test_a_plain_text_that_is_also_base64_keeps_both_readings() -> None:
    assert credentials(Login("DEMO", "1-9", b64("abc"))).claves == ("abc", "YWJj")


def test_latin1_inside_base64() -> None:
    assert credentials(Login("U!", "1-9", b64("contraseña".encode("latin-1")))).claves[0] == "contraseña"


@pytest.mark.parametrize("number", ["76192083-9", "76.192.083-9", "1-9", "76192083-1"])
def test_rut_plain_or_base64(number: str) -> None:
    assert credentials(Login("U", number, "C")).rut == number
    assert credentials(Login("U", b64(number), "C")).rut == number
    assert credentials(Login("U", b64(number).rstrip("="), "C")).rut == number


def test_what_is_no_rut_is_shown_as_read() -> None:
    assert credentials(Login("U", b64("sin rut"), "C")).rut == "sin rut"


def test_every_missing_part_is_named() -> None:
    with pytest.raises(Refused) as refused:
        credentials(Login("", " ", "secreto"))

    assert [(one.code, one.place.field) for one in refused.value.problems] == [
        ("SRV-011", "Usuario"), ("SRV-011", "Rut"),
    ]  # fmt: skip
    assert "secreto" not in str(refused.value)


def test_missing_login() -> None:
    with pytest.raises(Refused) as refused:
        credentials(None)

    assert refused.value.problems[0].code == "SRV-010"


def test_password_is_never_shown() -> None:
    assert "secreto" not in repr(Login("U", "1-9", "secreto"))


@pytest.mark.parametrize("text", ["1", "MQ==", "true", "True", b64("true"), " 1 ", b64("1   ")])
def test_link_wanted(text: str) -> None:
    assert wants_link(Login(IncluyeLink=text))


@pytest.mark.parametrize("text", ["", "0", "MA==", "no"])
def test_link_not_wanted(text: str) -> None:
    assert not wants_link(Login(IncluyeLink=text))
    assert not wants_link(None)


@pytest.mark.parametrize("text", ["YWI/Pz8+", "YWI_Pz8-", " YWI/\r\n Pz8+ \n", "YWI/Pz8+===="])
def test_payload_tolerates(text: str) -> None:
    assert payload(text) == b"ab???>"


@pytest.mark.parametrize("text", ["->Boleta<-", "YWI", "YQ"])
def test_payload_without_padding_or_nothing(text: str) -> None:
    assert payload(text) == {"->Boleta<-": None, "YWI": b"ab", "YQ": b"a"}[text]


def test_fixed_fields_are_encoded_with_their_blanks() -> None:
    """PIC X(20), and what C and COBOL leave behind a text: blanks and NUL."""
    for end in (" " * 12, "\0" * 12, " \0\0", "\r\n"):
        found = credentials(Login(b64("DEMO" + end), b64("76192083-9" + end), b64("clave ñ" + end)))
        assert (found.usuarios[0], found.rut, found.claves[0]) == ("DEMO", "76192083-9", "clave ñ")


def test_the_blanks_of_a_password_are_tried_too() -> None:
    assert credentials(Login("U", "1-9", b64(" clave "))).claves == ("clave", " clave ", b64(" clave "))


LOST = b"<DTE><a>>>>?~~~</a><b>~~~</b></DTE>"


@pytest.mark.parametrize("cut", range(4))
def test_a_plus_that_became_a_blank(cut: int) -> None:
    """As whoever puts base64 unescaped into a form or an address sends it."""
    data = LOST[cut:]
    assert "+" in b64(data)
    assert payload(b64(data).replace("+", " ")) == data


@pytest.mark.parametrize("size", range(1, 200))
def test_a_lost_plus_and_folded_lines_are_told_apart(size: int) -> None:
    data = bytes((number * 37 + 62) % 256 for number in range(size)) + b"</DTE>>>"[-size % 3 :]
    coded = b64(data)
    assert payload(coded.replace("+", " ")) == data
    for length in (4, 64, 76):
        lines = [coded[at : at + length] for at in range(0, len(coded), length)]
        for between in (" ", "\n", "\r\n", "\n    ", "\t", "      "):
            assert payload(between.join(lines)) == data
            assert payload(f" {between.join(lines)}\n") == data


@pytest.mark.parametrize("size", range(90, 190))
def test_a_lost_plus_without_padding_or_at_the_edge_of_a_line(size: int) -> None:
    data = bytes((number * number * 37 + 62) % 256 for number in range(size))
    coded = b64(data)
    assert payload(coded.replace("+", " ").rstrip("=")) == data
    lines = [coded[at : at + 76] for at in range(0, len(coded), 76)]
    for number, one in enumerate(lines[:-1]):
        lines[number] = one if number else f"{one[:75]}+"
    joined = "".join(lines)
    for between in ("\r\n", "\n"):
        assert payload(between.join(lines).replace("+", " ")) == payload(joined)


def test_a_text_that_was_never_encoded_stays_as_it_is() -> None:
    for text in ("mi clave secreta", "una clave de cuatro palabras", "->Boleta<- ;1;2"):
        assert readings(text)[-1] == text


def test_the_last_letter_may_be_a_lost_plus() -> None:
    """That of every third XML file: ``>`` ends in it."""
    assert b64(b"<a/></a>>").endswith("+") or b64(b"</a>>>").endswith("+")
    for data in (b"</a>>>", b"<DTE>"[:2] + b">"):
        assert payload(b64(data).replace("+", " ")) == data
    # Behind what is whole already, and behind padding, blanks are blanks.
    assert payload("YWJj ") == payload("YWJj    ") == b"abc"
    assert payload("YWI= ") == payload("YWI=  ") == b"ab"


def test_blanks_without_end_are_read_soon() -> None:
    assert payload("YWJj" + " " * 2_000_000 + "YWJj") == b"abcabc"
    assert payload(" " * 2_000_000) == b""


@pytest.mark.parametrize("text", ["a", "YWJj=YWJj", "ñ", "<DTE/>", "YWJj\x00"])
def test_payload_refuses(text: str) -> None:
    assert payload(text) is None


def test_unprintable_reading_is_dropped() -> None:
    assert readings(b64(b"\x00\x01\x02")) == (b64(b"\x00\x01\x02"),)


@pytest.mark.parametrize("text", ["99999999999", "-1", "9999", "abc", "", "no es base64", "76192083"])
def test_what_is_base64_by_chance_is_quoted_as_it_came(text: str) -> None:
    assert quoted(f" {text} ") == text


@pytest.mark.parametrize("text", ["uno", "-1", "folio 12", "quizás", "ticket@39@1", "año"])
def test_what_was_encoded_is_quoted_as_it_was_meant(text: str) -> None:
    assert quoted(b64(text)) == quoted(b64(text.encode("latin-1"))) == text


def test_a_rut_without_its_digit_is_shown_as_it_came() -> None:
    assert credentials(Login("U", "76192083", "C")).rut == "76192083"


def test_the_user_to_be_shown_comes_first() -> None:
    plain, encoded = credentials(Login("abc", "1-9", "C")), credentials(Login(b64("Ana"), "1-9", "C"))
    assert (plain.usuarios, encoded.usuarios) == (("abc", "i·"), ("Ana", b64("Ana")))


@pytest.mark.parametrize("text", ["1-9", " 1-9 ", "1 - 9", "1 -9", "00000001-9", "1  -  9", "1-9\r\n"])
def test_the_rut_of_the_test_login_with_blanks_is_that_rut(text: str) -> None:
    for sent in (text, b64(text)):
        assert rut.is_test_login(credentials(Login("U", sent, "C")).rut)
    assert not rut.is_test_login(f"7{text.strip()}")
    assert not rut.is_test_login(text.replace("9", "8"))
