"""What the database itself refuses, whatever a program asks: what was signed, answered and numbered stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class _Never(NamedTuple):
    """Something that is never done to a table."""

    name: str
    when: str
    table: str
    why: str


_NEVER = (
    _Never("documento_no_cambia", "UPDATE", "documento", "un documento emitido no se modifica"),
    _Never("documento_no_se_borra", "DELETE", "documento", "un documento emitido no se borra"),
    _Never("referencia_no_cambia", "UPDATE", "referencia", "la referencia de un documento emitido no se modifica"),
    _Never("referencia_no_se_borra", "DELETE", "referencia", "la referencia de un documento emitido no se borra"),
    _Never("libro_no_cambia", "UPDATE", "libro", "un libro recibido no se modifica"),
    _Never("libro_no_se_borra", "DELETE", "libro", "un libro recibido no se borra"),
    _Never("documento_recibido_no_cambia", "UPDATE", "documento_recibido", "un documento recibido no se modifica"),
    _Never("guia_anulada_no_se_borra", "DELETE", "guia_anulada", "una guia anulada no vuelve a valer"),
    _Never(
        "tramo_anulado_no_cambia",
        "UPDATE OF ambiente, rut_emisor, tipo, desde, hasta",
        "tramo_anulado",
        "un folio anulado no vuelve a quedar libre",
    ),
    _Never("tramo_anulado_no_se_borra", "DELETE", "tramo_anulado", "un folio anulado no vuelve a quedar libre"),
    _Never("folio_retenido_no_se_borra", "DELETE", "folio_retenido", "un folio retenido se libera, no se borra"),
    _Never("enlace_retirado_no_se_borra", "DELETE", "enlace_retirado", "un enlace retirado no vuelve a valer"),
)

_NEVER_17 = (
    _Never("entrega_no_se_borra", "DELETE", "entrega", "la entrega de un documento no se olvida"),
    _Never("envio_archivo_no_cambia", "UPDATE", "envio_archivo", "un envio firmado no se modifica"),
    _Never("envio_archivo_no_se_borra", "DELETE", "envio_archivo", "un envio firmado no se borra"),
    _Never("envio_documento_no_se_borra", "DELETE", "envio_documento", "un envio conserva sus documentos"),
    _Never(
        "estado_documento_no_cambia", "UPDATE", "estado_documento", "lo que paso con un documento no se modifica"
    ),
    _Never("estado_documento_no_se_borra", "DELETE", "estado_documento", "lo que paso con un documento no se borra"),
)

_NEVER_26 = (
    _Never("enlaces_retirados_no_se_borra", "DELETE", "enlaces_retirados", "un enlace retirado no vuelve a valer"),
)

_REFUSE = """
CREATE FUNCTION se_rechaza() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

_VOID = """
CREATE FUNCTION tramo_anulado_es_libre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM tramo_anulado otro WHERE otro.ambiente = NEW.ambiente AND otro.rut_emisor = NEW.rut_emisor
        AND otro.tipo = NEW.tipo AND otro.hasta >= NEW.desde AND otro.desde <= NEW.hasta
    ) OR EXISTS (
        SELECT 1 FROM documento WHERE documento.ambiente = NEW.ambiente AND documento.rut_emisor = NEW.rut_emisor
        AND documento.tipo = NEW.tipo AND documento.folio BETWEEN NEW.desde AND NEW.hasta
    ) THEN
        RAISE EXCEPTION 'solo se anula un folio libre' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

_HELD_ONCE = """
CREATE FUNCTION folio_retenido_una_vez() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM folio_retenido otro WHERE otro.ambiente = NEW.ambiente AND otro.rut_emisor = NEW.rut_emisor
        AND otro.tipo = NEW.tipo AND otro.liberado IS NULL AND otro.hasta >= NEW.desde AND otro.desde <= NEW.hasta
    ) THEN
        RAISE EXCEPTION 'el folio ya esta retenido' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

_IS_GUIA = """
CREATE FUNCTION guia_anulada_es_guia() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT tipo FROM documento WHERE id = NEW.documento_id) <> 52 THEN
        RAISE EXCEPTION 'solo se anula una guia de despacho' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# The trigger fills the customer's own data, so that recording a document stays one statement and nothing can forget it.
_DATA = """
CREATE FUNCTION documento_guarda_sus_datos() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    datos json;
BEGIN
    BEGIN
        datos := CAST(NEW.beside AS json) -> 'adicionales';
    EXCEPTION WHEN invalid_text_representation OR untranslatable_character THEN
        RETURN NULL;
    END;
    IF json_typeof(datos) = 'object' THEN
        INSERT INTO dato_adicional (documento_id, ambiente, rut_emisor, nombre, valor)
        SELECT NEW.id, NEW.ambiente, NEW.rut_emisor, dato.key, dato.value
        FROM json_each_text(datos) AS dato WHERE dato.value IS NOT NULL;
    END IF;
    RETURN NULL;
