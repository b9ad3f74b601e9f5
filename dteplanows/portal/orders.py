"""Texts that the command line shows too: where they name an order, a page names the button that does the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources

from dteplanows.portal.texts import t

ORDERS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    resources.files("dteplanows.portal").joinpath("orders.toml").read_text("utf-8")
)
"""By order, the keys of the texts ``page`` and, where something is pressed there, ``button``."""

_NAMED = re.compile(
    r"(?:la orden |las órdenes )?«(?:dteplanows )?"
    rf"({'|'.join(sorted(ORDERS, key=len, reverse=True))})(?: [^»]*)?»(?: y --[a-z-]+)?"
)


def on_page(text: str, sees: Callable[[str], bool] = bool) -> str:
    """*text*, which says what to do, for who is on a page. An order that no page has stays.

    :param sees: whether the reader may see a page, by the key of its name; if not, the order stays, with who gives it.

    >>> on_page("Siga el envío 3 con «dteplanows envios reintentar 3».")
    'Siga el envío 3 con «Seguir ahora» de la página Envíos.'
    >>> on_page("Vea por qué espera con «envios» y póngalo en marcha con la orden «worker».")
    'Vea por qué espera con la página Envíos y póngalo en marcha con la orden «worker».'
    """
    return _NAMED.sub(lambda found: _words(found[0], sees, **ORDERS[found[1]]), text)


def _words(order: str, sees: Callable[[str], bool], page: str, button: str = "") -> str:
    if not sees(page):
        return t("orders.of_others", order=order)
    return f"«{t(button)}» de la página {t(page)}" if button else f"la página {t(page)}"
