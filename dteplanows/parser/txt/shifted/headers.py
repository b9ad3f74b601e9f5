"""Headers whose values stand in the wrong columns: the RUT, the address, the comuna and the mail show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from dteplanows.document.mail import is_mail
from dteplanows.document.phrases import phrase
from dteplanows.parser.txt.layout import PURCHASE, Section
from dteplanows.parser.txt.shifted.columns import Kind
from dteplanows.parser.txt.shifted.mail import may_stand_for_mail
from dteplanows.parser.txt.shifted.moves import Shift, moved_left, moved_right
from dteplanows.parser.txt.shifted.texts import is_rut, says_rut
from dteplanows.parser.values.comunas import folded, is_comuna

_FEW_MORE = 3
"""Columns behind the address that a header may have and be no row of all of them."""

_ALL_OF_HEADER = 18
_ADDRESS = re.compile(
    r"\d|\b(?:calle|av|avda|avenida|pasaje|pje|psje|camino|ruta|carretera|of|oficina|dep|dept|depto|dpto|departamento"
    r"|piso|local|casa|block|torre|bodega|galpon|lote|parcela|sitio|km|s/n)\b",
)
"""What an address has and the name of a comuna has not; of a text without accents, in small letters."""

_TELEPHONE = re.compile(r"[\d+() /.-]{5,}")


def header(section: Section, kind: Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    """Why the header *texts* is not read; the arguments are those of :func:`.shifted.judge`."""
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
        return moved_left(section, texts, moved, section.columns[rut].name)
    if not says_rut(texts[rut]):
        if is_rut(texts[rut + 1]):
            return moved_right(section, texts, rut, texts[rut])
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
            return moved_left(section, texts, first, phrase("columns.other"))
        return _from_header(section, texts, parts, name, count - 1)
    if where == mail:
        return None
    if where > mail and ((last and not may_stand_for_mail(last)) or count not in kind.counts):
        return _from_header(section, texts, parts, name, where)
    if 0 < where < mail and not is_mail(last) and (where >= comuna or count not in kind.counts):
        return moved_left(section, texts, where, "Email")
    odd = count not in kind.counts and not (filling > 1 and len(parts) - 1 <= filling)
    strange = bool(last) and not (may_stand_for_mail(last) and (len(last) > 1 or not last.isalnum()))
    if odd and behind and texts[mail + 1] and may_stand_for_mail(texts[mail + 1]):
        return _from_header(section, texts, parts, name, mail)
    written = [i for i in range(name, min(count, mail + 1)) if texts[i]]
    if odd and (strange or (not aligned and written not in ([], [name]))):
        if is_comuna(texts[address]) and not is_comuna(texts[comuna]) and _ADDRESS.search(folded(texts[activity])):
            return moved_left(section, texts, address, section.columns[comuna].name)
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
            return moved_left(section, texts, address, section.columns[comuna].name)
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
        return moved_right(section, texts, mails[0], ";".join(parts[mails[0] : mails[-1] + 1]).strip())
    if len(blank) == 1:
        i = blank[0] - 1
        return moved_right(section, texts, i, f"{parts[i]};{parts[i + 1]}".strip())
    if comunas and _ADDRESS.search(folded(texts[comunas[0] - 1])) and _ADDRESS.search(folded(texts[comunas[0] - 2])):
        i = comunas[0] - 2
        return moved_right(section, texts, i, f"{parts[i]};{parts[i + 1]}".strip())
    return moved_right(section, texts, first, ";".join(parts[first : end + 1]).strip(" ;"))
