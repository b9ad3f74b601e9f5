"""A real service, and a browser that a person could use: Debian's Chromium, told what to do by Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from dteplanows.ledger.rows import Rol, UserSettings
from dteplanows.printers import managing
from dteplanows.printers.managing import Facts, RouteFacts
from tests.chromium import CHROMIUM, OPTIONS
from tests.installation import COMPANY, Installation, make_installation, one_salt
from tests.portal.pages import CLAVE
from tests.web.serving import HOST, running

WIDE, PHONE = (1280, 900), (390, 844)

ROLES: tuple[Rol, ...] = ("integracion", "contador", "administrador", "operador")


class Served(NamedTuple):
    """A service that runs, with a user of each role, named for it, whose password is ``CLAVE``."""

    portal: str
    """Address of the portal, without a slash at its end."""
    directory: Path

    @property
    def home(self) -> str:
        """Where the pages of the company begin."""
        return f"{self.portal}/{COMPANY.ambiente}/{COMPANY.rut}"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of a process."""
    directory = tmp_path_factory.mktemp("portal")
    installation = make_installation(directory)
    with one_salt():
        for rol in ROLES:
            installation.ledger.users.save(rol, CLAVE, COMPANY.ambiente, COMPANY.rut, UserSettings(rol=rol))
    dead_printer(installation)
    installation.close()
    with running(directory, "trabajadores = 1\n") as port:
        yield Served(f"http://{HOST}:{port}/portal", directory)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run them in one process, one after the other: they share a service, and what it has issued."""
    for one in items:
        if Path(__file__).parent in one.path.parents:
            one.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module. As long as Playwright runs, no test of the process may use asyncio."""
    if CHROMIUM is None:
        pytest.skip("no chromium: the program is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


def dead_printer(installation: Installation) -> None:
    """A printer at which nobody answers, so that its page has something to show: what is issued waits there."""
    managing.create(installation.ledger, COMPANY, Facts("Caja 1", "red", f"{HOST}:9", "generica-80"))
    managing.add_route(installation.ledger, COMPANY, RouteFacts("Caja 1", copias=("original", "cedible")))


Opens = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser) -> Iterator[Opens]:
    """Opens a window that nobody has used: ``opens(PHONE, color_scheme="dark")``. What a page complains of fails the
    test: an error of a script, or something that the policy of the page forbids."""
    contexts, complaints = [], list[str]()

    def opened(size: tuple[int, int] = WIDE, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="es-CL", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda one: complaints.append(one.text) if "Content Security Policy" in one.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def came_in() -> dict[Rol, StorageState]:
    """What the browser of each role keeps once it has come in: most tests begin behind the login."""
    return {}


@pytest.fixture
def enters(opens: Opens, served: Served, came_in: dict[Rol, StorageState]) -> Opens:
    """Opens a window in which a person of a role has come in: ``enters("contador", PHONE)``."""

    def entered(rol: Rol, size: tuple[int, int] = WIDE, **options: object) -> Page:
        if rol in came_in:
            page = opens(size, storage_state=came_in[rol], **options)
            page.goto(f"{served.home}/tablero")
            return page
        page = opens(size, **options)
        page.goto(f"{served.portal}/entrar")
        enter(page, rol)
        page.wait_for_url(f"{served.home}/tablero")
        came_in[rol] = page.context.storage_state()
        return page

    return entered


def barriers(page: Page) -> list[str]:
    """What axe-core finds on a page that keeps somebody from using it: each rule with the elements that break it."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {', '.join(node['target'][0] for node in one['nodes'])}" for one in found]


def enter(page: Page, usuario: str, clave: str = CLAVE) -> None:
    """Fill in the login that the page shows, and send it."""
    page.get_by_label("Usuario").fill(usuario)
    page.get_by_label("Clave").fill(clave)
    page.get_by_role("button", name="Entrar").click()
