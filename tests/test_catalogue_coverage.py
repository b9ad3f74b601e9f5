"""Every rule of the catalogue is provoked by a test that names it.

That the same test, or one beside it, also has a good example cannot be read off its text: whoever adds a rule adds
both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dteplanows.document.catalogue import RULES

TESTS = Path(__file__).parent
CODE = re.compile(r"\b[A-Z]{3}-\d{3}\b")

ABOUT_THE_CATALOGUE = frozenset({
    "commands/test_rules.py", "document/test_placeholders.py", "document/test_problem.py", "docs/test_reference.py",
    "test_catalogue_coverage.py", "test_project.py",
})  # fmt: skip
"""They show rules, or invent codes, and provoke none."""


def named(source: str) -> set[str]:
    """The codes that *source* expects: those in its texts, but not in docstrings, nor where it makes the problem."""
    nodes = list(ast.walk(ast.parse(source)))
    apart = {id(one.value) for one in nodes if isinstance(one, ast.Expr)}
    calls = [one for one in nodes if isinstance(one, ast.Call) and ast.unparse(one.func) == "problem"]
    apart |= {id(argument) for one in calls for argument in one.args}
    return {
        code
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart
        for code in CODE.findall(node.value)
    }


class _WithoutAbsences(ast.NodeTransformer):
    """Takes out what stands on the left of ``not in``."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if isinstance(node.ops[0], ast.NotIn):
            node.left = ast.Constant(None)
        return self.generic_visit(node)


def provoked(source: str) -> set[str]:
    """Those of the codes named that *source* does not only expect to be absent, as a rule that is never told is."""
    return named(ast.unparse(_WithoutAbsences().visit(ast.parse(source))))


def sources() -> Iterator[str]:
    """The tests that judge something."""
    for one in TESTS.rglob("*.py"):
        if one.relative_to(TESTS).as_posix() not in ABOUT_THE_CATALOGUE:
            yield one.read_text("utf-8")


def named_in_tests() -> set[str]:
    """The codes that the tests expect, or expect not."""
    return set().union(*map(named, sources()))


def test_codes_are_told_from_what_is_only_said_of_them() -> None:
    source = '"""See TXT-001."""\nassert codes == ["TXT-002"]  # not TXT-003\ntext = "DOC-004: no"\nproblem("TXT-005")'
    assert named(source) == {"TXT-002", "DOC-004"}


def test_the_files_that_are_left_out_exist() -> None:
    assert [one for one in sorted(ABOUT_THE_CATALOGUE) if not (TESTS / one).is_file()] == []


def test_every_rule_is_expected_by_a_test() -> None:
    assert sorted(set(RULES) - set().union(*map(provoked, sources()))) == []


def test_a_rule_that_is_only_expected_to_be_absent_would_be_found() -> None:
    source = 'assert "DOC-001" not in codes\nassert ("DOC-002" in codes) is not good\nassert codes == ["DOC-003"]'
    assert (named(source), provoked(source)) == ({"DOC-001", "DOC-002", "DOC-003"}, {"DOC-002", "DOC-003"})


def test_every_code_named_in_a_test_is_a_rule() -> None:
    """A misspelt one is never found, so that it is always absent, as a good example expects."""
    families = {code[:3] for code in RULES}
    assert sorted(code for code in named_in_tests() - set(RULES) if code[:3] in families) == []
