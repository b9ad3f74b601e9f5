"""How Sphinx builds the manual: Spanish, a theme of our own, and no script or search."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

project = "Manual para integradores"
author = "dteplanows"
language = "es"
exclude_patterns = ["ejemplos", "programas", "tema"]
highlight_language = "text"
smartquotes = False

html_theme = "tema"
html_theme_path = ["."]
html_title = project
html_copy_source = False
html_use_index = False
html_domain_indices = False
html_permalinks = False
html_show_sphinx = False

rst_prolog = """\
.. role:: error
.. role:: reparo
.. role:: aviso
"""


def setup(app: Sphinx) -> None:
    """No search: it would need scripts."""
    StandaloneHTMLBuilder.search = False
