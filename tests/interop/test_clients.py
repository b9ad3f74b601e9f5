"""Client programs in seven languages, most of them generated from our ``?wsdl``, run one scenario against a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import served
from tests.installation import make_installation
from tests.interop import scenario
from tests.interop.judging import differences
from tests.interop.programs import PROGRAMS, SOURCES, Command, NotHereError, Place, Program
from tests.soap.test_wsdl import PUBLISHED

WITH_A_LINE_FOR_EACH_OPERATION = ("ConJaxws.java", "ConWsdl.cs", "ConSvcutil.cs", "cliente.c")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.name.replace(" ", "-"))
def test_program(program: Program, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if program.missing():
        pytest.skip(f"{program.name}: {program.missing()}")
    made = tmp_path / "program"
    made.mkdir()
    kept = pytestconfig.cache.mkdir("interop") if pytestconfig.cache else made
    command: Command | None = None
    for version in program.versions:
        installation = make_installation(tmp_path / version)
        with served(installation, scenario.damaging) as service:
            contract = f"{service.address}?wsdl"
            try:
                command = command or program.make(Place(made, kept, contract))
            except NotHereError as reason:
                pytest.skip(f"{program.name}: {reason}")
            steps, file = scenario.steps(service), tmp_path / f"{version}.txt"
            scenario.write(file, service, steps)
            done = run(command, contract, version, str(file))
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr
            assert differences(steps, map(json.loads, done.stdout.splitlines()), service) == []
        installation.close()


Line = dict[str, str]


def test_what_a_program_sees_wrong_is_noticed(tmp_path: Path) -> None:
    installation = make_installation(tmp_path / "una")
    with served(installation, scenario.damaging) as service:
        steps, file = scenario.steps(service), tmp_path / "escenario.txt"
        scenario.write(file, service, steps)
        (zeep,) = (one for one in PROGRAMS if one.name == "Python zeep")
        contract = f"{service.address}?wsdl"
        done = run(zeep.make(Place(tmp_path, tmp_path, contract)), contract, "1.1", str(file))
        seen: list[Line] = [json.loads(one) for one in done.stdout.splitlines()]
        assert differences(steps, seen, service) == []
        for number, line in enumerate(seen):
            for wrong in spoiled(line):
                others = [*seen[:number], *wrong, *seen[number + 1 :]]
                found = differences(steps, others, service)
                assert found and found[0].startswith(f"{line['paso']}: "), wrong
    installation.close()


def spoiled(line: Line) -> Iterator[list[Line]]:
    """*line* left out, and with each of its parts as no program may read it."""
    yield []
    yield [{"paso": line["paso"], "falla": "soap:Server", "texto": ""}]
    if "falla" in line:
        yield [{**line, "texto": re.sub("[áéíóúñ]", "?", line["texto"])}]
    elif "folio" in line:
        yield [{**line, "folio": str(int(line["folio"]) - 2**32)}]
        yield [{**line, "resultado": "False" if line["resultado"] == "True" else "True"}]
        yield [{**line, "valor": line["valor"].replace("</TipoDte>", "9</TipoDte>", 1)}]
        if line["error"]:
            yield [{**line, "error": ""}]
    else:
        yield [{**line, "valor": ""}]


def run(command: Command, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start a program and wait for its end; no proxy of the machine stands between it and the server."""
    environment = {name: text for name, text in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [*command.words, *arguments],
        env={**environment, "LC_ALL": "C.UTF-8", **command.environment},
        capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=120,
    )  # fmt: skip


def called(source: str) -> Iterator[str]:
    """The operations that a program in *source* can call."""
    yield from re.findall(r'case "(\w+)":', source)
    yield from re.findall(r"^    OPERATION\((\w+)", source, re.MULTILINE)


@pytest.mark.parametrize("name", WITH_A_LINE_FOR_EACH_OPERATION)
def test_every_operation_has_its_line(name: str) -> None:
    """Of the operations that such programs call; one that is newer has no caller of old."""
    lines = list(called((SOURCES / name).read_text("utf-8")))

    assert sorted(lines) == sorted(PUBLISHED)


def test_the_scenario_calls_every_operation(tmp_path: Path) -> None:
    installation = make_installation(tmp_path / "todas")
    with served(installation) as service:
        asked = {one.operation for one in scenario.steps(service)}
    installation.close()

    assert asked == set(PUBLISHED)
