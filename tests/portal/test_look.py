"""What the pages look like, as far as it can be read: tokens, components, texts, forms of numbers."""

from __future__ import annotations

import doctest
import re
from importlib import resources
from itertools import product
from pathlib import Path

import pytest

from dteplanows.portal import shown
from dteplanows.portal.style_page import COLOURS
from dteplanows.portal.texts import TEXTS, t
from tests.portal.pages import Site

ROOT = Path(str(resources.files("dteplanows.portal")))
TOKENS = (ROOT / "static" / "tokens.css").read_text("utf-8")

_BLOCK = re.compile(r"(?:^|\n)(\s*):root([^{]*)\{([^}]*)\}")
_TOKEN = re.compile(r"--([a-z0-9-]+): ([^;]+);")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl")

TEXT_ON = [
    *product(
        ("text", "text-muted", "accent", "accent-strong", "ok", "warn", "bad"), ("ground", "surface", "surface-sunken")
    ),
    ("on-accent", "accent"), ("ok", "ok-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("text", "bad-soft"),
    ("accent-strong", "accent-soft"), ("text", "accent-soft"), ("text-muted", "surface-raised"),
    ("text-muted", "bad-soft"),
]  # fmt: skip
"""What is read on what."""


def blocks() -> list[dict[str, str]]:
    """The tokens of light, of the system's dark, of the chosen dark, and those of measures."""
    return [dict(_TOKEN.findall(body)) for _, _, body in _BLOCK.findall(TOKENS)]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_dark_is_the_same_whoever_wants_it() -> None:
    light, dark, chosen, _ = blocks()
    assert dark == chosen
    assert set(light) == set(dark)


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read(look: int) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 for texts, 3 for the edges of what is used."""
    tokens = blocks()[look]
    weak = {pair: contrast(*(tokens[one] for one in pair)) for pair in TEXT_ON}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}
    assert min(contrast(tokens["line-strong"], tokens[one]) for one in ("surface", "ground")) >= 3
    assert min(contrast(tokens["focus"], tokens[one]) for one in ("surface", "ground", "surface-raised")) >= 3


def test_colours_stand_in_the_tokens_alone() -> None:
    """But for what is printed, and the shade behind a dialog."""
    allowed = {"#fff", "#000", "#999", "rgb("}
    for path in (ROOT / "static").glob("*.css"):
        if path.name != "tokens.css":
            assert set(_COLOUR.findall(path.read_text("utf-8"))) <= allowed, path.name


def test_every_token_that_is_used_is_there() -> None:
    known = {name for block in blocks() for name in block}
    for path in (ROOT / "static").glob("*.css"):
        assert set(re.findall(r"var\(--([a-z0-9-]+)\)", path.read_text("utf-8"))) <= known, path.name


def test_the_page_of_components_shows_all_of_them(site: Site) -> None:
    page = site.inside("administrador").get("/estilo").text
    components = (ROOT / "templates" / "components.html").read_text("utf-8")
    made = re.findall(r"\{% macro (\w+)\(", components)
    used = (ROOT / "templates" / "style.html").read_text("utf-8") + components

    assert set(COLOURS) == {name for name in blocks()[0] if name not in ("on-accent", "shade")}
    assert [one for one in COLOURS if f"swatch-{one}" not in page] == []
    assert [one for one in made if used.count(f"{one}(") < 2 and one not in ("csrf", "state_badge")] == []


def test_every_text_is_there_and_every_text_is_used() -> None:
    folders = (ROOT, ROOT.parent / "web" / "receiver")
    files = (path for folder in folders for path in folder.rglob("*"))
    sources = [path.read_text("utf-8") for path in files if path.suffix in (".py", ".html")]
    whole = "\n".join(sources)
    named = set(re.findall(r"""["']([a-z_]+\.[a-z0-9_]+)["']""", whole))
    # What a template or a module puts together: t("states." ~ one), f"failures.{status}".
    begun = (*re.findall(r"""["']([a-z_]+\.[a-z_]*)["'] ~""", whole), *re.findall(r'f"([a-z]+\.[a-z_]*)\{', whole))
    asked = set(re.findall(r"""\bt\(["']([a-z_]+\.[a-z0-9_]+)["'][,)]""", whole))

    assert asked
    assert sorted(asked - set(TEXTS)) == []
    assert sorted(one for one in TEXTS if one not in named and not one.startswith(begun)) == []


def test_a_text_takes_its_facts() -> None:
    assert t("site.footer", version="1.2.3") == "dteplanows 1.2.3"
    with pytest.raises(KeyError):
        t("site.footer", otra="cosa")
    with pytest.raises(KeyError):
        t("site.nada")


def test_numbers_and_days_are_written_as_in_chile() -> None:
    done = doctest.testmod(shown)
    assert done.attempted > 5
    assert done.failed == 0
