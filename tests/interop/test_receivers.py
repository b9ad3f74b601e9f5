"""What those who receive our documents do with them: take the certificate out, verify signature and stamp, print."""

from __future__ import annotations

import base64
import html
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from dteplanows.document import clock
from dteplanows.folios.keys import stamping_key
from dteplanows.ledger.rows import Span
from dteplanows.printing.stored import read
from tests.installation import Installation, load_caf, make_installation
from tests.interop.issued import Issued
from tests.interop.programs import is_without_network, needs_node

PROGRAMS = Path(__file__).parent / "receivers"
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def php_missing() -> str:
    """What of PHP is not installed; empty when nothing is missing."""
    if not shutil.which("php"):
        return "not installed: php"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True).stdout.lower().split()
    absent = [name for name in ("dom", "iconv", "openssl") if name not in modules]
    return f"php has no extension {', '.join(absent)}" if absent else ""


needs_php = pytest.mark.skipif(bool(php_missing()), reason=php_missing())
needs_ruby = pytest.mark.skipif(not shutil.which("ruby"), reason="not installed: ruby")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="not installed: openssl")


def answers(*words: str, **environment: str) -> list[str]:
    """The lines that a program writes."""
    done = subprocess.run(
        words, env={**os.environ, **environment}, capture_output=True, text=True, errors="replace", timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def written(folder: Path, files: list[bytes], suffix: str) -> list[str]:
    """The names of *files* written into *folder*."""
    paths = [folder / f"{number}{suffix}" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return [str(path) for path in paths]


# --- the certificate ------------------------------------------------------------------------------------------------


def text_of(file: bytes, name: str) -> str:
    """The text of an element of the signature, with whatever blanks it has."""
    return str(etree.fromstring(file).findtext(f".//{DS}{name}"))


def pem(text: str) -> bytes:
    """As programs put it together: a line, the text as it stands, a line."""
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n".encode()


def openssl_serial(name: str) -> str:
    """The serial number of a certificate, or ``-``."""
    done = subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", name], capture_output=True, text=True)
    return done.stdout.strip().removeprefix("serial=") if done.returncode == 0 else "-"


def python_serial(name: str) -> str:
    """The same by the library that Python programs have."""
    try:
        return f"{x509.load_pem_x509_certificate(Path(name).read_bytes()).serial_number:x}"
    except ValueError:
        return "-"


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param("openssl", marks=needs_openssl),
        "python",
        pytest.param("node", marks=needs_node),
        pytest.param("php", marks=needs_php),
        pytest.param("ruby", marks=needs_ruby),
    ],
)
def test_a_pem_made_by_hand_is_read(reader: str, issued: list[Issued], tmp_path: Path) -> None:
    """And not with a line break at both ends, as the documents had it once."""
    found = text_of(issued[0].xml, "X509Certificate")
    expected = x509.load_der_x509_certificate(base64.b64decode(found)).serial_number
    names = written(tmp_path, [pem(found), pem(f"\n{found}\n")], ".pem")
    if reader in ("openssl", "python"):
        seen = [openssl_serial(name) if reader == "openssl" else python_serial(name) for name in names]
    else:
        suffix = {"node": "js", "php": "php", "ruby": "rb"}[reader]
        seen = answers(reader, str(PROGRAMS / f"lee_pem.{suffix}"), *names)

    assert int(seen[0], 16) == expected
    assert seen[1] == "-"


def test_base64_begins_and_ends_at_its_tags(issued: list[Issued]) -> None:
    for one in issued:
        for name in ("X509Certificate", "Modulus", "SignatureValue"):
            assert re.fullmatch(r"([A-Za-z0-9+/]{76}\n)+[A-Za-z0-9+/]{1,76}={0,2}", text_of(one.xml, name)), one.name


# --- the whole signature, by a program of the field -------------------------------------------------------------------

PEER = ("cryptography==41.0.7", "pyOpenSSL==23.2.0", "pytz")
"""What facturacion_electronica asks for and is older than our own, so it has a folder of its own."""


