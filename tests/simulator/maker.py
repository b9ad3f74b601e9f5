"""Signed documents and envelopes, written as text in their canonical form, so that no library canonicalises anything.

Neither the simulator's code nor this project's signer is used: digests are taken of the text as it stands.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha1
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

SII = "http://www.sii.cl/SiiDte"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
COMPANY, RECEIVER, PERSON, STRANGER = "76000111-2", "77000222-2", "12345670-K", "9876540-9"
RUT_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.8321.1")
ARRIVED = {39: "EnvioBOLETA", 41: "EnvioBOLETA"}
IDK = "900"


def today() -> datetime:
    """Now, on Chile's clocks."""
    return datetime.now(ZoneInfo("America/Santiago")).replace(tzinfo=None, microsecond=0)


@cache
def key(name: str, size: int = 2048, exponent: int = 65537) -> rsa.RSAPrivateKey:
    """A key; the same name gives the same one."""
    return rsa.generate_private_key(public_exponent=exponent, key_size=size)


@cache
def certificate(rut: str, days: int = 365) -> x509.Certificate:
    """A certificate of the person *rut*."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Persona Ficticia")])
    other = x509.OtherName(RUT_NAME, bytes((0x16, len(rut))) + rut.encode())
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key(rut).public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=900)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([other] if rut else [x509.DNSName("x")]), critical=False)
        .sign(key(rut), hashes.SHA256())
    )  # fmt: skip


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def sha1_b64(text: str) -> str:
    return b64(sha1(text.encode()).digest())


def signed(canonical: str, uri: str, scope: str = "", rut: str = PERSON, **options: str | int) -> str:
    """The whole element Signature of the text *canonical*.

    :param scope: namespaces that its place declares, as canonical form writes them on SignedInfo.
    """
    transform = str(options.get("transform", C14N))
    inner = (
        f'<CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{DS}rsa-sha1"></SignatureMethod><Reference URI="{uri}"><Transforms>'
        f'<Transform Algorithm="{transform}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{DS}sha1"></DigestMethod><DigestValue>{sha1_b64(canonical)}</DigestValue>'
        "</Reference></SignedInfo>"
    )
    info = f'<SignedInfo xmlns="{DS}"{scope}>{inner}'
    owner = certificate(rut, int(str(options.get("days", 365))))
    numbers = key(str(options.get("key_of", rut))).public_key().public_numbers()
    value = b64(key(rut).sign(info.encode(), padding.PKCS1v15(), hashes.SHA1()))
    return (
        f'<Signature xmlns="{DS}"><SignedInfo>{inner}\n<SignatureValue>{value}</SignatureValue><KeyInfo><KeyValue>'
        f"<RSAKeyValue><Modulus>{number(numbers.n)}</Modulus><Exponent>{number(numbers.e)}</Exponent></RSAKeyValue>"
        f"</KeyValue>\n<X509Data><X509Certificate>{b64(owner.public_bytes(serialization.Encoding.DER))}"
        "</X509Certificate></X509Data></KeyInfo></Signature>"
    )


def authority_pem() -> str:
    """The public key of the authority that signs the CAFs here."""
    return public_pem("authority", 1024)


def public_pem(name: str, size: int = 2048) -> str:
    """A public key."""
    return (
        key(name, size)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


@dataclass(frozen=True)
class Caf:
    """A CAF."""

    tipo: int
    first: int = 1
    last: int = 100_000
    issuer: str = COMPANY
    idk: str = IDK
    days_old: int = 10
    signer: str = "authority"

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return key(f"caf-{self.tipo}", 1024, 3)

    def xml(self) -> str:
        numbers = self.key.public_key().public_numbers()
        day = (today() - timedelta(days=self.days_old)).date().isoformat()
        da = (
            f"<DA><RE>{self.issuer}</RE><RS>Ñandú Ltda</RS><TD>{self.tipo}</TD><RNG><D>{self.first}</D>"
            f"<H>{self.last}</H></RNG><FA>{day}</FA><RSAPK><M>{number(numbers.n)}</M><E>{number(numbers.e)}</E></RSAPK>"
            f"<IDK>{self.idk}</IDK></DA>"
        )
        frma = b64(key(self.signer, 1024).sign(da.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1()))
        return f'<CAF version="1.0">{da}<FRMA algoritmo="SHA1withRSA">{frma}</FRMA></CAF>'


LINE = """<Detalle>
<NroLinDet>1</NroLinDet>
<NmbItem>Piñón araucano</NmbItem>
<QtyItem>2</QtyItem>
<PrcItem>500</PrcItem>
<MontoItem>1000</MontoItem>
</Detalle>"""

_TOTALS = {
    33: "<MntNeto>1000</MntNeto>\n<TasaIVA>19</TasaIVA>\n<IVA>190</IVA>\n<MntTotal>1190</MntTotal>",
    34: "<MntExe>1000</MntExe>\n<MntTotal>1000</MntTotal>",
    39: "<MntNeto>840</MntNeto>\n<IVA>160</IVA>\n<MntTotal>1000</MntTotal>",
}
_TOTALS |= dict.fromkeys((43, 46, 52, 56, 61), _TOTALS[33]) | dict.fromkeys((41, 110), _TOTALS[34])


def body(tipo: int, folio: int) -> str:
    """A sound document of *tipo*, without stamp."""
    boleta = tipo in ARRIVED
    issuer = "<RznSocEmisor>Ñandú Ltda</RznSocEmisor>\n<GiroEmisor>Comercio</GiroEmisor>" if boleta else (
        "<RznSoc>Ñandú Ltda</RznSoc>\n<GiroEmis>Comercio</GiroEmis>\n<Acteco>475201</Acteco>"
    )  # fmt: skip
    service = "\n<IndServicio>3</IndServicio>" if boleta else "\n<IndTraslado>1</IndTraslado>" if tipo == 52 else ""
    giro = "" if boleta else "<GiroRecep>Comercio</GiroRecep>\n"
    day = today().date().isoformat()
    element = {43: "Liquidacion", 110: "Exportaciones"}.get(tipo, "Documento")
    return f"""<{element} ID="F{folio}T{tipo}">
