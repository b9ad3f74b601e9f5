"""What was issued from every input file, judged by others: xmlsec1, signxml, RSA on the stamp, the SII's schemas."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from dteplanows.document import clock
from dteplanows.document.elements import BOLETAS
from dteplanows.folios.keys import stamping_key
from dteplanows.signer.envelope import SII as RUT_OF_SII
from dteplanows.signer.envelope import Cover, envelope
from tests.interop.issued import Issued
from tests.official import errors_in_dte, errors_in_envelope

SII = "http://www.sii.cl/SiiDte"
DS = "http://www.w3.org/2000/09/xmldsig#"
_SHA1 = SignatureConfiguration(
    signature_methods=frozenset({SignatureMethod.RSA_SHA1}), digest_algorithms=frozenset({DigestAlgorithm.SHA1})
)

needs_xmlsec1 = pytest.mark.skipif(not shutil.which("xmlsec1"), reason="xmlsec1 is not installed")


@pytest.fixture(scope="module")
def facturas(issued: list[Issued]) -> bytes:
    """An ``EnvioDTE`` of all that are no boletas."""
    return sent(issued, boletas=False)


@pytest.fixture(scope="module")
def boletas(issued: list[Issued]) -> bytes:
    """An ``EnvioBOLETA`` of all boletas."""
    return sent(issued, boletas=True)


def sent(issued: list[Issued], boletas: bool) -> bytes:
    """The envelope of the boletas, or of the others."""
    company = issued[0].installation.company
    cover = Cover(company.rut, RUT_OF_SII, date(2026, 1, 2), 0, clock.now())
    dtes = [(one.tipo, one.xml) for one in issued if (one.tipo in BOLETAS) is boletas]
    return envelope(dtes, cover, issued[0].installation.certificate)


# --- the signature of the document ------------------------------------------------------------------------------------


def certificate_in(file: bytes) -> x509.Certificate:
    """The signer's certificate as the file carries it."""
    found = etree.fromstring(file).findtext(f".//{{{DS}}}X509Certificate")
    return x509.load_der_x509_certificate(base64.b64decode(found or ""))


def root_of(file: bytes) -> str:
    """Name of the element of a DTE that is signed: ``Documento``, ``Liquidacion`` or ``Exportaciones``."""
    found = re.search(rb"<(\w+) ID=", file)
    assert found
    return found[1].decode()


def xmlsec1_verifies(file: bytes, folder: Path, identified: str, *where: str) -> bool:
    """Whether xmlsec1 verifies *file* with the certificate in it, by the attribute ``ID`` of element *identified*."""
    pem, path = folder / "certificado.pem", folder / "firmado.xml"
    pem.write_bytes(certificate_in(file).public_bytes(serialization.Encoding.PEM))
    path.write_bytes(file)
    options = ["--id-attr:ID", f"{SII}:{identified}", "--pubkey-cert-pem", str(pem), *where]
    return not subprocess.run(["xmlsec1", "--verify", *options, str(path)], capture_output=True).returncode


@needs_xmlsec1
def test_xmlsec1_verifies_every_document(issued: list[Issued], tmp_path: Path) -> None:
    assert [one.name for one in issued if not xmlsec1_verifies(one.xml, tmp_path, root_of(one.xml))] == []


@needs_xmlsec1
def test_xmlsec1_refuses_every_document_that_was_changed(issued: list[Issued], tmp_path: Path) -> None:
    changed = [one._replace(xml=re.sub(rb"(<MntTotal>)\d", rb"\g<1>9", one.xml + b"\n", count=1)) for one in issued]
    changed = [new for new, old in zip(changed, issued, strict=True) if new.xml.rstrip() != old.xml.rstrip()]

    assert len(changed) > len(issued) / 2
    assert [one.name for one in changed if xmlsec1_verifies(one.xml, tmp_path, root_of(one.xml))] == []


def test_signxml_verifies_every_document(issued: list[Issued]) -> None:
    for one in issued:
        verifier = XMLVerifier()
        verifier.excise_empty_xmlns_declarations = True  # lxml writes them where Canonical XML has none
        certificate = certificate_in(one.xml)
        found = verifier.verify(one.xml, x509_cert=certificate, id_attribute="ID", expect_config=_SHA1)

        assert not isinstance(found, list)
        assert found.signed_xml is not None, one.name
        assert found.signed_xml.get("ID") == f"F{one.folio}T{one.tipo}", one.name


def test_the_certificate_is_the_company_s(issued: list[Issued]) -> None:
    numbers = {certificate_in(one.xml).public_key().public_numbers() for one in issued}  # type: ignore[union-attr]
    owner = issued[0].installation.certificate.rut

    assert len(numbers) == 1
    assert owner in certificate_in(issued[0].xml).subject.rfc4514_string()


