from base64 import b64encode
from pathlib import Path
from xml.etree import ElementTree

import zeep

URL = "http://127.0.0.1:8080/WSDS/wsplano.asmx"


def b64(texto: str) -> str:
    return b64encode(texto.encode()).decode()


servicio = zeep.Client(f"{URL}?wsdl").service
login = {"Usuario": b64("MIUSUARIO"), "Rut": b64("1-9"), "Clave": b64("MICLAVE")}
archivo = b64encode(Path("33-factura.txt").read_bytes()).decode()
respuesta = servicio.Procesar(login=login, file=archivo, formato=1)

for documento in ElementTree.fromstring(respuesta).iter("Documento"):
    if documento.findtext("Resultado") == "True":
        print(f"Emitido: tipo {documento.findtext('TipoDte')}, folio {documento.findtext('Folio')}")
    else:
        print(f"Rechazado: {documento.findtext('Error')}")
