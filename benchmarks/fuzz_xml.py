"""Ways to damage or attack with an XML: attributes, entities, document types, depth, namespaces, misplaced elements."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random

from benchmarks.fuzz_damage import Damage
from benchmarks.fuzz_texts import FRAGMENTS, NUMBERS
from dteplanows.document.elements import branch

_TAG = re.compile(rb"<[A-Za-z]\w*")
_LEAF = re.compile(rb"<([A-Za-z]\w*)>([^<]*)</\1>")
_GROUP = re.compile(
    rb"<(Detalle|Referencia|DscRcgGlobal|CdgItem|Totales|Emisor|Receptor|IdDoc|ImptoReten)>.*?</\1>", re.DOTALL
)
_DECLARATIONS = (
    b'<?xml version="1.0" encoding="UTF-16"?>', b'<?xml version="1.1"?>', b'<?xml version="1.0" encoding="no-such"?>',
    b"<?xml?>", b'<?xml version="1.0" standalone="yes"?>', b"\n\n<?xml version='1.0' encoding='EBCDIC-CP-US'?>",
    b'<?xml-stylesheet href="x"?>', b"<!-- before -->",
)  # fmt: skip
_DOCTYPES = (
    b'<!DOCTYPE DTE [<!ENTITY a "x">]>', b'<!DOCTYPE DTE SYSTEM "file:///etc/passwd">', b"<!doctype DTE>", b"<!DOCTYPE",
    b'<!DOCTYPE DTE [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>', b"<!-- --><?x?><!DOCTYPE DTE []>",
    b'<!DOCTYPE DTE [<!ATTLIST Documento ID ID #REQUIRED><!ENTITY a SYSTEM "/dev/zero">]>',
    b"<!DOCTYPE DTE ["
    + b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"ha" * 9) for n in range(12))
    + b"]>",
)  # fmt: skip
_NAMESPACES = (
    b'xmlns="http://www.sii.cl/SiiDte"', b'xmlns="urn:other"', b'xmlns:a="urn:a"', b'xmlns=""', b"xmlns", b'a:b="1"',
    b'xmlns:xml="urn:x"', b'xmlns:a=""', b'xsi:nil="true"', b'ID="1"', b'ID="x" ID="y"', b'xml:space="preserve"',
    b'xml:id="a"', b'xml:base="file:///etc/"',
)  # fmt: skip
_CONTENTS = (
    b"&e11;", b"&a;", b"&lt;", b"&#0;", b"&#x10FFFF;", b"&#55296;", b"&#13;", b"&amp;" * 300, b"<![CDATA[1]]>",
    b"<![CDATA[",
    b"]]>", b"<b>1</b>", b"<!-- 1 -->2", b"1<!-- 1 -->", b"<?p 1?>", b"<a><b><c/></b></a>", b"  ", b"",
)  # fmt: skip


@cache
def _names() -> tuple[bytes, ...]:
    found = dict.fromkeys(one.name for root in ("factura", "boleta") for one in branch(root).walk())
    others = ("TED", "Signature", "Adicional", "Observaciones", "SetDTE", "EnvioDTE", "DTE", "Desconocido", "ñ", "a:b")
    return tuple(name.encode() for name in (*found, *others))


def attribute(data: bytes, chance: Random) -> bytes:
    """An attribute or a namespace at one element; now and then a great many."""
    extra = chance.choice(_NAMESPACES)
    if chance.random() < 0.1:
        many = range(chance.choice((10, 300, 3000)))
        extra = b" ".join(b'a%d="%s"' % (n, chance.choice(FRAGMENTS[:4])) for n in many)
    return _at_a_tag(data, chance, lambda tag: tag + b" " + extra)


def rename(data: bytes, chance: Random) -> bytes:
    """All elements of one name get another."""
    found = _TAG.findall(data)
    if not found:
        return data
    old, new = chance.choice(found)[1:], chance.choice(_names())
    return re.sub(rb"(</?)" + old + rb"\b", lambda match: match[1] + new, data)


def prefix(data: bytes, chance: Random) -> bytes:
    """All elements with a prefix, bound or not."""
    bound = b' xmlns:s="http://www.sii.cl/SiiDte"' if chance.random() < 0.7 else b""
    changed = re.sub(rb"<(/?)([A-Za-z])", rb"<\1s:\2", data)
    return re.sub(rb"<s:\w+", lambda match: match[0] + bound, changed, count=1)


def content(data: bytes, chance: Random) -> bytes:
    """The content of a leaf becomes something else."""
    found = list(_LEAF.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    new = chance.choice(chance.choice((_CONTENTS, NUMBERS, FRAGMENTS)))
    return data[: one.start(2)] + new + data[one.end(2) :]


def leaf(data: bytes, chance: Random) -> bytes:
    """A leaf more, known or unknown, in front of an element."""
    name = chance.choice(_names())
    new = b"<%s>%s</%s>" % (name, chance.choice((b"1", b"0", b"x", b"", *_CONTENTS)), name)
    return _at_a_tag(data, chance, lambda tag: new * chance.choice((1, 1, 1, 2, 40)) + tag)


def group(data: bytes, chance: Random) -> bytes:
    """A group repeats, goes or moves."""
    found = list(_GROUP.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    kind = chance.randrange(3)
    if kind == 0:
        return data[: one.end()] + one[0] * chance.randint(1, 70) + data[one.end() :]
    rest = data[: one.start()] + data[one.end() :]
    return rest if kind == 1 else _at_a_tag(rest, chance, lambda tag: one[0] + tag)


def declaration(data: bytes, chance: Random) -> bytes:
    """Another declaration, or none."""
    return chance.choice((b"", *_DECLARATIONS)) + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)


def doctype(data: bytes, chance: Random) -> bytes:
    """A document type, with entities that the file may use."""
    before, found, rest = data.partition(b"?>")
    return (before + found if found else b"") + chance.choice(_DOCTYPES) + (rest if found else data)


def depth(data: bytes, chance: Random) -> bytes:
    """Elements inside elements, shut or not."""
    name, many = chance.choice(_names()), chance.choice((3, 50, 250, 260, 3000))
    shut = b"</" + name + b">" if chance.random() < 0.7 else b""
    nested = (b"<" + name + b">") * many + chance.choice((b"", b"1")) + shut * many
    return _at_a_tag(data, chance, lambda tag: nested + tag)


def wrap(data: bytes, chance: Random) -> bytes:
    """The whole in more elements, or several documents in one."""
    body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)
    name = chance.choice((b"SetDTE", b"EnvioDTE", b"DTE", b"LibroVentas", b"x", b"Documento", chance.choice(_names())))
    return b"<" + name + b">" + body * chance.choice((1, 1, 2, 20)) + b"</" + name + b">"


def _at_a_tag(data: bytes, chance: Random, change: Callable[[bytes], bytes]) -> bytes:
    found = list(_TAG.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    return data[: one.start()] + change(one[0]) + data[one.end() :]


ATTACKS: tuple[Damage, ...] = (
    attribute, attribute, rename, rename, prefix, content, content, content, content, leaf, leaf, leaf, group, group,
    declaration, doctype, depth, wrap,
)  # fmt: skip
"""All of them; the more telling ones are there more than once."""
