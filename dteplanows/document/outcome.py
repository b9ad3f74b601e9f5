"""What the main road answers: for a file, one outcome for each document in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dteplanows.document.figures import Figures
from dteplanows.document.problem import Problem, errors

VENTA = "VENTA"
"""Operation of a document that the company emits; clients take its first letter as ``tpomov``."""

COMPRA = "COMPRA"
"""Operation of a document that the company receives."""

_DONE = {VENTA: "emitidos", COMPRA: "registrados"}
_NOTHING_DONE = {VENTA: "No se emitió ningún documento.", COMPRA: "No se registró ningún documento."}


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What became of one document of the file."""

    folio: int
    """The folio issued; when refused, the folio asked for (0 for automatic)."""
    tipo: int
    """Document type; 0 when the file does not say a usable one."""
    fecha: datetime
    """Local moment of the answer, without zone or fraction of a second."""
    accepted: bool
    """Issued, or entered as received, and durable; for a mere validation: would have been."""
    problems: tuple[Problem, ...] = ()
    """Errors when refused; avisos may come with either."""
    operacion: str = VENTA
    documento_id: int = 0
    """Which document of the ledger it became or, refused because that is issued already, which one that is; 0 for
    none."""
    cedible: bool = False
    """Whether it has a cedible copy."""
    figures: Figures | None = None
    """What the issued document was signed with; for a mere validation: would have been. None for all others."""
    receptor: str = ""
    """RUT and name of who receives the issued document; for a mere validation: would receive. Empty for all others."""
    libro: bool = False
    """A book of purchases or sales, which is kept and not issued: it has neither folio nor type."""
    repeticion: Problem | None = None
    """Says that it was issued by an earlier call, whose answer this is; None where it is issued now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. There is always at least one document, also for a file that cannot be read."""

    documents: tuple[DocumentOutcome, ...]
    validated_only: bool = False
    """The file was only judged: nothing was numbered, signed or stored."""

    @property
    def accepted(self) -> bool:
        """Whether at least one document was issued (then the file must not be sent again as a whole)."""
        return any(one.accepted for one in self.documents)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of all documents, in order."""
        return tuple(problem for one in self.documents for problem in one.problems)

    @property
    def mensaje(self) -> str:
        """The one sentence above the details. ``Proceso exitoso.`` is the original service's own wording."""
        operations = {VENTA if one.libro else one.operacion for one in self.documents}
        operation = operations.pop() if len(operations) == 1 else ""
        refused = sum(not one.accepted for one in self.documents)
        if not refused:
            nothing = "No se registró nada." if operation == COMPRA else "No se emitió nada."
            return f"Validación exitosa. {nothing}" if self.validated_only else "Proceso exitoso."
        if refused < len(self.documents):
            done = "válidos" if self.validated_only else _DONE.get(operation, "procesados")
            return (
                f"Proceso parcial: {len(self.documents) - refused} documentos {done} y {refused} rechazados. "
                "Corrija y reenvíe solo los rechazados."
            )
        found = sum(len(errors(one.problems)) for one in self.documents)
        what = "1 problema" if found == 1 else f"{found} problemas"
        nothing = _NOTHING_DONE.get(operation, _NOTHING_DONE[VENTA])
        if self.documents[0].libro:
            nothing = "No se guardó el libro."
        return f"El archivo fue rechazado: {what}. {nothing}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who calls. A client may send each part in base64 or plain, so both readings of a text can be candidates."""

    usuarios: tuple[str, ...]
    rut: str
    """RUT of the issuer as it came, or ``1-9`` for the test environment."""
    claves: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Credentials(usuarios={self.usuarios!r}, rut={self.rut!r}, claves=<oculta>)"
