"""Fictitious companies and documents for the tests of what lies in the ledger."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime

from dteplanows.document.company import Ambiente, Company
from dteplanows.document.rut import check_digit
from dteplanows.ledger.engines.sqlite.database import Sqlite
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS
from dteplanows.ledger.rows import NewDocument, NewReceived, ReceivedFile, Series, Span, StoredCaf
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.tables import CAF, DOCUMENTO, TABLES

TODAY = date(2026, 11, 24)


def rut(body: int) -> str:
    """A RUT with its right check digit."""
    return f"{body}-{check_digit(body)}"


COMPANY = Company(
    rut=rut(76000111),
    ambiente="pruebas",
    razon_social="Ferretería Ficticia Ñandú SpA",
    giro="Venta de ferretería",
    actecos=("475201", "469000"),
    direccion="Calle Inventada 123",
    comuna="Santiago",
)
REAL = replace(COMPANY, ambiente="produccion")
"""The same company in the other environment."""


def new_document(folio: int, caf_id: int, tipo: int = 33, ambiente: Ambiente = "pruebas") -> NewDocument:
    """A row as the main road makes it; its bytes say which document it is."""
    return NewDocument(
        ambiente=ambiente,
        rut_emisor=COMPANY.rut,
        tipo=tipo,
        folio=folio,
        fecha_emision="2026-11-24",
        rut_receptor=rut(77000222),
        razon_social_receptor="Cliente Ficticio Ltda.",
        monto_neto=1000,
        monto_exento=0,
        iva=190,
        monto_total=1190,
        xml=f"<DTE>{ambiente} {tipo} {folio} \xd1</DTE>\r\n".encode("latin-1") * 100,
        archivo=ReceivedFile("1", f"archivo de {tipo} {folio}".encode()),
        beside='{"correo": ""}',
        respuesta=f'{{"Folio": {folio}}}',
        caf_id=caf_id,
        usuario="ana",
        creado=datetime(2026, 11, 24, 10, 30, 59),
    )


def load_caf(
    ledger: Ledger, desde: int, hasta: int, tipo: int = 33, *, fecha: date = TODAY, company: Company = COMPANY
) -> int:
    """Load a range; the secret is no CAF, so nothing can be stamped with it."""
    return ledger.cafs.save(Series.of(company, tipo), Span(desde, hasta), fecha, b"secreto de prueba")


def everything(ledger: Ledger) -> dict[str, list[object]]:
    """All rows of all tables."""
    return {one.name: sorted(ledger.connection.execute(f"SELECT * FROM {one.name}"), key=repr) for one in TABLES}


def sqlite_of(ledger: Ledger) -> Sqlite:
    """The database of a ledger that is known to lie in SQLite."""
    assert isinstance(ledger.db, Sqlite)
    return ledger.db

def save_as_at_first(ledger: Ledger) -> None:
    """Save :data:`COMPANY` into a ledger of the first version, whose companies have fewer columns."""
    names = "ambiente, rut, razon_social, giro, actecos, direccion, comuna, ciudad, sucursal, codigo_sii_sucursal"
    row = (COMPANY.ambiente, COMPANY.rut, COMPANY.razon_social, COMPANY.giro, " ".join(COMPANY.actecos),
           COMPANY.direccion, COMPANY.comuna, "", "", "", "", "", 0)  # fmt: skip
    marks = ", ".join("?" * len(row))
    with ledger.writing():
        ledger.connection.execute(f"INSERT INTO empresa ({names}, telefono, correo, tolerante) VALUES ({marks})", row)


def save_as_then(ledger: Ledger, company: Company) -> None:
    """Save *company* with the columns that the ledger has so far, and not those that later steps add."""
    facts = {**asdict(company), "actecos": " ".join(company.actecos)}
    _insert_as_then(ledger, "empresa", facts)


def record_as_then(ledger: Ledger, row: NewDocument) -> int:
    """Record *row* with the columns that the ledger has so far; gives its id."""
    names = [one.name for one in DOCUMENTO.shown if one.name != "id"]
    with ledger.writing():
        ledger.files.store(row.archivo)
        _insert_as_then(ledger, "documento", dict(zip(names, DOCUMENTO.values(row), strict=True)))
        (identifier,) = ledger.connection.execute("SELECT MAX(id) FROM documento").fetchone()
    return int(identifier)


def load_caf_as_then(ledger: Ledger, desde: int, hasta: int) -> int:
    """Load a range of :data:`COMPANY` with the columns that the ledger has so far; its key cannot be read."""
    row = StoredCaf(0, *Series.of(COMPANY, 33), desde, hasta, TODAY, desde, False, False)
    names = [one.name for one in CAF.columns if one.name != "id"]
    _insert_as_then(ledger, "caf", dict(zip(names, CAF.values(row, b"", "2026-01-01 00:00:00"), strict=True)))
    (identifier,) = ledger.connection.execute("SELECT MAX(id) FROM caf").fetchone()
    return int(identifier)


def _insert_as_then(ledger: Ledger, table: str, facts: dict[str, object]) -> None:
    columns = [row[1] for row in ledger.connection.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
    ledger.connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [facts[name] for name in columns],
    )


def without(step: int) -> tuple[tuple[str, ...], ...]:
    """All migrations but number *step*, for a ledger of today to which that one comes last."""
    return MIGRATIONS[: step - 1] + MIGRATIONS[step:]


SUPPLIER = rut(78000333)
OTHER = rut(78000444)
RECEIVED = NewReceived(
    ambiente="pruebas",
    rut_empresa=COMPANY.rut,
    rut_emisor=SUPPLIER,
    tipo=30,
    folio=7,
    huella="",
    fecha_emision="2026-11-20",
    razon_social_emisor="Proveedor Ficticio Ltda.",
    monto_neto=1000,
    monto_exento=0,
    iva=190,
    otros_impuestos=100,
    monto_total=1290,
    contenido='{"Detalle": []}',
    archivo=ReceivedFile("1", b"archivo"),
    beside="{}",
    avisos="[]",
    usuario="ana",
    creado=datetime(2026, 11, 24, 10, 30, 59),
)
