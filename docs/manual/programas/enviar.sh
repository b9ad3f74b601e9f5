#!/bin/sh
URL=http://127.0.0.1:8080/WSDS/wsplano.asmx
ARCHIVO=33-factura.txt

b64() { base64 | tr -d '\n'; }

curl -sS "$URL" \
  -H 'Content-Type: text/xml; charset=utf-8' \
  -H 'SOAPAction: "http://tempuri.org/Procesar"' \
  --data-binary @- <<FIN
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<Procesar xmlns="http://tempuri.org">
<login>
<Usuario>$(printf %s 'MIUSUARIO' | b64)</Usuario>
<Rut>$(printf %s '1-9' | b64)</Rut>
<Clave>$(printf %s 'MICLAVE' | b64)</Clave>
</login>
<file>$(b64 < "$ARCHIVO")</file>
<formato>1</formato>
</Procesar>
</soap:Body></soap:Envelope>
FIN
