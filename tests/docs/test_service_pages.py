"""The manual's part for whoever runs the service: its pages from tables, its commands, and the files to install."""

from __future__ import annotations

import configparser
import difflib
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from lxml import etree

from docs.build import built
from docs.reference import MANUAL
from docs.service_pages import FOLDER, called, commands, declared, label_of_command, pages, told_in, usual
from docs.words import literal, plain
from dteplanows.cli import main
from dteplanows.commands.spanish import Group
from dteplanows.document.catalogue import RULES
from dteplanows.settings import NUMBERS, PREFIX, Settings, meaning
from tests.installation import make_installation
from tests.web.serving import HOST, running

PAGES = pages()
COMMANDS = dict(commands())
WRITTEN = sorted((MANUAL / FOLDER).glob("*.rst"))
UNITS = sorted((MANUAL / FOLDER).glob("*.service"))
AGENT = next(one for one in UNITS if "@" in one.name)
OF_THE_SERVICE = [one for one in UNITS if one != AGENT]
CONTAINERFILE = MANUAL / FOLDER / "Containerfile"
WIDEST = 118
"""Characters of a line that a page has room for in a window of 1280 pixels."""

PROGRAM = "/usr/local/lib/dteplanows/bin/dteplanows"
DIRECTORY = "/var/lib/dteplanows"

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="not installed: systemd-analyze")


# --- Settings and commands --------------------------------------------------------------------------------------


def lines(page: str) -> list[str]:
    """The cells and lines of a page, without their marks."""
    return [line.strip().removeprefix("* ").removeprefix("- ").strip() for line in PAGES[page].splitlines()]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_there(name: str) -> None:
    shown = lines(f"{FOLDER}/ajustes")
    at = shown.index(literal(name))
    assert shown[at + 1] == (literal(usual(name)) if usual(name) != "(vacío)" else "(vacío)")
    assert shown[at + 2] == plain(meaning(name))


@pytest.mark.parametrize("name", [one for one in Settings.model_fields if one != "directorio"])
def test_a_usual_value_is_one_that_the_setting_takes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    if usual(name) != "(vacío)":
        text = usual(name)
        (tmp_path / "dteplanows.toml").write_text(
            f"{name} = {text if re.fullmatch(r'true|false|[0-9.]+', text) and name != 'host' else json.dumps(text)}\n"
        )
        assert getattr(Settings(directorio=tmp_path), name) == Settings.model_fields[name].get_default()


@pytest.mark.parametrize("name", ["respaldo_carpeta", "tls_clave", "url_publica", "registro_dias", "trabajadores"])
def test_a_setting_says_where_more_is_said(name: str) -> None:
    for page in told_in(name):
        assert name in (MANUAL / FOLDER / f"{page}.rst").read_text("utf-8")
    assert f":doc:`{told_in('url_publica')[0]}`" == ":doc:`direccion`"
    assert bool(told_in(name)) == (name != "trabajadores")


def misnamed(text: str) -> set[str]:
    """The names in *text* that are nearly those of settings: misspelt, or of one that is called otherwise now."""
    names = set(re.findall(r"``([a-z]+(?:_[a-z0-9]+)+)``", text)) - set(Settings.model_fields)
    return {one for one in names if difflib.get_close_matches(one, Settings.model_fields, 1, cutoff=0.8)}


def test_the_settings_that_the_manual_names_are_settings() -> None:
    assert {path.name: found for path in MANUAL.rglob("*.rst") if (found := misnamed(path.read_text("utf-8")))} == {}
    assert misnamed("``respaldo_hora``, ``respaldo_horas`` y ``pg_dump``") == {"respaldo_hora"}


def test_the_settings_that_reasons_name_are_settings() -> None:
    texts = (text for rule in RULES.values() for text in (rule.message, rule.expected, rule.remedy))
    names = (re.findall(r"(?<![{\w.])[a-z]+(?:_[a-z0-9]+)+", text) for text in texts)
    assert {name for found in names for name in found} <= set(Settings.model_fields)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_page_has_the_usual_value_from_the_setting(name: str) -> None:
    """Beside its name it stands as ``|name|``, which the build fills in."""
    said = re.compile(rf"\b{usual(name)}\b[^.`|]{{0,30}}``{name}``|``{name}``[^.`|]{{0,20}}\b{usual(name)}\b")
    assert [path.name for path in sorted(MANUAL.rglob("*.rst")) if said.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    command, shown = COMMANDS[name], lines(f"{FOLDER}/ordenes")
    at = shown.index(f".. _{label_of_command(name)}:")
    assert shown[at + 2] == name
    assert called(name, command) in shown[at:]
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if literal(declared(one)) not in shown[at:]] == []


