"""What reasons are put together from stands in the tables: no words in the rooms' modules, no key without a use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import dteplanows
from dteplanows.document import limits
from dteplanows.document.catalogue import RULES
from dteplanows.document.limits import TOLD, filled
from dteplanows.document.phrases import PHRASES, phrase
from dteplanows.document.placeholders import placeholders

PACKAGE = Path(dteplanows.__file__).parent
ROOMS = ("books", "document", "folios", "issuing", "parser", "purchases", "validator")
"""Where documents are judged."""

WORDS = re.compile(r"[a-záéíóúñ]{2,},? [a-záéíóúñ(«]{2,}|[a-záéíóúñ]{3,} $|^ [a-záéíóúñ]{3,}")
"""What looks like a part of a sentence."""

NO_REASONS: Mapping[str, str] = {
    "document/described.py": "types, limits and obligations, for the manual and the portal",
    "document/outcome.py": "the sentence above the reasons",
    "document/problem.py": "where a value stands, and what the file said there",
    "folios/loading.py": "why folios are void, as the ledger keeps it",
    "folios/older_ledger.py": "why folios are held back, as the ledger keeps it",
    "folios/voiding.py": "a command's name",
    "parser/txt/habits.py": "words of the document itself",
    "issuing/annulling.py": "what a person did, as the events tell it",
    "purchases/__init__.py": "the name of a lock",
    "validator/transport/statements.py": "words of the document itself",
}
"""Modules with other words than those of reasons."""


def sources() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            yield path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8")


def says_no_reason(node: ast.AST) -> bool:
    """Whether *node* is a docstring, or a call whose words are for whoever runs or mends the program."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Call) and bool(re.match(r"log\.|\w*Error$", ast.unparse(node.func)))


def spanish_in(source: str) -> list[str]:
    """The parts of sentences in *source* that are no docstrings, queries, messages of the log or of exceptions."""
    nodes = list(ast.walk(ast.parse(source)))
    apart = {id(one) for node in nodes if says_no_reason(node) for one in ast.walk(node)}
    texts = [one.value for one in nodes if isinstance(one, ast.Constant) and id(one) not in apart]
    found = [one for one in texts if isinstance(one, str) and WORDS.search(one)]
    return [one for one in found if not re.search(r"\b(SELECT|FROM|WHERE|xmlns|version=)|<[/A-Z?]|^not billed$", one)]


def test_no_module_writes_words_of_reasons() -> None:
    found = {module: spanish_in(source) for module, source in sources() if module not in NO_REASONS}
    assert {module: words for module, words in found.items() if words} == {}, "they belong into document/phrases.toml"


def test_words_in_a_module_would_be_found() -> None:
    assert spanish_in('"""Dice algo."""\nreason = f"la suma de {name}"') == ["la suma de "]
    assert spanish_in('problems.append(problem("X", missing="el tipo (TpoDocRef)"))') == ["el tipo (TpoDocRef)"]
    assert spanish_in('log.error("algo de esto")\nquery = "SELECT tipo FROM algo"\nname = "Detalle/QtyItem"') == []


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function, or of a method, that has one of *names*, with its module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names:
                yield path.relative_to(PACKAGE).as_posix(), node


def test_a_phrase_that_is_named_is_there_with_its_facts() -> None:
    """Where the key stands in the call itself; others are keys that stand in a table of their module."""
    for module, call in calls("phrase"):
        key = call.args[0]
        if isinstance(key, ast.Constant):
            given = {one.arg for one in call.keywords}
            assert set(placeholders(PHRASES[str(key.value)])) == given, (module, key.value)


def wrong_facts(call: ast.Call) -> set[str]:
    """The facts that *call* gives a rule and its texts do not name, or the other way; none where they are a mapping."""
    code = call.args[0] if call.args else None
    if not isinstance(code, ast.Constant) or any(one.arg is None for one in call.keywords):
        return set()
    rule = RULES[str(code.value)]
    named = {name for text in (rule.message, rule.expected, rule.remedy) for name in placeholders(text)}
    return (named - {"value", "field"}) ^ ({str(one.arg) for one in call.keywords} - {"value", "place"})


def test_a_rule_is_given_the_facts_that_its_texts_name() -> None:
    """A fact without its placeholder is a number, or a name, that somebody wrote into the text."""
    found = [(module, ast.unparse(call), wrong) for module, call in calls("problem") if (wrong := wrong_facts(call))]
    assert found == []


def test_facts_that_do_not_fit_would_be_found() -> None:
    """DOC-125 tells the value and a limit."""
    assert wrong_facts(made('problem("DOC-125", place, text, limit=1000)')) == set()
    assert wrong_facts(made('problem("DOC-125", place, text)')) == {"limit"}
    assert wrong_facts(made('reading.problem("DOC-125", place, text, limit=1, name="DscItem")')) == {"name"}


def made(source: str) -> ast.Call:
    """The call that *source* is."""
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    return call


def test_every_phrase_is_used() -> None:
    texts: set[str] = set()
    made: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                made.add(str(node.values[0].value))
    unused = [key for key in PHRASES if key not in texts and not any(key.startswith(one) for one in made if "." in one)]
    assert unused == []


def test_a_missing_phrase_or_fact_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        phrase("totals.nothing")
    with pytest.raises(KeyError):
        phrase("totals.must_be", name="IVA")
    assert phrase("totals.must_be", name="IVA", amount="1.900") == "IVA debe ser 1.900"


# --- the numbers in texts -----------------------------------------------------------------------------------------


def test_a_limit_that_is_told_is_the_one_that_is_used() -> None:
    assert limits.OTHERS_ROUNDING == 2
    assert "con una tolerancia de 2 pesos" in RULES["CMP-011"].expected
    assert filled("más de {dias_sin_reparo} días y {value}") == f"más de {limits.LATE_DAYS} días y {{value}}"
    assert "a lo más 60 líneas en una factura y 1000 en una boleta" in RULES["TXT-045"].expected


def test_every_limit_is_told() -> None:
    raw = (PACKAGE / "document" / "catalogue.toml").read_text("utf-8")
    assert [name for name in TOLD if f"{{{name}}}" not in raw] == []


UNITS: Mapping[str, str] = {
    "pesos": "pesos", "dias": "días", "largo": "caracteres", "horas": "horas", "parametros": "parámetros",
    "lineas": "líneas",
}  # fmt: skip
"""What a limit counts, by the first word of its name in ``TOLD``, as the texts say it."""


def numbers_of_limits(text: str) -> list[str]:
    """Where *text* says the number of a limit with what it counts, and not its name."""
    limits_told = {rf"\b{value} {UNITS[name.partition('_')[0]]}\b" for name, value in TOLD.items()}
    return re.findall("|".join(sorted(limits_told | {r"tolerancia de \d+", r"\d+ pesos"})), text)


def test_a_limit_is_told_by_its_name() -> None:
    """Its number in a text would stay as it is where the constant changes."""
    raw = (PACKAGE / "document" / "catalogue.toml").read_text("utf-8")
    assert numbers_of_limits(raw) == []


def test_the_number_of_a_limit_would_be_found() -> None:
    assert numbers_of_limits("los primeros 40 caracteres, con 24 horas") == ["40 caracteres", "24 horas"]
    assert numbers_of_limits("una tolerancia de 7") == ["tolerancia de 7"]
    assert numbers_of_limits("de 8 caracteres, los primeros {largo_en_timbre} caracteres, el 24") == []
