"""The file by which an agent is set up, as the service hands it out: what it knows is filled in, the rest explained."""

from __future__ import annotations

_TEXT = """\
# Agente de impresión de dteplanows: imprime en este equipo lo que va a la impresora «{name}».
# Quien tenga este archivo puede recibir esos documentos: guárdelo como se guarda una clave.
# Se inicia con: dteplanows agente-impresion agente.toml

# La dirección del servicio, como se llega a ella desde este equipo.
direccion = "{address}"

# La clave de la impresora. Si se pierde o la ve otra persona, cree otra: esta deja de servir.
clave = "{key}"

# La impresora de este equipo: quite el # de una línea, y corríjala.
#impresora = "cups:NOMBRE"                # una cola de Linux o macOS; lpstat -e muestra sus nombres
#impresora = "red:192.168.1.50:9100"      # una impresora de la red
#impresora = "archivo:/dev/usb/lp0"       # una impresora de tickets conectada por USB, en Linux
#impresora = 'archivo:\\\\localhost\\TICKETS' # una impresora de tickets que este Windows comparte con ese nombre
#impresora = ['C:\\lector\\lector.exe', '-print-to', 'NOMBRE', '{{archivo}}']   # un programa que imprime el PDF
"""


def agent_file(name: str, address: str, key: str) -> str:
    """The file's text (TOML).

    :param name: of the printer.
    :param address: of the service; empty where it is not known.
    """
    line = "".join(c if c.isprintable() else " " for c in name)
    return _TEXT.format(name=line, address=address or "https://PONGA-AQUI-LA-DIRECCION", key=key)
