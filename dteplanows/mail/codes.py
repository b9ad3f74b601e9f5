"""The codes with which servers of mail say what is the matter (RFC 3463), and whether it stays so."""

from __future__ import annotations

import re

_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3}\.\d{1,3})(?!\.?\d)")
"""None within an address of the network, which has four numbers."""
_FOR_GOOD = 500
"""Answers from here on do not change when the same is asked again, but for what is allowed, and how much."""
_TOO_LARGE = 552
_OF_SENDER = ("1.7", "1.8")
"""Those of addresses that speak of the sender's."""


def subject_of(text: str) -> str:
    """What the code in *text* speaks of, as ``1.1`` for an address that does not exist; empty where there is none."""
    found = _ENHANCED.search(text)
    return found[2] if found else ""


def is_temporary(text: str) -> bool:
    """Whether the code in *text* says that the same may go well later (class 4)."""
    found = _ENHANCED.search(text)
    return found is not None and found[1] == "4"


def is_final(code: int, text: str) -> bool:
    """Whether a server never takes that very mail, whose receiver or content it refused with *code* and *text*.

    It is where the address (X.1), the mailbox (X.2) or the content (X.6) is at fault, the mail is too large, or the
    server gives no further code. A quota of the sender (X.4.5), or who may send what (X.7), says nothing of the mail.
    """
    if code < _FOR_GOOD:
        return False
    found = _ENHANCED.search(text)
    if found is None or code == _TOO_LARGE:
        return True
    subject = found[2]
    is_of_mail = subject.partition(".")[0] in ("1", "2", "6") and subject not in _OF_SENDER
    return found[1] == "5" and (is_of_mail or subject == "3.4")
