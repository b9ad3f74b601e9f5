"""The tools of the delivery for one order of a person, who is no worker."""

from __future__ import annotations

from dteplanows.ledger import presence
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings
from dteplanows.sii.delivery.context import Delivery, SharedTokens
from dteplanows.sii.service import open_sii


def delivery_of(settings: Settings, ledger: Ledger) -> Delivery:
    """The tools for one order.

    :raises Refused: as :func:`~dteplanows.sii.service.open_sii`.
    """
    return Delivery(ledger, open_sii(settings, SharedTokens(ledger)), presence.new_worker())
