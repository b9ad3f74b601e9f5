"""Reads the XML of customers: a DTE without stamp and signature, as loosely as their programs write it.

The charset is found from the bytes and not from the declaration, which several programs get wrong; namespaces do not
matter; elements come in any order. The structure and the types are those of the element table.
"""

from __future__ import annotations

import difflib
from itertools import islice
from operator import attrgetter

from lxml import etree

from dteplanows.document.catalogue import shown
from dteplanows.document.elements import BOLETAS, BRANCHES, Element, branch, children_of
from dteplanows.document.mail import is_mail
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.problem import Place
from dteplanows.parser import habits
from dteplanows.parser.characters.remarks import told
from dteplanows.parser.reading import Nothing, Reading
from dteplanows.parser.report import Report
from dteplanows.parser.values import unusual
from dteplanows.parser.values.nothing import MAIL_PLACEHOLDERS, WORDS
from dteplanows.parser.values.quick import plain
from dteplanows.parser.xml import several_lines
from dteplanows.parser.xml.source import (
    MOST_TAGS,
    SEALS,
    Found,
    documents_below,
    local,
    malformed,
    none_found,
    not_documents,
    place_of,
    prepared,
    whole_tree,
)
from dteplanows.parser.xml.unknown import Repeated, alters, content_of, in_other_structure

_BOLETA_NAMES = {"RznSoc": "RznSocEmisor", "GiroEmis": "GiroEmisor", "MontoPeriodo": "TotalPeriodo"}
"""Boletas call the same thing differently; programs use one name for both."""
_OTHER_NAMES = {name: right for right, name in _BOLETA_NAMES.items()}

_RATE = "TasaIVA"
"""The rate of the IVA, which the totals of a boleta do not have."""

_PRINTED_IN_BOLETA = frozenset({"GiroRecep", "Sucursal", "CdgVendedor"})
"""Elements of a factura that a boleta lacks and its printed form can show."""


def read_xml(data: bytes, most: int) -> list[Document]:
    """The documents of the XML *data*, at least one; at most one more than *most* is read."""
    source = prepared(data, MOST_TAGS)
    if isinstance(source, Document):
        return [source]
    text = source.data
    try:
        root = whole_tree(text)
    except etree.XMLSyntaxError as wrong:
        return [malformed(text, wrong)]
    refusal = not_documents(root)
    if refusal:
        return [refusal]
    found = list(islice(documents_below(root), most + 1))
    if not found:
        return [none_found(root)]
    report = Report()
    documents = [read_document(one, report) for one in found]
    return list(told(documents, source.remarks)) if source.remarks else documents


def read_document(found: Found | Document, report: Report) -> Document:
    """The document *found*; as it is, when it only says why something is none."""
    return found if isinstance(found, Document) else _Reader(found, report).read()


_attributes = etree.XPath("descendant::*/@*")

_OF_XML = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")
"""Attributes that say how the file is written, nothing of the document."""

_tag = attrgetter("tag")


