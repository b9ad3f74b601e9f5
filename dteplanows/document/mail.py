"""Addresses of e-mail."""

from __future__ import annotations

import re

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,63}")
_LENGTH = 200


def is_mail(text: str) -> bool:
    """Whether *text* has the form of one e-mail address, of at most 200 characters."""
    return len(text) <= _LENGTH and _MAIL.fullmatch(text) is not None
