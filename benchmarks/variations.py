"""Whether every right file is taken and every reason names its cause: the samples with one field changed.

    python3 run.py benchmark variations --harmless 1000 --seed 12

Two kinds of variations of the files of ``fixtures``, of the demo and of the manual, in ``variations_changes``:

* *harmless*: the same value in another dress; drawn by the seed. The document must be issued, and be the same document.
* *faults*: every field of every file made missing, letters, negative, too long, or the value of its neighbour. The
  document may be issued all the same, for many values are as good as others. Where it is refused there must be one
  reason, and its place must be the changed field, which only this program and the reason's place know: nothing of the
  validator decides it. Where a fault cannot be seen in its own field, ``variations_known.tsv`` says why.

The exit code is 1 when a harmless variation is refused or becomes another document, when a reason does not begin with
the cause, or when a consequence is told beside it. ``build/variations.tsv`` has the first sentence of every refusal.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.variations_changes import FAULTS, HARMLESS, HARMLESS_TO_FILES
from benchmarks.variations_files import Field, Place, Sample, samples
from dteplanows import parser, validator
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, errors, in_order
from tests.installation import COMPANY

KEPT = Path("build", "variations.tsv")
_KNOWN = Path(__file__).with_name("variations_known.tsv")
_MOST_TOLD = 40
_WHOLE_FILE = "whole file"


class Known(NamedTuple):
    """Faults of a field that can be seen only elsewhere; fields are section and name, in an XML ``/name``."""

    field: re.Pattern[str]
    """The changed element or column."""
    kinds: frozenset[str]
    """Faults; empty for all."""
    told: re.Pattern[str]
    """The element or column that the reason names instead."""
    where: str
    """``row``: in the same row of a TXT, or the same group of an XML; ``document``; or ``several``: in more places."""
    reason: str


class Task(NamedTuple):
    """One variation."""

    sample: str
    kind: str
    field: Field | None
    """None for the whole file."""
    text: str | None
    data: bytes
    harmless: bool


class Result(NamedTuple):
    """What became of one variation."""

    task: Task
    issued: bool
    wrong: str
    """What is not as it must be; empty when all is well."""
    sentences: tuple[str, ...]
    """The first sentence of each reason, in the order of the answer."""
    codes: tuple[str, ...]


@cache
def known() -> tuple[Known, ...]:
    """The rows of ``variations_known.tsv``."""
    rows = csv.DictReader(_KNOWN.read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(
        Known(
            re.compile(row["field"]), frozenset(filter(None, row["faults"].split("|"))), re.compile(row["told"]),
            row["where"], row["reason"],
        )
        for row in rows
    )  # fmt: skip


@cache
def _by_name() -> dict[str, Sample]:
    return {one.name: one for one in samples()}


def judged(data: bytes, formato: str, company: Company = COMPANY) -> list[Document]:
    """The documents of a file, read and judged as the service does before it takes a folio."""
    documents = list(parser.parse(data, formato))
    for document in documents:
        validator.judge(document, company, clock.today(), identity_from_account=True)
    return documents


@cache
def _drafts(name: str) -> tuple[str, ...]:
    one = _by_name()[name]
    return tuple(document.draft for document in judged(one.data, one.formato))


def harmless_tasks(each: Iterable[Sample]) -> Iterator[Task]:
    """All harmless variations of the samples."""
    for sample in each:
        for kind, whole in HARMLESS_TO_FILES.items():
            for data in whole(sample):
                yield Task(sample.name, kind, None, None, data, harmless=True)
        for field in sample.fields():
            for kind, change in HARMLESS.items():
                for text in change(field):
                    yield Task(sample.name, kind, field, text, sample.changed(field, text), harmless=True)


def fault_tasks(each: Iterable[Sample]) -> Iterator[Task]:
    """All faults of the samples."""
    for sample in each:
        fields = sample.fields()
        for field in fields:
            for kind, change in FAULTS.items():
                for text in change(field, fields):
                    yield Task(sample.name, kind, field, text, sample.changed(field, text), harmless=False)


def run(task: Task) -> Result:
    """Judge one variation."""
    sample = _by_name()[task.sample]
    try:
        documents = judged(task.data, sample.formato)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is what this looks for
        return Result(task, False, "failed", (repr(failure),), ())
    found = [one for document in documents for one in in_order(errors(document.problems))]
    sentences = tuple(first_sentence(one) for one in found)
    codes = tuple(one.code for one in found)
    wrong = ""
    if task.harmless:
        drafts = tuple(document.draft for document in documents)
        wrong = "refused" if found else "another document" if drafts != _drafts(task.sample) else ""
    elif found and task.field is not None:
        wrong = _misled(task.field, task.kind, found)
    return Result(task, not found, wrong, sentences, codes)


def _misled(field: Field, kind: str, found: Sequence[Problem]) -> str:
    """What the reasons say that is not the cause; empty when they say it and nothing else."""
    if not _is_at(field, found[0]) and not _is_known(field, kind, found[0]):
        return "consequence first"
    if len(found) > 1 and not all(_is_known(field, kind, one, several=True) for one in found):
        return "consequence told"
    return ""


def _is_at(field: Field, one: Problem) -> bool:
    """Whether a reason stands at the changed field."""
    place, path = field.place, re.sub(r"\[1\]", "", one.place.path)
    if place.section:
        return place == Place(one.place.line, one.place.section, one.place.position, path)
    # An element that was taken away stands nowhere: its group does.
    return place.path == path


def _is_known(field: Field, kind: str, one: Problem, *, several: bool = False) -> bool:
    """Whether the table of exceptions lets a fault of *field* be told at another one.

    :param several: and at others beside it.
    """
    changed, told = f"{field.place.section}/{field.name}", f"{one.place.section}/{one.place.field}"
    return any(
        row.field.fullmatch(changed)
        and (kind in row.kinds or not row.kinds)
        and row.told.fullmatch(told)
        and (row.where != "row" or _is_in_row(field, one))
        and (not several or row.where == "several")
        for row in known()
    )


def _is_in_row(field: Field, one: Problem) -> bool:
    if field.place.section:
        return field.place.line == one.place.line
    group = field.place.path.rpartition("/")[0]
    return re.sub(r"\[1\]", "", one.place.path).startswith(group)


def first_sentence(one: Problem) -> str:
    """What a client shows of a reason that it cuts at the first sentence."""
    place = one.place.text()
    return f"[{one.code}] {place}: {one.message}" if place else f"[{one.code}] {one.message}"


def results(tasks: Sequence[Task], processes: int) -> Iterator[Result]:
    """The results of *tasks*, in order."""
    if processes == 1:
        yield from map(run, tasks)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(run, tasks, chunksize=50)


def drawn(tasks: list[Task], count: int, seed: int) -> list[Task]:
    """*count* of *tasks* drawn by *seed*: of each kind as many as of the others, where it has so many."""
    chance = Random(seed)
    chance.shuffle(tasks)
    of_kind: dict[str, list[Task]] = {}
    for one in tasks:
        of_kind.setdefault(one.kind, []).append(one)
    found: list[Task] = []
    while len(found) < count and any(of_kind.values()):
        found += [several.pop() for several in of_kind.values() if several]
    return found[:count]


def where(task: Task) -> str:
    """What a variation changes, for people."""
    if task.field is None:
        return _WHOLE_FILE
    return f"{task.field.place.section or task.field.place.path} {task.field.name}"


def keep(found: Iterable[Result]) -> None:
    """Write the first sentences to :data:`KEPT`."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, escapechar="\\")
        table.writerow(("sample", "variation", "field", "text", "became", "first sentence"))
        for one in found:
            task = one.task
            name = where(task)
            text = "(missing)" if task.field and task.text is None else (task.text or "")[:60]
            became = "issued" if one.issued else "refused" if not one.wrong else one.wrong
            sentence = one.sentences[0] if one.sentences else ""
            table.writerow((task.sample, task.kind, name, text.replace("\n", " "), became, sentence.replace("\n", " ")))


