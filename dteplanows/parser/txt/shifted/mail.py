"""The column of the address of mail, and what a separator cuts off it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dteplanows.document.mail import is_mail
from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.shifted.columns import kind_of

_ABSENT = re.compile(r"\W*|\w|.*(?:mail|correo|null|pend|none|ning|undefined|n/a|sin |no ).*", re.DOTALL)
"""What programs write for an address of mail that they do not have."""

_END_OF_MAIL = re.compile(r"[a-z]{1,2}")
"""What a separator cuts off an address so that its head is an address too: ``example.co;m``."""


def rest_of_mail(section: Section, texts: Sequence[str]) -> int:
    """Index of the column behind the address of mail that holds the end of it, or another address; 0 for none.

    Such a row is read, for nothing of what is signed stands in it behind the address.
    """
    mail = kind_of(section).named["Email"]
    if len(texts) != mail + 2 or len(texts) > len(section.columns) or "@" not in texts[mail]:
        return 0
    behind = texts[mail + 1]
    found = bool(behind) and (not is_mail(texts[mail]) or "@" in behind or _END_OF_MAIL.fullmatch(behind) is not None)
    return mail + 1 if found else 0


def may_stand_for_mail(text: str) -> bool:
    """Whether *text* is an address of mail, or what programs write for none, rather than a place."""
    return "@" in text or _ABSENT.fullmatch(text.lower()) is not None
