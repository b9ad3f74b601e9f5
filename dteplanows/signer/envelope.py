"""Envelopes: signed DTEs put together for the SII or for the receiver, and signed as a whole.

The DTEs go in as the bytes they are: each stays a document of its own inside (the SII takes it out as text), while the
envelope's own signature covers the set with the namespaces of the root in scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from dteplanows.document.elements import BOLETAS
from dteplanows.signer.certificate import Certificate
from dteplanows.signer.xmldsig import DECLARATION, SII_NAMESPACE, canonical_form, make_signature

SII = "60803000-K"
"""RUT of the SII, receiver of what is delivered to it."""

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SET = "SetDoc"


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
    """``EnvioDTE``, or ``EnvioBOLETA`` for boletas, of the signed *dtes*.

    :param dtes: (document type, the file as signed) pairs, at least one; boletas and others are never mixed.
    :raises ValueError: none, or a mixture.
    """
    boletas = {tipo in BOLETAS for tipo, _ in dtes}
    if len(boletas) != 1:
        raise ValueError("an envelope holds documents, and boletas apart from the others")
    root, schema = ("EnvioBOLETA", "EnvioBOLETA_v11") if True in boletas else ("EnvioDTE", "EnvioDTE_v10")
    inside = "\n".join([_caratula(dtes, cover, certificate), *(_bare(file) for _, file in dtes)])
    signed_set = f'<SetDTE ID="{_SET}">\n{inside}\n</SetDTE>'
    inherited = f' xmlns:xsi="{_XSI}"'
    canonical = canonical_form(signed_set.replace("<SetDTE ", f'<SetDTE xmlns="{SII_NAMESPACE}"{inherited} ', 1))
    signature = make_signature(canonical, _SET, certificate, inherited)
    return (
        f'{DECLARATION}\n<{root} xmlns="{SII_NAMESPACE}"{inherited}'
        f' xsi:schemaLocation="{SII_NAMESPACE} {schema}.xsd" version="1.0">\n'
        f"{signed_set}\n{signature}\n</{root}>\n"
    ).encode("latin-1")


def _bare(file: bytes) -> str:
    """The element ``DTE`` of a signed file, as it stands."""
    text = file.decode("latin-1")
    return text[text.index("<DTE") :].rstrip()


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
