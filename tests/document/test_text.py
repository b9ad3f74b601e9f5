from __future__ import annotations

import unicodedata

import pytest

from dteplanows.document.text import decode, foreign, printable_in_dte


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"Nandu", "Nandu"),
        ("Ñandú €".encode(), "Ñandú €"),
        ("Ñandú".encode("latin-1"), "Ñandú"),
        (b"\x93Hola\x94 \x80", "“Hola” €"),
        (b"\x81\x8d\x8f\x90\x9d\xf1", "\x81\x8d\x8f\x90\x9dñ"),
        (b"\xc3\x91 \xd1", "Ã‘ Ñ"),
        (b"\xed\xa0\x80", "í\xa0€"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_decode_never_fails() -> None:
    for one in range(256):
        assert decode(bytes([0xF1, one]))
        assert decode(bytes([one])) == bytes([one]).decode("cp1252", "ignore") or one in {0x81, 0x8D, 0x8F, 0x90, 0x9D}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Ñandú & <Cía> \"1\" 'a'", "Ñandú & <Cía> \"1\" 'a'"),
        ("“comillas” ‘simples’", "\"comillas\" 'simples'"),
        ("a–b—c−d", "a-b-c-d"),
        ("etc…", "etc..."),
        ("5 €", "5 EUR"),
        ("œuvre Œ", "oeuvre OE"),
        ("Erdős Łódź", "Erdos Łódz"),
        ("ﬁn ＆ １２", "fin & 12"),
        ("n\u0303andu\u0301", "ñandú"),
        ("x\u0302", "x"),
        ("a\u00a0b\u202fc", "a b c"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("a\x00b\x0bc\x1fd\x7fe\x81f\x9dg", "abcdefg"),
        ("\x93Sol\x94 \x96 5\x80\x85", '"Sol" - 5EUR...'),
        ("D\x92Amico \x8a\x9f", "D'Amico SY"),
        ("╔══╗ │ ─┼─", "+==+ | -+-"),
        ("日本 😀", "日本 😀"),
        ("", ""),
    ],
)
def test_printable_in_dte(text: str, result: str) -> None:
    assert printable_in_dte(text) == result


def test_of_iso_8859_1_only_controls_and_two_invisible_characters_change() -> None:
    for code in range(0x100):
        one = chr(code)
        if 0x80 <= code < 0xA0:
            assert printable_in_dte(one) == printable_in_dte(bytes([code]).decode("cp1252", "ignore"))
        elif one in "\t\n" or (unicodedata.category(one) != "Cc" and one not in "\u00a0\u00ad"):
            assert printable_in_dte(one) == one
        else:
            assert printable_in_dte(one) == {"\r": "\n", "\u00a0": " "}.get(one, "")


def test_every_character_of_the_basic_plane_ends_printable_or_foreign() -> None:
    for code in range(0x10000):
        result = printable_in_dte(chr(code))
        assert all(one in "\t\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Cn") for one in result), hex(
            code
        )
        assert printable_in_dte(result) == result, hex(code)


@pytest.mark.parametrize(
    ("text", "strange"), [("Ñandú", ""), ("日本日", "日本"), ("a😀b😀", "😀"), ("€", "€"), ("", "")]
)
def test_foreign(text: str, strange: str) -> None:
    assert foreign(text) == strange
