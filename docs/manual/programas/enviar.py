from base64 import b64encode
from pathlib import Path
from xml.etree import ElementTree

import zeep

URL = "http://127.0.0.1:8080/WSDS/wsplano.asmx"


def b64(valor: bytes) -> str:
    return b64encode(valor).decode()


servicio = zeep.Client(f"{URL}?wsdl").service
login = {"Usuario": b64(b"MIUSUARIO"), "Rut": b64(b"1-9"), "Clave": b64(b"MICLAVE")}
respuesta = servicio.Procesar(login=login, file=b64(Path("33-factura.txt").read_bytes()), formato=1)

for documento in ElementTree.fromstring(respuesta).iter("Documento"):
    if documento.findtext("Resultado") == "True":
        print(f"Emitido: tipo {documento.findtext('TipoDte')}, folio {documento.findtext('Folio')}")
    else:
        print(f"Rechazado: {documento.findtext('Error')}")
