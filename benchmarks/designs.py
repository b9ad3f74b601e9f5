"""What letters and tickets cost, beside other makers of the same pages; whether memory stays; and pictures of them.

A letter (a factura of eight lines in the default design, with a logo, embedded fonts and the XML inside), a ticket and
the symbol of a stamp, each of a document that was not seen before; the median of the processor's time.

``--peers`` has reportlab's platypus and weasyprint make the same pages in the same run (weasyprint is fetched into a
temporary folder). ``--against COMMIT`` measures another state of the program by turns with this one. ``--many 10000``
makes so many papers of all designs and types and fails where memory grows after the first tenth. ``--into FOLDER``
draws every type in every design and nothing else; those called ``diseno-`` and ``tipos-`` are the manual's
(``docs/manual/imagenes``).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import designs_pages, designs_peers, designs_pictures
from benchmarks.designs_cost import WARM, facts_of, makers, measured
from benchmarks.socket_pairs import ROOT, CannotMeasureError, checkout, python_of
from dteplanows import printing
from dteplanows.demo.drawn_logo import make_logo
from dteplanows.document.elements import BOLETAS
from dteplanows.printing import Roll
from dteplanows.printing.design import ready, ready_design

NUMBER, TURNS = 60, 3
"""Documents of a turn, and turns of each state of the program."""
PEER_PAPERS = {"letter": "carta", "ticket": "80"}
LOOKS = (0.1, 0.5, 1.0)
"""Parts of all papers after which memory is looked at."""
MOST_GROWTH = 4.0
"""MiB by which memory may grow after the first look."""
DIFFERENT = 240
"""Documents that many papers are made of, each time with another number."""
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)


def costs(number: int, peers: bool, folder: Path) -> dict[str, list[float]]:
    """Milliseconds of each paper, by its name; peers' are ``letter by platypus``."""
    logo = make_logo()
    facts = facts_of(logo)
    kinds = {"letter": [*designs_pages.documents(designs_pages.FACTURA, number)],
             "ticket": [*designs_pages.documents(designs_pages.BOLETA, number)]}  # fmt: skip
    making = dict(makers(kinds["letter"], kinds["ticket"], facts))
    others = {"platypus": designs_peers.platypus(logo)} if peers else {}
    if peers:
        try:
            designs_peers.install(folder)
            others["weasyprint"] = designs_peers.weasyprint(logo)
        except designs_peers.CannotInstallError as error:
            print(f"weasyprint is not measured: {error}")
    texts = {
        name: [designs_pages.texts_of(xml, facts, paper) for xml in kinds[name]]  # type: ignore[arg-type]
        for name, paper in PEER_PAPERS.items()
        if others
    }
    for other, made in others.items():
        for name, peer in made.items():
            making[f"{name} by {other}"] = _maker(peer, texts[name])
    return measured(making, number)


def _maker(peer: designs_peers.Peer, texts: list[designs_pages.Texts]) -> Callable[[int], bytes]:
    return lambda at: peer(texts[at])


def show(times: Mapping[str, list[float]]) -> None:
    """The medians, and how many times ours a peer takes."""
    for name, found in times.items():
        ours = median(times[name.split(" by ")[0]])
        ratio = f", {median(found) / ours:.1f} times ours" if " by " in name else ""
        print(f"{name}: {median(found):.2f} ms{ratio}")


def against(commit: str) -> None:
    """Measure this state of the program and that of *commit* by turns.

    :raises CannotMeasureError: it is no state of the program, or cannot make papers.
    """
    with tempfile.TemporaryDirectory() as name, checkout(commit) as other:
        designs_pages.write(Path(name), NUMBER)
        states = {"here": ROOT, commit: other}
        times: dict[str, dict[str, list[float]]] = {state: {} for state in states}
        for _ in range(TURNS):
            for state, folder in states.items():
                for paper, found in _measured_in(folder, name).items():
                    times[state].setdefault(paper, []).extend(found)
    for paper, found in times["here"].items():
        here, there = median(found), median(times[commit][paper])
        print(f"{paper}: {here:.2f} ms, {there:.2f} ms in {commit}: {here / there:.2f} times")


def _measured_in(folder: Path, papers: str) -> dict[str, list[float]]:
    script = Path(__file__).with_name("designs_cost.py")
    done = subprocess.run(
        [python_of(folder), "-P", str(script), papers], check=False, capture_output=True, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)}, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise CannotMeasureError(f"{folder}: {done.stderr.strip()[-2000:]}")
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


# --- many ---------------------------------------------------------------------------------------------------------


def resident() -> float:
    """MiB of this process that are in memory (Linux)."""
    found = _RESIDENT.search(Path("/proc/self/status").read_text("ascii"))
    assert found
    return int(found[1]) / 1024


def many(number: int) -> list[tuple[int, float]]:
    """Memory in MiB after so many papers of all designs and types, letters and tickets; each is printed at once."""
    documents = [*designs_pages.of_all_types(min(number, DIFFERENT))]
    looks = [max(1, int(number * part)) for part in LOOKS]
    found = []
    for at, make in enumerate(_papers(documents, number), 1):
        make()
        if at in looks:
            found.append((at, resident()))
            print(f"{at} papers: {found[-1][1]:.1f} MiB", flush=True)
    return found


def _papers(documents: list[bytes], number: int) -> Iterator[Callable[[], bytes]]:
    """Each a letter in one of the designs; of boletas tickets of both widths by turns."""
    facts = facts_of(make_logo())
    all_facts = [replace(facts, diseno=ready_design(name)) for name in ready()]
    rolls = (Roll.MM80, Roll.MM58)
    for at in range(number):
        round_, which = divmod(at, len(documents))
        xml = re.sub(rb"<(Folio|F)>\d+<", rb"<\g<1>>%d<" % (1000 + at), documents[which])
        tipo = printing.stored.read(xml).tipo
        if tipo in BOLETAS and (round_ + which) % 3:
            yield partial(printing.ticket_pdf, xml, facts, rolls[at // 2 % 2])
        else:
            yield partial(printing.letter_pdf, xml, all_facts[(round_ + which // 12) % len(all_facts)])


def growth(found: list[tuple[int, float]]) -> float:
    """MiB by which memory grew after the first look."""
    return max(one for _, one in found) - found[0][1]


def main() -> int:
    """Measure, or draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--against", metavar="COMMIT")
    parser.add_argument("--many", type=int, default=0, metavar="PAPERS")
    parser.add_argument("--number", type=int, default=NUMBER, help="documents that are measured")
    parser.add_argument("--into", type=Path, help="a folder, which is made")
    asked = parser.parse_args()
    if asked.into:
        asked.into.mkdir(parents=True, exist_ok=True)
        print(f"{designs_pictures.draw(asked.into)} pictures in {asked.into}")
        return 0
    with tempfile.TemporaryDirectory(prefix="dteplanows-peers-") as folder:
        show(costs(max(asked.number, WARM + 1), asked.peers, Path(folder)))
    if asked.against:
        try:
            against(asked.against)
        except CannotMeasureError as error:
            print(error, file=sys.stderr)
            return 1
    if asked.many:
        found = many(asked.many)
        if growth(found) > MOST_GROWTH:
            print(f"memory grew by {growth(found):.1f} MiB, more than {MOST_GROWTH:g}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
