"""From a document as read to a verdict: completes it, checks the arithmetic, the references and the structure.

Everything that can be known before a folio is taken is known here; all problems of a document are found in one pass.
Each matter has its folder, in which the module of the same name is the beginning: ``parties/``, ``references/``,
``transport/``, ``lines/``, ``totals/``, ``exports/``. ``prices/`` writes lines anew, ``taxes/`` judges what totals have
beside the IVA, ``causes/`` says why totals are wrong, ``form/`` compares with the element table and the schema.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from dteplanows.document.absence import explain
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.elements import BOLETAS, BRANCHES, EXPORTS
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, errors, in_order, stop
from dteplanows.document.writer import write_draft
from dteplanows.validator import consequences, payment
from dteplanows.validator.exports.exports import check as check_export
from dteplanows.validator.form import dates, schema, structure
from dteplanows.validator.lines import liquidations, retention_agents
from dteplanows.validator.lines.lines import check as check_lines
from dteplanows.validator.parties import boletas, completion
from dteplanows.validator.parties.parties import check as check_parties
from dteplanows.validator.parties.parties import complete as complete_parties
from dteplanows.validator.prices import gross_guias, taxed_shelf_prices
from dteplanows.validator.references import notes
from dteplanows.validator.references.own_documents import OwnDocuments
from dteplanows.validator.references.references import check as check_references
from dteplanows.validator.totals import demanded_amounts, subtotals
from dteplanows.validator.totals.totals import check as check_totals
from dteplanows.validator.transport import customs, dispatch, location, plates

_LONGEST_LINE = 4090
"""Bytes of a line of the file that the SII still reads (answer CHR-00002); in ISO-8859-1 a character is a byte."""

_LONG_LINE = re.compile(rf"^[^\n]{{{_LONGEST_LINE + 1},}}", re.MULTILINE)

MOST_PROBLEMS = 100
"""Problems of one document that are told one by one; more of them help nobody."""

_LIQUIDACION, _FACTURA_DE_COMPRA = 43, 46


UNKNOWN = Decimal(0)
"""Value of the UF where no one has configured it."""


def judge(
    document: Document,
    company: Company,
    today: date,
    identity_from_account: bool = False,
    valor_uf: Decimal = UNKNOWN,
) -> None:
    """Complete *document* for *company* and add every problem to ``document.problems``, the most useful first.

    All but what depends on the documents issued before it: see :func:`with_own`.

    :param today: the day in Chile.
    :param identity_from_account: the issuer is the account's company whatever the file names (test logins).
    :param valor_uf: pesos of one Unidad de Fomento, for the limits that the law sets in it; :data:`UNKNOWN` leaves
        those limits unjudged.
    """
    if document.tipo not in BRANCHES:
        consequences.drop(document)
        return
    completion.complete(document, company, identity_from_account)
    if document.tipo not in BOLETAS:
        complete_parties(document, company)
    if document.tipo == _FACTURA_DE_COMPRA:
        retention_agents.complete(document)
    wrong = check_lines(document, company.tolerante)
    if document.tipo in EXPORTS:
        payment.complete(document)
        check_export(document, wrong, company.tolerante)
    else:
        if company.precios_con_impuestos == "convertir" and not wrong:
            taxed_shelf_prices.write_net(document)
        if document.tipo == gross_guias.GUIA and not wrong:
            gross_guias.write_net(document)
        check_totals(document, wrong, company.tolerante)
        demanded_amounts.check(document)
        boletas.check(document, valor_uf)
    if document.tipo == _LIQUIDACION:
        liquidations.check(document)
    if "SubTotInfo" in document.root.groups:
        subtotals.check(document)
    check_references(document)
    said = plates.read(document) if document.tipo in plates.TYPES else None
    structure.check(document)
    dates.check(document, today, company.fecha_resolucion)
    check_parties(document, company)
    location.check(document)
    if document.tipo not in BOLETAS:  # of what follows they have nothing
        dispatch.check(document, company, said)
        customs.check(document)
        payment.check(document)
    if not errors(document.problems):
        _check_schema(document)
    if len(document.problems) > 1:
        consequences.drop(document)
    explain(document)
    if document.problems and company.handling_of_reparos == "detener":
        document.problems[:] = map(stop, document.problems)
    document.problems[:] = _shortened(document, in_order(document.problems))


def with_own(document: Document, company: Company, own: OwnDocuments) -> tuple[Document, list[Problem]]:
    """A document already judged as it is to be issued, and its problems with those of a note against what the company
    issued before it.

    That one is *document* itself, or a copy where the note cannot annul what it says (REF-053). *document* stays as it
    is: whoever repeats the transaction that issues it may ask again.
    """
    corrected = notes.as_correction(document, own)
    found = notes.against_own(corrected.document if corrected else document, own)
    found += corrected.said if corrected else []
    if not found:
        return document, document.problems
    if company.handling_of_reparos == "detener":
        found = list(map(stop, found))
    if corrected and errors(found):  # it is not issued at all
        found = [one for one in found if one not in corrected.said]
    elif corrected:
        document = corrected.document
    told, rest = document.problems[:MOST_PROBLEMS], document.problems[MOST_PROBLEMS:]
    return document, _shortened(document, [*in_order([*told, *found]), *rest])


def _shortened(document: Document, problems: list[Problem]) -> list[Problem]:
    """Only say that there are more where a document has very many; of those with an error some error stays."""
    rest = problems[MOST_PROBLEMS:]
    if len(rest) <= 1:
        return problems
    more = problem("TXT-006" if errors(rest) else "TXT-044", document.place, limit=MOST_PROBLEMS)
    return [*problems[:MOST_PROBLEMS], more]


def _check_schema(document: Document) -> None:
    """The last net before a folio is taken: the schema generated from the element table."""
    document.draft = write_draft(document)
    for line in _LONG_LINE.finditer(document.draft):
        # A text of several lines begins in an earlier one.
        begin = document.draft.rindex("<", 0, line.start() + 1) + 1
        name = document.draft[begin : document.draft.index(">", begin)]
        document.problems.append(problem("DOC-026", document.place, line[0], name=name, limit=_LONGEST_LINE))
    for finding in schema.check(document.draft, document.tipo):
        place = document.place._replace(path=finding.path)
        document.problems.append(problem("DOC-090", place, finding.value, detail=finding.message))
