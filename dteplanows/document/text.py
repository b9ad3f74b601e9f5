"""The characters of a DTE: what arrives in several charsets, and what ISO-8859-1 can carry.

A DTE is written in ISO-8859-1 (Instructivo de Emisión, Anexo 3). Typographic characters that it lacks get their plain
counterpart, invisible ones go. Files of customers are decoded by :mod:`dteplanows.parser.characters.charset`, what
else arrives here.
"""

from __future__ import annotations

import re
import unicodedata

_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "‹": "<", "›": ">",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "·", "…": "...", "€": "EUR",
    "™": "(TM)", "†": "+", "‡": "+", "‰": "o/oo", "ˆ": "^", "˜": "~", "⁄": "/", "Œ": "OE", "œ": "oe", "\u00a0": " ",
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "═": "=", "║": "|", "╔": "+", "╗": "+", "╚": "+", "╝": "+", "╠": "+", "╣": "+", "╦": "+", "╩": "+", "╬": "+",
    "\u2028": " ", "\u2029": " ", "№": "Nº", "≤": "<=", "≥": ">=", "′": "'", "″": '"', "ƒ": "f",
})  # fmt: skip
"""Characters outside ISO-8859-1 that have an accepted plain form."""

_BYTES = {byte: one for byte in range(0x80, 0xA0) if (one := bytes([byte]).decode("cp1252", "ignore"))}
"""Controls that stand for bytes of Windows-1252, as programs write them, also as ``&#150;``, and HTML reads them."""

_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD])
"""Control characters and the soft hyphen: ISO-8859-1 has them, but a DTE must not."""


def decode(data: bytes) -> str:
    """*data* as text: strict UTF-8 when it is that, else Windows-1252 (which contains ISO-8859-1's letters).

    Five bytes have no meaning in Windows-1252; they are read as ISO-8859-1 reads them.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def printable_in_dte(text: str) -> str:
    """*text* with what ISO-8859-1 cannot carry replaced by its plain form, and invisible characters left out.

    Line ends become a line feed. Characters without a plain form stay as they are: :func:`foreign` finds them.
    """
    if is_carried(text):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_BYTES).translate(_CONTROLS)
    if _fits(text) and "\u00a0" not in text:
        return text
    text = "".join(c for c in text.translate(_PLAIN) if unicodedata.category(c) not in ("Cf", "Co", "Cs", "Cn"))
    return text if _fits(text) else text.translate({ord(c): _nearest(c) for c in set(text)})


def is_carried(text: str) -> bool:
    """Whether a DTE carries *text* as it is; so nearly all texts are, accented ones as well."""
    return text.isprintable() and (text.isascii() or _fits(text))


def foreign(text: str) -> str:
    """The characters of *text* that a DTE cannot carry, each once; empty when there is none."""
    return "" if _fits(text) else "".join(c for c in dict.fromkeys(text) if not _fits(c))


def _fits(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
"""Those of the letters of Spanish and of most other languages."""


def without_accents(text: str, compatible: bool = False) -> str:
    """*text* without the marks of its letters.

    :param compatible: signs become the letters that they are made of: ``º`` is ``o``.

    >>> without_accents("Ñuñoa nº 3"), without_accents("nº", compatible=True)
    ('Nunoa nº 3', 'no')
    """
    if text.isascii():
        return text
    letters = _MARKS.sub("", unicodedata.normalize("NFKD" if compatible else "NFD", text))
    return letters if letters.isascii() else "".join(one for one in letters if not unicodedata.combining(one))


_WITHOUT_ASCII = str.maketrans({
    "ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th", "¿": "?", "¡": "!",
    "«": "-", "»": "-", "·": ".", "×": "x", "÷": "/", "±": "+-", "¢": "c", "£": "GBP", "¥": "JPY", "¤": "$", "§": "S",
    "©": "(c)", "®": "(r)", "°": "o", "¬": "-", "¶": "P", "¦": "|", "´": "`", "¨": "-", "¸": ",", "¯": "-",
    "\u2044": "/",
})  # fmt: skip
"""Signs of ISO-8859-1 that are not made of a letter and a mark. None becomes a sign that a stamp escapes."""


def in_ascii(text: str) -> str:
    """*text*, which ISO-8859-1 has, in ASCII: letters without their marks, signs as letters come nearest to them.

    >>> in_ascii("Ñandú & Cía. ½ kg de müesli nº 3 a 5 °C")
    'Nandu & Cia. 1/2 kg de muesli no 3 a 5 oC'
    """
    if text.isascii():
        return text
    plain = without_accents(text.translate(_WITHOUT_ASCII), compatible=True).translate(_WITHOUT_ASCII)
    return plain.encode("ascii", "replace").decode("ascii")


def _nearest(character: str) -> str:
    """The letter without the mark that ISO-8859-1 lacks (``ő`` is ``o``, a mark alone is nothing), or the character."""
    if _fits(character):
        return character
    base = without_accents(character, compatible=True)
    return base if _fits(base) else character
