"""What holds for every page, also for those that come later: it fits a desk's window and a phone's, nothing moves while
it appears, each field has a label, the keyboard's place can be seen, and axe-core finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE, Opens, Served, barriers
from tests.browser.walking import INVITATION, MANUAL, Found, invited, issue_samples, walk

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


@pytest.fixture(scope="module")
def samples(served: Served) -> None:
    """Documents of each kind, and a refused file."""
    issue_samples(served.portal.removesuffix("/portal"))


@pytest.fixture
def everything(enters: Opens, served: Served, samples: None) -> tuple[Page, Found]:
    """A window of somebody who may see all pages, and their addresses."""
    page = enters("operador")
    return page, walk(page, served.portal, served.home)


def wrong(page: Page, address: str) -> dict[str, Any]:
    """What is wrong with the page at *address*, by what was looked at; empty for nothing."""
    found: dict[str, Any] = {}
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.emulate_media(color_scheme="light")
    page.goto(address)
    found["moves, wide"] = page.evaluate(_MOVED)
    page.keyboard.press("Tab")
    found["focus is not seen"] = page.evaluate(_UNSEEN)
    found["without a name"] = page.evaluate(_NAMELESS)
    page.evaluate(_OPEN)
    found["too wide, wide"] = page.evaluate(_WIDER)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto(address)
    found["moves, phone"] = page.evaluate(_MOVED)
    found["too wide, phone"] = page.evaluate(_WIDER)
    page.evaluate(_OPEN)
    found["too wide, phone, opened"] = page.evaluate(_WIDER)
    found["axe"] = barriers(page)
    return {name: what for name, what in found.items() if what}


def test_every_page_can_be_used_by_everybody(everything: tuple[Page, Found], served: Served) -> None:
    page, found = everything
    service = served.portal.removesuffix("/portal")
    # The login shows itself only to who has not come in; test_frame looks at it.
    apart = {INVITATION: invited(served), "nothing there": f"{served.portal}/nada"}
    addresses = {**found.pages, **apart, **{one: f"{service}/{one}" for one in MANUAL}}
    assert len(found.pages) > 8
    result = {name: wrong(page, address) for name, address in addresses.items() if name != "entering.login"}
    assert {name: one for name, one in result.items() if one} == {}


def test_no_page_is_left_out(everything: tuple[Page, Found]) -> None:
    """What is missing needs a link from a page, or a name in ``walking.APART`` where it is none."""
    assert everything[1].missed == set()


def test_what_is_wrong_would_be_found(opens: Opens) -> None:
    """A page that breaks all of it."""
    page = opens()
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=(
        "<html><title>x</title><style>*:focus{outline:none!important}</style><main><h1>x</h1><input><button></button>"
        "<a href='#'>con nombre</a><p style='width:1500px'>ancho</p><dialog id='d' style='width:2000px;max-width:none'>"
        "x</dialog><p id='m'>x</p><script>setTimeout(() => { const p = document.createElement('div');"
        "p.style.height = '300px'; document.body.prepend(p); }, 100)</script></main></html>"
    )))  # fmt: skip
    found = wrong(page, "http://portal.invalid/")
    assert set(found) == {
        "moves, wide", "focus is not seen", "without a name", "too wide, wide", "moves, phone", "too wide, phone",
        "too wide, phone, opened", "axe",
    }  # fmt: skip
    assert "dialog d" in found["too wide, phone"] and len(found["without a name"]) == 3
