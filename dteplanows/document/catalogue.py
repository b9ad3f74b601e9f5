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
    # 001-009 login; 010-019 users and companies; 020-029 the ledger's own files
    "AUT-001": Rule(
        _E,
        "El usuario o la clave no son correctos.",
        "Se esperaban un usuario y su clave, tal como se crearon en este servicio.",
        "Revise Usuario y Clave en la configuración de su sistema; la clave distingue mayúsculas y minúsculas.",
    ),
    "AUT-002": Rule(
        _E,
        "El usuario y la clave son correctos, pero no abren la empresa de RUT «{value}».",
        "Se esperaba el RUT de una empresa de esta cuenta, o 1-9 si la cuenta es de pruebas.",
        "Corrija Rut en la configuración de su sistema o pida acceso a esa empresa.",
    ),
    "AUT-003": Rule(
        _E,
        "El usuario y la clave abren varias empresas de pruebas, y con el RUT {value} no se sabe cuál emite.",
        "Se esperaba el RUT de una de esas empresas.",
        "Envíe en Rut el de la empresa que emite, o use un usuario distinto para cada empresa.",
    ),
    "AUT-004": Rule(
        _E,
        "No hay ninguna empresa de RUT «{value}» en el ambiente {ambiente}.",
        "Se esperaba el RUT de una empresa ya creada en ese ambiente.",
        "Cree primero la empresa o corrija el RUT o el ambiente.",
    ),
    "AUT-010": Rule(
        _E,
        "El nombre de usuario está vacío.",
        "Se esperaba un nombre de usuario.",
        "Escriba el nombre con que el sistema se va a identificar.",
    ),
    "AUT-011": Rule(
        _E,
        "La clave del usuario «{value}» está vacía.",
        "Se esperaba una clave.",
        "Escriba la clave con que el sistema se va a identificar.",
    ),
    "AUT-012": Rule(
        _E,
        "El usuario «{value}» ya abre con esa misma clave una empresa en el ambiente {otro}.",
        "Se esperaba otra clave para el ambiente {ambiente}, porque la clave decide en qué ambiente se emite.",
        "Elija una clave distinta para cada ambiente.",
    ),
    "AUT-020": Rule(
        _E,
        "La base de datos {value} es de una versión más nueva de este programa: "
        "tiene el formato {encontrado} y este programa llega hasta el {conocido}.",
        "",
        "Instale la versión más nueva del programa; los datos no se tocaron.",
    ),
    "AUT-021": Rule(
        _E,
        "La clave maestra no es la que protege la base de datos {value}.",
        "Se esperaba la misma clave maestra con que se creó la base de datos.",
        "Indique la clave maestra correcta o recupere el archivo clave-maestra de su respaldo.",
    ),
    "AUT-022": Rule(
        _E,
        "Falta la clave maestra de la base de datos {value}: el archivo clave-maestra no está.",
        "Se esperaba ese archivo junto a la base de datos, o la clave maestra en la configuración.",
        "Recupere el archivo clave-maestra de su respaldo; sin él no se pueden leer el certificado ni los CAF.",
    ),
    "AUT-023": Rule(
        _E,
        "El archivo {value} no se puede usar como base de datos de este programa: está dañado o es de otra cosa.",
        "",
        "Recupere el archivo de su respaldo o indique otra carpeta de datos.",
    ),
    "AUT-024": Rule(
        _E,
        "La carpeta {value} está en un disco donde la base de datos no puede trabajar con seguridad.",
        "Se esperaba un disco propio de este equipo, y no una carpeta de red.",
        "Indique una carpeta de datos en un disco de este equipo.",
    ),
    # --- TXT: reading a file ---------------------------------------------------------------------------------
    # 001-019 the file and its sections; 020-029 values; 030-049 habits of programs; 050-059 the XML
    "TXT-001": Rule(
        _E,
        "El archivo llegó vacío.",
        "Se esperaba un TXT con secciones como ->Encabezado<-, porque formato es 1.",
        "Revise que su sistema haya generado el archivo antes de enviarlo.",
    ),
    "TXT-002": Rule(
        _E,
        "El formato «{value}» no existe.",
        "Se esperaba 1 para un TXT o 2 para un XML.",
        "Corrija el parámetro formato de la llamada.",
    ),
    "TXT-003": Rule(
        _E,
        "El archivo no es un XML: tiene secciones como ->Encabezado<-, es decir, es un TXT enviado con formato 2.",
        "Se esperaba un XML, porque formato es 2.",
        "Envíe este archivo con formato 1.",
    ),
    "TXT-004": Rule(
        _E,
        "El archivo es un XML enviado con formato 1.",
        "Se esperaba un TXT con secciones como ->Encabezado<-, porque formato es 1.",
        "Envíe este archivo con formato 2.",
    ),
    "TXT-005": Rule(
        _E,
        "El archivo no es texto: contiene bytes nulos.",
        "Se esperaba un archivo de texto en UTF-8, ISO-8859-1 o Windows-1252.",
        "Revise qué archivo envía su sistema y cómo lo codifica.",
    ),
    "TXT-006": Rule(
        _E,
        "El archivo tiene más de {limit} problemas y los demás errores de este documento no se muestran.",
        "",
        "Corrija los que se muestran y envíe el archivo de nuevo para ver los restantes.",
    ),
    "TXT-007": Rule(
        _E,
        "El archivo no tiene ninguna sección.",
        "Se esperaba que comenzara con una línea ->Encabezado<- o ->Boleta<-.",
        "Revise que el archivo enviado sea el del documento.",
    ),
    "TXT-008": Rule(
        _E,
        "Hay datos antes de la primera sección: «{value}».",
        "Se esperaba que el archivo comenzara con una línea ->Encabezado<- o ->Boleta<-.",
        "Quite esas líneas o anteponga la sección que les corresponde.",
    ),
    "TXT-009": Rule(
        _E,
        "La sección {value} está antes de que comience un documento.",
        "Se esperaba primero una sección ->Encabezado<- o ->Boleta<-.",
        "Ponga la sección después de la que comienza el documento.",
    ),
    "TXT-010": Rule(
        _E,
        "La sección «{value}» no existe; la de nombre más parecido es {nearest}.",
        "Se esperaba una de las secciones del formato TXT.",
        "Corrija el nombre entre las flechas, por ejemplo ->{nearest}<-.",
    ),
    "TXT-011": Rule(
        _E,
        "La sección «{value}» no existe en el formato TXT.",
        "Se esperaba una de las secciones del formato, como ->Encabezado<-, ->Totales<- o ->Detalle<-.",
        "Quite la sección o corrija su nombre.",
    ),
    "TXT-012": Rule(
        _E,
        "El archivo contiene un documento de compra (sección {value}), y este servicio no los recibe todavía.",
        "Se esperaba un documento que la empresa emite.",
        "No envíe por aquí los documentos de compra; regístrelos donde la empresa lleva sus compras.",
    ),
    "TXT-013": Rule(
        _E,
        "El archivo es un libro ({value}) y este servicio no recibe libros.",
        "Se esperaba un XML con un DTE.",
        "No envíe por aquí los libros de compras o ventas; el SII los forma con los documentos emitidos.",
    ),
    "TXT-014": Rule(
        _E,
        "La fila tiene {found} columnas de las {wanted} que lleva la sección; faltan las últimas: {missing}. "
        "La fila no se interpretó.",
        "Se esperaban {wanted} columnas separadas por punto y coma.",
        "Agregue las columnas que faltan, aunque estén vacías, cada una en su lugar.",
    ),
    "TXT-015": Rule(
        _E,
        "La fila tiene {found} columnas y la sección lleva a lo más {wanted}; sobra «{value}».",
        "Se esperaban a lo más {wanted} columnas separadas por punto y coma.",
        "Revise si algún texto de la fila contiene un punto y coma y reemplácelo por una coma.",
    ),
    "TXT-016": Rule(
        _E,
        "La sección {value} trae más de una fila en el mismo documento.",
        "Se esperaba una sola fila por documento.",
        "Quite la fila repetida o comience otro documento con ->Encabezado<- o ->Boleta<-.",
    ),
    "TXT-017": Rule(
        _E,
        "La sección {value} no corresponde a este documento, que comenzó con {header}.",
        "Se esperaban las secciones del documento que comienza con {header}.",
        "Use las secciones de factura con ->Encabezado<- y las que comienzan con Boleta con ->Boleta<-.",
    ),
    "TXT-018": Rule(
        _E,
        "El tipo de documento «{value}» no va en la sección {section}, sino en {right}.",
        "Se esperaba 33, 34, 52, 56 o 61 en Encabezado, y 39 o 41 en Boleta.",
        "Comience el documento con ->{right}<- y use las secciones que le corresponden.",
    ),
    "TXT-019": Rule(
        _E,
        "El tipo de documento «{value}» falta o no es uno de los que emite este servicio.",
        "Se esperaba 33, 34, 39, 41, 52, 56 o 61.",
        "Corrija el tipo de documento.",
    ),
    "TXT-020": Rule(
        _E,
        "El valor «{value}» de {field} no es un número.",
        "Se esperaba un número con punto decimal y sin letras ni símbolos, por ejemplo 1250.5.",
        "Corrija el valor de {field}.",
    ),
    "TXT-021": Rule(
        _E,
        "El valor «{value}» de {field} tiene decimales y debe ser entero.",
        "Se esperaba un número entero.",
        "Corrija el valor de {field}.",
    ),
    "TXT-022": Rule(
        _E,
        "El valor «{value}» de {field} es ambiguo: la coma puede separar miles o decimales.",
        "Se esperaba un número con punto decimal y sin separador de miles, por ejemplo 1234 o 1.234.",
        "Escriba {field} sin comas.",
    ),
    "TXT-023": Rule(
        _E,
        "El valor «{value}» de {field} no es una fecha.",
        "Se esperaba una fecha con la forma AAAA-MM-DD, por ejemplo 2026-01-31.",
        "Corrija la forma de la fecha.",
    ),
    "TXT-024": Rule(
        _E,
        "La fecha «{value}» de {field} no existe en el calendario.",
        "Se esperaba una fecha con la forma AAAA-MM-DD, por ejemplo 2026-01-31.",
        "Corrija el mes o el día.",
    ),
    "TXT-025": Rule(
        _E,
        "El valor «{value}» de {field} no es una hora.",
        "Se esperaba una hora con la forma HH:MM:SS, por ejemplo 09:30:00.",
        "Corrija el valor de {field}.",
    ),
    "TXT-026": Rule(
        _E,
        "El valor «{value}» de {field} no es una fecha con hora.",
        "Se esperaba la forma AAAA-MM-DDTHH:MM:SS, por ejemplo 2026-01-31T09:30:00.",
        "Corrija el valor de {field}.",
    ),
    "TXT-027": Rule(
        _E,
        "El texto de {field} tiene caracteres que un DTE no puede llevar: {characters}.",
        "Se esperaban caracteres de ISO-8859-1: los del español y de las lenguas de Europa occidental.",
        "Quite o reemplace esos caracteres.",
        "Instructivo de Emisión de DTE, Anexo 3",
    ),
    "TXT-028": Rule(
        _A,
        "El texto de {field} tenía caracteres que un DTE no puede llevar; se escribió «{written}».",
        "",
        "Si prefiere otro texto, corríjalo en su sistema.",
        "Instructivo de Emisión de DTE, Anexo 3",
    ),
    "TXT-029": Rule(
        _A,
        "El valor «{value}» de {field} tiene más decimales de los permitidos; se usó {used}.",
        "",
        "Envíe el valor ya redondeado para que la cifra sea la de su sistema.",
    ),
    "TXT-030": Rule(
        _A,
        "«{value}» no es una dirección de correo, y el documento no se enviará por correo.",
        "Se esperaba una dirección como nombre@empresa.cl, o nada.",
        "Corrija la dirección, o deje el dato vacío si no quiere que se envíe.",
    ),
    "TXT-031": Rule(
        _A,
        "Se ignoró ValorExento en {count} líneas, porque los totales no tienen monto exento: "
        "se tomaron como afectas.",
        "",
        "Deje ValorExento en 0 en las líneas afectas.",
    ),
    "TXT-032": Rule(
        _A,
        "La línea no trae nombre; se usó el comienzo de su descripción: «{used}».",
        "",
        "Envíe el nombre del producto o servicio en {field}.",
    ),
    "TXT-033": Rule(
        _E,
        "El descuento o recargo de los totales no cuadra: las líneas suman {lines}, el descuento es {discount}, "
        "el recargo es {surcharge} y los totales dicen {sought}.",
        "Se esperaba que las líneas sumaran los totales, con o sin ese descuento o recargo.",
        "Corrija los totales, o ponga el descuento en las líneas o en la sección DescRec.",
    ),
    "TXT-034": Rule(
        _A,
        "El descuento o recargo de los totales ({amount}) se emitió como descuento o recargo global, "
        "porque así cuadran las líneas con los totales.",
        "",
        "Si quiere que lleve un motivo, envíelo en la sección DescRec.",
    ),
    "TXT-035": Rule(
        _E,
        "La columna {field} trae «{value}», que parece un impuesto adicional sin su código.",
        "Se esperaba 0 o vacío, o en la columna 10 un 1 si las líneas incluyen el IVA y suman el total.",
        "Envíe en XML los documentos con impuestos adicionales, con ImptoReten y su código.",
    ),
    "TXT-036": Rule(
        _A,
        "El descuento o recargo global dice ser sobre lo exento, pero ninguna línea es exenta; "
        "se aplicó sobre lo afecto.",
        "",
        "Envíe 0 en {field} cuando el documento no tiene líneas exentas.",
    ),
    "TXT-037": Rule(
        _E,
        "El descuento global es de «{value}» por ciento y no puede ser mayor que 100.",
        "Se esperaba un porcentaje de 0 a 100.",
        "Si el valor está en pesos, envíe $ en lugar de %.",
    ),
    "TXT-038": Rule(
        _A,
        "El descuento global de «{value}» venía como porcentaje y se tomó en pesos, porque así cuadra con el total.",
        "",
        "Envíe $ en lugar de % cuando el descuento está en pesos.",
    ),
    "TXT-039": Rule(
        _A,
        "Se ignoró una referencia incompleta; le falta: {missing}.",
        "Se esperaban el tipo, el folio y la fecha del documento referido.",
        "Complete la referencia o no la envíe.",
    ),
    "TXT-040": Rule(
        _A,
        "La guía no dice el motivo del traslado; se emitió con 1 (operación constituye venta).",
        "Se esperaba un motivo de 1 a 9.",
        "Envíe el motivo del traslado en {field}.",
    ),
    "TXT-041": Rule(
        _A,
        "Las filas de {group} no venían numeradas desde 1 y sin saltos; se numeraron en el orden del archivo.",
        "",
        "Numere las filas 1, 2, 3… en su sistema.",
    ),
    "TXT-042": Rule(
        _E,
        "La línea «{value}» parece el nombre de una sección, pero le falta una de sus flechas.",
        "Se esperaba el nombre entre flechas, por ejemplo ->Detalle<-.",
        "Complete las flechas.",
    ),
    "TXT-043": Rule(
        _E,
        "La sección {value} no trae su fila de datos.",
        "Se esperaba una fila con los datos del documento.",
        "Agregue la fila o quite la sección.",
    ),
    "TXT-044": Rule(
        _A,
        "El archivo tiene muchos avisos, y los demás avisos de este documento no se muestran.",
        "",
        "Corrija los que se muestran para ver los restantes.",
    ),
    "TXT-045": Rule(
        _E,
        "La sección {value} tiene más de {limit} filas en el mismo documento, y las demás no se leyeron.",
        "Se esperaban a lo más 60 líneas en una factura y 1000 en una boleta.",
        "Divida el documento en varios.",
    ),
    "TXT-050": Rule(
        _E,
        "El archivo no es un XML bien formado: se dejó de entender en la línea {line}, columna {column}, "
        "cerca de «{value}».",
        "Se esperaba un XML con todas sus marcas abiertas y cerradas, y con & escrito como &amp;.",
        "Corrija esa línea; si el texto contiene &, < o >, su sistema debe escribirlos &amp;, &lt; y &gt;.",
    ),
    "TXT-051": Rule(
        _E,
        "El archivo llegó vacío: no es un XML.",
        "Se esperaba un XML con un DTE, porque formato es 2.",
        "Revise que su sistema haya generado el archivo antes de enviarlo.",
    ),
    "TXT-052": Rule(
        _E,
        "El XML trae una declaración DOCTYPE, que por seguridad no se admite.",
        "Se esperaba un XML sin DOCTYPE ni entidades propias.",
        "Quite la declaración DOCTYPE del archivo.",
    ),
    "TXT-053": Rule(
        _E,
        "El XML tiene demasiados elementos o está demasiado anidado.",
        "Se esperaban a lo más {limit} marcas y 200 niveles.",
        "Divida el archivo en varios más pequeños.",
    ),
    "TXT-054": Rule(
        _E,
        "El XML no contiene un DTE con su elemento Documento; su raíz es «{value}».",
        "Se esperaba <DTE><Documento>…</Documento></DTE>, con mayúsculas y minúsculas así.",
        "Revise que el archivo enviado sea el del documento.",
    ),
    "TXT-055": Rule(
        _A,
        "El elemento «{value}» no existe en este lugar y se ignoró; el de nombre más parecido es {nearest}.",
        "",
        "Corrija el nombre del elemento, con sus mayúsculas y minúsculas, o quítelo.",
    ),
    "TXT-056": Rule(
        _A,
        "El elemento «{value}» no existe en este lugar de un documento de este tipo y se ignoró.",
        "",
        "Quite el elemento.",
    ),
    "TXT-057": Rule(
        _A,
        "El documento ya trae timbre o firma ({value}), que se ignoran: el servicio pone los suyos.",
        "",
        "Envíe el documento sin timbre ni firma.",
    ),
    "TXT-058": Rule(
        _A,
        "El elemento {field} trae texto suelto, «{value}», que se ignoró.",
        "Se esperaban dentro de {field} solo otros elementos.",
        "Ponga el texto dentro del elemento que le corresponde.",
    ),
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
    "DOC-010": Rule(
        _E,
        "El valor «{value}» de {field} no es un RUT.",
        "Se esperaba un RUT con guion y dígito verificador, por ejemplo 11111111-1.",
        "Corrija el RUT.",
        "Formato DTE v2.5, definición de RUT",
    ),
    "DOC-011": Rule(
        _E,
        "El dígito verificador del RUT «{value}» de {field} está equivocado: a ese número le corresponde {right}.",
        "Se esperaba un RUT cuyo dígito verificador corresponda a su número (módulo 11).",
        "Revise el RUT completo con el cliente; puede estar equivocado el número o el dígito.",
        "Formato DTE v2.5, definición de RUT",
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
    "DOC-026": Rule(
        _E,
        "{name} ocupa más de {limit} caracteres en el XML, porque cada & < > se escribe con varios.",
        "Se esperaba un texto que quepa en una línea de {limit} caracteres.",
        "Acorte el texto o quite esos signos.",
        "Respuesta CHR-00002 del SII",
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
    "FOL-001": Rule(
        _E,
        "El archivo no es un CAF: no se pudo leer como el XML de una autorización de folios.",
        "Se esperaba el archivo XML que entrega el SII, con AUTORIZACION como raíz.",
        "Descargue de nuevo el archivo desde el sitio del SII y cárguelo sin abrirlo ni guardarlo con otro programa.",
        "Estructura del CAF del SII",
    ),
    "FOL-002": Rule(
        _E,
        "Al CAF le falta {value}.",
        "Se esperaba un archivo completo.",
        "Descargue de nuevo el archivo desde el sitio del SII.",
        "Estructura del CAF del SII",
    ),
    "FOL-003": Rule(
        _E,
        "El CAF trae un RUT que no es válido: «{value}».",
        "Se esperaba el RUT de la empresa con su dígito verificador.",
        "Descargue de nuevo el archivo desde el sitio del SII.",
        "Estructura del CAF del SII",
    ),
    "FOL-004": Rule(
        _E,
        "Los números del CAF no forman un rango de folios: {value}.",
        "Se esperaba un tipo, un primer folio desde 1 y un último folio igual o mayor.",
        "Descargue de nuevo el archivo desde el sitio del SII.",
        "Estructura del CAF del SII",
    ),
    "FOL-005": Rule(
        _E,
        "El CAF es para documentos de tipo {value}, que este servicio no emite.",
        "Se esperaba uno de los tipos {known}.",
        "Cargue aquí solo los folios de esos tipos.",
        "Estructura del CAF del SII",
    ),
    "FOL-006": Rule(
        _E,
        "La fecha de autorización del CAF no es una fecha: «{value}».",
        "Se esperaba una fecha en la forma AAAA-MM-DD.",
        "Descargue de nuevo el archivo desde el sitio del SII.",
        "Estructura del CAF del SII",
    ),
    "FOL-007": Rule(
        _E,
        "La firma del CAF no es válida para la llave {value} del SII: el archivo fue alterado o no lo hizo el SII.",
        "Se esperaba la firma del SII sobre los datos del archivo.",
        "Descargue de nuevo el archivo desde el sitio del SII y cárguelo tal como viene.",
        "Firma FRMA del CAF, SHA1withRSA",
    ),
    "FOL-008": Rule(
        _E,
        "La llave privada del CAF falta, no se puede leer o no corresponde a la llave pública del mismo archivo.",
        "Se esperaba en RSASK la llave privada que corresponde a RSAPK.",
        "Descargue de nuevo el archivo desde el sitio del SII.",
        "Estructura del CAF del SII",
    ),
    "FOL-009": Rule(
        _E,
        "El CAF lo hizo una autoridad de prueba que no es la de esta instalación.",
        "Se esperaba un CAF del SII o de la autoridad de prueba de esta misma instalación.",
        "Cargue un CAF descargado del SII.",
    ),
    "FOL-010": Rule(
        _E,
        "El CAF es de otra empresa: RUT {value}.",
        "Se esperaba un CAF de {name}, RUT {right}.",
        "Cargue el archivo en la empresa a la que pertenece.",
        "Estructura del CAF del SII",
    ),
    "FOL-011": Rule(
        _E,
        "El CAF es del ambiente de {value}, y la empresa está en {right}.",
        "Se esperaba un CAF del ambiente de {right}.",
        "Descargue los folios en el sitio del SII de ese ambiente.",
        "IDK del CAF: 100 certificación, 300 producción",
    ),
    "FOL-012": Rule(
        _E,
        "El CAF venció: fue autorizado el {value}, y los de tipo {tipo} valen {dias} días.",
        "Se esperaba un CAF vigente.",
        "Pida folios nuevos al SII y anule allí los que no usó.",
        "Res. Ex. SII 58 de 2017; respuesta CAF-3-517",
    ),
    "FOL-013": Rule(
        _A,
        "El CAF está firmado con una llave desconocida ({value}); no se verificaron su firma ni su ambiente.",
        "Se esperaba la llave 100 (certificación) o 300 (producción).",
        "Verifique que el archivo venga del SII y que sea del ambiente de la empresa.",
    ),
    # 030-049 loading CAFs and taking folios; 050-059 voiding
    "FOL-030": Rule(
        _E,
        "El folio {value} está fuera de los límites del SII.",
        "Se esperaba un folio entre 1 y 9999999999, o 0 para que el servicio asigne el siguiente.",
        "Corrija el folio en el sistema de origen.",
        "Formato DTE v2.5, Folio",
    ),
    "FOL-031": Rule(
        _E,
        "El folio {value} de tipo {tipo} no está en ningún CAF cargado.",
        "Se esperaba un folio de los rangos cargados: {rangos}.",
        "Use un folio de esos rangos, envíe folio 0 para que el servicio asigne el siguiente, "
        "o cargue el CAF que contiene ese folio.",
        "Instructivo de emisión de DTE, autorización de folios",
    ),
    "FOL-032": Rule(
        _E,
        "Ya existe el Documento de tipo {tipo} y folio {value}.",
        "Se esperaba un folio que no se haya usado.",
        "Si está reintentando un envío, el documento ya quedó emitido: consúltelo con getXMLDte. "
        "Si es otro documento, use otro folio.",
        "Rechazos DTE-3-100 y DTE-3-101 del SII",
    ),
    "FOL-033": Rule(
        _E,
        "El folio {value} de tipo {tipo} está anulado.",
        "Se esperaba un folio que no se haya anulado.",
        "Use otro folio; un folio anulado no se puede volver a usar.",
        "Rechazo DTE-3-601 del SII",
    ),
    "FOL-034": Rule(
        _E,
        "No hay ningún CAF cargado para documentos de tipo {tipo}.",
        "Se esperaba un CAF del tipo {tipo} para la empresa de RUT {rut} en el ambiente {ambiente}.",
        "Pida folios de ese tipo en el sitio del SII y cargue el archivo CAF en este servicio.",
        "Instructivo de emisión de DTE, autorización de folios",
    ),
    "FOL-035": Rule(
        _E,
        "Se acabaron los folios de tipo {tipo}: todos los de los rangos {rangos} están emitidos o anulados.",
        "Se esperaba al menos un folio libre.",
        "Pida más folios de ese tipo en el sitio del SII y cargue el nuevo archivo CAF.",
        "Instructivo de emisión de DTE, autorización de folios",
    ),
    "FOL-036": Rule(
        _E,
        "No queda ningún CAF vigente con folios libres de tipo {tipo}: los rangos {rangos} vencieron.",
        "Se esperaba un CAF autorizado hace {dias} días o menos.",
        "Anule en el sitio del SII los folios que no usó, pida folios nuevos y cargue el archivo CAF.",
        "Resolución Exenta SII 58 de 2017; rechazo CAF-3-517",
    ),
    "FOL-037": Rule(
        _E,
        "El folio {value} de tipo {tipo} es de un CAF vencido, autorizado el {fecha}.",
        "Se esperaba un folio de un CAF autorizado hace {dias} días o menos.",
        "Use un folio de un CAF vigente y anule en el sitio del SII los folios que no usó de este.",
        "Resolución Exenta SII 58 de 2017; rechazo CAF-3-517",
    ),
    "FOL-040": Rule(
        _E,
        "El CAF de tipo {tipo} con los folios {value} ya está cargado.",
        "Se esperaba un CAF que no se haya cargado antes.",
        "No es necesario hacer nada: sus folios ya están disponibles.",
    ),
    "FOL-041": Rule(
        _E,
        "El CAF de tipo {tipo} con los folios {value} se cruza con uno ya cargado, que tiene los folios {rangos}.",
        "Se esperaba un rango sin folios en común con los ya cargados.",
        "Revise si el archivo es de otra empresa o de otro ambiente; el SII no autoriza dos veces un mismo folio.",
    ),
    "FOL-050": Rule(
        _E,
        "El folio {value} de tipo {tipo} no se puede anular porque tiene un documento emitido.",
        "Se esperaba un folio sin usar.",
        "Para dejar sin efecto un documento emitido se emite una nota de crédito.",
    ),
    "FOL-051": Rule(
        _E,
        "Falta el motivo por el que se anula el folio {value} de tipo {tipo}.",
        "Se esperaba un motivo escrito.",
        "Escriba por qué se anula; queda registrado junto al folio.",
    ),
    "FOL-060": Rule(
        _E,
        "No hay un documento de tipo {tipo} con folio {value} emitido por {name}.",
        "Se esperaban el tipo y el folio de un documento ya emitido.",
        "Revise el tipo y el folio.",
    ),
    "FOL-061": Rule(
        _E,
        "Hay varios documentos con folio {value} emitidos por {name}, de distinto tipo.",
        "Se esperaba también el tipo de documento.",
        "Indique el tipo (33, 34, 39, 41, 52, 56 o 61).",
    ),
    # --- CRT: certificates -----------------------------------------------------------------------------------
    "CRT-001": Rule(
        _E,
        "El archivo no es un certificado que se pueda leer.",
        "Se esperaba un archivo .pfx o .p12, o un PEM con certificado y llave privada.",
        "Exporte de nuevo el certificado, con su llave privada, desde donde está instalado.",
    ),
    "CRT-002": Rule(
        _E,
        "La clave del certificado no es la correcta, o el archivo está dañado.",
        "Se esperaba la clave con que se exportó el archivo.",
        "Escriba la clave de nuevo; si la olvidó, exporte otra vez el certificado.",
    ),
    "CRT-003": Rule(
        _E,
        "El archivo no contiene la llave privada.",
        "Se esperaba el certificado con su llave privada.",
        "Exporte el certificado marcando la opción de incluir la llave privada.",
    ),
    "CRT-004": Rule(
        _E,
        "El archivo contiene una llave privada, pero ningún certificado.",
        "Se esperaba la llave privada con su certificado.",
        "Exporte de nuevo el certificado completo.",
    ),
    "CRT-005": Rule(
        _E,
        "La llave privada no corresponde a ninguno de los certificados del archivo.",
        "Se esperaba la llave privada del mismo certificado.",
        "Exporte de nuevo certificado y llave juntos.",
    ),
    "CRT-006": Rule(
        _E,
        "La llave del certificado no sirve para firmar documentos tributarios.",
        "Se esperaba una llave RSA de 1024 bits o más.",
        "Use un certificado emitido por una entidad acreditada en Chile.",
        "Esquema xmldsignature_v10",
    ),
    "CRT-007": Rule(
        _E,
        "El certificado no dice el RUT de su titular: {value}.",
        "Se esperaba el RUT en el nombre alternativo, el número de serie o el nombre del titular.",
        "Use un certificado de firma electrónica emitido por una entidad acreditada en Chile.",
    ),
    "CRT-008": Rule(
        _E,
        "El archivo está cifrado con un método que ya no se puede leer.",
        "Se esperaba un archivo cifrado con AES o 3DES.",
        "Exporte de nuevo el certificado con un programa actual.",
    ),
    "CRT-010": Rule(
        _E,
        "El certificado de {value} venció el {fecha}; no se puede firmar con él.",
        "Se esperaba un certificado vigente.",
        "Cargue un certificado vigente con la orden «certificado cargar».",
    ),
    "CRT-011": Rule(
        _E,
        "El certificado de {value} vale recién desde el {fecha}.",
        "Se esperaba un certificado ya vigente.",
        "Revise el reloj del equipo, o espere esa fecha.",
    ),
    "CRT-020": Rule(
        _E,
        "La empresa {name}, RUT {value}, no tiene certificado para firmar.",
        "Se esperaba un certificado cargado.",
        "Cargue el certificado con la orden «certificado cargar».",
    ),
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
