#!/usr/bin/env bash
# suds: an XML document given as a string argument arrives as another one. suds leaves "&amp;", "&lt;", "&gt;", "&quot;"
# and "&apos;" of a string as they are, taking them for escaped already, and escapes the rest. The receiver undoes one
# level of escaping, as it must, so of "<R>A &amp; B</R>" it gets "<R>A & B</R>", which is no XML any more. A signed
# document that stays well formed (&apos;, &gt;) has other bytes than its signer wrote. zeep sends what it is given.
#
# Why it matters: operations such as EnviarDTE(file: string) take whole documents as one string. A Python ERP on suds
# fails with the first customer who has a "&" in the name, and the receiver says "not well-formed" of a file that is
# well formed on the sender's disk. With a plain text file, as in the last line, all is well, which hides the cause.
#
# Seen: suds-community 1.2.0 and zeep 4.3.3 on Python 3.11.7, document style, an argument of type xs:string; what a
# reader of XML takes from the message:
#   given                                       by suds                                 by zeep
#   <D><R>Perez &amp; Hijos</R></D>             <D><R>Perez & Hijos</R></D>             as given
#   <D><R>O&apos;Higgins &lt;1&gt;</R></D>      <D><R>O'Higgins <1></R></D>             as given
#   Perez & Hijos                               as given                                as given
# Expected: as given, everywhere. Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q suds-community==1.2.0 zeep==4.3.3

cat > contract.wsdl <<'WSDL'
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:t="urn:example" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example">
  <types><xs:schema targetNamespace="urn:example" elementFormDefault="qualified">
    <xs:element name="Send"><xs:complexType><xs:sequence>
      <xs:element name="file" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Sent"><xs:complexType/></xs:element>
  </xs:schema></types>
  <message name="in"><part name="parameters" element="t:Send"/></message>
  <message name="out"><part name="parameters" element="t:Sent"/></message>
  <portType name="kind"><operation name="Send"><input message="t:in"/><output message="t:out"/></operation></portType>
  <binding name="bound" type="t:kind">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Send"><soap:operation soapAction="Send"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
  </binding>
  <service name="service"><port name="port" binding="t:bound">
    <soap:address location="http://127.0.0.1:9/"/></port></service>
</definitions>
WSDL

cat > sent.py <<'PYTHON'
import pathlib, sys
from lxml import etree
import suds.client, zeep

contract = pathlib.Path("contract.wsdl").resolve()
by_suds = suds.client.Client(contract.as_uri(), nosend=True)
by_zeep = zeep.Client(str(contract))
EXPECTED = {
    "<D><R>Perez &amp; Hijos</R></D>": "<D><R>Perez & Hijos</R></D>",
    "<D><R>O&apos;Higgins &lt;1&gt;</R></D>": "<D><R>O'Higgins <1></R></D>",
    "Perez & Hijos": "Perez & Hijos",
}


def arrived(message):
    return message.find(".//{urn:example}file").text


wrong = False
for given, expected in EXPECTED.items():
    first = arrived(etree.fromstring(by_suds.service.Send(given).envelope))
    second = arrived(by_zeep.create_message(by_zeep.service, "Send", given))
    print(f"given {given}\n  suds {first}\n  zeep {second}")
    wrong |= (first, second) != (expected, given)
sys.exit(wrong)
PYTHON
env/bin/python sent.py