def spoken(text: str) -> set[str]:
    """The commands of this program that a page tells people to give, as the words behind its name."""
    given = re.findall(r"``dteplanows ((?:--dir \S+ )?[a-z][^`]*)``", text) + re.findall(
        r"^ +(?:[a-z]*\$ +)?dteplanows ([-a-z].+)$", text, re.MULTILINE
    )
    return {re.sub(r"^--dir \S+ ", "", one) for one in given}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda one: one.stem)
def test_the_commands_of_a_page_are_commands(path: Path) -> None:
    for given in spoken(path.read_text("utf-8")):
        words = shlex.split(given.rstrip("\\"))
        group: click.Command = main
        while isinstance(group, Group) and words and not words[0].startswith("-"):
            known_commands = group.every_command()
            assert words[0] in known_commands, f"{path.name}: dteplanows {given}"
            group = known_commands[words.pop(0)]
        known = {name for one in group.params for name in (*one.opts, *one.secondary_opts)}
        wrong = [
            one
            for one in words
            if re.match("--[a-z]", one) and one.partition("=")[0] not in {*known, "--help", "--version"}
        ]
        assert not wrong, f"{path.name}: dteplanows {given}"


def test_the_commands_of_a_page_are_really_looked_at() -> None:
    assert spoken("``dteplanows caf listar`` y\n\n   $ dteplanows --dir datos estado --json\n") == {
        "caf listar",
        "estado --json",
    }
    assert sum(len(spoken(path.read_text("utf-8"))) for path in WRITTEN) > 40


@pytest.mark.parametrize("path", WRITTEN, ids=lambda one: one.stem)
def test_a_page_is_in_the_index(path: Path) -> None:
    assert f"   {FOLDER}/{path.stem}\n" in (MANUAL / "index.rst").read_text("utf-8")
    assert ":orphan:" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda one: one.stem)
def test_what_a_page_prints_fits_on_a_screen(path: Path) -> None:
    page = etree.fromstring((built() / FOLDER / f"{path.stem}.html").read_bytes(), etree.HTMLParser(encoding="utf-8"))
    printed = ["".join(map(str, one.itertext())) for one in page.iter("pre")]
    assert [line for one in printed for line in one.splitlines() if len(line) > WIDEST] == []


# --- systemd ----------------------------------------------------------------------------------------------------


def settings_of(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text("utf-8"))
    return parser


