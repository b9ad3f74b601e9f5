"""The settings: where they come from, which wins, and what is said of those that do not serve."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import dteplanows
from dteplanows.document.problem import Problem, Refused
from dteplanows.issuing.readiness import bounds_of
from dteplanows.issuing.repeats import Memory, memory_of
from dteplanows.ledger.clock_watch import Bounds
from dteplanows.settings import FILE, PREFIX, Settings, default_directory, load, meaning, origins, shown
from dteplanows.soap.limits import Limits, limits_of

PACKAGE = Path(dteplanows.__file__).parent


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def refused(**arguments: object) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        load(**arguments)
    return caught.value.problems


def test_without_anything_the_usual_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    found = load()
    assert found.directorio == tmp_path / "dteplanows" == default_directory()
    assert (found.host, found.puerto, found.trabajadores, found.servidor) == ("127.0.0.1", 8080, 2, "granian")
    assert found.caf_automatico
    assert found.clave_maestra == ""


def test_arguments_win_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text('puerto = 1001\ntrabajadores = 11\nservidor = "waitress"\n', "utf-8")
    monkeypatch.setenv("DTEPLANOWS_PUERTO", "1002")
    monkeypatch.setenv("DTEPLANOWS_TRABAJADORES", "12")
    found = load(directorio=tmp_path, puerto=1003)
    assert (found.puerto, found.trabajadores, found.servidor) == (1003, 12, "waitress")


def test_the_value_of_the_uf_is_a_number_of_pesos_or_unknown(tmp_path: Path) -> None:
    assert load(directorio=tmp_path).valor_uf == 0
    (tmp_path / FILE).write_text("valor_uf = 39485.65\n", "utf-8")
    assert str(load(directorio=tmp_path).valor_uf) == "39485.65"
    (one,) = refused(directorio=tmp_path, valor_uf="-1")
    assert (one.code, one.place.field) == ("CFG-001", "valor_uf")


def test_a_code_is_printed_only_where_people_can_reach_the_address(tmp_path: Path) -> None:
    (one,) = refused(directorio=tmp_path, imprimir_qr=True)
    assert (one.code, one.place.field) == ("CFG-001", "imprimir_qr")
    assert "url_publica" in one.text()
    assert load(directorio=tmp_path, imprimir_qr=True, url_publica="https://empresa.example").imprimir_qr


def test_an_argument_not_given_does_not_count(tmp_path: Path) -> None:
    assert load(directorio=tmp_path, puerto=None, host=None).puerto == 8080


def test_the_file_is_that_of_the_directory_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("puerto = 1001\n", "utf-8")
    monkeypatch.setenv("DTEPLANOWS_DIRECTORIO", str(tmp_path))
    assert load().puerto == 1001


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DTEPLANOWS_PUERTO", "")
    assert load(directorio=tmp_path).puerto == 8080


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('servidor = "apache"\nhots = "x"\n', "utf-8")
    monkeypatch.setenv("DTEPLANOWS_CAF_AUTOMATICO", "quizás")
    found = refused(directorio=tmp_path, puerto=70000)
    assert sorted((one.code, one.place.field, one.value) for one in found) == [
        ("CFG-001", "caf_automatico", "quizás"),
        ("CFG-001", "puerto", "70000"),
        ("CFG-001", "servidor", "apache"),
        ("CFG-002", "hots", ""),
    ]
    assert "un número entre 1 y 65535" in next(one.expected for one in found if one.place.field == "puerto")


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("correo_smpt_servidor", "¿Quiso decir correo_smtp_servidor? Se esperaba alguno de: "),
        ("Puetro", "¿Quiso decir puerto? Se esperaba"),
        ("zzz", "Se esperaba alguno de: "),
    ],
)
def test_the_nearest_name_comes_first(tmp_path: Path, name: str, begin: str) -> None:
    (tmp_path / FILE).write_text(f'{name} = "x"\n', "utf-8")
    (found,) = refused(directorio=tmp_path)
    assert (found.code, found.expected.startswith(begin)) == ("CFG-002", True)


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("clave_maestra = 987654\n", "utf-8")
    (tmp_path / FILE).chmod(0o600)
    (found,) = refused(directorio=tmp_path)
    assert found.place.field == "clave_maestra"
    assert "987654" not in found.text() + found.value
    assert "secreto" not in repr(load(directorio=tmp_path, clave_maestra="secreto"))


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"puerto = 8080\nhost == 1\n", "CFG-003", "línea 2"),
        (b"puerto =", "CFG-003", "al final"),
        ("# ñandú\n".encode("latin-1"), "CFG-004", "UTF-8"),
        (b'directorio = "x"\n', "CFG-005", "directorio"),
    ],
)
def test_a_file_that_cannot_serve(tmp_path: Path, content: bytes, code: str, words: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    (found,) = refused(directorio=tmp_path)
    assert found.code == code
    assert words in found.message


def test_a_file_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert [one.code for one in refused(directorio=tmp_path)] == ["CFG-004"]


def test_every_setting_says_which_values_it_takes() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    assert meaning("puerto") == "un número entre 1 y 65535: el puerto en que atiende"
    assert meaning("servidor") == "granian o waitress: el servidor web"
    assert meaning("caf_automatico").startswith("true o false: en el ambiente de pruebas")
    assert meaning("ambiente").startswith("pruebas o produccion: el ambiente")
    for name, field in Settings.model_fields.items():
        if field.annotation is int:
            assert re.match(r"un número entre \d+ y \d+: ", meaning(name)), name


# --- Each setting reaches its place -------------------------------------------------------------------------------

VIEWS: Mapping[type[Limits | Memory | Bounds], Callable[[Settings], NamedTuple]] = {
    Limits: limits_of, Memory: memory_of, Bounds: bounds_of,
}  # fmt: skip
"""What several settings make together, and what makes it."""


def reads(source: str) -> set[str]:
    """The attributes that *source* takes of anything, and the names that it hands to ``getattr`` by a table."""
    nodes = list(ast.walk(ast.parse(source)))
    taken = {one.attr for one in nodes if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load)}
    if any(isinstance(one, ast.Name) and one.id == "getattr" for one in nodes):
        taken |= {one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return taken


def of_settings(source: str) -> set[str]:
    """The settings that *source* reads: attributes of what is called ``settings`` or stands for it."""
    nodes = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Attribute)]
    taken = {one.attr for one in nodes if ast.unparse(one.value).rpartition(".")[2].lstrip("_") in ("settings", "found")
             or ast.unparse(one.value).startswith("settings_in(")}
    return taken | (reads(source) if "getattr(settings" in source else set())


def sources() -> dict[str, str]:
    return {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}


def test_every_setting_is_read_somewhere() -> None:
    """One that is declared and handed on to nobody changes nothing, whatever a person sets."""
    taken = set().union(*map(of_settings, sources().values()))
    assert sorted(set(Settings.model_fields) - taken) == []


def test_a_setting_that_nobody_reads_would_be_seen() -> None:
    assert of_settings("limit = settings.puerto\nself._settings.host\nother.trabajadores") == {"puerto", "host"}


@pytest.mark.parametrize("view", VIEWS, ids=lambda one: one.__name__)
def test_what_settings_make_together_is_used(view: type[Limits | Memory | Bounds]) -> None:
    taken = set().union(*map(reads, sources().values()))
    assert sorted(set(view._fields) - taken) == []


@pytest.mark.parametrize("view", VIEWS, ids=lambda one: one.__name__)
def test_usual_values_stand_with_the_settings_alone(view: type[Limits | Memory | Bounds], tmp_path: Path) -> None:
    assert VIEWS[view](load(directorio=tmp_path)) == view()


def test_where_each_setting_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('puerto = 1001\nhost = "::1"\ntrabajadores = 4\n', "utf-8")
    monkeypatch.setenv("DTEPLANOWS_PUERTO", "1002")
    monkeypatch.setenv("DTEPLANOWS_SERVIDOR", "")
    given = {"directorio": tmp_path, "trabajadores": 3, "host": None}
    found = origins(load(**given), **given)
    assert set(found) == set(Settings.model_fields)
    named = {name: found[name] for name in ("directorio", "trabajadores", "host", "puerto", "servidor")}
    assert named == {
        "directorio": "orden", "trabajadores": "orden", "host": "archivo", "puerto": "variable de entorno",
        "servidor": "usual",
    }  # fmt: skip


def test_what_a_person_may_see_of_a_setting(tmp_path: Path) -> None:
    found = load(directorio=tmp_path, clave_maestra="secreto", puerto=1001)
    names = ("clave_maestra", "metricas_clave", "puerto", "caf_automatico", "directorio")
    assert [shown(found, name) for name in names] == ["(oculta)", "", "1001", "true", str(tmp_path)]
