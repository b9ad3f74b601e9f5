"""What faults do to the documents: a table, before a change and after it.

Each row installs a service, does one fault to it from outside, and counts: calls acknowledged, folios given to two
files, acknowledged documents that the ledger lacks although nobody was told so, the first reason that a caller got, and
the first line that the operator got. ``--against`` runs the same rows with the program of another commit.

Fails on a doubled folio, a document lost in silence, and on what a row itself says must not be.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.fault_rows import ROWS, Row
from benchmarks.fault_service import ROOT, Answer, Service, acknowledged, doubled

TABLE = ROOT / "build" / "faults.tsv"
_REASON = re.compile(r"\[[A-Z]{3}-\d{3}\][^<]*|[A-Z]{3}-\d{3}[^<]*")
_REMARKS = frozenset({"DOC-031", "FOL-071"})
"""What the file of these calls is remarked upon for: its date is an old one."""
_LOGGED = re.compile(r"[A-Z]{3}-\d{3}\S* .*|ERROR.*|Error .*")


class Result(NamedTuple):
    """What became of one row."""

    acknowledged: int
    doubled: int
    lost: int
    """Acknowledged documents that the ledger does not hold, while the service says nothing of it."""
    code: str
    """First code that a refused caller got."""
    reason: str
    line: str
    note: str
    wrong: str

    @property
    def is_good(self) -> bool:
        """Whether nothing was doubled or lost, and the row finds nothing wrong."""
        return not (self.doubled or self.lost or self.wrong)

    def shown(self) -> str:
        """In one cell."""
        facts = [f"{self.acknowledged} acknowledged"]
        facts += [f"{self.doubled} DOUBLED"] if self.doubled else []
        facts += [f"{self.lost} LOST"] if self.lost else []
        facts += [text for text in (self.wrong.upper(), self.note) if text]
        facts += [f"caller: {self.reason[:110]}"] if self.reason else []
        facts += [f"operator: {self.line[:110]}"] if self.line else []
        return "; ".join(facts)


def run(row: Row, tree: Path, directory: Path) -> Result:
    """Do the fault of *row* to the program of *tree*.

    :param directory: an empty one; the service's own is made in it.
    """
    data = directory / "datos"
    environment = row.prepare(data) if row.prepare else {}
    service = Service(tree, data, environment, row.largest_file)
    try:
        service.install()
        if not service.start():
            return Result(0, 0, 0, "", "", service.log[-200:], "", "does not start")
        extra = row.run(service)
        service.stop()
        return _result(service, extra.note, extra.wrong)
    finally:
        service.stop()
        if row.prepare:
            with suppress(OSError):
                subprocess.run(["umount", str(data)], check=False, capture_output=True)


def _result(service: Service, note: str, wrong: str) -> Result:
    given = acknowledged(service.answers)
    refused = [one for one in service.answers if not one.folios]
    try:
        lacking = given - service.stored()
    except Exception:  # noqa: BLE001 - a damaged database holds nothing that could be read
        lacking = given
    # Documents that were in a file which is gone are not lost in silence where the service refuses to go on with it.
    is_told = _is_told(service, refused)
    told = next((one for one in service.answers if set(one.codes) - _REMARKS), None)
    code = next(one for one in told.codes if one not in _REMARKS) if told else ""
    reason = _reason(told) if told else ""
    line = next((found[0] for one in service.log.splitlines() if (found := _LOGGED.search(one))), "")
    return Result(
        len(given), len(doubled(service.answers)), 0 if is_told else len(lacking), code, reason, line, note, wrong
    )


def _is_told(service: Service, refused: list[Answer]) -> bool:
    """Whether the service refuses with a reason about its database, or said it to the operator."""
    return any(re.search(r"BAS-\d{3}", one.text) for one in refused) or bool(re.search(r"BAS-\d{3}", service.log))


def _reason(answer: Answer) -> str:
    found = (one.strip() for one in _REASON.findall(answer.text) if not any(each in one for each in _REMARKS))
    return next(found, f"HTTP {answer.status}")


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The tree of *commit*, or the folder of that name."""
    if Path(commit).is_dir():
        yield Path(commit).resolve()
        return
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        subprocess.run(["git", "worktree", "add", "--detach", "-q", str(tree), commit], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def measure(row: Row, tree: Path) -> Result | str:
    """The result, or why this machine cannot show the row."""
    why = row.missing()
    if why:
        return why
    with tempfile.TemporaryDirectory() as name:
        return run(row, tree, Path(name))


def main() -> None:
    """Run the rows and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="COMMIT", help="also with the program of this commit or folder")
    parser.add_argument("--only", metavar="TEXT", default="", help="only the rows whose name contains it")
    arguments = parser.parse_args()
    rows = [one for one in ROWS if arguments.only in one.name]
    lines = ["fault\tbefore\tafter"]
    good = True
    with checked_out(arguments.against) if arguments.against else _nothing() as before:
        for row in rows:
            found = [measure(row, tree) for tree in (before, ROOT) if tree]
            cells = [one if isinstance(one, str) else one.shown() for one in found]
            print(f"{row.name}\n" + "\n".join(f"    {cell}" for cell in cells), flush=True)
            lines.append("\t".join([row.name, *([""] * (2 - len(cells))), *cells]))
            good = good and (isinstance(found[-1], str) or found[-1].is_good)
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n")
    print(f"{TABLE.relative_to(ROOT)}: {'all rows hold' if good else 'some rows do not hold'}")
    sys.exit(0 if good else 1)


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


if __name__ == "__main__":
    main()
