"""Issued documents with a fact that our road would never sign, stamped and signed anew by our own signer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dteplanows.document.writer import identifier
from dteplanows.folios.caf import Caf
from dteplanows.ledger.rows import Series, StoredDocument
from dteplanows.signer.ted import stamp
from dteplanows.signer.xmldsig import sign_dte
from tests.installation import Installation

Change = tuple[str, str]
"""A regular expression, found once, and what stands in its place."""

_DOCUMENT = re.compile(r"<(Documento|Liquidacion|Exportaciones) .*?</\1>", re.DOTALL)
_DD = re.compile(r"<DD>.*?</DD>", re.DOTALL)
_FRMT = re.compile(r'(<FRMT algoritmo="SHA1withRSA">)[^<]*')


def altered(
    one: Installation, document: StoredDocument, changes: Sequence[Change], *, stamped: bool = True
) -> StoredDocument:
    """*document* with *changes*, signed.

    :param stamped: its stamp is right for what it says now.
    """
    found = _DOCUMENT.search(document.xml.decode("latin-1"))
    assert found
    text = changed(found[0], changes)
    if stamped:
        dd = _DD.search(text)
        assert dd
        (caf,) = one.ledger.cafs.of(*Series.of(one.company, document.tipo))
        value = stamp(dd[0], Caf.from_trusted(one.ledger.cafs.secret(caf.id)).key)
        text = _FRMT.sub(lambda start: start[1] + value, text)
    return replace(document, xml=sign_dte(text, identifier(document.tipo, document.folio), one.certificate))


def changed(text: str, changes: Sequence[Change]) -> str:
    """*text* with each of *changes* made in it."""
    for what, new in changes:
        text, times = re.subn(what, new, text, count=1, flags=re.DOTALL)
        assert times, what
    return text