class _Reader:
    """Reads one document."""

    def __init__(self, found: Found, report: Report) -> None:
        self.node = node = found.node
        self.seals = list(found.seals)
        self.unused = found.unused
        place = Place(node.sourceline or 0)
        self.document = Document(0, Group("", place), place=place)
        self.reading = Reading(self.document, report)
        self.branch = "factura"
        self.told: dict[tuple[str, bool], Repeated] = {}
        """Names that were told already, with what is ignored under them further on."""
        self.apart: dict[str, tuple[Place, int]] = {}
        """Groups that stood together in one element: where the second one begins, and how many they are."""

    def read(self) -> Document:
        """The document with everything that could be read."""
        self._settle_type()
        self._fill(branch(self.branch), self.node, self.document.root, "")
        for name, (place, count) in self.apart.items():
            self.reading.problem("TXT-150", place, name=name, count=count)
        for node in self.unused:
            name = local(node)
            self.reading.problem("TXT-056", place_of(node, name, name), content_of(node), name=shown(name))
        self._tell_repeated()
        self._tell_attributes()
        if self.seals:
            self.reading.problem("TXT-057", self.document.place, ", ".join(dict.fromkeys(self.seals)))
        if self.document.tipo:
            self._mails()
            habits.apply(self.reading)
            if self.reading.unusual:
                self.reading.tell_unusual()
        return self.document

    def _settle_type(self) -> None:
        node = self.node
        for name in ("Encabezado", "IdDoc", "TipoDTE"):
            below = next((child for child in node if local(child) == name), None)
            if below is None:
                place = Place(self.node.sourceline or 0, field="TipoDTE", path="Encabezado/IdDoc/TipoDTE")
                self.reading.problem("TXT-019", place)
                return
            node = below
        text = (node.text or "").strip()
        tipo = unusual.whole(text) or 0
        if tipo in BRANCHES:
            self.document.tipo, self.branch = tipo, BRANCHES[tipo]
            return
        self.reading.problem("TXT-019", place_of(node, "Encabezado/IdDoc/TipoDTE", "TipoDTE"), text)
        self.document.unread.add("TipoDTE")

    # --- the tree ---

    def _fill(self, element: Element, node: etree._Element, group: Group, path: str) -> None:
        nodes = list(node)  # gone through several times, and lxml makes them anew each time
        self._stray_text(element, node, nodes, path)
        self._fill_with(element, nodes, group, path)

    def _fill_with(self, element: Element, nodes: list[etree._Element], group: Group, path: str) -> None:
        counts: dict[str, int] = {}
        aliases = self._aliases(nodes) if element.name in ("Emisor", "Totales") else {}
        children = children_of(element)
        for child in nodes:
            name = local(child)
            below = children.get(aliases.get(name, name) if aliases else name)
            if below is None:
                self._other(element, child, name, path)
            elif below.kind != "group":
                self._leaf(below, child, group, f"{path}/{name}" if path else name)
            elif below.max > 1:
                counts[name] = self._one_of_several(below, child, group, f"{path}/{name}" if path else name,
                                                    counts.get(name, 0))
            else:
                inner = f"{path}/{name}" if path else name
                made = group.add_group(below.name, Place(child.sourceline or 0, path=inner))
                self._fill(below, child, made, inner)

    def _one_of_several(self, element: Element, node: etree._Element, group: Group, path: str, before: int) -> int:
        """Read *node*, a group that may be there several times, or several of them that one element holds.

        :param before: those of its name in front of it.
        :returns: how many there are now.
        """
        inner = f"{path}[{before + 1}]"
        place = Place(node.sourceline or 0, path=inner)
        nodes = list(node)
        self._stray_text(element, node, nodes, inner)
        if len(set(map(_tag, nodes))) == len(nodes):  # as in most
            self._fill_with(element, nodes, group.add_group(element.name, place), inner)
            return before + 1
        said = [one for one in nodes if len(one) or (one.text or "").strip()]
        names = [local(one) for one in said]
        twice = several_lines.repeated(element, names)
        if not twice:
            self._fill_with(element, nodes, group.add_group(element.name, place), inner)
            return before + 1
        found = several_lines.runs(element, names)
        if not found:
            made = group.add_group(element.name, place)
            self._fill_with(element, said if len(twice) == 1 else said[: min(twice.values())], made, inner)
            if len(twice) > 1:  # one alone is told by who counts its values
                self._not_apart(element, made, said, twice)
            return before + 1
        for number, run in enumerate(found, before + 1):
            inner = f"{path}[{number}]"
            made = group.add_group(element.name, Place(said[run.start].sourceline or 0, path=inner))
            self._fill_with(element, said[run.start : run.stop], made, inner)
        second, count = self.apart.get(element.name, (group.all(element.name)[before + 1].place, 0))
        self.apart[element.name] = second, count + len(found)
        return before + len(found)

    def _not_apart(self, element: Element, group: Group, nodes: list[etree._Element], twice: dict[str, int]) -> None:
        """Tell that *nodes* are several groups, of which *group* holds the beginning; nothing follows from them."""
        index = min(twice.values())
        place = place_of(nodes[index], f"{group.place.path}/{local(nodes[index])}", local(nodes[index]))
        self.reading.problem("TXT-151", place, ", ".join(twice), name=element.name)
        names = [child.name for child in element.children]
        group.unread = (*group.unread, *names)
        self.document.unread.update(names)

    def _leaf(self, element: Element, node: etree._Element, group: Group, path: str) -> None:
        place = place_of(node, path, element.name)
        # U+0085 is no blank here: it stands for the byte of an ellipsis
        text = (node.text or "").replace("\x85", "…").strip()
        for child in node:
            self._ignored(element, child, local(child), f"{path}/{local(child)}")
            self._stray(child.tail, child, path, element.name)
        if not text:
            group.blank.setdefault(element.name, place)
        elif element.name != "TipoDTE" or self.document.tipo:
            value = plain(element)(text)
            if value is None:
                self.reading.store(group, element, text, place)
            else:
                group.add(element.name, Field(value, text, place))

    def _aliases(self, nodes: list[etree._Element]) -> dict[str, str]:
        """The other structure's names in *nodes*, where the right one does not stand as well."""
        present = set(map(local, nodes))
        names = _BOLETA_NAMES if self.branch == "boleta" else _OTHER_NAMES
        return {name: right for name, right in names.items() if name in present and right not in present}

    def _stray_text(self, element: Element, node: etree._Element, nodes: list[etree._Element], path: str) -> None:
        self._stray(node.text, node, path, element.name)
        for child in nodes:
            tail = child.tail
            if tail and not tail.isspace():
                self._stray(tail, child, path, element.name)

    def _stray(self, text: str | None, node: etree._Element, path: str, name: str) -> None:
        written = text.strip() if text else ""
        if not written:
            return
        place = place_of(node, path or name, name)
        if written in WORDS:
            self.reading.nothing.append(Nothing(written, place))
        else:
            self.reading.problem("TXT-058", place, written)

    # --- what is not part of a DTE ---

    def _other(self, element: Element, node: etree._Element, name: str, path: str) -> None:
        text = "".join(node.itertext()).strip()
        beside = self.document.beside
        place = place_of(node, f"{path}/{name}" if path else name, name)
        if name in SEALS:
            self.seals.append(name)
        elif name == "Adicional":
            self._additional(node)
        elif name in ("Observaciones", "Observacion"):
            lines = [self.reading.aside(line.strip(), place, several_lines=True) for line in text.splitlines()]
            beside.observaciones.extend(line for line in "\n".join(lines).splitlines() if line)
        elif name in _PRINTED_IN_BOLETA and self.document.tipo in BOLETAS:
            self.reading.keep(name, text, place)
        elif name == _RATE and element.name == "Totales" and text and self.document.tipo in BOLETAS:
            self.reading.problem("TOT-054", self.document.totales.place, text)
        elif text in WORDS:
            self.reading.nothing.append(Nothing(text, place))
        elif text or len(node):
            self._ignored(element, node, name, f"{path}/{name}" if path else name)

    def _additional(self, node: etree._Element) -> None:
        for leaf in node.iter("{*}*"):
            name, text = local(leaf), (leaf.text or "").strip()
            if not len(leaf) and text:
                self.reading.keep(name, text, place_of(leaf, f"Adicional/{name}", name))

    def _ignored(self, element: Element, node: etree._Element, name: str, path: str) -> None:
        """One problem for each name, however many lines repeat it: an error where the document would be another."""
        changes = alters(self.branch, element, node)
        known = f"{element.path}/{name}", changes
        if known in self.told:
            self.told[known].add(content_of(node))
            return
        place = place_of(node, path, name)
        self.told[known] = Repeated(name, place)
        if changes:
            self.reading.problem("TXT-059", place, name)
            return
        if self.reading.report.full:  # similar names take long to find
            self.reading.problem("TXT-056", place, content_of(node), name=shown(name))
            return
        lower = {child.name.lower(): child.name for child in element.children}
        near = difflib.get_close_matches(name.lower()[:40], lower, 1, 0.75)
        if near and not in_other_structure(element, name):
            self.reading.problem("TXT-055", place, content_of(node), name=shown(name), nearest=lower[near[0]])
        else:
            self.reading.problem("TXT-056", place, content_of(node), name=shown(name))

    def _tell_repeated(self) -> None:
        """What stands under names that were told for their first place alone."""
        for (_, changes), one in self.told.items():
            if one.count and not changes:
                texts = "; ".join(one.texts)
                self.reading.problem("TXT-108", one.place, texts, name=shown(one.name), count=one.count)

    def _tell_attributes(self) -> None:
        """The SII's documents have two attributes, ``ID`` and ``version``, both above the content."""
        told: set[str] = set()
        for text in _attributes(self.node):
            node, name = text.getparent(), text.attrname.rpartition("}")[2]
            if name in told or not text.strip() or text.attrname.startswith(_OF_XML):
                continue
            told.add(name)
            place = place_of(node, "", local(node))
            self.reading.problem("TXT-109", place, text.strip(), name=shown(name))

    # --- addresses ---

    def _mails(self) -> None:
        """The document is mailed to CorreoRecep, or to Contacto where programs put the address."""
        receptor = self.document.receptor
        for name in ("Contacto", "CorreoRecep"):
            one = receptor.field(name)
            if one is None:
                continue
            text = one.text
            if is_mail(text):
                self.document.beside.correo = text
                if len(text) > 80:
                    self.reading.problem("TXT-106", one.place, text, name=name)
                    receptor.drop(name)
            elif name == "CorreoRecep" or text.lower() in MAIL_PLACEHOLDERS:
                self.reading.mail(text, one.place)
                receptor.drop(name)
