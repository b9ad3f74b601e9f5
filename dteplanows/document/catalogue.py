"""The catalogue of problems: every code with its texts. The manual prints it; nothing else writes reasons.

Codes: ``TXT-`` reading a file, ``DOC-`` content of the document, ``TOT-`` arithmetic, ``REF-`` references,
``FOL-`` folios and CAF, ``CRT-`` certificates, ``AUT-`` who is calling, ``SRV-`` the service itself,
``CFG-`` its settings.
A template may use ``{value}`` (the value received, shortened and made printable), ``{field}`` and the facts that the
caller gives. A code, once published, keeps its meaning.
"""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document.problem import NOWHERE, Place, Problem, Severity

_SHOWN = 60
"""Characters of a received value that a text shows."""


class Rule(NamedTuple):
    """One row of the catalogue: severity and the three texts of a problem, with their source."""

    severity: Severity
    message: str
    expected: str
    remedy: str
    source: str = ""
    """Form and section that the rule comes from; empty for rules of our own."""


_E, _A = Severity.ERROR, Severity.AVISO

RULES: dict[str, Rule] = {
    # --- SRV: the service ------------------------------------------------------------------------------------
    # 001-009 the service itself; 010-019 login; 020-029 file; 030-039 look-up; 040-059 the call; 060-069 addresses
    "SRV-001": Rule(
        _E,
        "El servicio tuvo un error interno mientras atendía la llamada.",
        "",
        "Antes de reenviar, consulte con getXMLDte si el documento quedó emitido. "
        "Si el error se repite, entregue a quien administra el servicio el identificador {identificador}.",
    ),
    "SRV-002": Rule(
        _E,
        "El documento fue rechazado sin que se informara un motivo.",
        "",
        "Avise a quien administra el servicio e indique la hora de esta respuesta.",
    ),
    "SRV-010": Rule(
        _E,
        "La llamada no trae el parámetro login.",
        "Se esperaba login con Usuario, Rut y Clave.",
        "Agregue a la llamada los datos de acceso de su cuenta.",
    ),
    "SRV-011": Rule(
        _E,
        "Falta el dato {field} en el parámetro login.",
        "Se esperaba login con Usuario, Rut y Clave, cada uno en base64.",
        "Complete {field} con el dato de su cuenta.",
    ),
    "SRV-020": Rule(
        _E,
        "El archivo llegó vacío: el parámetro file no trae contenido.",
        "Se esperaba el archivo completo, codificado en base64.",
        "Revise que su sistema haya generado el archivo antes de enviarlo.",
    ),
    "SRV-021": Rule(
        _E,
        "El archivo llegó vacío: no es un XML.",
        "Se esperaba el XML completo, codificado en base64, porque formato es 2.",
        "Revise que su sistema haya generado el archivo antes de enviarlo.",
    ),
    "SRV-022": Rule(
        _E,
        "El parámetro file no está en base64: comienza con «{value}».",
        "Se esperaba el archivo completo, codificado en base64.",
        "Codifique en base64 los bytes del archivo y envíe ese texto en file.",
    ),
    "SRV-030": Rule(
        _E,
        "El folio «{value}» no es un número.",
        "Se esperaba el folio del documento: hasta 10 dígitos, en base64 o sin codificar.",
        "Envíe en folio el número que entregó Procesar.",
    ),
    "SRV-031": Rule(
        _E,
        "El tipo de movimiento «{value}» pide un documento de compra.",
        "Se esperaba V (venta) o B (boleta): este servicio guarda solo los documentos que la empresa emite.",
        "Pida los documentos recibidos en el sistema donde los guarda.",
    ),
    "SRV-040": Rule(
        _E,
        "El cuerpo de la llamada llegó vacío.",
        "Se esperaba un sobre SOAP con la operación.",
        "Revise que su programa envíe el sobre y el encabezado Content-Length.",
    ),
    "SRV-041": Rule(
        _E,
        "El cuerpo de la llamada supera el máximo de {maximo} MiB.",
        "",
        "Divida el archivo en varios más pequeños y envíe cada uno en una llamada.",
    ),
    "SRV-042": Rule(
        _E,
        "El cuerpo de la llamada llegó incompleto o su largo declarado no es válido.",
        "Se esperaban tantos bytes como dice el encabezado Content-Length.",
        "Envíe la llamada de nuevo; si se repite, revise la conexión y los equipos intermedios.",
    ),
    "SRV-043": Rule(
        _E,
        "El cuerpo de la llamada dice estar comprimido con {value} y no se pudo descomprimir.",
        "Se acepta gzip, deflate o un cuerpo sin comprimir.",
        "Envíe el cuerpo sin comprimir.",
    ),
    "SRV-044": Rule(
        _E,
        "La llamada viene en partes (multipart), con adjuntos.",
        "Se esperaba un solo sobre SOAP, con el archivo en base64 dentro de file.",
        "Desactive MTOM o los adjuntos en su programa.",
    ),
    "SRV-045": Rule(
        _E,
        "El texto de la llamada no se puede leer en el juego de caracteres {value}.",
        "Se acepta UTF-8, ISO-8859-1, Windows-1252 y UTF-16.",
        "Envíe el sobre en UTF-8.",
    ),
    "SRV-046": Rule(
        _E,
        "El sobre SOAP tiene demasiados elementos o atributos: el máximo es {maximo}.",
        "Se esperaba el archivo en base64 dentro de file, y no sus elementos sueltos en el sobre.",
        "Codifique el archivo en base64 antes de ponerlo en el sobre.",
    ),
    "SRV-047": Rule(
        _E,
        "El sobre SOAP tiene elementos anidados a más de {maximo} niveles.",
        "Se esperaba el archivo en base64 dentro de file, y no sus elementos sueltos en el sobre.",
        "Codifique el archivo en base64 antes de ponerlo en el sobre.",
    ),
    "SRV-048": Rule(
        _E,
        "El sobre SOAP trae una declaración DOCTYPE.",
        "SOAP no permite DOCTYPE ni entidades propias.",
        "Quite la declaración DOCTYPE del sobre.",
    ),
    "SRV-049": Rule(
        _E,
        "El sobre SOAP no es un XML bien formado: el error está en la línea {linea}, columna {columna}.",
        "",
        "Revise en ese punto que cada elemento se cierre y que los caracteres &, < y > vayan escapados.",
    ),
    "SRV-050": Rule(
        _E,
        "El cuerpo de la llamada es un XML, pero no un sobre SOAP: su elemento raíz es «{value}».",
        "Se esperaba el elemento Envelope de SOAP 1.1 o de SOAP 1.2.",
        "Genere el programa cliente con el WSDL de este servicio.",
    ),
    "SRV-051": Rule(
        _E,
        "La versión del sobre SOAP no se conoce: su espacio de nombres es «{value}».",
        "Se acepta SOAP 1.1 (http://schemas.xmlsoap.org/soap/envelope/) "
        "y SOAP 1.2 (http://www.w3.org/2003/05/soap-envelope).",
        "Corrija el espacio de nombres del elemento Envelope.",
    ),
    "SRV-052": Rule(
        _E,
        "El sobre SOAP no dice qué operación llamar: no tiene el elemento Body o este viene vacío.",
        "Se esperaba dentro de Body el elemento de una operación, por ejemplo Procesar.",
        "Genere el programa cliente con el WSDL de este servicio.",
    ),
    "SRV-053": Rule(
        _E,
        "El sobre SOAP trae un elemento Fault en lugar de una operación.",
        "Se esperaba dentro de Body el elemento de una operación, por ejemplo Procesar.",
        "Revise su programa: está enviando una respuesta de error como si fuera una llamada.",
    ),
    "SRV-054": Rule(
        _E,
        "La operación «{value}» no existe en este servicio.",
        "Las operaciones son {operaciones}.",
        "Corrija el nombre de la operación en su programa.",
    ),
    "SRV-055": Rule(
        _E,
        "El parámetro {field} trae elementos XML y no un texto.",
        "Se esperaba un texto; el archivo va codificado en base64 dentro de file.",
        "Codifique el archivo en base64 antes de ponerlo en el sobre.",
    ),
    "SRV-056": Rule(
        _E,
        "El sobre SOAP usa la referencia «{value}», que no lleva a ningún dato o da vueltas sobre sí misma.",
        "Se esperaban los datos dentro de cada parámetro (estilo document/literal).",
        "Genere el programa cliente con el WSDL de este servicio.",
    ),
    "SRV-060": Rule(
        _E,
        "No hay nada en la dirección «{value}».",
        "El servicio está en {direccion}.",
        "Corrija la dirección en su programa.",
    ),
    "SRV-061": Rule(
        _E,
        "El método {value} no se acepta en esta dirección.",
        "Se acepta {metodos}.",
        "Llame a las operaciones con POST.",
    ),
    "SRV-062": Rule(
        _E,
        "La operación «{value}» no se puede llamar por GET o POST simple.",
        "Por esta vía se llama a {operaciones}; las demás operaciones se llaman por SOAP.",
        "Envíe un sobre SOAP a {direccion}.",
    ),
    # --- AUT: who is calling ---------------------------------------------------------------------------------
    # --- TXT: reading a file ---------------------------------------------------------------------------------
    # --- DOC: content of the document ------------------------------------------------------------------------
    "DOC-002": Rule(
        _E,
        "Falta {name}, que es obligatorio en un documento de tipo {tipo}.",
        "Se esperaba un valor en {name}.",
        "Complete ese campo en el sistema que genera el archivo y vuelva a enviarlo.",
        "Formato DTE v2.5 y esquema DTE_v10, obligatoriedad por tipo de documento",
    ),
    "DOC-003": Rule(
        _A,
        "Falta {name}, que el SII pide en un documento de tipo {tipo}; no es motivo de rechazo.",
        "Se esperaba un valor en {name}.",
        "El documento se emite igual; complete el campo en el sistema de origen cuando pueda.",
        "Formato DTE v2.5, obligatoriedad 1 sin asterisco",
    ),
    "DOC-004": Rule(
        _E,
        "El documento no tiene líneas de detalle.",
        "Se esperaba al menos una línea.",
        "Agregue las líneas en la sección de detalle y vuelva a enviar el archivo.",
        "Formato DTE v2.5, zona Detalle",
    ),
    "DOC-005": Rule(
        _E,
        "El documento trae {value} grupos {name} y el SII admite {limit}.",
        "Se esperaban como máximo {limit}.",
        "Reparta el contenido en varios documentos o quite los que sobran.",
        "Formato DTE v2.5 y Formato Boletas v4.2, máximos de cada zona",
    ),
    "DOC-006": Rule(
        _E,
        "{name} viene más veces de las que el SII admite.",
        "Se esperaba como máximo {limit} veces.",
        "Deje solo los valores permitidos.",
        "Esquema DTE_v10",
    ),
    "DOC-007": Rule(
        _A,
        "{name} no se usa en documentos de tipo {tipo}; se ignoró.",
        "Se esperaba que el archivo no lo trajera.",
        "No es necesario hacer nada; puede quitarlo en el sistema de origen.",
        "Formato DTE v2.5, obligatoriedad 0",
    ),
    "DOC-008": Rule(
        _E,
        "{name} no existe en documentos de tipo {tipo}, y el archivo trae {value}.",
        "Se esperaba {name} vacío o 0.",
        "Revise el tipo de documento: un documento exento no lleva neto ni IVA.",
        "Formato DTE v2.5, obligatoriedad 0",
    ),
    "DOC-020": Rule(
        _E,
        "{name} tiene {length} caracteres y el SII admite {limit}: «{value}».",
        "Se esperaba un texto de {limit} caracteres como máximo.",
        "Acorte el texto en el sistema de origen; el servicio no lo corta para no alterar el documento.",
        "Esquema DTE_v10, largo máximo",
    ),
    "DOC-021": Rule(
        _E,
        "{name} tiene {length} caracteres y el SII exige al menos {limit}: «{value}».",
        "Se esperaba un texto de {limit} caracteres como mínimo.",
        "Complete el texto.",
        "Esquema DTE_v10, largo mínimo",
    ),
    "DOC-022": Rule(
        _E,
        "«{value}» no es un valor admitido de {name}.",
        "Se esperaba uno de: {allowed}.",
        "Corrija el código en el sistema de origen.",
        "Esquema DTE_v10, listas de valores",
    ),
    "DOC-023": Rule(
        _E,
        "{name} trae {value}, fuera de los límites del SII.",
        "Se esperaba un número entre {low} y {high}.",
        "Corrija el valor; los descuentos no se escriben como montos negativos, van en su sección o columna propia.",
        "Esquema DTE_v10, límites",
    ),
    "DOC-024": Rule(
        _E,
        "{name} trae {value}, que tiene demasiadas cifras.",
        "Se esperaban como máximo {limit} cifras.",
        "Corrija el valor en el sistema de origen.",
        "Esquema DTE_v10, cantidad de cifras",
    ),
    "DOC-025": Rule(
        _E,
        "{name} trae la fecha {value}, fuera de los límites del SII.",
        "Se esperaba una fecha entre {low} y {high}.",
        "Corrija la fecha.",
        "Esquema DTE_v10, límites de fechas",
    ),
    "DOC-030": Rule(
        _E,
        "La fecha de emisión {value} está en el futuro: hoy es {today} en Chile.",
        "Se esperaba la fecha de hoy o una anterior.",
        "Corrija la fecha de emisión o el reloj del equipo que genera el archivo.",
        "Formato DTE v2.5, FchEmis",
    ),
    "DOC-031": Rule(
        _A,
        "La fecha de emisión {value} es de hace {days} días.",
        "Se esperaba una fecha reciente: el SII repara los documentos que recibe más de 3 días después.",
        "Verifique que la fecha sea la correcta.",
        "Respuesta DTE-1-650 del SII",
    ),
    "DOC-032": Rule(
        _A,
        "La fecha de vencimiento {value} es anterior a la de emisión, {emission}.",
        "Se esperaba una fecha igual o posterior a la de emisión.",
        "Verifique la fecha de vencimiento.",
        "Formato DTE v2.5, FchVenc",
    ),
    "DOC-033": Rule(
        _E,
        "El período termina el {value}, antes de su comienzo, {begin}.",
        "Se esperaba PeriodoDesde menor o igual que PeriodoHasta.",
        "Corrija las fechas del período.",
        "Formato DTE v2.5, PeriodoDesde y PeriodoHasta",
    ),
    "DOC-040": Rule(
        _E,
        "El archivo dice que emite {value}, pero el usuario pertenece a {name}, RUT {right}.",
        "Se esperaba RUTEmisor {right}, o ninguno.",
        "Envíe el archivo con el usuario de la empresa que emite, o corrija RUTEmisor.",
    ),
    "DOC-041": Rule(
        _A,
        "El archivo dice que emite {value}; en las pruebas emite la empresa de la cuenta: {name}, RUT {right}.",
        "Se esperaba RUTEmisor {right} o 1-9.",
        "No es necesario hacer nada mientras haga pruebas.",
    ),
    "DOC-042": Rule(
        _A,
        "La boleta no trae RUT del cliente; se usó {used}, que significa cliente no identificado.",
        "Se esperaba el RUT del cliente.",
        "No es necesario hacer nada si el cliente no se identificó.",
        "Formato Boletas v4.2, RUTRecep",
    ),
    "DOC-050": Rule(
        _E,
        "Todas las líneas son exentas, y un documento de tipo {tipo} debe tener al menos una afecta.",
        "Se esperaba un documento de tipo {right} ({name}).",
        "Emita un documento de tipo {right}, o revise qué líneas son exentas.",
        "Formato DTE v2.5, IndExe; Formato Boletas v4.2, MntNeto",
    ),
    "DOC-090": Rule(
        _E,
        "El documento no cumple el esquema del SII: {detail}",
        "Se esperaba un documento que cumpla el esquema del SII.",
        "Revise ese elemento; si cree que el archivo está bien, avise a quien mantiene este servicio.",
        "Esquemas DTE_v10 y EnvioBOLETA_v11",
    ),
    # --- TOT: arithmetic -------------------------------------------------------------------------------------
    "TOT-001": Rule(
        _E,
        "El monto de la línea es {given} y de sus datos resulta {computed} ({factors}).",
        "Se esperaba {computed}, con una tolerancia de 1 peso.",
        "Corrija cantidad, precio, descuento o monto de esa línea.",
        "Formato DTE v2.5, MontoItem",
    ),
    "TOT-002": Rule(
        _A,
        "La línea no trae monto; se calculó {computed} ({factors}).",
        "Se esperaba el monto de la línea.",
        "No es necesario hacer nada si el monto calculado es el correcto.",
        "Formato DTE v2.5, MontoItem",
    ),
    "TOT-003": Rule(
        _E,
        "El {kind} de la línea es {given}, pero {rate} % de {base} es {computed}.",
        "Se esperaba {computed}, o solo el monto sin el porcentaje.",
        "Corrija el porcentaje o el monto del {kind}.",
        "Formato DTE v2.5, DescuentoPct y RecargoPct",
    ),
    "TOT-004": Rule(
        _A,
        "La línea trae un {kind} de {rate} % sin su monto; se calculó {computed}.",
        "Se esperaba también el monto del {kind}.",
        "No es necesario hacer nada si el monto calculado es el correcto.",
        "Formato DTE v2.5, DescuentoMonto y RecargoMonto",
    ),
    "TOT-010": Rule(
        _E,
        "{name} dice {given} y debería ser {computed}, que es {reason}: hay una diferencia de {difference}.",
        "Se esperaba {computed}, con una tolerancia de 2 pesos.",
        "Corrija {name}, o las líneas, descuentos o impuestos de los que resulta.",
        "Formato DTE v2.5, sección Totales",
    ),
    "TOT-011": Rule(
        _A,
        "{name} decía {given} y se emitió con {computed}, porque los totales del archivo no suman entre sí.",
        "Se esperaban totales que sumen exactamente.",
        "No es necesario hacer nada; son diferencias de redondeo.",
        "Formato DTE v2.5, sección Totales",
    ),
    "TOT-012": Rule(
        _A,
        "{name} viene vacío o en 0; se calculó {computed}, que es {reason}.",
        "Se esperaba el valor de {name}.",
        "No es necesario hacer nada si el valor calculado es el correcto.",
        "Formato DTE v2.5, sección Totales",
    ),
    "TOT-015": Rule(
        _E,
        "La tasa de IVA {value} no es la vigente.",
        "Se esperaba {rate}.",
        "Corrija la tasa en el sistema de origen.",
        "Formato DTE v2.5, TasaIVA",
    ),
    "TOT-016": Rule(
        _A,
        "El documento tiene monto afecto y no trae la tasa de IVA; se usó {rate} %.",
        "Se esperaba la tasa {rate}.",
        "No es necesario hacer nada.",
        "Formato DTE v2.5, TasaIVA",
    ),
    "TOT-021": Rule(
        _E,
        "Los descuentos globales ({value}) superan el monto de las líneas a las que se aplican.",
        "Se esperaba un descuento que no deje el monto bajo cero.",
        "Corrija el descuento global, o indique si se aplica a lo afecto o a lo exento.",
        "Formato DTE v2.5, zona DscRcgGlobal",
    ),
    "TOT-022": Rule(
        _E,
        "Hay líneas con el impuesto adicional {impuesto}, pero los totales no traen su monto.",
        "Se esperaba en Totales un ImptoReten con TipoImp {impuesto}.",
        "Agregue el impuesto a los totales o quite el código de las líneas.",
        "Formato DTE v2.5, ImptoReten y CodImpAdic",
    ),
    "TOT-023": Rule(
        _A,
        "Los totales traen el impuesto adicional {impuesto}, pero ninguna línea lleva su código.",
        "Se esperaba CodImpAdic {impuesto} en las líneas que pagan ese impuesto.",
        "El documento se emite igual; agregue el código a las líneas en el sistema de origen.",
        "Formato DTE v2.5, ImptoReten y CodImpAdic",
    ),
    "TOT-024": Rule(
        _E,
        "El impuesto adicional {impuesto} dice {given}, pero {rate} % de {base} es {computed}.",
        "Se esperaba {computed}, con una tolerancia de 2 pesos.",
        "Corrija el monto o la tasa del impuesto.",
        "Formato DTE v2.5, ImptoReten",
    ),
    "TOT-025": Rule(
        _E,
        "El documento indica que sus líneas incluyen el IVA (MntBruto) y también trae impuestos adicionales.",
        "Se esperaban líneas en montos netos cuando hay impuestos adicionales.",
        "Escriba las líneas con precios netos y quite MntBruto.",
        "Formato DTE v2.5, MntBruto",
    ),
    # --- REF: references -------------------------------------------------------------------------------------
    "REF-001": Rule(
        _E,
        "Una nota (tipo {tipo}) debe decir qué documento corrige, y el archivo no trae referencias.",
        "Se esperaba al menos una referencia con tipo de documento, folio, fecha y CodRef.",
        "Agregue la referencia al documento que se corrige.",
        "Formato DTE v2.5, zona Referencia",
    ),
    "REF-002": Rule(
        _E,
        "Ninguna referencia de la nota (tipo {tipo}) dice qué se corrige.",
        "Se esperaba CodRef 1 (anula), 2 (corrige texto) o 3 (corrige montos).",
        "Indique CodRef en la referencia al documento que se corrige.",
        "Formato DTE v2.5, CodRef; respuesta REF-3-758 del SII",
    ),
    "REF-003": Rule(
        _E,
        "«{value}» no es un tipo de documento que se pueda referenciar.",
        "Se esperaba un código de la lista del SII (33, 52, 61, 801...) o una sigla de hasta 3 letras.",
        "Corrija el tipo del documento referenciado.",
        "Formato DTE v2.5, TpoDocRef",
    ),
    "REF-004": Rule(
        _E,
        "«{value}» no es un tipo de documento que una boleta pueda referenciar.",
        "Se esperaba 39, 41, 50, 52, 801 a 806 u 813.",
        "Corrija el tipo del documento referenciado o quite la referencia.",
        "Formato Boletas v4.2, TpoDocRef; respuesta HED-3-211 del SII",
    ),
    "REF-005": Rule(
        _E,
        "El folio de referencia «{value}» no es un número, y el documento de tipo {tipo} tiene folio numérico.",
        "Se esperaba el folio del documento, solo con cifras.",
        "Corrija el folio de la referencia.",
        "Formato DTE v2.5, FolioRef",
    ),
    "REF-006": Rule(
        _A,
        "La referencia al documento de tipo {tipo}, folio {value}, viene repetida; se dejó una sola vez.",
        "Se esperaba una sola referencia a cada documento.",
        "No es necesario hacer nada.",
        "Formato DTE v2.5, zona Referencia",
    ),
    "REF-007": Rule(
        _E,
        "La referencia trae folio 0.",
        "Se esperaba el folio del documento; el 0 solo se admite con IndGlobal 1.",
        "Indique el folio, o IndGlobal 1 si se refiere a más de 20 documentos del mismo tipo.",
        "Formato DTE v2.5, FolioRef e IndGlobal",
    ),
    "REF-008": Rule(
        _E,
        "La nota lleva CodRef {value} y referencia más de un documento.",
        "Se esperaba un solo documento cuando la nota anula (1) o corrige texto (2).",
        "Emita una nota por cada documento.",
        "Formato DTE v2.5, CodRef",
    ),
    "REF-009": Rule(
        Severity.REPARO,
        "La nota corrige texto (CodRef 2) y trae un monto total de {value}.",
        "Se esperaba un monto total 0.",
        "Verifique CodRef: 2 corrige solo texto, 3 corrige montos.",
        "Formato DTE v2.5, CodRef; respuesta REF-2-781 del SII",
    ),
    # --- FOL: folios and CAF ---------------------------------------------------------------------------------
    # --- CRT: certificates -----------------------------------------------------------------------------------
    # --- CFG: settings and the command line ------------------------------------------------------------------
    # 001-009 settings; 010-019 the server's address; 020-029 files given to a command
    "CFG-001": Rule(
        _E,
        "El ajuste {field} tiene un valor que no sirve: «{value}».",
        "Se esperaba {wanted}.",
        "Corríjalo en la orden, en la variable de entorno {variable} o en el archivo {file}, donde lo haya puesto.",
    ),
    "CFG-002": Rule(
        _E,
        "El archivo de ajustes trae {field}, que no es un ajuste conocido.",
        "Se esperaba alguno de: {known}.",
        "Corrija el nombre o quite la línea.",
    ),
    "CFG-003": Rule(
        _E,
        "El archivo de ajustes {file} no está bien escrito en TOML: el error está {where}.",
        'Se esperaban líneas como puerto = 8080 o host = "127.0.0.1".',
        "Corrija el archivo en ese punto.",
    ),
    "CFG-004": Rule(
        _E,
        "El archivo de ajustes {file} no se puede leer: {reason}.",
        "Se esperaba un archivo de texto en UTF-8 que este usuario pueda leer.",
        "Revise los permisos y la codificación del archivo.",
    ),
    "CFG-005": Rule(
        _E,
        "El archivo de ajustes {file} trae directorio, y él mismo está dentro de esa carpeta.",
        "Se esperaba la carpeta en la opción --dir o en la variable de entorno DTEPLANOWS_DIRECTORIO.",
        "Quite la línea del archivo.",
    ),
    "CFG-010": Rule(
        _E,
        "El puerto {value} de {host} ya está ocupado por otro programa.",
        "Se esperaba un puerto libre.",
        "Cierre el otro programa o elija otro puerto con la opción --port.",
    ),
    "CFG-011": Rule(
        _E,
        "No se puede atender en {host}, puerto {value}: {reason}.",
        "Se esperaba una dirección de este equipo y un puerto que este usuario pueda abrir.",
        "Revise las opciones --host y --port; los puertos menores que 1024 suelen pedir permisos de administrador.",
    ),
}


def shown(value: str) -> str:
    """*value* as a text may show it: one line, printable, at most 60 characters."""
    printable = "".join(c if c.isprintable() else "·" for c in value)
    return printable if len(printable) <= _SHOWN else printable[:_SHOWN] + "…"


def problem(code: str, place: Place = NOWHERE, value: str = "", **facts: object) -> Problem:
    """The problem *code* at *place* with its texts filled in.

    :param code: a code of the catalogue; an unknown one is a programming error and raises ``KeyError``.
    :param value: the value received, as it came.
    :param facts: what the texts of that code name in braces.
    """
    rule = RULES[code]
    words = {"value": shown(value), "field": place.field, **facts}
    return Problem(
        code,
        rule.severity,
        place,
        value,
        rule.message.format(**words),
        rule.expected.format(**words),
        rule.remedy.format(**words),
    )
