"""Addresses of e-mail."""

from __future__ import annotations

import re

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{{2,63}}")
"""Before the @ a dot-atom (RFC 5322): no dot at its ends, nor two together."""
_LENGTH = 200


def is_mail(text: str) -> bool:
    """Whether *text* has the form of one e-mail address, of at most 200 characters."""
    return len(text) <= _LENGTH and _MAIL.fullmatch(text) is not None
