"""The manual's pages on a desk's screen and on a telephone's: nothing is cut, and no page moves sideways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docs.build import built
from tests.docs.browser import look, needs_chromium

PAGES = sorted(path.relative_to(built()).as_posix() for path in built().rglob("*.html"))
WIDTHS = (1280, 390)
_GROUPS = 4
"""So many pages are looked at apart, for a browser to hold them."""

_MEASURE = """
onload = () => {
  const wrong = [];
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, name = frame.dataset.page, width = frame.clientWidth;
    if (!page.querySelector("main")) wrong.push(`${name} is not there`);
    if (page.documentElement.scrollWidth > width) wrong.push(`${name} is ${page.documentElement.scrollWidth} wide`);
    for (const one of page.querySelectorAll(".tabla"))
      if (one.scrollWidth > one.clientWidth + 1)
        wrong.push(`${name}: a table is cut by ${one.scrollWidth - one.clientWidth}`);
    for (const one of page.querySelectorAll("table"))
      if (!one.closest(".tabla")) wrong.push(`${name}: a table that the style does not know`);
  }
  document.getElementById("found").textContent = JSON.stringify(wrong);
};
"""


def measured(pages: list[str], home: str, width: int, folder: Path) -> list[str]:
    """What is wrong with *pages* in a window so wide."""
    frames = "".join(
        f'<iframe data-page="{page}" src="{home}{page}" style="border:0;width:{width}px;height:900px"></iframe>'
        for page in pages
    )
    path = folder / "frames.html"
    path.write_text(f'<meta charset="utf-8">{frames}<pre id="found"></pre><script>{_MEASURE}</script>', "utf-8")
    shown, said = look(path.as_uri(), folder / "profile", "--allow-file-access-from-files")
    assert said == ""
    text = shown.findtext(".//pre[@id='found']")
    found: list[str] = json.loads(text or "")
    return found


@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("group", range(_GROUPS))
def test_nothing_is_cut(group: int, width: int, tmp_path: Path) -> None:
    assert measured(PAGES[group::_GROUPS], built().as_uri() + "/", width, tmp_path) == []


@needs_chromium
def test_what_is_too_wide_would_be_found(tmp_path: Path) -> None:
    cells = "<td>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</td>" * 30
    page = (
        f"<main><div class='tabla' style='overflow-x:auto'><table><tr>{cells}</tr></table></div><table></table></main>"
    )
    (tmp_path / "page.html").write_text(page, "utf-8")
    (tmp_path / "wide.html").write_text("<main style='width:2000px'>x</main>", "utf-8")
    found = " ".join(measured(["page.html", "wide.html"], tmp_path.as_uri() + "/", 390, tmp_path))
    assert "page.html: a table is cut by" in found and "that the style does not know" in found
    assert "wide.html is 2" in found
