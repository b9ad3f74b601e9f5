"""``reglas``: the catalogue as people and programs see it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from dteplanows.cli import main
from dteplanows.commands.rules import choose
from dteplanows.document.catalogue import RULES


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(main, ["reglas", *arguments])


def codes(*arguments: str) -> list[str]:
    done = run(*arguments, "--json")
    return [one["codigo"] for one in json.loads(done.stdout)]


def test_without_arguments_every_rule_is_listed() -> None:
    assert codes() == sorted(RULES)


def test_a_rule_for_people() -> None:
    done = run("TXT-018")
    assert done.exit_code == 0
    assert "El tipo de documento «‹valor›» no va en la sección ‹sección›, sino en ‹lo correcto›." in done.output
    for words in ("error", "TXT-018", "Problema:", "Esperado:", "Remedio:", "1 regla."):
        assert words in done.output
    assert "Fuente:" not in done.output
    assert "Fuente:   Formato DTE" in run("REF-003").output
    assert "SII:" not in done.output
    assert "El SII lo acepta con reparo (REF-2-780). Cuán seguro es: REF-2-780, visto por 3 sistemas." in run(
        "REF-042"
    ).output.replace("\n", " ")


def test_a_rule_for_programs() -> None:
    (found,) = json.loads(run("txt-018", "--json").stdout)
    assert list(found) == ["codigo", "gravedad", "mensaje", "sii", "esperado", "remedio", "fuente"]
    assert found["gravedad"] == "error"
    assert found["mensaje"].startswith("El tipo de documento «‹valor›»")


def test_codes_and_beginnings_of_codes() -> None:
    assert codes("tot", "REF-00") == [one for one in sorted(RULES) if one.startswith(("TOT", "REF-00"))]


def test_by_severity() -> None:
    assert codes("--gravedad", "reparo") == [code for code in sorted(RULES) if RULES[code].severity == "reparo"]


@pytest.mark.parametrize("text", ["dígito verificador", "DIGITO VERIFICADOR"])
def test_by_text_whatever_the_accents(text: str) -> None:
    found = choose(RULES, text=text)
    assert 0 < len(found) < len(RULES)
    assert codes("--texto", text) == list(found)


def test_nothing_found() -> None:
    done = run("XYZ")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "Ninguna regla es así.\n")
    assert (run("XYZ", "--json").stdout, run("XYZ", "--json").exit_code) == ("[]\n", 1)


def test_the_texts_leave_no_braces() -> None:
    assert not set("{}") & set(run("--json").stdout.replace("\n  {", "").replace("\n  }", ""))
