"""Dates of the document against the day and against each other."""

from __future__ import annotations

from datetime import date

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document

_LATE_DAYS = 3
"""Days after emission from which the SII remarks a late delivery (observed answer DTE-1-650)."""


def check(document: Document, today: date) -> None:
    """FchEmis is not in the future and, better, not long past; due date and period do not run backwards."""
    id_doc, problems = document.id_doc, document.problems
    emission = id_doc.day("FchEmis")
    if emission:
        place, text = id_doc.place_of("FchEmis"), str(emission)
        if emission > today:
            problems.append(problem("DOC-030", place, text, today=today))
        elif (today - emission).days > _LATE_DAYS:
            problems.append(problem("DOC-031", place, text, days=(today - emission).days))
        due = id_doc.day("FchVenc")
        if due and due < emission:
            problems.append(problem("DOC-032", id_doc.place_of("FchVenc"), str(due), emission=emission))
    begin, end = id_doc.day("PeriodoDesde"), id_doc.day("PeriodoHasta")
    if begin and end and begin > end:
        problems.append(problem("DOC-033", id_doc.place_of("PeriodoHasta"), str(end), begin=begin))
