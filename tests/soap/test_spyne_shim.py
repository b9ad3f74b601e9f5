from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]

# What Python 3.12 took away from six's lazy modules and 3.13 from the library, taken away here on every version.
WITHOUT = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name == "cgi" or name.startswith("spyne.util.six"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Gone())
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WITHOUT + code], capture_output=True, text=True, timeout=60, cwd=CLONE)


def test_contract_works_without_what_newer_pythons_removed() -> None:
    done = run("""
import tempfile
from contextlib import closing
from pathlib import Path
from lxml import etree
from dteplanows.issuing import Issuer
from dteplanows.ledger.store import Ledger
from dteplanows.soap.asmx.caller import Caller
from dteplanows.soap.contract.service import Contract
from dteplanows.soap.operations import Operations
with tempfile.TemporaryDirectory() as folder, closing(Ledger(Path(folder))) as ledger:
    print(Contract(Operations(Issuer(ledger))).call("Online", etree.Element("Online"), Caller("")))
""")

    assert (done.stdout.strip(), done.stderr) == ("Online=1", "")


def test_spyne_alone_does_not() -> None:
    assert "ModuleNotFoundError" in run("import spyne.service").stderr


@pytest.mark.parametrize("module", ["service", "spyne_shim"])
def test_only_the_contract_knows_spyne(module: str) -> None:
    done = run(f"""
import sys
import dteplanows.soap.operations, dteplanows.soap.asmx.envelope, dteplanows.soap.answer
import dteplanows.soap.contract.published
before = [name for name in sys.modules if name.startswith("spyne")]
import dteplanows.soap.contract.{module}
print(before)
""")

    assert done.stdout.strip() == "[]"


def test_install_again_changes_nothing() -> None:
    from dteplanows.soap.contract import spyne_shim

    before = sys.modules["spyne.util.six"]
    spyne_shim.install()

    assert sys.modules["spyne.util.six"] is before
