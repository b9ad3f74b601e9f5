#!/usr/bin/env bash
# A PEM with an empty line behind BEGIN: OpenSSL takes it when the lines of base64 have 64 characters, and refuses it when
# they have 76. The same certificate, the same empty line. Python's cryptography takes both. An empty line before END is
# refused by both, with lines of any length.
#
# Why it matters: XMLDSig programs make a PEM of the text of X509Certificate by putting a BEGIN line before it and an END
# line behind it. Many documents carry a line break right behind the tag, which xs:base64Binary allows. Whether a
# receiver can read the certificate then depends on the length of the lines behind that break. The SII's manual asks for
# lines of 76 characters; facturacion_electronica signs with 64 behind a line break, so it accepts all that it signs
# itself and calls the signature of another program's valid document false ("Rechazado - Error en Firma"), although the
# signature does not even cover these blanks. Hurt: whoever signs with line breaks at 76 (as the manual says) behind a
# line break, and every receiver on OpenSSL (Python, PHP, Node, Ruby); a break before the end tag is refused with both.
#
# In the table, front and behind say where the line break stands in the text of X509Certificate; peer is what
# facturacion_electronica answers on receiving the document: 0 for a signature that is good, 2 for one that is not.
#
# Seen: facturacion_electronica 0.24.1 (pyOpenSSL 23.2.0, cryptography 41.0.7 with OpenSSL 3.1.4); OpenSSL 3.0.19 by itself:
#   lines of 64, no break        peer 0                              openssl yes  cryptography yes
#   lines of 64, break in front  peer 0                              openssl yes  cryptography yes
#   lines of 76, no break        peer 0                              openssl yes  cryptography yes
#   lines of 76, break in front  peer 2 Rechazado - Error en Firma   openssl no   cryptography yes
#   lines of 64, break behind    peer 2 Rechazado - Error en Firma   openssl no   cryptography no
# Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q facturacion_electronica==0.24.1 cryptography==41.0.7 pyOpenSSL==23.2.0

cat > prueba.py <<'PYTHON'
import base64, datetime, logging, re, subprocess, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from facturacion_electronica.firma import Firma

logging.disable(logging.CRITICAL)
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Persona Ficticia"),
                  x509.NameAttribute(NameOID.SERIAL_NUMBER, "11111111-1")])
now = datetime.datetime.utcnow()
made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(5)
        .not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(30))
        .sign(key, hashes.SHA256()))
file = pkcs12.serialize_key_and_certificates(b"x", key, made, None, serialization.BestAvailableEncryption(b"clave"))
firma = Firma({"string_firma": base64.b64encode(file).decode(), "string_password": "clave",
               "rut_firmante": "11111111-1", "init_signature": True})
firma.verify = False  # of what is signed only the form matters here, not the schema
signed = firma.firmar('<DTE xmlns="http://www.sii.cl/SiiDte" version="1.0"><Documento ID="F1T33"><A>x</A></Documento></DTE>',
                      "F1T33", "doc")
text = "".join(re.search("<X509Certificate>([^<]*)<", signed)[1].split())


def seen(width, front, behind):
    lines = front + "\n".join(text[i:i + width] for i in range(0, len(text), width)) + behind
    peer = Firma().verificar_firma_xml(re.sub("(<X509Certificate>)[^<]*", lambda found: found[1] + lines, signed))
    pem = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n".encode()
    openssl = subprocess.run(["openssl", "x509", "-noout"], input=pem, capture_output=True).returncode == 0
    try:
        python = bool(x509.load_pem_x509_certificate(pem))
    except ValueError:
        python = False
    return peer[0], openssl, python


expected = {(64, "", ""): (0, True, True), (64, "\n", ""): (0, True, True), (76, "", ""): (0, True, True),
            (76, "\n", ""): (2, False, True), (64, "", "\n"): (2, False, False)}
found = {case: seen(*case) for case in expected}
for case, one in found.items():
    print(case, "peer %d, openssl %s, cryptography %s" % one)
sys.exit(found != expected)
PYTHON
openssl version
env/bin/python prueba.py
