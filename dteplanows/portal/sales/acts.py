"""What a person may do about an issued document, as it stands and with the role that the person has."""

from __future__ import annotations

from typing import NamedTuple, cast

from dteplanows.archive import GUIA
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.issuing.annulling_note import note_type
from dteplanows.issuing.reissuing import must_be_free
from dteplanows.ledger.delivery_states import ACCEPTED
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.portal.sales.document import Shown
from dteplanows.settings import Settings
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.delivery.resending import NO_WAY, Way, way_of


class Acts(NamedTuple):
    """What may be done."""

    note: int
    """Type of the note that would annul the document; 0 where none would."""
    guia: bool
    """It is a guía that can be marked as annulled."""
    reissue: bool
    """The SII refused it, and its folio is free."""
    way: Way
    """How it goes to the SII again."""

    @property
    def any(self) -> bool:
        """There is something to do."""
        return bool(self.note or self.guia or self.reissue or self.way.how)


NOTHING = Acts(0, False, False, NO_WAY)


def acts_of(ledger: Ledger, settings: Settings, company: Company, shown: Shown) -> Acts:
    """What may be done about the document *shown*."""
    stored = shown.stored
    if shown.replaced_by:
        return NOTHING
    in_force = shown.state.name == "emitido"
    return Acts(
        note_type(stored.tipo) if in_force else 0,
        in_force and stored.tipo == GUIA,
        shown.standing == "rechazado" and is_free(ledger, company, stored),
        way_of(ledger, stored, server_of(ledger, settings, stored)),
    )


def is_free(ledger: Ledger, company: Company, stored: StoredDocument) -> bool:
    """Whether the folio of *stored* can be issued again."""
    try:
        must_be_free(ledger, company, stored)
    except Refused:
        return False
    return True


def server_of(ledger: Ledger, settings: Settings, stored: StoredDocument) -> str:
    """The SII to which *stored* would be sent now."""
    standing = ledger.deliveries.find(stored.id)
    envelope = ledger.envelopes.find(standing.envio_id) if standing and standing.envio_id else None
    of_test = bool(envelope and envelope.de_prueba)
    return addresses_of(settings).of(cast(Ambiente, stored.ambiente), of_test_authority=of_test).name


def is_accepted(ledger: Ledger, stored: StoredDocument) -> bool:
    """Whether the SII has accepted *stored*."""
    standing = ledger.deliveries.find(stored.id)
    return standing is not None and standing.estado in ACCEPTED