END $$
"""

# As the data: what is issued is due in the same moment.
_DUE = """
CREATE FUNCTION documento_se_entrega() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO entrega (documento_id, ambiente, rut_emisor, clase, estado, desde, tope, consulta, motivos)
    VALUES (
        NEW.id, NEW.ambiente, NEW.rut_emisor, CASE WHEN NEW.tipo IN (39, 41) THEN 'boletas' ELSE 'facturas' END,
        'pendiente', NEW.creado, 0, 0, ''
    );
    RETURN NULL;
END $$
"""


_REPLACES = """
CREATE FUNCTION documento_reemplaza_rechazado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM documento AS otro JOIN entrega ON entrega.documento_id = otro.id
        WHERE otro.id = NEW.reemplaza AND otro.ambiente = NEW.ambiente AND otro.rut_emisor = NEW.rut_emisor
        AND otro.tipo = NEW.tipo AND otro.folio = NEW.folio AND entrega.estado = 'rechazado'
        AND entrega.motivos NOT LIKE '%DTE%-3-100%' AND entrega.motivos NOT LIKE '%DTE%-3-101%'
    ) THEN
        RAISE EXCEPTION 'solo se reemplaza un documento que el SII rechazo'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _refusing(refused: Iterable[_Never]) -> list[str]:
    """The triggers that refuse something always, also the emptying of a table of which nothing is deleted."""
    return [
        *(
            f"CREATE TRIGGER {one.name} BEFORE {one.when} ON {one.table} FOR EACH ROW EXECUTE FUNCTION "
            f"se_rechaza('{one.why}')"
            for one in refused
        ),
        *(
            f"CREATE TRIGGER {one.table}_no_se_vacia BEFORE TRUNCATE ON {one.table} FOR EACH STATEMENT EXECUTE "
            f"FUNCTION se_rechaza('{one.why}')"
            for one in refused
            if one.when == "DELETE"
        ),
    ]


_BEFORE_INSERT = (
    ("tramo_anulado_es_libre", "tramo_anulado"),
    ("folio_retenido_una_vez", "folio_retenido"),
    ("guia_anulada_es_guia", "guia_anulada"),
)

TRIGGERS: tuple[str, ...] = (
    _REFUSE,
    *_refusing(_NEVER),
    _VOID,
    _HELD_ONCE,
    _IS_GUIA,
    *(
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        for name, table in _BEFORE_INSERT
    ),
    _DATA,
    "CREATE TRIGGER documento_guarda_sus_datos AFTER INSERT ON documento FOR EACH ROW "
    "WHEN (NEW.beside LIKE '%\"adicionales\"%') EXECUTE FUNCTION documento_guarda_sus_datos()",
)
"""The statements that make those of the first form of this engine, the sixteenth step."""

NEWER: Mapping[int, tuple[str, ...]] = {
    17: (
        *_refusing(_NEVER_17),
        _DUE,
        "CREATE TRIGGER documento_se_entrega AFTER INSERT ON documento FOR EACH ROW "
        "EXECUTE FUNCTION documento_se_entrega()",
    ),
    18: (
        _REPLACES,
        "CREATE TRIGGER documento_reemplaza_rechazado BEFORE INSERT ON documento FOR EACH ROW "
        "WHEN (NEW.reemplaza <> 0) EXECUTE FUNCTION documento_reemplaza_rechazado()",
        "CREATE TRIGGER entrega_rechazada_es_final BEFORE UPDATE OF documento_id, estado ON entrega FOR EACH ROW "
        "WHEN (OLD.estado = 'rechazado' AND (NEW.estado <> 'rechazado' OR NEW.documento_id <> OLD.documento_id)) "
        "EXECUTE FUNCTION se_rechaza('lo que el SII rechazo queda rechazado')",
    ),
    26: tuple(_refusing(_NEVER_26)),
}
"""Those of later steps, by number."""

_KEY = "documento_ambiente_rut_emisor_tipo_folio_key"

CHANGED: Mapping[int, tuple[str, ...]] = {
    18: (
        f"ALTER TABLE documento DROP CONSTRAINT {_KEY}, ADD UNIQUE (ambiente, rut_emisor, tipo, folio, reemplaza)",
        "CREATE INDEX documento_reemplaza ON documento (reemplaza) WHERE reemplaza > 0",
    ),
    22: (
        "CREATE INDEX documento_recibido_libro ON documento_recibido (ambiente, rut_empresa, fecha_emision, id, tipo, "
        "monto_neto, monto_exento, iva, otros_impuestos, monto_total)",
    ),
}
"""What a later step changes of tables that were there, by number: new databases are made with it."""
