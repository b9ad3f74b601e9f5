"""A person asks for a document to be mailed."""

from __future__ import annotations

import json
from typing import cast

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.document_mail.way import needed_address
from dteplanows.ledger.delivery_states import WITHOUT_EFFECT
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings


def address_of(document: StoredDocument) -> str:
    """The address that the file of *document* names; empty for none."""
    return str(json.loads(document.beside).get("correo", ""))


def ask(settings: Settings, ledger: Ledger, document: StoredDocument, address: str, usuario: str) -> str:
    """Queue *document* for *address*, or the one that its file names where that is empty; gives where it goes.

    :raises Refused: as :func:`needed_address`; too often (SRV-280); or the SII refused the document (SRV-286).
    """
    to = needed_address(settings, cast(Ambiente, document.ambiente), address.strip() or address_of(document))
    delivery = ledger.deliveries.find(document.id)
    if delivery and delivery.estado in WITHOUT_EFFECT:
        raise Refused([problem("SRV-286", value=str(document.folio), estado=delivery.estado)])
    ledger.document_mails.order(document, to, usuario, settings.correo_reenvios_dia)
    return to
