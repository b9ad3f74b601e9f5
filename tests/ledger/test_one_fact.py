"""A column is said once: what is added to the definition of a table is stored and read, and nothing else is touched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dteplanows.ledger import rows
from dteplanows.ledger.place import Place
from dteplanows.ledger.steps import newest_step
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.tables import TABLES
from tests.ledger.example import COMPANY, load_caf, new_document

ROOT = Path(__file__).parents[2]

BEFORE = '    usuario: str\n    creado: datetime\n    """Local moment in Chile, without zone."""\n'
LINE = f'    canal: Annotated[str, Spec(since={newest_step() + 1})] = "mostrador"\n'

SCRIPT = """
import sys
from dataclasses import replace
from pathlib import Path
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, load_caf, new_document
ledger = Ledger(Place(Path(sys.argv[1]), sys.argv[2]))
caf = ledger.cafs.of("pruebas", COMPANY.rut)[0].id
ledger.documents.record(replace(new_document(2, caf), canal="red"))
print(*(ledger.documents.find("pruebas", COMPANY.rut, 33, folio).canal for folio in (1, 2)), ledger.db.version)
print(ledger.upgrade is not None)
ledger.close()
new = Ledger(Place(Path(sys.argv[1]) / "nueva"))
new.companies.save(COMPANY)
new.documents.record(new_document(3, load_caf(new, 1, 10)))
print(new.documents.find("pruebas", COMPANY.rut, 33, 3).canal)
"""


def test_a_column_is_added_in_one_place(place: Place, tmp_path: Path) -> None:
    """One line in the class of the rows: an older database gets the column, and a new one has it."""
    ledger = Ledger(place)
    ledger.companies.save(COMPANY)
    ledger.documents.record(new_document(1, load_caf(ledger, 1, 10)))
    ledger.close()
    for name in ("dteplanows", "tests"):
        shutil.copytree(ROOT / name, tmp_path / "otra" / name, ignore=shutil.ignore_patterns("__pycache__", "manual"))
    shutil.copytree(ROOT / "wsdl", tmp_path / "otra" / "wsdl")
    definition = tmp_path / "otra" / "dteplanows" / "ledger" / "rows.py"
    text = definition.read_text("utf-8")
    assert text.count(BEFORE) == 3  # issued documents come first
    definition.write_text(text.replace(BEFORE, BEFORE + LINE, 1), "utf-8")
    command = [sys.executable, "-c", SCRIPT, str(place.directory), place.base]
    done = subprocess.run(command, cwd=tmp_path / "otra", capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == [f"mostrador red {newest_step() + 1}", "True", "mostrador"], done.stderr


def test_the_fields_of_rows_are_columns_and_no_list_repeats_them() -> None:
    for table in TABLES:
        assert [one.name for one in table.columns if one.spec.since == 0], table.name
        assert len({one.name for one in table.columns}) == len(table.columns), table.name
    source = "".join(one.read_text("utf-8") for one in Path(rows.__file__).parent.glob("*.py"))
    assert "values[-1]" not in source and "row[-1]" not in source


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
def test_a_row_comes_back_as_it_was_given(table: object) -> None:
    """The INSERT has as many places as values, and the model has the columns."""
    one = next(each for each in TABLES if each is table)
    assert set(one.model._meta.fields) == {each.name for each in one.columns}
    assert one.insert().count("?") == len([each for each in one.shown if each.name != "id"])