def show(found: Sequence[Result]) -> None:
    """Print the counts by kind, and what is not as it must be."""
    print("variation                   files   issued  refused  not as it must be")
    for kind in dict.fromkeys(one.task.kind for one in found):
        of_kind = [one for one in found if one.task.kind == kind]
        issued = sum(one.issued for one in of_kind)
        wrong = Counter(one.wrong for one in of_kind if one.wrong)
        told = ", ".join(f"{what} {times}" for what, times in wrong.items())
        print(f"{kind:24} {len(of_kind):8} {issued:8} {len(of_kind) - issued:8}  {told}")
    wrong_ones = [one for one in found if one.wrong]
    for one in wrong_ones[:_MOST_TOLD]:
        print(f"{one.wrong}: {one.task.sample}, {where(one.task)}, {one.task.kind} {one.task.text!r}")
        print("".join(f"    {sentence}\n" for sentence in one.sentences), end="")


def main() -> int:
    """Make the variations, judge and print; 1 when something is not as it must be."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--harmless", type=int, default=1000, help="harmless variations to draw")
    options.add_argument("--faults", type=int, default=0, help="faults to draw; 0 for all")
    options.add_argument("--seed", type=int, default=12)
    options.add_argument("--sample", default="", help="only the samples whose name has this in it")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = options.parse_args()
    begin = time.perf_counter()
    chosen = [one for one in samples() if arguments.sample in one.name]
    tasks = drawn(list(harmless_tasks(chosen)), arguments.harmless, arguments.seed)
    faults = list(fault_tasks(chosen))
    tasks += drawn(faults, arguments.faults, arguments.seed) if arguments.faults else faults
    found = list(results(tasks, arguments.processes))
    keep(found)
    show(found)
    bad = sum(bool(one.wrong) for one in found)
    seconds = time.perf_counter() - begin
    print(f"{len(chosen)} samples, {len(found)} variations, seed {arguments.seed}, {seconds:.0f} s")
    print(f"not as they must be: {bad}")
    print(f"first sentences: {KEPT}")
    return 1 if bad or not found else 0


if __name__ == "__main__":
    raise SystemExit(main())
