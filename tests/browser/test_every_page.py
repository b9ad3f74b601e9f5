"""What holds for every page, also for those that come later: it fits a desk's window and a phone's, nothing moves while
it appears, each field has a label, the keyboard's place can be seen, and axe-core finds nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Opens, Served, barriers
from tests.browser.walking import INVITATION, MANUAL, invited, issue_samples, walk

_MOVED = """new Promise(done => {
  const moved = [];
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) {
      if (!one.hadRecentInput) moved.push(...one.sources.map(source => (source.node?.outerHTML ?? "?").slice(0, 80)));
    }
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => done(moved), 200));
})"""
"""What has moved by itself since the page began to appear."""

_OPEN = "document.querySelectorAll('main details').forEach(one => { one.open = true })"

_WIDER = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`page ${document.documentElement.scrollWidth}`);
  for (const one of document.querySelectorAll("dialog")) {
    if (one.open) continue;
    one.showModal();
    const {left, right} = one.getBoundingClientRect();
    if (left < 0 || right > wide || one.scrollWidth > one.clientWidth) found.push(`dialog ${one.id}`);
    one.close();
  }
  return found;
}"""
"""What is wider than the window: the page itself, or a dialog of it once it is open."""

_NAMELESS = """() => {
  const named = one => one.ariaLabel || document.getElementById(one.getAttribute("aria-labelledby"));
  const all = kinds => [...document.querySelectorAll(kinds)]
    .filter(one => one.type !== "hidden" && !named(one) && !one.closest("[aria-hidden=true]"));
  return [
    ...all("input, select, textarea").filter(one => !one.labels.length),
    ...all("button, a[href], summary").filter(one => !one.textContent.trim()),
    ...all("dialog"),
  ].map(one => one.outerHTML.slice(0, 120));
}"""
"""Fields, dialogs and what is pressed that have no name, also those that are hidden now."""

_UNSEEN = """() => {
  const found = [];
  const look = one => {
    const s = getComputedStyle(one);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor].join();
  };
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (one.disabled || one.type === "hidden" || !one.checkVisibility({visibilityProperty: true})) continue;
    document.activeElement.blur();
    const before = look(one);
    one.focus({preventScroll: true});
    if (document.activeElement === one && look(one) === before) found.push(one.outerHTML.slice(0, 120));
  }
  return found;
}"""
"""What looks the same with the keyboard's place on it."""


_PRINTED = """() => {
  const found = [...document.querySelectorAll(".topbar, .menu, .footer, main button, main .button")]
    .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 80));
  const {backgroundColor, color} = getComputedStyle(document.body);
  const colours = `${color} on ${backgroundColor}`;
  if (colours !== "rgb(0, 0, 0) on rgb(255, 255, 255)") found.push(colours);
  return found;
}"""
"""What has no place on paper: what is pressed, ways to elsewhere, colours of the dark look."""


@pytest.fixture(scope="module")
def samples(served: Served) -> None:
    """Documents of each kind, and a refused file."""
    issue_samples(served.portal.removesuffix("/portal"))


class Windows(NamedTuple):
    """A desk's window in the light look, and a phone's in the dark one."""

    wide: Page
    phone: Page


@pytest.fixture
def windows(enters: Opens, samples: None) -> Windows:
    """Those of somebody who may see all pages."""
    phone = enters("operador", PHONE, color_scheme="dark", reduced_motion="reduce")
    return Windows(enters("operador", color_scheme="light"), phone)


def moved(page: Page, address: str) -> list[str]:
    """What moves each time that the page at *address* appears. A browser of a busy machine may show a half of a page
    before it has read the other, and then all of it: once in a while, something moves that nobody moves."""
    for _ in range(3):
        page.goto(address)
        found: list[str] = page.evaluate(_MOVED)
        if not found:
            break
    return found


def wrong(windows: Windows, address: str) -> dict[str, Any]:
    """What is wrong with the page at *address*, by what was looked at; empty for nothing."""
    found: dict[str, Any] = {}
    wide, phone = windows
    found["moves, wide"] = moved(wide, address)
    wide.keyboard.press("Tab")
    found["focus is not seen"] = wide.evaluate(_UNSEEN)
    found["without a name"] = wide.evaluate(_NAMELESS)
    wide.evaluate(_OPEN)
    found["too wide, wide"] = wide.evaluate(_WIDER)
    found["moves, phone"] = moved(phone, address)
    found["too wide, phone"] = phone.evaluate(_WIDER)
    phone.evaluate(_OPEN)
    found["too wide, phone, opened"] = phone.evaluate(_WIDER)
    found["axe"] = barriers(phone)
    phone.emulate_media(media="print")
    found["printed"] = phone.evaluate(_PRINTED)
    phone.emulate_media(media="screen")
    return {name: what for name, what in found.items() if what}


def test_every_page_can_be_used_by_everybody(windows: Windows, served: Served) -> None:
    found = walk(windows.wide, served.portal, served.home)
    # What is missing needs a link from a page, or a name in ``walking.APART``.
    assert found.missed == set()
    service = served.portal.removesuffix("/portal")
    # The login shows itself only to who has not come in; test_frame looks at it.
    apart = {INVITATION: invited(served), "nothing there": f"{served.portal}/nada"}
    addresses = {**found.pages, **apart, **{one: f"{service}/{one}" for one in MANUAL}}
    assert len(found.pages) > 8
    result = {name: wrong(windows, address) for name, address in addresses.items() if name != "entering.login"}
    assert {name: one for name, one in result.items() if one} == {}


_BROKEN = """<html><title>x</title><style>*:focus { outline: none !important }</style><main><h1>x</h1><input>
<button></button><a href='#'>con nombre</a><p style='width: 1500px'>ancho</p>
<dialog id='d' style='width: 2000px; max-width: none'>x</dialog><p>x</p>
<script>setInterval(() => {
  const late = document.createElement('div');
  late.style.height = '30px';
  document.body.prepend(late);
}, 40)</script></main></html>"""


def test_what_is_wrong_would_be_found(opens: Opens) -> None:
    """A page that breaks all of it."""
    windows = Windows(opens(), opens(PHONE))
    for page in windows:
        page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=_BROKEN))
    found = wrong(windows, "http://portal.invalid/")
    assert set(found) == {
        "moves, wide", "focus is not seen", "without a name", "too wide, wide", "moves, phone", "too wide, phone",
        "too wide, phone, opened", "axe", "printed",
    }  # fmt: skip
    assert "dialog d" in found["too wide, phone"] and len(found["without a name"]) == 3
