#!/bin/sh
URL=http://127.0.0.1:8080

# login
TOKEN=$(curl -sS "$URL/login" -H 'Content-Type: application/json' \
  -d '{"usuario": "MIUSUARIO", "rut": "1-9", "clave": "MICLAVE"}' |
  sed -n 's/.*"token":"\([^"]*\)".*/\1/p')

# version
curl -sS "$URL/wsds/version" -H "Authorization: $TOKEN"

# procesar
FACTURA=$(base64 < 33-factura.txt | tr -d '\n' |
  curl -sS "$URL/wsds/procesar" -H "Authorization: $TOKEN" \
    --data-urlencode file@- -d formato=1 -d incluyelink=1)
echo "$FACTURA"

# procesar por GET
BOLETA=$(base64 < 39-boleta.txt | tr -d '\n' |
  curl -sS -G "$URL/wsds/procesar" -H "Authorization: $TOKEN" \
    --data-urlencode file@- -d formato=1)
echo "$BOLETA"

# obtenerlink
FOLIO=$(echo "$FACTURA" | sed -n 's/.*"Folio":\([0-9][0-9]*\).*/\1/p')
curl -sS -G "$URL/wsds/obtenerlink" -H "Authorization: $TOKEN" \
  -d tpomov=V -d "folio=$FOLIO" -d tipo=33 -d cedible=False

# getticket
FOLIO=$(echo "$BOLETA" | sed -n 's/.*"Folio":\([0-9][0-9]*\).*/\1/p')
curl -sS -G "$URL/wsds/getticket" -H "Authorization: $TOKEN" \
  -d "ticket=ticket@39@$FOLIO"

# fin
