"""The SII's own schema as the judge of an unsigned document, dressed up as a whole DTE for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, cast

from lxml import etree
from lxml.etree import ErrorTypes as Codes

from dteplanows.document.elements import BRANCHES
from dteplanows.validator.form.schema import Finding

SII = "http://www.sii.cl/SiiDte"
DS = "http://www.w3.org/2000/09/xmldsig#"

STRUCTURE = frozenset({Codes.SCHEMAV_ELEMENT_CONTENT, Codes.SCHEMAV_CVC_TYPE_3_1_2})
"""Error codes for an element too few, too many or in the wrong place."""

_ROOT_OF_BOLETAS = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:s="{SII}" targetNamespace="{SII}">
<xs:include schemaLocation="{{path}}"/><xs:element name="DTE" type="s:BOLETADefType"/></xs:schema>"""
"""EnvioBOLETA_v11 has the type of a DTE but no such root."""

_TED = """<TED version="1.0"><DD><RE>1-9</RE><TD>{tipo}</TD><F>1</F><FE>2026-01-02</FE><RR>1-9</RR><RSR>x</RSR>
<MNT>1</MNT><IT1>x</IT1><CAF version="1.0"><DA><RE>1-9</RE><RS>x</RS><TD>{tipo}</TD><RNG><D>1</D><H>2</H></RNG>
<FA>2026-01-02</FA><RSAPK><M>AQAB</M><E>Aw==</E></RSAPK><IDK>100</IDK></DA>
<FRMA algoritmo="SHA1withRSA">AQAB</FRMA></CAF>
<TSTED>2026-01-02T10:00:00</TSTED></DD><FRMT algoritmo="SHA1withRSA">AQAB</FRMT></TED>"""

_SIGNATURE = f"""<Signature xmlns="{DS}"><SignedInfo>
<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/><Reference URI="#F1T33">
<Transforms><Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><DigestValue>AQAB</DigestValue></Reference></SignedInfo>
<SignatureValue>AQAB</SignatureValue><KeyInfo><KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent>
</RSAKeyValue></KeyValue><X509Data><X509Certificate>AQAB</X509Certificate></X509Data></KeyInfo></Signature>"""


class Error(NamedTuple):
    """One error as libxml2 reports it against the SII's schema."""

    path: str
    """Below the document's root; numbered only where libxml2 numbers it."""
    code: int
    message: str


def official_path(name: str) -> Path:
    """The SII's schema file *name* in the wheel that carries it; never import that wheel, it patches the process."""
    spec = find_spec("facturacion_electronica")
    assert spec, "tests/requirements-no-deps.txt is not installed"
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "xsd", name)


@cache
def dte_schema(branch: str) -> etree.XMLSchema:
    """The SII's schema of one whole DTE of that branch, compiled."""
    if branch != "boleta":
        return etree.XMLSchema(etree.parse(official_path("DTE_v10.xsd")))
    path = official_path("EnvioBOLETA_v11.xsd")
    return etree.XMLSchema(etree.fromstring(_ROOT_OF_BOLETAS.format(path=path.as_uri())))


def dress(text: str, tipo: int) -> etree._Element:
    """The whole DTE around the unsigned *text*: namespace, and TED, TmstFirma and Signature of the right form only."""
    document = etree.fromstring(text)
    document.append(etree.fromstring(_TED.format(tipo=tipo)))
    etree.SubElement(document, "TmstFirma").text = "2026-01-02T10:00:00"
    dte = etree.Element(f"{{{SII}}}DTE", version="1.0", nsmap={"s": SII})
    dte.append(document)
    for node in document.iter(etree.Element):
        node.tag = f"{{{SII}}}{node.tag}"
    dte.append(etree.fromstring(_SIGNATURE))
    return dte


def judge(text: str, tipo: int) -> list[Error]:
    """What the SII's schema says against *text*; nothing when it accepts it."""
    schema = dte_schema(BRANCHES[tipo])
    schema.validate(dress(text, tipo))
    found = cast("Iterable[etree._LogEntry]", schema.error_log)
    return [Error(_below(one.path or ""), one.type, one.message) for one in found]


def _below(path: str) -> str:
    return re.sub(r"^/DTE(/(Documento|Liquidacion|Exportaciones)/?)?", "", path.replace("s:", ""))


# --- the two verdicts ----------------------------------------------------------------------------------------------

OF_PLACE = {"missing", "unexpected", "order", "repeated"}


def plain(path: str) -> str:
    """*path* as libxml2 would number it at least: the first of several without its number."""
    return path.replace("[1]", "")


def parent(path: str) -> str:
    """Path of the group that *path* stands in."""
    return path.rpartition("/")[0]


def disagreements(errors: list[Error], findings: list[Finding]) -> Iterator[str]:
    """Where our *findings* and the SII's *errors* do not name the same elements."""
    places = {plain(one.path) for one in findings if one.kind in OF_PLACE}
    values = {plain(one.path) for one in findings if one.kind not in OF_PLACE}
    left: set[str] = set()
    for error in errors:
        path = plain(error.path)
        if error.code in STRUCTURE:
            left |= {path, parent(path)}
            if not any(path in (one, parent(one)) or parent(path) == parent(one) for one in places):
                yield f"theirs only: {error}"
        elif path not in places | values:
            yield f"theirs only: {error}"
    theirs = {plain(error.path) for error in errors}
    for path in values - theirs:
        if not any(group == "" or path.startswith(f"{group}/") for group in left):
            yield f"ours only: {path}"
