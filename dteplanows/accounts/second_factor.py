"""The second factor: codes of six digits that a telephone makes every half minute (TOTP, RFC 6238), and codes on paper
for whoever has lost it.

A code is accepted once. The clock of a telephone may be half a minute wrong either way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Sequence

import pyotp

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import Opened
from dteplanows.ledger.store import Ledger

ISSUER = "dteplanows"
"""Under which name a telephone shows the codes."""

_PERIOD = 30
_AROUND = (-1, 0, 1)
"""Half minutes before and behind the present one whose codes are accepted."""

_SECRET = re.compile(r"[A-Z2-7]{32}")

_CODES = 8
_CODE_BYTES = 10
"""Of chance in a recovery code: a digest of it can be kept without salt."""


def new_secret() -> str:
    """What a telephone is given: 160 bits in base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether *text* has the form of what :func:`new_secret` gives."""
    return bool(_SECRET.fullmatch(text))


def address(secret: str, usuario: str) -> str:
    """*secret* as the QR code shows it to a telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=usuario, issuer_name=ISSUER)


def enrol(ledger: Ledger, opened: Sequence[Opened], secret: str, code: str) -> list[str]:
    """Let all users of one person need *secret* from now on; the recovery codes, which are shown once.

    :param code: what the telephone shows: it has the secret then, and its clock is right.
    :raises Refused: it is not that code (AUT-077).
    """
    step = _step_of(secret, code) if is_secret(secret) else None
    if step is None:
        raise Refused([problem("AUT-077")])
    codes = _new_codes()
    ledger.second_factors.save(secret, step, [_digest(one) for one in codes], opened)
    return codes


def factor_of(opened: Sequence[Opened]) -> int:
    """The second factor that has to be shown where a password opened *opened*; 0 for none.

    Whoever was given a further company keeps what protects the others.
    """
    return next((one.segundo_factor for one in opened if one.segundo_factor), 0)


def show(ledger: Ledger, opened: Sequence[Opened], code: str) -> None:
    """Accept *code*, once, of a person whose password opened *opened*.

    :raises Refused: it is none (AUT-077), or was accepted before.
    """
    number = factor_of(opened)
    found = ledger.second_factors.find(number)
    if found is None or not (_show_number(ledger, number, ledger.second_factors.secret(found), code)
                             or ledger.second_factors.use_code(number, _digest(code))):  # fmt: skip
        raise Refused([problem("AUT-077")])
    ledger.second_factors.share(opened, number)


def new_codes(ledger: Ledger, opened: Sequence[Opened]) -> list[str]:
    """Other recovery codes in the place of those that a person has."""
    codes = _new_codes()
    one = next(one for one in opened if one.segundo_factor)
    ledger.second_factors.set_codes(one, [_digest(one) for one in codes])
    return codes


def codes_left(ledger: Ledger, opened: Sequence[Opened]) -> int:
    """Recovery codes that a person has not used."""
    found = ledger.second_factors.find(factor_of(opened))
    return len(found.codigos) if found else 0


def _show_number(ledger: Ledger, number: int, secret: str, code: str) -> bool:
    step = _step_of(secret, code)
    return step is not None and ledger.second_factors.use_step(number, step)


def _step_of(secret: str, code: str) -> int | None:
    """The number of the half minute whose code that is, or None."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    # By number: PyOTP counts half minutes from a moment in local time, which an hour of autumn has twice.
    made, now = pyotp.HOTP(secret), int(clock.instant()) // _PERIOD
    return next((now + one for one in _AROUND if hmac.compare_digest(made.at(now + one), digits)), None)


def _new_codes() -> list[str]:
    return [_grouped(b32encode(secrets.token_bytes(_CODE_BYTES)).decode("ascii").lower()) for _ in range(_CODES)]


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _digest(code: str) -> str:
    """What is kept of a recovery code, however it is written."""
    plain = "".join(one for one in code.lower() if one.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
