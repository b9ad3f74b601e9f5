"""What the codes of servers of mail mean, also where other numbers stand beside them."""

from __future__ import annotations

import pytest

from dteplanows.document_mail import status_words
from dteplanows.mail import codes


@pytest.mark.parametrize(
    ("code", "text", "final"),
    [
        (550, "5.1.1 no such user", True), (550, "5.2.2 mailbox full", True), (554, "5.6.0 looks like spam", True),
        (550, "no such user", True), (552, "5.3.4 too large", True), (552, "5.7.0 blocked", True),
        (554, "5.3.4 too large", True), (550, "host [200.5.1.10] says no", True),
        (550, "5.4.5 Daily user sending limit exceeded", False), (550, "5.7.60 sender refused", False),
        (550, "5.1.8 bad sender", False), (554, "5.3.2 not now", False), (550, "mx.example: 5.7.1 policy", False),
        (451, "4.7.1 greylisted", False), (450, "host [200.5.1.10] greylisted", False), (450, "5.1.1 odd", False),
    ],
)  # fmt: skip
def test_only_what_is_of_the_very_mail_is_final(code: int, text: str, final: bool) -> None:
    assert codes.is_final(code, text) is final


def test_what_passes_is_told_in_other_words_than_what_stays() -> None:
    subjects = ("1.1", "1.2", "1.3", "1.6", "1.10", "2.0", "2.1", "2.2", "2.3", "3.4", "4.1", "4.3", "4.4", "4.7",
                "7.0", "7.1", "7.23", "7.26")  # fmt: skip
    for one in subjects:
        passing, lasting = (status_words.explained(f"{digit}.{one}").partition(" (")[0] for digit in "45")
        assert passing != lasting and ("por ahora" in passing or "todavía" in passing), one


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("550 5.1.1 <a@b.example>", "1.1"), ("4.7.1, try later", "7.1"), ("no (5.7.60).", "7.60"), ("x", ""),
        ("450 host [200.5.1.10] greylisted", ""), ("450 5.1.10.20 greylisted", ""), ("at 10.4.2.1", ""),
        ("450 [200.5.1.10] 4.2.2 full", "2.2"), ("version 5.1.1000", ""), ("15.1.1", ""),
    ],
)  # fmt: skip
def test_addresses_of_the_network_are_no_codes(text: str, subject: str) -> None:
    assert codes.subject_of(text) == subject
    assert (status_words.explained(text) == text) is (subject in ("", "7.60"))