def test_facturacion_electronica_verifies_every_document(
    issued: list[Issued], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    kept = Path(pytestconfig.cache.mkdir("facturacion_electronica")) if pytestconfig.cache else tmp_path
    if not (kept / "OpenSSL").is_dir():
        fetch(kept)
    program = (sys.executable, str(PROGRAMS / "verifica_firma.py"))
    accepted = answers(*program, *written(tmp_path, [one.xml for one in issued], ".xml"), PYTHONPATH=str(kept))
    before = with_breaks(issued[0].xml)
    changed = re.sub(rb"(?<=<MntTotal>)\d", lambda found: b"8" if found[0] == b"9" else b"9", issued[1].xml, count=1)
    refused = answers(*program, *written(tmp_path, [before, changed], ".xml"), PYTHONPATH=str(kept))

    assert [line.strip() for line in accepted] == ["0"] * len(issued)
    assert refused == ["2 Rechazado - Error en Firma", "2 Rechazado - Error en Digest"]


def fetch(kept: Path) -> None:
    """Get the libraries of the program; skip where no registry answers."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("pip is not installed")
    words = (sys.executable, "-m", "pip", "install", "--quiet", "--target", str(kept), *PEER)
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 or is_without_network(done.stderr), done.stderr
    if done.returncode:
        pytest.skip(f"facturacion_electronica: no network: pip cannot fetch its libraries ({done.stderr[-300:]})")


def with_breaks(file: bytes) -> bytes:
    """*file* as documents were written once; what is signed does not cover these elements."""
    return re.sub(rb"<(X509Certificate|Modulus|SignatureValue)>([^<]+)<", rb"<\1>\n\2\n<", file)


# --- the stamp, printed by who receives it --------------------------------------------------------------------------

NAMES = ("D'Amico \"El Rey\" & Cía 2 < 3 > 1 Ñ", 'Codo 1/2" PVC', "O'Higgins", 'Té "A&B"', "Tubo 5\" x 3' \"B\"")


@pytest.fixture(scope="module")
def quoted(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Documents whose names have each of the five characters, the last one's CAF too."""
    installation = make_installation(tmp_path_factory.mktemp("comillas"))
    company, authority = installation.company, installation.authority
    caf = authority.make_caf(company.rut, NAMES[0], 33, Span(1, 5), clock.today())
    load_caf(installation.ledger, company, caf, authority)
    made = [issue_named(installation, name) for name in NAMES]
    made.append(issue_named(installation, NAMES[0], folio=3))
    installation.close()
    return made


def issue_named(installation: Installation, name: str, folio: int = 0) -> bytes:
    """A document whose receiver and only product have that *name*."""
    escaped = html.escape(name)
    file = f"""<DTE version="1.0"><Documento><Encabezado>
<IdDoc><TipoDTE>33</TipoDTE><Folio>{folio}</Folio><FchEmis>{clock.today().isoformat()}</FchEmis></IdDoc>
<Emisor><RUTEmisor>1-9</RUTEmisor></Emisor>
<Receptor><RUTRecep>60803000-K</RUTRecep><RznSocRecep>{escaped}</RznSocRecep><GiroRecep>Comercio</GiroRecep>
<DirRecep>Calle 1</DirRecep><CmnaRecep>Talca</CmnaRecep></Receptor>
<Totales><MntNeto>1000</MntNeto><TasaIVA>19</TasaIVA><IVA>190</IVA><MntTotal>1190</MntTotal></Totales></Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>{escaped}</NmbItem><QtyItem>1</QtyItem><PrcItem>1000</PrcItem>
<MontoItem>1000</MontoItem></Detalle></Documento></DTE>"""
    (done,) = installation.issue(file.encode(), "2").documents
    assert done.accepted, done.problems
    company = installation.company
    row = installation.ledger.documents.find(company.ambiente, company.rut, done.tipo, done.folio)
    assert row
    key = stamping_key(installation.ledger, row.caf_id).key.public_key()
    key.verify(*frmt_and_dd(read(row.xml).ted), padding.PKCS1v15(), hashes.SHA1())
    return row.xml


def frmt_and_dd(ted: bytes) -> tuple[bytes, bytes]:
    """The signature of a stamp and what it is of."""
    found = re.fullmatch(rb'<TED version="1.0">(<DD>.*</DD>)<FRMT algoritmo="SHA1withRSA">(.*)</FRMT></TED>', ted)
    assert found
    return base64.b64decode(found[2]), found[1]


def test_the_five_characters_stand_in_the_stamp_by_the_sii_s_table(quoted: list[bytes]) -> None:
    first = read(quoted[0]).ted.decode("latin-1")
    assert "<RSR>D&apos;Amico &quot;El Rey&quot; &amp; Cía 2 &lt; 3 &gt; 1 Ñ</RSR>" in first
    assert b"<IT1>Codo 1/2&quot; PVC</IT1>" in read(quoted[1]).ted
    assert b'<NmbItem>Codo 1/2" PVC</NmbItem>' in quoted[1]
    assert [etree.fromstring(one).findtext(".//{*}DD/{*}IT1") for one in quoted[:-1]] == list(NAMES)
    assert read(quoted[-1]).ted.count(b"D&apos;Amico &quot;El Rey&quot; &amp; C\xeda 2 &lt; 3 &gt; 1 \xd1<") == 3


@needs_php
def test_a_stamp_that_another_program_prints_is_ours(issued: list[Issued], quoted: list[bytes], tmp_path: Path) -> None:
    files = [*quoted, *(one.xml for one in issued)]
    printed = answers("php", str(PROGRAMS / "imprime_recibido.php"), *written(tmp_path, files, ".xml"))
    assert [bytes.fromhex(line) for line in printed] == [read(one).ted for one in files]


@needs_php
def test_a_stamp_with_bare_quotes_would_not_verify_there(quoted: list[bytes], tmp_path: Path) -> None:
    """What the other program prints of a stamp that is not escaped by the table is another text than was signed."""
    bare = quoted[1].replace(b"1/2&quot; PVC</IT1>", b'1/2" PVC</IT1>')
    (printed,) = answers("php", str(PROGRAMS / "imprime_recibido.php"), *written(tmp_path, [bare], ".xml"))
    assert bytes.fromhex(printed) == read(quoted[1]).ted != read(bare).ted
