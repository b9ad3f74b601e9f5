"""Pictures of every page of the portal, wide and on a phone, light and dark, for somebody to look at: no measure.

A service of its own is filled with the example files; its pages are found as the tests find them, by going from page
to page, so that new ones are there by themselves.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, StorageState, sync_playwright

from docs.build import built
from dteplanows.ledger.rows import UserSettings
from tests.browser.conftest import PHONE, WIDE, Served, dead_printer, enter
from tests.browser.walking import INVITATION, MANUAL, invited, issue_samples, walk
from tests.chromium import CHROMIUM, OPTIONS
from tests.installation import COMPANY, make_installation
from tests.portal.pages import CLAVE
from tests.web.serving import HOST, running

SIZES = {"ancha": WIDE, "telefono": PHONE}
LOOKS: dict[str, Literal["light", "dark"]] = {"clara": "light", "oscura": "dark"}
NAME = "operador"


@contextmanager
def _served(folder: Path) -> Iterator[Served]:
    """A service with the example files issued, and a person who may see all pages."""
    installation = make_installation(folder)
    installation.ledger.users.save(NAME, CLAVE, COMPANY.ambiente, COMPANY.rut, UserSettings(rol="operador"))
    dead_printer(installation)
    installation.close()
    with running(folder, "trabajadores = 1\n") as port:
        served = Served(f"http://{HOST}:{port}/portal", folder)
        issue_samples(served.portal.removesuffix("/portal"))
        yield served


def _addresses(browser: Browser, served: Served) -> tuple[dict[str, str], StorageState]:
    """What is to be looked at, by the name of its picture, and what the browser of the person keeps."""
    context = browser.new_context(locale="es-CL")
    page = context.new_page()
    page.goto(f"{served.portal}/entrar")
    enter(page, NAME)
    page.wait_for_url(f"{served.home}/**")
    found = {name.replace(".", "-"): address for name, address in walk(page, served.portal, served.home).pages.items()}
    found[INVITATION.replace(".", "-")] = invited(served)
    service = served.portal.removesuffix("/portal")
    for one in MANUAL:
        found[one.partition("?")[0].strip("/").replace("/", "-").removesuffix(".html")] = f"{service}/{one}"
    kept = context.storage_state()
    context.close()
    return {**found, "failures-nothing": f"{served.portal}/nada"}, kept


def main(arguments: Sequence[str]) -> int:
    """Write the pictures into the folder that *arguments* name; the exit code."""
    parser = argparse.ArgumentParser(prog="run.py benchmark screens", description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("pantallas"), help="the folder of the pictures")
    parser.add_argument("--only", default="", help="only pages whose name has this in it")
    parser.add_argument("--whole", action="store_true", help="the whole page, and not only what a window shows")
    asked = parser.parse_args(arguments)
    if CHROMIUM is None:
        print("chromium is not installed", file=sys.stderr)
        return 1
    built()
    asked.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        addresses, kept = _addresses(browser, served)
        for size, (width, height) in SIZES.items():
            for look, scheme in LOOKS.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="es-CL", storage_state=kept
                )
                page = context.new_page()
                for name, address in addresses.items():
                    if asked.only in name:
                        page.goto(address, wait_until="networkidle")
                        page.screenshot(path=asked.into / f"{name}-{size}-{look}.png", full_page=asked.whole)
                context.close()
        browser.close()
    print(f"{len(list(asked.into.glob('*.png')))} pictures in {asked.into}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
