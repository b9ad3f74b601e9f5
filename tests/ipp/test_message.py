"""Messages of IPP as bytes: what is sent, what comes, and what is none."""

from __future__ import annotations

import pytest

from dteplanows.ipp import message
from dteplanows.ipp.message import BOOLEAN, INTEGER, JOB, KEYWORD, NAME, OPERATION, Malformed

REQUEST = bytes.fromhex("01010002 00000001 01") + (
    b"\x47\x00\x12attributes-charset\x00\x05utf-8"
    b"\x42\x00\x08job-name\x00\x03f-1"
    b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x01"
    b"\x44\x00\x05media\x00\x02a4\x44\x00\x00\x00\x02a5"
    b"\x03"
)
"""Written by hand from RFC 8010, sections 3.1 to 3.5."""

ANSWER = bytes.fromhex("01010001 00000001 01") + (
    b"\x35\x00\x0estatus-message\x00\x09\x00\x02es\x00\x03S\xc3\xad"
    b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07"
    b"\x22\x00\x04held\x00\x01\x01"
    b"\x34\x00\x09media-col\x00\x00"
    b"\x4a\x00\x00\x00\x0amedia-size\x34\x00\x00\x00\x00\x4a\x00\x00\x00\x01x\x21\x00\x00\x00\x04\x00\x00\x00\x05"
    b"\x37\x00\x00\x00\x00\x37\x00\x00\x00\x00"
    b"\x44\x00\x07reasons\x00\x01a\x44\x00\x00\x00\x01b"
    b"\x13\x00\x04none\x00\x00"
    b"\x03"
)


def test_a_request_is_what_the_standard_says() -> None:
    operation = [(message.CHARSET, "attributes-charset", ("utf-8",)), (NAME, "job-name", ("f-1",))]
    wanted = [(INTEGER, "copies", (1,)), (KEYWORD, "media", ("a4", "a5"))]
    assert message.encode(0x0002, [(OPERATION, operation), (JOB, wanted)]) == REQUEST


def test_an_answer_is_read_and_a_collection_in_it_passed_over() -> None:
    answer = message.decode(ANSWER)
    assert answer.status == 1
    assert answer.groups[0] == (OPERATION, {"status-message": ("Sí",)})
    (job,) = answer.of(JOB)
    assert job == {"job-id": (7,), "held": (True,), "media-col": (), "reasons": ("a", "b"), "none": ()}


def test_what_is_written_is_read_back() -> None:
    found = message.decode(message.encode(5, [(JOB, [(BOOLEAN, "x", (True, False)), (INTEGER, "y", (-2,))])]))
    assert found == (5, ((JOB, {"x": (True, False), "y": (-2,)}),))


def test_what_breaks_off_anywhere_is_told() -> None:
    for end in range(len(ANSWER)):
        with pytest.raises(Malformed):
            message.decode(ANSWER[:end])
