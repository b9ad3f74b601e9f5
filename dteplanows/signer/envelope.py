"""Envelopes: signed DTEs put together for the SII or for the receiver, and signed as a whole.

The DTEs go in as the bytes they are: each stays a document of its own inside (the SII takes it out as text and verifies
it alone, without what the root declares), while the envelope's own signature covers the set with the namespaces of the
root in scope. The set is digested one document after another, so that a large envelope takes little more than its file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha1
from typing import NamedTuple

from dteplanows.document.elements import BOLETAS
from dteplanows.signer.certificate import Certificate
from dteplanows.signer.xmldsig import DECLARATION, SII_NAMESPACE, canonical_form, signature_of

SII = "60803000-K"
"""RUT of the SII, receiver of what is delivered to it."""

_SET = "SetDoc"
_INHERITED = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
"""What the root declares beside the default namespace: in scope for the set's signature, and never for a DTE's own."""

_START = f'<SetDTE xmlns="{SII_NAMESPACE}"{_INHERITED} ID="{_SET}">\n'
_END = "</SetDTE>"
"""Both tags of the set as Canonical XML writes them."""
_DTE = f'<DTE xmlns="{SII_NAMESPACE}" version="1.0">\n'.encode("ascii")
"""How every DTE begins: with the namespace of its own, though the root declares the same."""


class Cover(NamedTuple):
    """What the Caratula says beyond the documents."""

    rut_emisor: str
    rut_receptor: str
    fecha_resolucion: date
    """Of the resolution that authorizes the issuer."""
    numero_resolucion: int
    """0 in certification."""
    moment: datetime
    """Local time in Chile."""


def envelope(dtes: Sequence[tuple[int, bytes]], cover: Cover, certificate: Certificate) -> bytes:
    """``EnvioDTE``, or ``EnvioBOLETA`` for boletas, of the signed *dtes*, in their order.

    :param dtes: (document type, the file as signed) pairs, at least one; boletas and others are never mixed.
    :raises ValueError: none, a mixture, or a file that is not in the form that the signer gives it.
    """
    boletas = {tipo in BOLETAS for tipo, _ in dtes}
    if len(boletas) != 1:
        raise ValueError("an envelope holds documents, and boletas apart from the others")
    root, schema = ("EnvioBOLETA", "EnvioBOLETA_v11") if True in boletas else ("EnvioDTE", "EnvioDTE_v10")
    caratula = f"{_caratula(dtes, cover, certificate)}\n"
    digested = sha1(f"{_START}{caratula}".encode(), usedforsecurity=False)
    head = (
        f'{DECLARATION}\n<{root} xmlns="{SII_NAMESPACE}"{_INHERITED}'
        f' xsi:schemaLocation="{SII_NAMESPACE} {schema}.xsd" version="1.0">\n<SetDTE ID="{_SET}">\n{caratula}'
    )
    pieces = [head.encode("ascii")]
    for _, file in dtes:
        one = _bare(file)
        pieces += (one, b"\n")
        digested.update(_canonical_in_set(one))
    digested.update(_END.encode("ascii"))
    signature = signature_of(digested.digest(), f"#{_SET}", certificate, _INHERITED)
    pieces.append(f"{_END}\n{signature}\n</{root}>\n".encode("ascii"))
    return b"".join(pieces)


def _bare(file: bytes) -> bytes:
    """The element ``DTE`` of a signed file, as it stands."""
    begin = file.find(_DTE)
    if begin < 0:
        raise ValueError("a document that does not declare its namespace itself cannot be taken out of its envelope")
    return file[begin:].rstrip()


def _canonical_in_set(dte: bytes) -> bytes:
    """What *dte* and the end of its line add to the canonical form of the set."""
    whole = canonical_form(f"{_START}{dte.decode('latin-1')}\n{_END}")
    return whole[len(_START) : -len(_END)]


def _caratula(dtes: Sequence[tuple[int, bytes]], cover: Cover, certificate: Certificate) -> str:
    counts: dict[int, int] = {}
    for tipo, _ in dtes:
        counts[tipo] = counts.get(tipo, 0) + 1
    totals = "\n".join(
        f"<SubTotDTE>\n<TpoDTE>{tipo}</TpoDTE>\n<NroDTE>{count}</NroDTE>\n</SubTotDTE>"
        for tipo, count in counts.items()
    )
    return (
        f'<Caratula version="1.0">\n<RutEmisor>{cover.rut_emisor}</RutEmisor>\n'
        f"<RutEnvia>{certificate.rut}</RutEnvia>\n<RutReceptor>{cover.rut_receptor}</RutReceptor>\n"
        f"<FchResol>{cover.fecha_resolucion.isoformat()}</FchResol>\n<NroResol>{cover.numero_resolucion}</NroResol>\n"
        f"<TmstFirmaEnv>{cover.moment.isoformat(timespec='seconds')}</TmstFirmaEnv>\n{totals}\n</Caratula>"
    )
