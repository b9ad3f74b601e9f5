"""What must hold for every input, whatever it is."""

from __future__ import annotations

import json
import time
import traceback
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz_inputs import LARGEST, Input
from benchmarks.fuzz_texts import TODAY
from benchmarks.validation import COMPANY
from dteplanows import parser, purchases, validator
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, Severity, errors
from dteplanows.validator.form import schema

MOST_SECONDS = 2.0
"""Processor time for one input of up to 1 MB."""

_COMPANIES = {False: COMPANY, True: replace(COMPANY, tolerante=True)}
_DAY = date.fromisoformat(TODAY)


class Overtime(BaseException):
    """An input took so long that it was given up; no ``except Exception`` may hold it back."""


class Verdict(NamedTuple):
    """What came out for one input."""

    faults: tuple[str, ...]
    """What should not be; each begins with a word or two that tell its kind."""
    seconds: float
    """Processor time of parse and judge."""
    accepted: int
    """Documents without an error."""
    refused: int
    codes: frozenset[str]
    """Codes of all problems."""


def check(one: Input) -> Verdict:
    """Parse and judge *one*, and look at everything that came out."""
    begin = time.process_time()
    documents: list[Document] = []
    faults: list[str] = []
    try:
        documents = parser.parse(one.data, one.formato)
        for document in documents:
            company = _COMPANIES[one.tolerante]
            if document.received:
                purchases.judge(document, company, _DAY)
            else:
                validator.judge(document, company, _DAY, one.identity_from_account)
    except (Exception, Overtime) as raised:  # noqa: BLE001 - whatever it is, it is what we look for
        faults.append(_told(raised))
    seconds = time.process_time() - begin
    if seconds > MOST_SECONDS and len(one.data) <= LARGEST:
        faults.append(f"slow input took {seconds:.1f} s for {len(one.data)} bytes")
    if not faults:
        faults += _look(documents)
    accepted = sum(not errors(document.problems) for document in documents)
    codes = frozenset(each.code for document in documents for each in document.problems)
    return Verdict(tuple(faults), seconds, accepted, len(documents) - accepted, codes)


def _told(raised: BaseException) -> str:
    """The exception with the innermost line of ours."""
    frames = traceback.extract_tb(raised.__traceback__)
    ours = [frame for frame in frames if "dteplanows" in Path(frame.filename).parts] or list(frames)
    return f"{type(raised).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}: {str(raised)[:300]}"


def _look(documents: list[Document]) -> list[str]:
    if not documents:
        return ["no document"]
    faults: list[str] = []
    for document in documents:
        if document.tipo == 0 and not errors(document.problems):
            faults.append("accepted without a type")
        try:
            for one in document.problems:
                faults += _problem_faults(one)
            json.dumps([document.beside.as_dict(), [one.text() for one in document.problems]]).encode("ascii")
        except Exception as raised:  # noqa: BLE001 - see above
            faults.append(f"text of a problem: {_told(raised)}")
        if not errors(document.problems):
            faults += _content_faults(document) if document.received else _draft_faults(document)
    return list(dict.fromkeys(faults))


def _problem_faults(one: Problem) -> list[str]:
    """A problem has code and message, stays short, and no error is left to the schema alone."""
    text = one.text()
    if not one.code or not one.message.strip() or not isinstance(one.severity, Severity):
        return [f"empty problem {one.code}"]
    if len(text) > 3000:
        return [f"long problem {one.code}: {len(text)} characters"]
    if one.code == "DOC-090":
        return [f"only the schema saw it: {text}"]
    return [f"unprintable problem {one.code}: {text!r}"] if any(c < " " or c == "\x7f" for c in text) else []


def _content_faults(document: Document) -> list[str]:
    """What the ledger keeps of an accepted received document can be written."""
    try:
        json.loads(purchases.written(document))
        purchases.fingerprint(document)
    except Exception as raised:  # noqa: BLE001 - see above
        return [f"content: {_told(raised)}"]
    return []


def _draft_faults(document: Document) -> list[str]:
    """The draft of an accepted document is of the structure, ours and the SII's, and fits ISO-8859-1."""
    if not document.draft:
        return ["accepted without a draft"]
    try:
        document.draft.encode("latin-1")
        faults = [f"draft: {one.path} {one.message}" for one in schema.check(document.draft, document.tipo)]
        if not faults and _official():
            from tests.validator.sii_judge import judge  # noqa: PLC0415 - only where its package is

            errors_of_sii = judge(document.draft, document.tipo)
            faults = [f"draft, by the SII's schema: {one.path} {one.message}" for one in errors_of_sii]
    except Exception as raised:  # noqa: BLE001 - see above
        return [f"draft: {_told(raised)}"]
    return faults


@cache
def _official() -> bool:
    """Whether the SII's schemas are installed."""
    return find_spec("facturacion_electronica") is not None
