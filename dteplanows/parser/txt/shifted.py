"""Rows whose values stand in the wrong columns: a ``;`` inside a text moves all behind it, so does a lost empty column.

Columns are known by their position, so only what they hold can show it. A row is held against what it would be with
two neighbouring texts joined, and with one empty column put back: where one of these fits and the row as it stands does
not, it was moved; where both fit and nothing proves the row, nobody knows, and it is not read either.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from dteplanows.document.elements import NUMBERS, ROOTS, at
from dteplanows.document.mail import is_mail
from dteplanows.document.phrases import phrase
from dteplanows.parser.txt.layout import PURCHASE, Section, structure_of
from dteplanows.parser.values.comunas import folded, is_comuna
from dteplanows.parser.values.nothing import WORDS

_MOST_TOO_MANY = 6
"""Columns too many that separators in a text may make; a row of more is something else."""

_FEW_MORE = 3
"""Columns behind the address that a header may have and be no row of all of them."""

_ALL_OF_HEADER = 18

_LIKE_A_NUMBER = re.compile(r"[-+$% ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?[-+$% ]*|[-.,$% ]+|\\N")
_LIKE_A_DATE = re.compile(r"[\d/.:T +-]{6,}(?:Z|UTC|GMT|\[[\w/]+\])?")
_LIKE_A_RUT = re.compile(r"\d{1,3}(?:\.?\d{3}){1,2}\s*-?\s*[\dkK]|\d-[\dkK]|0+(?:-0)?|-")
_RUT = re.compile(r"\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]")
_ONLY_NUMBERS = re.compile(r"[\d.;-]*")
_OF_NUMBERS = "0123456789.;-"
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_ADDRESS = re.compile(
    r"\d|\b(?:calle|av|avda|avenida|pasaje|pje|psje|camino|ruta|carretera|of|oficina|dep|dept|depto|dpto|departamento"
    r"|piso|local|casa|block|torre|bodega|galpon|lote|parcela|sitio|km|s/n)\b",
)
"""What an address has and the name of a comuna has not; of a text without accents, in small letters."""
_ABSENT = re.compile(r"\W*|\w|.*(?:mail|correo|null|pend|none|ning|undefined|n/a|sin |no ).*", re.DOTALL)
"""What programs write for an address of mail that they do not have."""
_END_OF_MAIL = re.compile(r"[a-z]{1,2}")
"""What a separator cuts off an address so that its head is an address too: ``example.co;m``."""
_TELEPHONE = re.compile(r"[\d+() /.-]{5,}")
_CODE_TYPE = re.compile(r"INT\d*|EAN ?-?\d*|DUN ?-?\d*|UPC|GTIN\d*|PLU|CPCS", re.IGNORECASE)
_UNIT = re.compile(r"UN|UNI|UNID|C/U|KG|KGS|GR|LT|LTS|MT|MTS|M2|M3|CJ|CAJA|PAR|DOC|HR|HORA|GL|TON|PZA", re.IGNORECASE)
_LONGEST_UNIT = 4
_SHORTEST_CODE_TYPE = 3
_QUOTED = re.compile(r"""(?<!\w)(["'])[^"';]*;[^"']*\1(?!\w)""")
"""A separator between two quotes."""
_ENTITY = re.compile(r".*&(#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d{0,2})", re.DOTALL)

_NOTHING_ELSEWHERE = frozenset({"na", "n/a", "nan", "nil", "none"})
"""Words that are no value of a number either, though they are not read as nothing: people write them in texts."""

_MOST_KNOWN, _LONGEST_KNOWN = 64, 12
"""Texts of each column that are remembered to fit it, and their longest."""

_SHORT_CODES = ("TipoCodigo", "UniMedida")
"""Columns that hold no text in which anybody would write a separator."""

_WORDLESS = frozenset({"Adicionales"})
"""Sections whose columns without element are texts; those of all others are numbers."""


class Shift(NamedTuple):
    """Why a row is not read."""

    code: str
    at: int
    """Index of the column where it shows."""
    value: str
    """The text that likely holds the separator, or the value that stands in another's column."""
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """What the columns of a section hold, by index."""

    fits: tuple[Callable[[str], bool], ...]
    checked: tuple[tuple[int, Callable[[str], bool], set[str]], ...]
    """Those that not every text fits, with their index and short texts that were found to fit."""
    texts: frozenset[int]
    """Those that may hold a separator."""
    counts: frozenset[int]
    """Columns that the programs which write the section are known to give it."""
    named: dict[str, int]
    rut: int
    """Of the party, in a header."""
    line: tuple[int, int, int, int]
    """Of quantity, value, type of the code and unit, in a line."""
    closed: frozenset[int]
    """Parts of a row that ends with a separator and can have no other number of columns."""
    written: frozenset[int]
    """Parts of a row that ends without one."""
    judge: Callable[[Section, _Kind, Sequence[str], Sequence[str], int], Shift | None]


_COUNTS = {"Encabezado": {12, 18}, "BoletaDetalle": {11, 13}}


def judge(
    section: Section, parts: Sequence[str], texts: Sequence[str], filling: int, *, entities: bool
) -> Shift | None:
    """Why the row *texts* of *section* is not read as it stands; None when it is, or when another rule says why not.

    :param parts: all that stands between separators, with the blanks around it, the end of the row included.
    :param texts: the columns, as they would be read.
    :param filling: separators behind the section's mark, which a spreadsheet fills as it fills the rows.
    :param entities: whether there may be references of HTML in it.
    """
    if len(texts) - len(section.columns) > _MOST_TOO_MANY:
        return None
    if filling > 1 and len(parts) == filling + 1:
        parts, texts = _unfilled(section, parts, texts)
    kind = _kind(section)
    if entities and (entity := _entity(parts, texts, kind)):
        return entity
    return kind.judge(section, kind, parts, texts, filling)


def _unfilled(section: Section, parts: Sequence[str], texts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """A row without the separators with which a spreadsheet has filled it to its widest one."""
    most = len(section.columns)
    if len(texts) <= most or any(texts[most:]):
        return parts, texts
    return [*parts[:most], ""], texts[:most]


def counts(section: Section) -> frozenset[int]:
    """Columns that the programs which write *section* are known to give it."""
    return _kind(section).counts


@cache
def _kind(section: Section) -> _Kind:
    fits: list[Callable[[str], bool]] = []
    texts = set()
    for column in section.columns:
        element = at(structure_of(section) or "factura", column.path) if column.path else None
        what = element.kind if element else ""
        if what in NUMBERS or not (what or column.beside or column.path
                                                                       or section.name in _WORDLESS):  # fmt: skip
            fits.append(_is_number)
        elif what == "date":
            fits.append(_is_date)
        elif what == "rut":
            fits.append(_is_rut)
        elif element is not None and element.enum:
            fits.append(frozenset({"", *element.enum}).__contains__)
        else:
            if column.name not in _SHORT_CODES and what != "time" and not _is_code(column.path):
                texts.add(column.position - 1)
            fits.append(_anything)
    named = {column.name: column.position - 1 for column in section.columns}
    counts = frozenset(_COUNTS.get(section.name, range(section.required, len(section.columns) + 1)))
    if section.header:
        way = _header
    elif "Valor" in named and "UniMedida" in named:
        way = _line
    else:
        way = _totals if section.name.startswith("Totales") else _other
    rut = next((named[name] for name in ("RUTCliente", "RUTProveedor") if name in named), 0)
    quantity, value, code_type, unit = (named.get(name, 0) for name in ("Cantidad", "Valor", "TipoCodigo", "UniMedida"))
    line = (quantity, value, code_type, unit)
    closed = frozenset(one + 1 for one in counts) - counts
    checked = tuple((i, one, {""}) for i, one in enumerate(fits) if one is not _anything)
    return _Kind(tuple(fits), checked, frozenset(texts), counts, named, rut, line, closed, counts, way)


def _is_code(path: str) -> bool:
    """Whether the column of *path* holds a code, in whatever structure has it: in a code nobody writes a separator."""
    return any(found.codes for found in (at(name, path) for name in ROOTS if path) if found is not None)


@lru_cache(1024)
def is_rut(text: str) -> bool:
    """Whether *text* has the form of a RUT; a wrong check digit is another matter."""
    return _RUT.fullmatch(text) is not None


def _anything(text: str) -> bool:
    return True


def _is_number(text: str) -> bool:
    return not text or text.isdecimal() or _LIKE_A_NUMBER.fullmatch(text) is not None or _says_nothing(text)


def _are_numbers(text: str) -> bool:
    """Whether *text*, of several numbers one behind the other, has nothing else."""
    return not text.strip(_OF_NUMBERS) or _ONLY_NUMBERS.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return not text or _LIKE_A_DATE.fullmatch(text) is not None or _says_nothing(text)


def _is_rut(text: str) -> bool:
    return not text or _LIKE_A_RUT.fullmatch(text) is not None or _says_nothing(text)


def _says_nothing(text: str) -> bool:
    return text in WORDS or text.lower().strip("()<>[]") in _NOTHING_ELSEWHERE


# --- the readings of a row ---


def _misfits(kind: _Kind, texts: Sequence[str]) -> int:
    """How many of *texts* cannot be values of their columns."""
    count = len(texts)
    wrong = 0
    for i, fits, known in kind.checked:
        if i >= count or texts[i] in known:
            continue
        if not fits(texts[i]):
            wrong += 1
        elif len(known) < _MOST_KNOWN and len(texts[i]) <= _LONGEST_KNOWN:
            known.add(texts[i])
    return wrong


def _counted(kind: _Kind, count: int, last_empty: bool) -> bool:
    """Whether a row of *count* parts has as many columns as a program gives it, closed by a separator or not."""
    return count in kind.counts or (last_empty and count - 1 in kind.counts)


def _joined(kind: _Kind, parts: Sequence[str]) -> Iterator[tuple[int, str, list[str]]]:
    """The row with neighbouring texts joined to one: its index, the text, the row; likeliest texts first."""
    last_empty = not parts[-1].strip()
    for more in range(1, _MOST_TOO_MANY + 1):
        if not _counted(kind, len(parts) - more, last_empty):
            continue
        places = [i for i in range(len(parts) - more) if i in kind.texts]
        places.sort(key=lambda i: (not parts[i + 1].startswith(" "), " " not in parts[i].strip()))
        for i in places:
            text = ";".join(parts[i : i + more + 1]).strip()
            yield i, text, [*(one.strip() for one in parts[:i]), text, *(one.strip() for one in parts[i + more + 1 :])]


def _restored(kind: _Kind, parts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The row with one empty column put back: its index and the row."""
    if _counted(kind, len(parts) + 1, not parts[-1].strip()):
        texts = [one.strip() for one in parts]
        for i in range(1, len(parts)):
            yield i, [*texts[:i], "", *texts[i:]]


def _moved_right(section: Section, texts: Sequence[str], index: int, value: str) -> Shift:
    at = min(index, len(section.columns) - 1)  # the text may stand behind the last column
    code = "TXT-079" if _QUOTED.search(value) else "TXT-075"
    return Shift(code, at, value, {"found": len(texts), "column": section.columns[at].name})


def _moved_left(section: Section, texts: Sequence[str], index: int, right: str) -> Shift:
    return Shift("TXT-076", index, texts[index], {"column": section.columns[index].name, "right": right})


def _entity(parts: Sequence[str], texts: Sequence[str], kind: _Kind) -> Shift | None:
    """A reference of HTML or XML ends with the separator: ``&amp;``, ``&#241;``."""
    for i, part in enumerate(parts[:-1]):
        found = _ENTITY.fullmatch(part) if "&" in part else None
        if found is None or i not in kind.texts or not (found[1][0] == "#" or found[1] in _ENTITIES):
            continue
        behind = any(one.strip() for one in parts[i + 1 :])
        if not behind or not _counted(kind, len(parts) - 1, not parts[-1].strip()):
            continue
        return Shift("TXT-078", i, f"{part.strip()};{parts[i + 1]}".strip(),
                     {"found": len(texts), "entity": f"&{found[1]};"})  # fmt: skip
    return None


_ENTITIES = frozenset(html.entities.name2codepoint) | {"apos"}


# --- headers ---


def _header(section: Section, kind: _Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    count, mail, rut = len(texts), kind.named["Email"], kind.rut
    address, comuna, city = mail - 3, mail - 2, mail - 1
    if count <= city:
        return None
    last = texts[mail] if count > mail else ""
    all_written = count == _ALL_OF_HEADER
    sound = not all_written and count in kind.counts and is_rut(texts[rut])
    if sound and _is_sound_end(texts[address], texts[comuna], last):
        return None
    aligned = is_comuna(texts[comuna]) and not is_comuna(texts[address])
    name, activity = kind.named["RSCliente" if section.branch != PURCHASE else "RSProveedor"], mail - 4
    if all_written and texts[-1].isalpha() and not (texts[-2] and may_stand_for_mail(texts[-1])):
        # a place in the column of the telephone
        return _from_header(section, texts, parts, name, count - 1)
    moved = next((i for i in range(3, rut) if is_rut(texts[i])), rut)
    if moved < rut and not is_rut(texts[rut]):
        return _moved_left(section, texts, moved, section.columns[rut].name)
    if not _is_rut(texts[rut]):
        if is_rut(texts[rut + 1]):
            return _moved_right(section, texts, rut, texts[rut])
    elif aligned and not last and count in kind.counts:
        return None
    where = next((i for i in range(address, count) if is_mail(texts[i])), -1)
    behind = any(texts[mail + 1 :])
    if behind and count not in kind.counts and count > mail + _FEW_MORE:
        # of the columns behind the address, one was lost or one came into being
        most = max(kind.counts)
        if count == most - 1 and texts[-1] and not parts[-1].strip() and not _TELEPHONE.fullmatch(texts[-1]):
            return None  # all columns, the telephone empty and its separator left out
        if count < most:
            first = next(i for i in range(mail + 1, count) if texts[i])
            return _moved_left(section, texts, first, phrase("columns.other"))
        return _from_header(section, texts, parts, name, count - 1)
    if where == mail:
        return None
    if where > mail and ((last and not may_stand_for_mail(last)) or count not in kind.counts):
        return _from_header(section, texts, parts, name, where)
    if 0 < where < mail and not is_mail(last) and (where >= comuna or count not in kind.counts):
        return _moved_left(section, texts, where, "Email")
    odd = count not in kind.counts and not (filling > 1 and len(parts) - 1 <= filling)
    strange = bool(last) and not (may_stand_for_mail(last) and (len(last) > 1 or not last.isalnum()))
    if odd and behind and texts[mail + 1] and may_stand_for_mail(texts[mail + 1]):
        return _from_header(section, texts, parts, name, mail)
    written = [i for i in range(name, min(count, mail + 1)) if texts[i]]
    if odd and (strange or (not aligned and written not in ([], [name]))):
        if is_comuna(texts[address]) and not is_comuna(texts[comuna]) and _ADDRESS.search(folded(texts[activity])):
            return _moved_left(section, texts, address, section.columns[comuna].name)
        return _from_header(section, texts, parts, name, mail)
    if strange and not aligned:
        return _from_header(section, texts, parts, name, mail)
    if strange and "." not in last and not is_comuna(texts[city]):
        return _from_header(section, texts, parts, name, mail)
    if not aligned:
        if texts[city] and _ADDRESS.search(folded(texts[comuna])) and not any(map(str.isdigit, texts[city])):
            return _from_header(section, texts, parts, name, city)
        ambiguous = not parts[-1].strip() and len(parts) in kind.counts
        if is_comuna(texts[address]) and (ambiguous or _ADDRESS.search(folded(texts[activity]))):
            return _moved_left(section, texts, address, section.columns[comuna].name)
    return None


@lru_cache(1024)
def _is_sound_end(address: str, comuna: str, mail: str) -> bool:
    return is_comuna(comuna) and not is_comuna(address) and (not mail or is_mail(mail))


def _from_header(section: Section, texts: Sequence[str], parts: Sequence[str], first: int, end: int) -> Shift:
    """A text of the header from the column *first* on holds a separator; what stands at *end* is another's value.

    What comes behind a separator in a text begins with a blank, as a rule; or looks like the rest of an address. Where
    neither shows, all texts that may hold it are named.
    """
    end = min(end, len(parts) - 1)
    blank = [i for i in range(first + 1, end + 1) if parts[i][:1] in " \t" and parts[i].strip()]
    comunas = [i for i in range(first + 3, end + 1) if is_comuna(texts[i])] if end < len(texts) + 1 else []
    mails = [i for i in range(first + 1, len(parts)) if "@" in parts[i]]
    if mails and len(mails) == mails[-1] - mails[0] + 1 > 1 and not blank:  # several addresses of mail
        return _moved_right(section, texts, mails[0], ";".join(parts[mails[0] : mails[-1] + 1]).strip())
    if len(blank) == 1:
        i = blank[0] - 1
        return _moved_right(section, texts, i, f"{parts[i]};{parts[i + 1]}".strip())
    if comunas and _ADDRESS.search(folded(texts[comunas[0] - 1])) and _ADDRESS.search(folded(texts[comunas[0] - 2])):
        i = comunas[0] - 2
        return _moved_right(section, texts, i, f"{parts[i]};{parts[i + 1]}".strip())
    return _moved_right(section, texts, first, ";".join(parts[first : end + 1]).strip(" ;"))


def rest_of_mail(section: Section, texts: Sequence[str]) -> int:
    """Index of the column behind the address of mail that holds the end of it, or another address; 0 for none.

    Such a row is read, for nothing of what is signed stands in it behind the address.
    """
    mail = _kind(section).named["Email"]
    if len(texts) != mail + 2 or len(texts) > len(section.columns) or "@" not in texts[mail]:
        return 0
    behind = texts[mail + 1]
    found = bool(behind) and (not is_mail(texts[mail]) or "@" in behind or _END_OF_MAIL.fullmatch(behind) is not None)
    return mail + 1 if found else 0


def may_stand_for_mail(text: str) -> bool:
    """Whether *text* is an address of mail, or what programs write for none, rather than a place."""
    return "@" in text or _ABSENT.fullmatch(text.lower()) is not None


# --- lines ---


def _line(section: Section, kind: _Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    quantity, value, code_type, unit = kind.line
    usual = len(parts) in (kind.written if parts[-1].strip() else kind.closed)
    if (
        usual
        and not texts[code_type][:1].isdigit()
        and (len(texts[unit]) < _SHORTEST_CODE_TYPE or not _CODE_TYPE.fullmatch(texts[unit]))
        and _are_numbers("".join(texts[quantity : value + 1]))
        and texts[0].isdecimal()
    ):
        return None
    named = kind.named
    if "SinUso" in named and any(map(str.isalpha, texts[named["SinUso"]])):
        return None  # a row of the sales among the purchases, which purchases.py tells
    surplus = len(texts) > len(section.columns) and not (filling > 1 and len(parts) - 1 <= filling)
    wrong = _line_misfits(kind, texts)
    filled = bool(texts[value].strip("0.")) if len(texts) > value else False
    joined = min(((_line_misfits(kind, row), i, text) for i, text, row in _joined(kind, parts)), default=None,
                 key=lambda one: one[0])  # fmt: skip
    restored = min((_line_misfits(kind, row) for _, row in _restored(kind, parts)), default=1)
    if wrong or ((surplus or len(texts) not in kind.counts) and not (filled and _has_sound_end(kind, texts))):
        lost = restored == 0 and not usual
        if joined and joined[0] == 0 and not (lost and _is_number(joined[2].rpartition(";")[2].strip())):
            return _moved_right(section, texts, joined[1], joined[2])
        if wrong and surplus and joined:
            return _moved_right(section, texts, joined[1], joined[2])
    if restored == 0 and not usual and (wrong or not (surplus or filled)):
        at_fault = next((i for i, (fits, text) in enumerate(zip(kind.fits, texts, strict=False)) if not fits(text)), 0)
        index = at_fault or min(code_type, len(texts) - 1)
        return _moved_left(section, texts, index, section.columns[min(index + 1, len(section.columns) - 1)].name)
    return None


def _has_sound_end(kind: _Kind, texts: Sequence[str]) -> bool:
    """Whether what stands behind the numbers of a line is what belongs there."""
    discount = kind.named.get("PorcDescto", len(texts))
    if discount > kind.named["Valor"] and any(texts[discount:]):
        return not _product_differs(kind, texts) and len(texts) in kind.counts
    return bool(texts[kind.named["TipoCodigo"]])


def _line_misfits(kind: _Kind, texts: Sequence[str]) -> int:
    named = kind.named
    if len(texts) <= named["UniMedida"]:
        return len(texts)
    wrong = _misfits(kind, texts)
    code_type, unit = texts[named["TipoCodigo"]], texts[named["UniMedida"]]
    wrong += _PLAIN_NUMBER.fullmatch(code_type) is not None or _UNIT.fullmatch(code_type) is not None
    wrong += len(unit) > _LONGEST_UNIT or _PLAIN_NUMBER.fullmatch(unit) is not None or bool(_CODE_TYPE.fullmatch(unit))
    if "IndExencion" in named:
        wrong += texts[named["IndExencion"]] not in ("", "0", "1", "2", "3", "4", "5", "6")
        last = named["DescLarga"]
        wrong += len(texts) == last + 2 and _PLAIN_NUMBER.fullmatch(texts[last]) is not None
    return wrong + _product_differs(kind, texts)


def _product_differs(kind: _Kind, texts: Sequence[str]) -> bool:
    """Whether quantity, price and discount of a line give another value than it has, by more than rounding."""
    named = kind.named
    quantity, price, percentage, value = (
        _float(texts, named[name]) for name in ("Cantidad", "Precio", "PorcDescto", "Valor")
    )
    if not quantity or not price or value is None:
        return False
    whole = quantity * price * (1 - (percentage or 0) / 100)
    return not value or abs(whole - value) > max(2.0, abs(value) / 100)


def _float(texts: Sequence[str], index: int) -> float | None:
    text = texts[index] if index < len(texts) else ""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else None


# --- totals and other sections ---


def _totals(section: Section, kind: _Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    """A rate of IVA in the column of the exempt amount: one column in front of it was lost."""
    rate, before = texts[6] if len(texts) > 6 else "", texts[5] if len(texts) > 5 else ""
    if "19" not in before:
        return None
    if _PLAIN_NUMBER.fullmatch(rate) and float(rate) > 100 and _PLAIN_NUMBER.fullmatch(before) and float(before) == 19:
        return _moved_left(section, texts, 5, section.columns[6].name)
    return None


def _other(section: Section, kind: _Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    wrong = _misfits(kind, texts)
    if not wrong and len(texts) <= len(section.columns):
        return None
    surplus = len(texts) > len(section.columns) and not (filling > 1 and len(parts) - 1 <= filling)
    if surplus and not wrong and not any(texts[len(section.columns) :]):
        written = [i for i in kind.texts if texts[i]]
        if len(written) > 1 and max(written) == len(section.columns) - 1 and len(section.columns) == section.required:
            first = min(written)
            return _moved_right(section, texts, first, ";".join(parts[first:]).strip(" ;"))
    if not wrong:
        return None
    for i, text, row in _joined(kind, parts):
        if not parts[i + 1].strip() or _misfits(kind, row):
            continue
        if surplus or wrong > 1 or (len(texts) > section.required and _may_be_rest(kind, parts, texts, i)):
            return _moved_right(section, texts, i, text)
    for _, row in _restored(kind, parts):
        if not _misfits(kind, row) and not parts[-1].strip() and (wrong > 1 or len(parts) == section.required):
            index = next(i for i, text in enumerate(texts) if not kind.fits[i](text))
            return _moved_left(section, texts, index, section.columns[min(index + 1, len(section.columns) - 1)].name)
    return None


def _may_be_rest(kind: _Kind, parts: Sequence[str], texts: Sequence[str], i: int) -> bool:
    """Whether what stands behind the text at *i* is likelier its rest than a wrong value: a blank begins it, or the
    row ends with it.

    One wrong value with others behind it, all in their places, is a wrong value and no more.
    """
    is_last = not kind.fits[i + 1](texts[i + 1]) and not any(texts[i + 2 :])
    return bool(texts[i]) and (parts[i + 1][:1].isspace() or is_last)