# --- the stamp ------------------------------------------------------------------------------------------------------


def piece(text: str, name: str) -> str:
    """Element *name* of *text*, flattened: nothing between the tags. That is what the SII verifies, in ISO-8859-1."""
    (found,) = re.findall(rf"<{name}(?: [^>]*)?>.*?</{name}>", text, re.DOTALL)
    return re.sub(r">\s+<", "><", found)


def value(text: str, name: str) -> str:
    """Content of element *name*, without the blanks that base64 may have."""
    (found,) = re.findall(rf"<{name}(?: [^>]*)?>([^<]*)</{name}>", text)
    return re.sub(r"\s", "", found)


def verify(key: rsa.RSAPublicKey, signature: str, text: str) -> None:
    """:raises InvalidSignature: *signature* is not of *text*."""
    key.verify(base64.b64decode(signature, validate=True), text.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())


def rsapk(ted: str) -> rsa.RSAPublicKey:
    """The public key that the stamp's own CAF names."""
    exponent, modulus = (int.from_bytes(base64.b64decode(value(ted, name)), "big") for name in ("E", "M"))
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def test_every_stamp_verifies(issued: list[Issued]) -> None:
    for one in issued:
        ted = piece(one.text(), "TED")
        loaded = stamping_key(one.installation.ledger, one.caf_id).key.public_key()

        verify(rsapk(ted), value(ted, "FRMT"), piece(ted, "DD"))
        verify(loaded, value(ted, "FRMT"), piece(ted, "DD"))
        verify(one.installation.authority.public_key, value(ted, "FRMA"), piece(ted, "DA"))
        with pytest.raises(InvalidSignature):
            verify(loaded, value(ted, "FRMT"), piece(ted, "DD").replace("<MNT>", "<MNT>1"))


def test_every_stamp_says_what_the_document_says(issued: list[Issued]) -> None:
    for one in issued:
        document = etree.fromstring(one.xml)
        pairs = {
            "RE": "Emisor/RUTEmisor",
            "TD": "IdDoc/TipoDTE",
            "F": "IdDoc/Folio",
            "FE": "IdDoc/FchEmis",
            "RR": "Receptor/RUTRecep",
            "MNT": "Totales/MntTotal",
        }
        dd = document.find(f".//{{{SII}}}DD")
        head = document.find(f".//{{{SII}}}Encabezado")
        assert dd is not None
        assert head is not None
        for short, path in pairs.items():
            said = head.findtext("/".join(f"{{{SII}}}{step}" for step in path.split("/")))
            assert dd.findtext(f"{{{SII}}}{short}") == said, (one.name, short)
        name = document.findtext(f".//{{{SII}}}NmbItem", "")
        assert dd.findtext(f"{{{SII}}}IT1", "").strip() == name[:40].strip(), one.name


# --- the content ----------------------------------------------------------------------------------------------------

