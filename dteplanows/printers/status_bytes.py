"""What a receipt printer says of itself (Epson, ESC/POS Application Programming Guide: DLE EOT, GS r)."""

from __future__ import annotations

ASK = b"\x10\x04\x02\x10\x04\x04"
"""``DLE EOT`` 2 and 4, why it is off line and its paper: answered at once, also when it does not print."""
ASK_WHEN_DONE = b"\x1dr\x01"
"""``GS r`` 1: answered once everything before it has been printed."""
ANSWERS = 2
"""Bytes that are answered to :data:`ASK`."""

_REAL_TIME = 0x93, 0x12
"""The bits that every answer to ``DLE EOT`` has, and their values."""
_IN_TURN = 0x90, 0x00
"""The same of the answer to ``GS r``."""
_PAPER_END = 0x60
"""Of ``DLE EOT`` 4."""
_COVER, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
"""Of ``DLE EOT`` 2."""

NO_PAPER, OPEN, FAULTY = "la impresora no tiene papel", "la impresora está abierta", "la impresora indica una falla"


def is_done(answered: bytes) -> bool:
    """Whether the answer to :data:`ASK_WHEN_DONE` is among what was *answered*."""
    return any(one & _IN_TURN[0] == _IN_TURN[1] for one in answered)


def trouble(answered: bytes) -> str:
    """What a person has to see to, by the two last answers to :data:`ASK`; empty for nothing."""
    real = [one for one in answered if one & _REAL_TIME[0] == _REAL_TIME[1]][-ANSWERS:]
    if len(real) < ANSWERS:
        return ""
    offline, paper = real
    if paper & _PAPER_END == _PAPER_END or offline & _PAPER_STOP:
        return NO_PAPER
    if offline & _COVER:
        return OPEN
    return FAULTY if offline & _ERROR else ""