<Encabezado>
<IdDoc>
<TipoDTE>{tipo}</TipoDTE>
<Folio>{folio}</Folio>
<FchEmis>{day}</FchEmis>{service}
</IdDoc>
<Emisor>
<RUTEmisor>{COMPANY}</RUTEmisor>
{issuer}
<DirOrigen>Calle 1</DirOrigen>
<CmnaOrigen>Santiago</CmnaOrigen>
</Emisor>
<Receptor>
<RUTRecep>{RECEIVER}</RUTRecep>
<RznSocRecep>Cliente &amp; Cía</RznSocRecep>
{giro}<DirRecep>Calle 2</DirRecep>
<CmnaRecep>Arica</CmnaRecep>
</Receptor>
<Totales>
{_TOTALS[tipo]}
</Totales>
</Encabezado>
{LINE}
"""


def reference(tipo: str, folio: int, cod: str) -> str:
    """A reference of a note."""
    code = f"<CodRef>{cod}</CodRef>\n" if cod else ""
    return (
        f"<Referencia>\n<NroLinRef>1</NroLinRef>\n<TpoDocRef>{tipo}</TpoDocRef>\n<FolioRef>{folio}</FolioRef>\n"
        f"<FchRef>{today().date().isoformat()}</FchRef>\n{code}</Referencia>\n"
    )


@dataclass(frozen=True)
class Dte:
    """A document to be made; the changes are made at the stage that they name."""

    tipo: int = 33
    folio: int = 1
    changes: tuple[tuple[str, str], ...] = ()
    """In the document, before it is stamped."""
    stamp_changes: tuple[tuple[str, str], ...] = ()
    """In the stamp, before it is signed."""
    stamped_changes: tuple[tuple[str, str], ...] = ()
    """In the document with its stamp, before it is signed."""
    signed_changes: tuple[tuple[str, str], ...] = ()
    """After it was signed."""
    references: str = ""
    caf: Caf | None = None
    stamped_in: str = "latin-1"

    def text(self) -> str:
        """The whole ``<DTE>``."""
        document = _changed(body(self.tipo, self.folio), self.changes) + self.references
        caf = self.caf or Caf(self.tipo)
        document = _changed(document + self._ted(document, caf), self.stamped_changes)
        document += f"<TmstFirma>{today().isoformat()}</TmstFirma>\n</{_name(document)}>"
        canonical = document.replace(" ID=", f' xmlns="{SII}" ID=', 1)
        identifier = f"#F{self.folio}T{self.tipo}"
        dte = f'<DTE xmlns="{SII}" version="1.0">\n{document}\n{signed(canonical, identifier)}\n</DTE>'
        return _changed(dte, self.signed_changes)

    def _ted(self, document: str, caf: Caf) -> str:
        def field(name: str) -> str:
            found = re.search(f"<{name}>(.*?)</{name}>", document)
            return found[1] if found else ""

        dd = (
            f"<DD><RE>{field('RUTEmisor')}</RE><TD>{field('TipoDTE')}</TD><F>{field('Folio')}</F>"
            f"<FE>{field('FchEmis')}</FE><RR>{field('RUTRecep')}</RR><RSR>{field('RznSocRecep')}</RSR>"
            f"<MNT>{field('MntTotal')}</MNT><IT1>{field('NmbItem')}</IT1>{caf.xml()}"
            f"<TSTED>{today().isoformat()}</TSTED></DD>"
        )
        dd = _changed(dd, self.stamp_changes)
        frmt = b64(caf.key.sign(dd.encode(self.stamped_in), padding.PKCS1v15(), hashes.SHA1()))
        return f'<TED version="1.0">{dd}<FRMT algoritmo="SHA1withRSA">{frmt}</FRMT></TED>\n'


def _name(document: str) -> str:
    return document[1 : document.index(" ")]


def _changed(text: str, changes: Sequence[tuple[str, str]]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def envelope(
    documents: Sequence[Dte | str],
    head: Mapping[str, str] | None = None,
    changes: Sequence[tuple[str, str]] = (),
    after: Sequence[tuple[str, str]] = (),
    rut: str = PERSON,
) -> bytes:
    """A signed envelope.

    :param head: other values of the carátula, by name.
    :param changes: made before it is signed; *after* behind that.
    """
    texts = [one if isinstance(one, str) else one.text() for one in documents]
    types = Counter(int(found) for one in texts for found in re.findall("<TipoDTE>([0-9]+)<", one))
    root = ARRIVED.get(next(iter(types)), "EnvioDTE")
    values = {
        "RutEmisor": COMPANY, "RutEnvia": rut, "RutReceptor": "60803000-K", "FchResol": "2020-01-02", "NroResol": "0",
        "TmstFirmaEnv": today().isoformat(), **(head or {}),
    }  # fmt: skip
    inside = "\n".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    counts = "\n".join(
        f"<SubTotDTE>\n<TpoDTE>{tipo}</TpoDTE>\n<NroDTE>{count}</NroDTE>\n</SubTotDTE>" for tipo, count in types.items()
    )
    joined = "\n".join(texts)
    content = _changed(
        f'<SetDTE ID="SetDoc">\n<Caratula version="1.0">\n{inside}\n{counts}\n</Caratula>\n{joined}\n</SetDTE>', changes
    )
    scope = f' xmlns:xsi="{XSI}"'
    canonical = content.replace(f'<DTE xmlns="{SII}" ', "<DTE ")
    canonical = canonical.replace("<SetDTE ", f'<SetDTE xmlns="{SII}"{scope} ', 1)
    version = "v11" if root == "EnvioBOLETA" else "v10"
    text = (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<{root} xmlns="{SII}"{scope} '
        f'xsi:schemaLocation="{SII} {root}_{version}.xsd" version="1.0">\n{content}\n'
        f"{signed(canonical, '#SetDoc', scope, rut)}\n</{root}>\n"
    )
    return _changed(text, after).encode("latin-1")


def many(count: int, tipo: int = 33, first: int = 1) -> list[Dte]:
    """Sound documents with folios in a row."""
    return [replace(Dte(tipo), folio=first + place) for place in range(count)]


def signed_seed(seed: str, rut: str = PERSON, **options: str | int) -> str:
    """The document getToken, signed."""
    content = f"<getToken><item><Semilla>{seed}</Semilla></item>"
    whole = signed(f"{content}</getToken>", "", "", rut, transform=ENVELOPED, **options)
    return f"{content}{whole}</getToken>"
