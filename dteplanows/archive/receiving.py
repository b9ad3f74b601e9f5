"""A document as its receiver may see it: what it is, where it stands, and what its signature and its stamp show."""

from __future__ import annotations

from typing import NamedTuple, cast

from dteplanows.archive.states import State, state_of
from dteplanows.document.company import Ambiente, Company
from dteplanows.folios.caf import Signer, read_stamped
from dteplanows.ledger.delivery_states import UNSENT
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.signer.verification import (
    digest_holds,
    parts_of,
    signature_holds,
    stamp_of,
    stamp_tells,
    stamped_by_its_caf,
)


class Checks(NamedTuple):
    """What was verified, of the very bytes that the receiver can have."""

    signature: bool
    """The document is as it was signed, with the key of the certificate that it carries."""
    stamp: bool
    """The stamp was made with the key of the folios (CAF) that it carries."""
    tells: bool
    """The stamp says what the document says."""
    covers: bool
    """Those folios are of that issuer and type, and the document's is among them."""
    folios_by: Signer
    """Who signed them."""

    @property
    def hold(self) -> bool:
        """All of it is right, as far as this program can tell."""
        return all((self.signature, self.stamp, self.tells, self.covers)) and self.folios_by != "nadie"


class Received(NamedTuple):
    """A document for its receiver."""

    stored: StoredDocument
    company: Company
    state: State
    standing: str
    """Where it stands at the SII."""
    since: str
    """Since when, the day; empty where nothing is known."""
    checks: Checks


def received(ledger: Ledger, stored: StoredDocument) -> Received | None:
    """What the receiver of *stored* may see; None where the company is not there any more."""
    company = ledger.companies.find(cast(Ambiente, stored.ambiente), stored.rut_emisor)
    if company is None:
        return None
    delivery = ledger.deliveries.find(stored.id)
    state = state_of(ledger, company, stored, ledger.marks.annulled(stored.id))
    standing, since = (delivery.estado, f"{delivery.desde:%Y-%m-%d}") if delivery else (UNSENT, "")
    return Received(stored, company, state, standing, since, checks_of(stored))


def checks_of(stored: StoredDocument) -> Checks:
    """What the signature and the stamp of *stored* show."""
    parts = parts_of(stored.xml)
    stamp = stamp_of(parts) if parts else None
    if parts is None or stamp is None:
        return Checks(False, False, False, False, "nadie")
    caf = read_stamped(stamp.caf)
    return Checks(
        digest_holds(parts) and signature_holds(parts),
        stamped_by_its_caf(stamp),
        stamp_tells(stamp, parts),
        caf is not None and caf.covers(stored.rut_emisor, stored.tipo, stored.folio),
        caf.signed_by if caf else "nadie",
    )
