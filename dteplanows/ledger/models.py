"""The tables of the ledger as peewee models.

The models are never bound to a database, so one process can hold several ledgers: every query names the database it
runs on. The steps of the engine make the tables; a test compares both. The environment is part of the
key of every row that belongs to a company.
"""

from __future__ import annotations

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class Empresa(Model):
    """A company that issues, in one environment."""

    id = AutoField()
    ambiente = CharField()
    rut = CharField()
    razon_social = TextField()
    giro = TextField()
    actecos = TextField()
    """Codes separated by one blank."""
    direccion = TextField()
    comuna = TextField()
    ciudad = TextField()
    sucursal = TextField()
    codigo_sii_sucursal = TextField()
    telefono = TextField()
    correo = TextField()
    tolerante = BooleanField()
    reparos = TextField()
    """Empty for the default of the environment."""
    numero_resolucion = IntegerField()
    fecha_resolucion = DateField(null=True)
    unidad_sii = TextField()
    patente_desconocida = TextField()
    transporte_courier = TextField()
    traslado_prolongado = TextField()
    precios_con_impuestos = TextField()
    minutos_repetido = IntegerField()


class Usuario(Model):
    """A user name that opens one company with one password."""

    id = AutoField()
    usuario = TextField()
    """As it was written."""
    usuario_normal = TextField()
    """As it is compared, without the difference of upper and lower case."""
    ambiente = CharField()
    rut = CharField()
    clave = TextField()
    """Salted hash of the password, never the password."""
    creado = DateTimeField()
    avisos = BooleanField(null=True)
    """Whether the answers carry avisos; null for the default of the environment."""
    deshabilitado = DateTimeField(null=True)
    """Since when it opens nothing; null for one that does."""


class Certificado(Model):
    """A signing certificate; of those of a company that are valid, the newest is in use."""

    id = AutoField()
    ambiente = CharField()
    rut = CharField()
    rut_firmante = CharField()
    titular = TextField()
    valid_from = DateTimeField()
    valid_until = DateTimeField()
    secreto = BlobField()
    """Certificate and key, sealed by the vault."""
    cargado = DateTimeField()


class Caf(Model):
    """A range of folios of one type that the SII authorized."""

    id = AutoField()
    ambiente = CharField()
    rut = CharField()
    tipo = IntegerField()
    desde = IntegerField()
    hasta = IntegerField()
    fecha_autorizacion = DateField()
    siguiente = IntegerField()
    secreto = BlobField()
    """The CAF with its key, sealed by the vault."""
    cargado = DateTimeField()
    solo_pedidos = BooleanField()
    """Automatic numbering takes nothing from it."""
    cruzado = BooleanField()
    """Another range of the same type has some of its folios."""


class Archivo(Model):
    """A customer's file as it came."""

    sha256 = CharField(primary_key=True)
    formato = CharField()
    contenido = BlobField()


class ArchivoSuelto(Model):
    """A file of bulk mode of which nothing was issued or entered (yet)."""

    sha256 = CharField(primary_key=True)

    class Meta:
        table_name = "archivo_suelto"
        without_rowid = True


class Documento(Model):
    """An issued document. Rows are neither changed nor deleted; the database itself refuses it."""

    id = AutoField()
    ambiente = CharField()
    rut_emisor = CharField()
    tipo = IntegerField()
    folio = IntegerField()
    fecha_emision = DateField()
    rut_receptor = CharField()
    razon_social_receptor = TextField()
    monto_neto = IntegerField()
    monto_exento = IntegerField()
    iva = IntegerField()
    monto_total = IntegerField()
    xml = BlobField()
    archivo = ForeignKeyField(Archivo, column_name="archivo_sha256")
    beside = TextField()
    respuesta = TextField()
    caf = ForeignKeyField(Caf)
    usuario = TextField()
    creado = DateTimeField()

    class Meta:
        indexes = ((("ambiente", "rut_emisor", "tipo", "folio"), True),)


