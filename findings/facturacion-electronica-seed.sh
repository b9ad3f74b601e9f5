#!/usr/bin/env bash
# facturacion_electronica: the signature with which it asks the SII for a token says rsa-sha1 and is one with SHA-256; and
# its digest is not that of the document that is sent, for a line end is put in front of </getToken> after digesting. Its
# signatures of documents are what they say: only those of the seed take this way.
#
# Why it matters: whoever stands in for the SII in a test, or puts a proxy in front that verifies, and does it by the book,
# answers this library (and the Odoo modules upon it) with state 05, signature wrong, for every call. And who takes its
# code for the model of a signature that the SII wants copies something that no verifier accepts.
#
# Seen: facturacion-electronica 0.24.1 with cryptography 41.0.7, as it asks for, Python 3.11.7, a key of 2048 bits:
#   declared http://www.w3.org/2000/09/xmldsig#rsa-sha1; verifies with sha1: False, with sha256: True
#   digest of the document without its signature: other than the one signed
#   the same without the line end: the one signed
# Expected: True, False, and the digest signed. Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q facturacion-electronica==0.24.1 setuptools==80.9.0

cat > program.py <<'PYTHON'
import base64, hashlib, sys
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from facturacion_electronica.firma import Firma
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
key = rsa.generate_private_key(65537, 2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Firma de ensayo")])
now = datetime.now(timezone.utc)
made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(key, hashes.SHA256())
firma = Firma()
firma.privkey = key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
firma.cert = base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()
firma.rut_firmante = "11111111-1"

signed = firma.firmar("<getToken><item><Semilla>030530912644</Semilla></item></getToken>", type="token")
root = etree.fromstring(signed)
info = root.find(f".//{DS}SignedInfo")
# lxml canonicalises it rightly only so: it repeats the namespace of its parent.
by_itself = etree.fromstring(etree.tostring(info))
value = base64.b64decode(root.findtext(f".//{DS}SignatureValue"))


def verifies(algorithm):
    try:
        key.public_key().verify(value, etree.tostring(by_itself, method="c14n"), padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def digest(element):
    return base64.b64encode(hashlib.sha1(etree.tostring(element, method="c14n")).digest()).decode()


declared = info.find(f"{DS}SignatureMethod").get("Algorithm")
by_sha1, by_sha256 = verifies(hashes.SHA1()), verifies(hashes.SHA256())
said = info.findtext(f".//{DS}DigestValue")
signature = root.find(f"{DS}Signature")
tail = signature.tail
root.remove(signature)
if tail:
    root[-1].tail = (root[-1].tail or "") + tail
as_sent = digest(root) == said
root[-1].tail = None
without = digest(root) == said
print(f"declared {declared}; verifies with sha1: {by_sha1}, with sha256: {by_sha256}")
print(f"digest of the document without its signature: {'the one signed' if as_sent else 'other than the one signed'}")
print(f"the same without the line end: {'the one signed' if without else 'other than the one signed'}")
right = declared.endswith("rsa-sha1") and (by_sha1, by_sha256, as_sent, without) == (False, True, False, True)
sys.exit(not right)
PYTHON
env/bin/python program.py
