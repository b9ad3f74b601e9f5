#!/usr/bin/env bash
# node-soap: a Date given for an argument of type xs:date or xs:dateTime is sent as an empty element, without an error,
# and a Buffer given for xs:base64Binary as one element for each byte, named <0>, <1> and so on, which makes the message
# ill-formed XML. The contract names the types, and node-soap reads it: of an answer it makes a Date of an xs:date, so
# that the date of one answer, given to the next question, is lost. Numbers, booleans and strings are sent right.
#
# Why it matters: a Node ERP asks for the documents of a day, or sends a PDF, with the types that the language has for
# it. The service sees no date, and answers for any day or refuses a field that the program has filled; the message with
# the PDF is refused as no XML, whose reason the program cannot see in anything that it wrote.
#
# Seen: soap 1.13.0 on Node 20.20.2, document style; the content of the element as sent:
#   type              given                      sent
#   xs:date           new Date("2025-09-18")     (nothing)
#   xs:dateTime       new Date("2025-09-18")     (nothing)
#   xs:base64Binary   Buffer.from("PD")          <0>80</0><1>68</1>   with a prefix when the schema is qualified
#   xs:date           "2025-09-18"               2025-09-18
#   xs:decimal        1990.5                     1990.5
# and an answer of type xs:date is given as a Date to the program.
# Expected: 2025-09-18, an xs:dateTime, UEQ=, or an error. Ends with an error when any of these is otherwise.
set -euo pipefail

command -v npm > /dev/null || { echo "Node.js with npm is not installed (Debian: nodejs, npm)." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund soap@1.13.0 > /dev/null
node --version

cat > sent.mjs <<'NODE'
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import soap from "soap";

const contract = (type) => `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:example"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="urn:example">
  <types><xs:schema targetNamespace="urn:example">
    <xs:element name="Ask"><xs:complexType><xs:sequence>
      <xs:element name="value" type="xs:${type}"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Told"><xs:complexType><xs:sequence>
      <xs:element name="day" type="xs:date"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema></types>
  <message name="in"><part name="parameters" element="t:Ask"/></message>
  <message name="out"><part name="parameters" element="t:Told"/></message>
  <portType name="kind"><operation name="Ask"><input message="t:in"/><output message="t:out"/></operation></portType>
  <binding name="bound" type="t:kind">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Ask"><soap:operation soapAction="Ask"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
  </binding>
  <service name="service"><port name="port" binding="t:bound">
    <soap:address location="http://127.0.0.1:9/"/></port></service>
</definitions>`;

let message = "";
const server = createServer((request, response) => {
  message = "";
  request.on("data", (piece) => (message += piece));
  request.on("end", () => {
    response.setHeader("Content-Type", "text/xml; charset=utf-8");
    response.end('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
      '<Told xmlns="urn:example"><day xmlns="">2025-09-18</day></Told></s:Body></s:Envelope>');
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const day = new Date("2025-09-18");
const cases = [
  ["date", day, ""],
  ["dateTime", day, ""],
  ["base64Binary", Buffer.from("PD"), "<0>80</0><1>68</1>"],
  ["date", "2025-09-18", "2025-09-18"],
  ["decimal", 1990.5, "1990.5"],
];
let wrong = false;
for (const [type, given, expected] of cases) {
  writeFileSync(`${type}.wsdl`, contract(type));
  const client = await soap.createClientAsync(`${type}.wsdl`, { disableCache: true });
  client.setEndpoint(`http://127.0.0.1:${server.address().port}/`);
  const [answer] = await client.AskAsync({ value: given });
  const sent = message.match(/<value>(.*)<\/value>/s)?.[1];
  console.log(type, given, "sent:", sent, "answer:", answer.day);
  wrong ||= sent !== expected || !(answer.day instanceof Date);
}
server.close();
process.exit(wrong ? 1 : 0);
NODE
node sent.mjs