def checked(unit: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What systemd says of *unit*, with a program that this machine has in place of the installed one."""
    copy = folder / unit.name
    copy.write_text(unit.read_text("utf-8").replace(PROGRAM, sys.executable), "utf-8")
    return subprocess.run(
        ["systemd-analyze", *arguments, str(copy)], capture_output=True, text=True, encoding="utf-8", timeout=60
    )


def test_there_are_two_units_of_the_service_and_one_of_agents() -> None:
    assert [one.name for one in OF_THE_SERVICE] == ["dteplanows-lotes.service", "dteplanows.service"]
    assert AGENT.name == "dteplanows-agente@.service"


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.stem)
def test_systemd_takes_a_unit(unit: Path, tmp_path: Path) -> None:
    done = checked(unit, tmp_path, "verify", "--man=no")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_systemd_would_say_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "in" / "dteplanows.service"
    wrong.parent.mkdir()
    text = OF_THE_SERVICE[1].read_text("utf-8")
    wrong.write_text(text.replace("ProtectSystem=strict", "ProtectSistem=strict"), "utf-8")
    assert "ProtectSistem" in checked(wrong, tmp_path, "verify", "--man=no").stderr


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.stem)
def test_a_unit_gives_the_service_little(unit: Path, tmp_path: Path) -> None:
    done = checked(unit, tmp_path, "security", "--offline=true", "--no-pager")
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= 2


@pytest.mark.parametrize("unit", OF_THE_SERVICE, ids=lambda one: one.stem)
def test_a_unit_starts_what_the_page_on_installing_installs(unit: Path) -> None:
    service = settings_of(unit)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    page = (MANUAL / FOLDER / "instalacion.rst").read_text("utf-8")
    assert program == PROGRAM and program in page
    assert words == ["--dir", DIRECTORY, "worker" if "lotes" in unit.name else "serve"]
    assert f"useradd --system --home-dir {DIRECTORY}" in page and page.count(service["User"]) > 3
    assert service["StateDirectory"] == Path(DIRECTORY).name
    assert int(service["TimeoutStopSec"]) >= 90
    for name, value in (
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("UMask", "0077"),
    ):
        assert service[name] == value


def test_the_agents_unit_has_its_file_where_its_page_puts_it() -> None:
    # DeviceAllow stands there twice, as systemd wants it.
    lines = (line.partition("=") for line in AGENT.read_text("utf-8").splitlines() if not line.startswith("#"))
    service = {name: value for name, _, value in lines}
    program, *words = shlex.split(service["ExecStart"])
    page = (MANUAL / FOLDER / "agente-impresion.rst").read_text("utf-8")
    folder = f"/var/lib/{service['StateDirectory']}"
    assert (program, words) == (PROGRAM, ["agente-impresion", f"{folder}/%i.toml"])
    assert page.count(folder) == 2 and page.count(service["User"]) > 3


# --- The container ----------------------------------------------------------------------------------------------


def steps() -> list[tuple[str, str]]:
    """The instructions of the Containerfile and what follows each."""
    text = re.sub(r"\\\n\s*", "", CONTAINERFILE.read_text("utf-8"))
    split = [line.partition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in split]


def step(name: str) -> str:
    (one,) = [rest for found, rest in steps() if found == name]
    return one


def test_the_steps_are_in_an_order_that_works() -> None:
    names = [name for name, _ in steps()]
    once = {
        "FROM",
        "COPY",
        "USER",
        "WORKDIR",
        "ENV",
        "VOLUME",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    assert names[0] == "FROM" and sorted(one for one in names if one != "RUN") == sorted(once)
    assert [name for name in names if name in ("RUN", "COPY", "USER")] == ["RUN", "COPY", "RUN", "USER"]
    version = re.fullmatch(r"python:3\.(\d+)-slim-bookworm", step("FROM"))
    assert version and 11 <= int(version[1]) <= 13
    assert step("USER") != "root" and f"useradd --system --uid 10001 --home-dir {step('VOLUME')}" in steps()[1][1]
    assert step("COPY").split() == ["dteplanows-*.whl", "/tmp/"]


@pytest.mark.parametrize("command", [rest for name, rest in steps() if name == "RUN"])
def test_a_shell_understands_a_step(command: str) -> None:
    shell = shutil.which("sh")
    if not shell:
        pytest.skip("not installed: sh")
    done = subprocess.run([shell, "-n"], input=command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_starts_the_service_with_settings_that_there_are() -> None:
    assert json.loads(step("ENTRYPOINT")) == ["dteplanows"]
    assert json.loads(step("CMD"))[0] in COMMANDS
    given = dict(one.split("=", 1) for one in shlex.split(step("ENV")))
    values = {name.removeprefix(PREFIX).lower(): value for name, value in given.items()}
    assert set(values) <= set(Settings.model_fields)
    Settings.model_validate(values)
    assert values["directorio"] == step("VOLUME") == step("WORKDIR") == DIRECTORY
    assert step("EXPOSE") == str(Settings.model_fields["puerto"].get_default())


def test_the_container_knows_whether_the_service_lives(tmp_path: Path) -> None:
    python, *arguments = json.loads(step("HEALTHCHECK").partition("CMD ")[2])
    assert python == "python"
    make_installation(tmp_path).close()
    with running(tmp_path, "", "--trabajadores", "1") as port:
        asked = [one.replace("127.0.0.1:8080", f"{HOST}:{port}") for one in arguments]
        assert asked != arguments
        assert subprocess.run([sys.executable, *asked], capture_output=True, timeout=60).returncode == 0
    assert subprocess.run([sys.executable, *asked], capture_output=True, timeout=60).returncode != 0


def test_the_wrapper_of_the_commands_is_a_shell_program() -> None:
    text = (MANUAL / FOLDER / "dteplanows.sh").read_text("utf-8")
    assert PROGRAM in text and f"{PREFIX}DIRECTORIO={DIRECTORY}" in text and text.endswith(' "$@"\n')