class DocumentoRecibido(Model):
    """A document of a supplier. Rows are not changed; the database itself refuses it."""

    id = AutoField()
    ambiente = CharField()
    rut_empresa = CharField()
    rut_emisor = CharField()
    tipo = IntegerField()
    folio = IntegerField()
    huella = CharField()
    """SHA-256 of the content where the document has no folio; else empty."""
    fecha_emision = DateField()
    razon_social_emisor = TextField()
    monto_neto = IntegerField()
    monto_exento = IntegerField()
    iva = IntegerField()
    otros_impuestos = IntegerField()
    monto_total = IntegerField()
    contenido = TextField()
    archivo = ForeignKeyField(Archivo, column_name="archivo_sha256")
    beside = TextField()
    avisos = TextField()
    usuario = TextField()
    creado = DateTimeField()

    class Meta:
        table_name = "documento_recibido"
        indexes = (
            (("ambiente", "rut_empresa", "rut_emisor", "tipo", "folio", "huella"), True),
            (("ambiente", "rut_empresa", "fecha_emision"), False),
        )


class TramoAnulado(Model):
    """Folios that will never be used here, with the reason. No two rows have a folio in common."""

    id = AutoField()
    ambiente = CharField()
    rut_emisor = CharField()
    tipo = IntegerField()
    desde = IntegerField()
    hasta = IntegerField()
    motivo = TextField()
    otro_sistema = BooleanField()
    """Another system issued documents with them."""
    momento = DateTimeField()

    class Meta:
        table_name = "tramo_anulado"
        indexes = ((("ambiente", "rut_emisor", "tipo", "hasta", "desde"), False),)


class FolioRetenido(Model):
    """Folios that nobody gets until a person frees them. Of those not freed no two rows have one in common."""

    id = AutoField()
    ambiente = CharField()
    rut_emisor = CharField()
    tipo = IntegerField()
    desde = IntegerField()
    hasta = IntegerField()
    motivo = TextField()
    momento = DateTimeField()
    liberado = DateTimeField(null=True)
    """When a person freed them; null as long as they are held back."""
    liberado_por = TextField()

    class Meta:
        table_name = "folio_retenido"


class Evento(Model):
    """Something that happened, mostly to a document."""

    id = AutoField()
    documento = ForeignKeyField(Documento, null=True)
    ambiente = CharField()
    rut_emisor = CharField()
    momento = DateTimeField()
    tipo = CharField()
    detalle = TextField()
    quien = TextField()
    """Who did it: a user of the service, or the operator of the machine; empty for what nobody in particular did."""
    antes = TextField()
    """What was changed, as JSON, as it was; empty where nothing was there. Never a secret."""
    despues = TextField()
    """The same as it is now."""


class Referencia(Model):
    """What a note corrects: a document of the same issuer and environment. Never changed nor deleted."""

    id = AutoField()
    documento = ForeignKeyField(Documento)
    """The note."""
    tipo = IntegerField()
    """Type and folio of what it corrects."""
    folio = IntegerField()
    codigo = IntegerField()
    """CodRef."""
    monto = IntegerField()

    class Meta:
        indexes = ((("tipo", "folio"), False),)


class Ajuste(Model):
    """A setting that belongs to the ledger itself."""

    clave = CharField(primary_key=True)
    valor = TextField()


class Lote(Model):
    """A file received in bulk mode, which is also its place in the queue of the workers."""

    id = AutoField()
    """The customer's ``TrackId``."""
    ambiente = CharField()
    rut_emisor = CharField()
    usuario = TextField()
    identidad_de_cuenta = BooleanField()
    """The issuer is the account's company whatever the file names."""
    archivo = ForeignKeyField(Archivo, column_name="archivo_sha256")
    formato = CharField()
    recibido = DateTimeField()
    estado = CharField()
    total = IntegerField()
    """Documents of the file; 0 until they are counted."""
    hechos = IntegerField()
    """How many of them, from the first on, are issued or refused for good."""
    rechazados = IntegerField()
    comenzado = DateTimeField(null=True)
    terminado = DateTimeField(null=True)
    turnos = IntegerField()
    """How often a worker took the batch: those with fewer turns go first."""
    trabajador = TextField()
    """Which worker has the batch."""
    vence = FloatField()
    """Until when it has it, in seconds of Unix time; then another may take it."""
    con_enlaces = BooleanField()
    """The answer is to carry the addresses of the printed documents."""
    ultimo_turno = IntegerField()
    """The number of its latest turn, among those of all batches; 0 for one that had none."""