SAID = {
    "boleta39-latin1.txt": ("Piñón cocido", "3.25", "8775", "7374", "1401"),
    "boleta39-referencia-vacia.txt": ("CAÑETE", "32130", "27000", "5130"),
    "boleta39-seccion-vacia.txt": ("Tomás Núñez", "9000", "41000", "34454"),
    "boleta39-sin-sucursal.txt": ("375", "7125", "5987", "1138"),
    "boleta39-solo-total-con-descuento.txt": ("600", "5400", "4538", "862"),
    "boleta39-valor-unitario.txt": ("Cojín", "19500", "26500", "22269"),
    "boleta41-exenta.txt": ("Edmundo Cariqueo", "14500"),
    "factura33-codificacion-mixta.txt": ("Piscina Señorío SpA", "Camino Güiña 22", "Peñaflor", "Inscripción año"),
    "factura33-de-guias.txt": ("FORESTAL ÑIRRE SPA", "870", "2026-07-06", "60000", "71400"),
    "factura33-encabezado-de-18-campos.txt": ("PIÑÓN 15D", "CONTULMO", "40000", "47600"),
    "factura33-folio-propio.txt": ("Corretajes Pudú, Limitada", "Coquimbo", "100555"),
    "factura33-sin-separador-final.txt": ("Visita técnica", "812", "455000", "541450"),
    "factura34-correo-null.txt": ("Fundación Alerce", "240000", "8000", "232000"),
    "factura34-cr-cr-lf.txt": ("Íñigo Cárcamo Ulloa", "128400"),
    "factura34-descuento-por-linea.txt": ("18000", "102000", "182000"),
    "factura34-importes-con-centavos.txt": ("Escuela Raulí SpA", "1250", "11250"),
    "guia52-venta-con-descuento.txt": ("PN7-SER20-Termómetro", "8000", "212000", "252280"),
    "nota-credito61-blanco-tras-la-marca.txt": ("Talla equivocada", "2208", "28560"),
    "boleta39-elementos-vacios.xml": ("Lectora de Paso", "12990", "10916", "2074"),
    "boleta39-neta-con-periodo.xml": ("BOTÍN SEÑORA", "29403.36", "29403", "34990"),
    "factura33-cdata.xml": ("Traducción de abril", "Editorial Coigüe Ltda.", "Calle <Sur> 55", "318920"),
    "factura33-emisor-solo-rut.xml": ("Ibáñez & Ñanco Ltda", "Maestranza Ñuble & Hijos Ltda.", "38080"),
    "factura33-espacio-de-nombres.xml": ("1243.57", "8705", "10359", "415"),
    "factura33-impuestos-adicionales.xml": ("27", "1140", "19", "3600", "54006"),
    "factura33-rut-con-puntos.xml": ("Eléctrica del Choapa S.A.", "SEN", "EO00020B26M05S0002", "87120"),
    "factura33-tabulaciones.xml": ("Sábana AFECTA", "373850"),
    "factura34-comillas-simples.xml": ("Cecinas Ñielol Ú", "128400"),
    "factura34-emisor-rut-sucursal-vendedor.xml": ("Viñedos Peñablanca", "Bellavista", "ejecutiva", "88500"),
    "guia52-otros-traslados.xml": ("Faena Ñipas", "36.5", "64260"),
    "guia52-traslado-interno.xml": ("SUCURSAL CENTRO", "5", "34990"),
    "nota-credito61-cdata.xml": ("9871000044", "Se anula por error", "318920"),
    "nota-credito61-otro-orden.xml": ("9877000015", "Devuelve el par completo", "34990"),
    "nota-credito61-precios-brutos.xml": ("4163.33", "10496", "1994", "12490"),
    "nota-credito61-referencia-repetida.xml": ("Mercadería en mal estado", "4398", "54006"),
    "nota-debito56-adicional-antes-de-referencia.xml": ("Anula la devolución", "211", "54006"),
}
"""Some texts of the issued documents, worked out by hand from the files."""


def test_the_documents_say_what_the_files_say(issued: list[Issued]) -> None:
    texts: dict[str, set[str]] = {}
    for one in issued:
        texts.setdefault(one.name, set()).update(node.text or "" for node in etree.fromstring(one.xml).iter("{*}*"))

    missing = {name: [one for one in said if one not in texts[name]] for name, said in SAID.items()}
    assert {name: lost for name, lost in missing.items() if lost} == {}


# --- the SII's schemas ------------------------------------------------------------------------------------------------


def test_the_schemas_accept_every_document(issued: list[Issued]) -> None:
    assert {one.name: found for one in issued if (found := errors_in_dte(one.xml, one.tipo))} == {}


def test_the_schemas_accept_the_envelopes(facturas: bytes, boletas: bytes) -> None:
    assert errors_in_envelope(facturas, "EnvioDTE_v10.xsd") == []
    assert errors_in_envelope(boletas, "EnvioBOLETA_v11.xsd") == []
    assert errors_in_envelope(boletas.replace(b"EnvioBOLETA", b"EnvioDTE"), "EnvioDTE_v10.xsd") != []


@needs_xmlsec1
def test_xmlsec1_verifies_the_envelopes(facturas: bytes, boletas: bytes, tmp_path: Path) -> None:
    outer = ("--node-xpath", "/*/*[local-name()='Signature']")
    for file in (facturas, boletas):
        assert xmlsec1_verifies(file, tmp_path, "SetDTE", *outer)
        assert not xmlsec1_verifies(file.replace(b"<TmstFirma>2", b"<TmstFirma>1", 1), tmp_path, "SetDTE", *outer)


@needs_xmlsec1
def test_the_documents_taken_out_of_the_envelopes_verify(
    issued: list[Issued], facturas: bytes, boletas: bytes, tmp_path: Path
) -> None:
    taken = [found for file in (facturas, boletas) for found in re.findall(rb"<DTE .*?</DTE>", file, re.DOTALL)]

    assert sorted(taken) == sorted(re.findall(rb"<DTE .*</DTE>", one.xml, re.DOTALL)[0] for one in issued)
    declared = [b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + one for one in taken]
    assert [one[:200] for one in declared if not xmlsec1_verifies(one, tmp_path, root_of(one))] == []
