"""Why a value is missing that the file seems to have: a program wrote a word for nothing in its place."""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, Severity


def explain(document: Document) -> None:
    """Let each problem of *document* that misses a value say what stands in its place; cheap where nothing does."""
    if document.nothing:
        document.problems[:] = [_explained(document, one) for one in document.problems]


def _explained(document: Document, one: Problem) -> Problem:
    word = document.nothing.get(one.place, "")
    if not word or one.value or one.severity is Severity.AVISO:
        return one
    why = problem("TXT-085", one.place, word)
    return one._replace(value=word, message=f"{one.message} {why.message}")