class LoteDocumento(Model):
    """What became of one document of a batch."""

    lote = ForeignKeyField(Lote)
    numero = IntegerField()
    """Its place in the file, from 1."""
    folio = IntegerField()
    tipo = IntegerField()
    fecha = DateTimeField()
    emitido = BooleanField()
    problemas = TextField()
    """As JSON; empty for none."""
    operacion = CharField()
    """``VENTA`` or ``COMPRA``."""
    documento_id = IntegerField()
    """Which document it became; 0 for none."""
    cedible = BooleanField()

    class Meta:
        table_name = "lote_documento"
        primary_key = CompositeKey("lote", "numero")


class RespuestaNoEntregada(Model):
    """An answer whose client was gone before it could be delivered."""

    clave = CharField(primary_key=True)
    """Which call: SHA-256 of who sent which file, hexadecimal."""
    desde = IntegerField()
    """The newest document when the call began; its own are newer."""
    momento = FloatField()
    """When that was found, in seconds of Unix time."""

    class Meta:
        table_name = "respuesta_no_entregada"


class Libro(Model):
    """A book of purchases or sales as it was received. Rows are neither changed nor deleted."""

    id = AutoField()
    ambiente = CharField()
    rut_emisor = CharField()
    operacion = CharField()
    periodo = CharField()
    """AAAA-MM."""
    version = IntegerField()
    """From 1 for each company, operation and period; the highest one counts."""
    tipo_libro = CharField()
    tipo_envio = CharField()
    archivo = ForeignKeyField(Archivo, column_name="archivo_sha256")
    usuario = TextField()
    creado = DateTimeField()

    class Meta:
        indexes = ((("ambiente", "rut_emisor", "operacion", "periodo", "version"), True),)


class DatoAdicional(Model):
    """One of the customer's own data of a document, by name and by value; a trigger copies it from ``beside``."""

    id = AutoField()
    documento = ForeignKeyField(Documento)
    ambiente = CharField()
    rut_emisor = CharField()
    nombre = CharField()
    valor = TextField()

    class Meta:
        table_name = "dato_adicional"


class GuiaAnulada(Model):
    """A guía de despacho that never left."""

    id = AutoField()
    documento = ForeignKeyField(Documento, unique=True)
    usuario = TextField()
    momento = DateTimeField()

    class Meta:
        table_name = "guia_anulada"


class EnlaceRetirado(Model):
    """An address of a printed document that was withdrawn, with all given before; those given later hold."""

    id = AutoField()
    documento = ForeignKeyField(Documento)
    cedible = BooleanField()
    usuario = TextField()
    momento = DateTimeField()

    class Meta:
        table_name = "enlace_retirado"


class Oyente(Model):
    """Where a customer's own program waits for documents to print."""

    id = AutoField()
    ambiente = CharField()
    rut = CharField()
    usuario = TextField()
    ip = CharField()
    puerto = IntegerField()
    momento = DateTimeField()
    vence = DateTimeField()


MODELS = (
    Empresa, Usuario, Certificado, Caf, Archivo, ArchivoSuelto, Documento, DocumentoRecibido, TramoAnulado, Evento,
    Referencia, Ajuste, Lote, LoteDocumento, RespuestaNoEntregada, Libro, DatoAdicional, GuiaAnulada, EnlaceRetirado,
    Oyente, FolioRetenido,
)  # fmt: skip
"""All models, parents before children."""
