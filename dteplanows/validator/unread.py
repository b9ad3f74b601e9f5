"""What a total depends on: where that cannot be read, or says nothing, its consequences are not judged."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.model import Document

FEED_TOTALS = frozenset({
    "MntNeto", "MntExe", "IVA", "MntTotal", "MontoItem", "MontoImp", "TipoImp", "CodImpAdic", "GrntDep", "CredEC",
    "ValComNeto", "ValComExe", "ValComIVA", "ValorDR", "TpoMov", "TpoValor", "IndExe", "IndExeDR", "MntBruto",
    "IndMntNeto",
})  # fmt: skip
"""Elements that the totals follow from, and those themselves."""

_CODES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "DscRcgGlobal": {"TpoMov": ("D", "R"), "TpoValor": ("%", "$"), "IndExeDR": ("", "0", "1", "2")},
    "Detalle": {"IndExe": ("", "0", "1", "2", "3", "4", "5", "6")},
}
_OF_LINES_WITHOUT_PLACE = frozenset({"TOT-032", "TOT-035"})
"""Problems of lines whose amount belongs to no total of the document."""


def doubtful(document: Document) -> bool:
    """Whether some code that decides what is added where is missing or means nothing here; that is reported."""
    if any(one.code in _OF_LINES_WITHOUT_PLACE and one.refuses for one in document.problems):
        return True
    header = document.id_doc
    if header.text("MntBruto") not in ("", "0", "1") or header.text("IndMntNeto") not in ("", "0", "2"):
        return True
    return any(
        one.text(name) not in known
        for group, names in _CODES.items() for one in document.root.all(group) for name, known in names.items()
    )  # fmt: skip
