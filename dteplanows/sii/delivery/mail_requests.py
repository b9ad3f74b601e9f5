"""The SII is asked once for a mail with reasons that has not come."""

from __future__ import annotations

from typing import cast

from dteplanows.document.company import Ambiente
from dteplanows.sii.delivery import results
from dteplanows.sii.delivery.context import Delivery, sent

_TRIES = 5
"""Tries until the question gets through."""


def ask_due(delivery: Delivery, now: float) -> bool:
    """Ask for the next mail that is due; False when none is."""
    mail = delivery.ledger.mail
    one = mail.wanted(now)
    envelope = delivery.ledger.envelopes.find(one.envio_id) if one else None
    if one is None or envelope is None:
        return False
    hosts = delivery.sii.addresses.of(cast(Ambiente, envelope.ambiente), of_test_authority=envelope.de_prueba)
    certificate = delivery.certificate_of(envelope)
    if hosts.name != envelope.servidor or not results.are_missing(delivery.ledger, envelope, envelope.conteo):
        mail.note_wanted(one, 0.0)
        return True
    later = now + delivery.pace.repetition(one.veces + 6)
    if not mail.note_wanted(one, later if one.veces + 1 < _TRIES else 0.0) or certificate is None:
        return True
    asked = delivery.sii.mail_again(sent(envelope), certificate)
    delivery.keep_calls(envelope)
    if asked.outcome.name == "respondido":
        mail.note_wanted(one._replace(veces=one.veces + 1), 0.0)
    return True
