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
from lxml import etree
from dteplanows.soap.contract import Contract
from dteplanows.soap.issuer import Whence
from dteplanows.soap.operations import Operations
print(Contract(Operations(None)).call("Online", etree.Element("Online"), Whence("")))
""")

    assert (done.stdout.strip(), done.stderr) == ("Online=1", "")


def test_spyne_alone_does_not() -> None:
    assert "ModuleNotFoundError" in run("import spyne.service").stderr


@pytest.mark.parametrize("module", ["contract", "spyne_shim"])
def test_only_the_contract_knows_spyne(module: str) -> None:
    done = run(f"""
import sys
import dteplanows.soap.operations, dteplanows.soap.envelope, dteplanows.soap.answer, dteplanows.soap.published
before = [name for name in sys.modules if name.startswith("spyne")]
import dteplanows.soap.{module}
print(before)
""")

    assert done.stdout.strip() == "[]"


def test_install_again_changes_nothing() -> None:
    from dteplanows.soap import spyne_shim

    before = sys.modules["spyne.util.six"]
    spyne_shim.install()

    assert sys.modules["spyne.util.six"] is before
