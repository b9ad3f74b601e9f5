"""Lines whose values stand in the wrong columns: their numbers, and the product of quantity and price, show it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.shifted.columns import Kind, misfits
from dteplanows.parser.txt.shifted.moves import Shift, joined_rows, moved_left, moved_right, restored_rows
from dteplanows.parser.txt.shifted.texts import PLAIN_NUMBER, are_numbers, is_number

_CODE_TYPE = re.compile(r"INT\d*|EAN ?-?\d*|DUN ?-?\d*|UPC|GTIN\d*|PLU|CPCS", re.IGNORECASE)
_UNIT = re.compile(r"UN|UNI|UNID|C/U|KG|KGS|GR|LT|LTS|MT|MTS|M2|M3|CJ|CAJA|PAR|DOC|HR|HORA|GL|TON|PZA", re.IGNORECASE)
_LONGEST_UNIT = 4
_SHORTEST_CODE_TYPE = 3


def line(section: Section, kind: Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    """Why the line *texts* is not read; the arguments are those of :func:`.shifted.judge`."""
    quantity, value, code_type, unit = kind.line
    usual = len(parts) in (kind.written if parts[-1].strip() else kind.closed)
    if (
        usual
        and not texts[code_type][:1].isdigit()
        and (len(texts[unit]) < _SHORTEST_CODE_TYPE or not _CODE_TYPE.fullmatch(texts[unit]))
        and are_numbers("".join(texts[quantity : value + 1]))
        and texts[0].isdecimal()
    ):
        return None
    named = kind.named
    if "SinUso" in named and any(map(str.isalpha, texts[named["SinUso"]])):
        return None  # a row of the sales among the purchases, which txt/purchases.py tells
    surplus = len(texts) > len(section.columns) and not (filling > 1 and len(parts) - 1 <= filling)
    wrong = _line_misfits(kind, texts)
    filled = bool(texts[value].strip("0.")) if len(texts) > value else False
    joined = min(((_line_misfits(kind, row), i, text) for i, text, row in joined_rows(kind, parts)), default=None,
                 key=lambda one: one[0])  # fmt: skip
    restored = min((_line_misfits(kind, row) for _, row in restored_rows(kind, parts)), default=1)
    if wrong or ((surplus or len(texts) not in kind.counts) and not (filled and _has_sound_end(kind, texts))):
        lost = restored == 0 and not usual
        if joined and joined[0] == 0 and not (lost and is_number(joined[2].rpartition(";")[2].strip())):
            return moved_right(section, texts, joined[1], joined[2])
        if wrong and surplus and joined:
            return moved_right(section, texts, joined[1], joined[2])
    if restored == 0 and not usual and (wrong or not (surplus or filled)):
        at_fault = next((i for i, (fits, text) in enumerate(zip(kind.fits, texts, strict=False)) if not fits(text)), 0)
        index = at_fault or min(code_type, len(texts) - 1)
        return moved_left(section, texts, index, section.columns[min(index + 1, len(section.columns) - 1)].name)
    return None


def _has_sound_end(kind: Kind, texts: Sequence[str]) -> bool:
    """Whether what stands behind the numbers of a line is what belongs there."""
    discount = kind.named.get("PorcDescto", len(texts))
    if discount > kind.named["Valor"] and any(texts[discount:]):
        return not _product_differs(kind, texts) and len(texts) in kind.counts
    return bool(texts[kind.named["TipoCodigo"]])


def _line_misfits(kind: Kind, texts: Sequence[str]) -> int:
    named = kind.named
    if len(texts) <= named["UniMedida"]:
        return len(texts)
    wrong = misfits(kind, texts)
    code_type, unit = texts[named["TipoCodigo"]], texts[named["UniMedida"]]
    wrong += PLAIN_NUMBER.fullmatch(code_type) is not None or _UNIT.fullmatch(code_type) is not None
    wrong += len(unit) > _LONGEST_UNIT or PLAIN_NUMBER.fullmatch(unit) is not None or bool(_CODE_TYPE.fullmatch(unit))
    if "IndExencion" in named:
        wrong += texts[named["IndExencion"]] not in ("", "0", "1", "2", "3", "4", "5", "6")
        last = named["DescLarga"]
        wrong += len(texts) == last + 2 and PLAIN_NUMBER.fullmatch(texts[last]) is not None
    return wrong + _product_differs(kind, texts)


def _product_differs(kind: Kind, texts: Sequence[str]) -> bool:
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
    return float(text) if PLAIN_NUMBER.fullmatch(text) else None
