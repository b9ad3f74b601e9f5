"""Envelopes of what is due: which documents travel together, and when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, cast

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger import faults
from dteplanows.ledger.deliveries import Due, Group
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.envelopes import NewEnvelope, Overtaken
from dteplanows.ledger.rows import StoredDocument
from dteplanows.log.where import where
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.envelopes import MOST_DOCUMENTS, Envelope, Kind, is_of_test_authority, make, portions


class Obstacle(NamedTuple):
    """Why something that is due does not leave."""

    group: Group
    words: str


def form(delivery: Delivery) -> tuple[int, list[Obstacle]]:
    """Make every envelope that is due now. Gives how many, and what is in the way of others."""
    made, obstacles = 0, []
    for due in delivery.ledger.deliveries.due():
        if not _is_time(delivery, due):
            continue
        obstacles += [Obstacle(due.group, words) for words in _stopped_notes(delivery, due.group)]
        try:
            while form_one(delivery, due.group):
                made += 1
        except Overtaken:
            made += 1  # another worker made it; there may be more
        except Refused as refused:
            obstacles.append(Obstacle(due.group, " ".join(one.text() for one in refused.problems)))
        except Exception as failure:
            if faults.told(failure):
                raise
            # A fault of ours with one company must not hold up what the others have due.
            words = f"No se pudo formar el envío de {due.group.clase} de {due.group.rut_emisor}: {where(failure)}"
            obstacles.append(Obstacle(due.group, words))
    return made, obstacles


def next_moment(delivery: Delivery) -> float:
    """When the next group is due, in seconds from now; a minute where nothing is."""
    waits = [_left(delivery, one) for one in delivery.ledger.deliveries.due()]
    return max(0.0, min([60.0, *waits]))


def _stopped_notes(delivery: Delivery, group: Group) -> list[str]:
    return [
        f"Una nota quedó detenida: corrige el documento {tipo} {folio}, que el SII no tiene."
        for _, tipo, folio in delivery.ledger.deliveries.stop_notes(group)
    ]


def _is_time(delivery: Delivery, due: Due) -> bool:
    return due.documents >= _most(due.group) or _left(delivery, due) <= 0


def _left(delivery: Delivery, due: Due) -> float:
    """Seconds until the oldest document of *due* has waited long enough."""
    age = (clock.now() - due.since).total_seconds()
    # A document from the future was issued before the clock was set back.
    return delivery.pace.waiting(due.group.clase) - age if age >= 0 else 0.0


def _most(group: Group) -> int:
    most = MOST_DOCUMENTS[cast(Kind, group.clase)]
    return min(most, group.tope) if group.tope else most


def form_one(delivery: Delivery, group: Group, *, by_hand: bool = False) -> int:
    """Make the next envelope of *group*. Gives its id; 0 when nothing of it may leave.

    :param by_hand: no worker uploads it.

    :raises Refused: it cannot leave, whatever the documents.
    :raises Overtaken: another worker took some of them meanwhile.
    """
    ids = delivery.ledger.deliveries.ready(group, _most(group))
    if not ids:
        return 0
    company = delivery.ledger.companies.find(cast(Ambiente, group.ambiente), group.rut_emisor)
    if company is None:
        raise LookupError(f"there is no company {group.rut_emisor} in {group.ambiente}")
    certificate = delivery.certificate(company)
    if certificate is None:
        raise Refused([problem("SII-010", value=company.razon_social, rut=company.rut)])
    documents = next(portions(_alike(delivery.ledger.deliveries.documents(ids)), _most(group)))
    moment = clock.now()
    envelope = make(documents, company, certificate, moment)
    server = delivery.sii.addresses.of(company.ambiente, of_test_authority=envelope.of_test_authority).name
    row = _row(company, envelope, moment, server)
    if by_hand:
        row = replace(row, siguiente=0.0)
    return delivery.ledger.envelopes.save(NewEnvelope(row, envelope.file, [one.id for one in documents]))


def _alike(documents: Iterator[StoredDocument]) -> Iterator[StoredDocument]:
    """Those that may travel with the first: what the test authority stamped is for the simulator alone."""
    first: bool | None = None
    for one in documents:
        of_test_authority = is_of_test_authority(one.xml)
        first = of_test_authority if first is None else first
        if of_test_authority == first:
            yield one


def _row(company: Company, envelope: Envelope, moment: datetime, server: str) -> StoredEnvelope:
    return StoredEnvelope(
        id=0, ambiente=company.ambiente, rut_emisor=company.rut, rut_envia=envelope.rut_envia,
        clase=envelope.kind, de_prueba=envelope.of_test_authority, documentos=len(envelope.documents),
        bytes=len(envelope.file), sha256=envelope.sha256, creado=moment, desde=moment, servidor=server,
        siguiente=time.time(),
    )  # fmt: skip
