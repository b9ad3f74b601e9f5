"""What the SII answers to a document, as data: the rules of the catalogue that anticipate an answer name its code.

The facts stand once, in ``sii_answers.tsv``. Its columns:

* ``code``: as it stands in the SII's result (section, level, number); validations that have no such code by their
  number;
* ``effect``: ``rechaza``, the document is refused and its folio stays free; ``repara``, it is accepted with a remark
  and its folio is used; ``rechaza o repara`` where both were seen;
* ``sure``: how the answer is known: by the SII's own papers, by how many systems saw it, or read in a program.

Which rule anticipates which answer is said in ``catalogue.toml``, by ``sii``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Literal, NamedTuple

from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Severity

Effect = Literal["rechaza", "repara", "rechaza o repara"]


class Answer(NamedTuple):
    """One row of the table."""

    code: str
    effect: Effect
    sure: str
    """How the answer is known, in Spanish."""


def _read() -> dict[str, Answer]:
    table = resources.files("dteplanows.document").joinpath("sii_answers.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["code"]: Answer(row["code"], row["effect"], row["sure"]) for row in rows}  # type: ignore[arg-type]


ANSWERS: Mapping[str, Answer] = _read()
"""Every answer that some rule anticipates, by its code."""

_TOLD: Mapping[Severity, Mapping[Effect, str]] = {
    Severity.ERROR: {
        "rechaza": phrase("sii.rejects"),
        "repara": phrase("sii.remarks_too"),  # refused for a reason of our own
        "rechaza o repara": phrase("sii.rejects_or_remarks"),
    },
    Severity.REPARO: {
        "repara": phrase("sii.remarks"),
        "rechaza o repara": phrase("sii.remarks_or_rejects"),
    },
    Severity.AVISO: {"rechaza": phrase("sii.may_reject"), "repara": phrase("sii.may_remark")},
}
"""What a problem of each severity says of the SII. An aviso is of what cannot be known from here."""

_UNKNOWN = phrase("sii.may_accept")
"""What a reparo says whose code was never seen: it breaks the form, and the SII remarks what does."""


def told(severity: Severity, codes: Iterable[str]) -> str:
    """What the SII does, as a sentence with its codes; empty when nothing is known.

    :raises KeyError: a code is not in the table, or no problem of that severity can have that answer.
    """
    answers = [ANSWERS[one] for one in codes]
    if not answers:
        return _UNKNOWN if severity is Severity.REPARO else ""
    words = _TOLD[severity][answers[0].effect]
    return f"{words} ({', '.join(one.code for one in answers)})."


def certainty(codes: Iterable[str]) -> str:
    """How sure the answers *codes* are, as a sentence; empty when there are none."""
    known = "; ".join(f"{code}, {ANSWERS[code].sure}" for code in codes)
    return phrase("sii.certainty", known=known) if known else ""
