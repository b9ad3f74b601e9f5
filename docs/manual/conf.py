"""How Sphinx builds the manual: Spanish, a theme of our own, and a search of our own instead of Sphinx's."""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.writers.html5 import HTML5Translator

from docs.examples import copied, is_program, with_places
from dteplanows.portal import THEME_COOKIE
from dteplanows.settings import NUMBERS, usual

project = "Manual de dteplanows"
author = "dteplanows"
language = "es"
exclude_patterns = ["ejemplos", "programas", "tablas", "tema"]
highlight_language = "text"
smartquotes = False

html_theme = "tema"
html_context = {"theme_cookie": THEME_COOKIE}
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
""" + "".join(f".. |{name}| replace:: {usual(name)}\n" for name in NUMBERS)


class Translator(HTML5Translator):
    """Gives each cell of a table the heading of its column, which narrow screens show before it, and each example what
    copies it."""

    def visit_literal_block(self, node: nodes.Element) -> None:
        """A whole example; Sphinx skips what is in it."""
        begin = len(self.body)
        try:
            super().visit_literal_block(node)
        finally:
            block = "".join(self.body[begin:])
            places = with_places(block) if is_program(node.get("source") or "") else block
            self.body[begin:] = [copied(places)]

    def visit_title(self, node: nodes.Element) -> None:
        """Begin a heading; Sphinx makes the name of a list of pages one of no level."""
        begin = len(self.body)
        super().visit_title(node)
        level = 'role="heading" aria-level="2"'
        self.body[begin:] = [one.replace('role="heading"', level) for one in self.body[begin:]]

    def visit_entry(self, node: nodes.Element) -> None:
        """Begin a cell."""
        super().visit_entry(node)
        heading = self._heading(node)
        if heading:
            self.body[-1] = self.body[-1].replace("<td", f'<td data-titulo="{escape(heading)}"', 1)

    @staticmethod
    def _heading(node: nodes.Element) -> str:
        row = node.parent
        group = row.parent.parent
        head = next(iter(group.findall(nodes.thead)), None)
        if head is None or row.parent is head:
            return ""
        return str(head[0][row.index(node)].astext())


def setup(app: Sphinx) -> None:
    """Leave Sphinx's search out: it brings scripts of others and fetches pages. Ours is ``docs/search_index.py``."""
    StandaloneHTMLBuilder.search = False
    app.set_translator("html", Translator)
