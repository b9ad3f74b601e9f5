"""XML of others leaves no names behind, and is parsed as any other."""

from __future__ import annotations

import itertools
import re
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dteplanows.parser.xml.foreign import KnownMarkup, apart, parse
from tests import forked, new_names

ROOT = Path(__file__).resolve().parents[2]
EXACT = {"resolve_entities": False, "no_network": True}


# --- memory -----------------------------------------------------------------------------------------------------


def growth(way: str) -> int:
    """Bytes by which a process grows that is sent some 15 MB of new names."""
    command = [sys.executable, "-m", "tests.new_names", way]
    done = forked.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.fixture(scope="module")
def harmful() -> int:
    """What it grows when the thread that parses them goes on."""
    grown = growth("inline")
    if not grown:
        pytest.skip("this system does not tell the memory of a process")
    assert grown > 15e6
    return grown


@pytest.mark.parametrize("way", ["nothing", "call", "broken", "small", "blanks", "values", "file", "book", "bulk"])
def test_new_names_do_not_stay(way: str, harmful: int) -> None:
    assert growth(way) < harmful / 3


def test_every_way_is_tried() -> None:
    (test,) = (mark for mark in test_new_names_do_not_stay.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]
    assert {*test.args[1], "inline"} == {*new_names.WAYS, "bulk"}


# --- a thread of its own ----------------------------------------------------------------------------------------


def test_what_is_called_apart_is_in_another_thread() -> None:
    assert apart(threading.current_thread) is not threading.current_thread()
    assert apart(max, 1, 2) == 2


def test_what_is_raised_apart_tells_where() -> None:
    def wrong(text: str) -> None:
        raise ValueError(text)

    with pytest.raises(ValueError, match="por qué") as raised:
        apart(wrong, "por qué")
    assert "wrong" in [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    with pytest.raises(etree.XMLSyntaxError, match="line 2"):
        parse(b"<!-- -->\n<a><b></a>")
    with pytest.raises(SystemExit):
        apart(sys.exit, 3)


def changed(root: etree._Element) -> bytes:
    """*root* after the kinds of changes that are made to trees, with pieces of it in trees of this thread."""
    mine = etree.Element("mine")
    for number, one in enumerate(list(root)):
        made = etree.SubElement(one, f"made{number % 7}")
        made.set("id", str(number))
        made.text = str(one.tag)
        if number % 3 == 0:
            mine.append(one)
        elif number % 3 == 1:
            root.remove(one)
    root.extend(etree.fromstring("<x><y a='1'/></x>"))
    root[0].clear()
    found = [one.tag for one in (*root.iter("{*}made1"), *mine.iter("made0"))]
    return bytes(etree.tostring(root) + etree.tostring(mine) + repr(found).encode())


def test_trees_outlive_the_thread_that_made_them() -> None:
    texts = [
        b"<r xmlns:p='urn:%d'>" % n
        + b"".join(b"<p:e%d-%d f%d='v'>text</p:e%d-%d>" % (n, m, n, n, m) for m in range(40))
        + b"</r>"
        for n in range(60)
    ]  # fmt: skip
    expected = [changed(etree.fromstring(text)) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            roots = list(pool.map(parse, texts))
            assert list(pool.map(changed, roots)) == expected
            assert [changed(parse(text)) for text in texts] == expected


# --- known markup -----------------------------------------------------------------------------------------------

CALL = b"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s='urn:s' s:by = "me">
  <s:Body><Procesar xmlns="urn:t"><login/><file>eA==</file><note>a &gt; b &#38; > c</note></Procesar></s:Body>
</s:Envelope >"""


def full_after(*texts: bytes) -> KnownMarkup:
    """Knows the markup of *texts* and has no room for more."""
    for most in itertools.count(1):
        known = KnownMarkup(most, 10_000)
        if all(known.holds(text) for text in texts):
            return known
    raise AssertionError


def test_markup_met_before_is_known() -> None:
    known = full_after(CALL)
    assert known.holds(CALL)
    assert known.holds(CALL.replace(b"eA==", b"bGFyZ2Vy" * 900))
    for value in (b"'another'", b'"another"', b"\"me' new='1\"", b'""'):
        assert known.holds(CALL.replace(b'"me"', value))
    assert not known.holds(CALL.replace(b"<file>eA==</file>", b"<note/>"))
    assert known.holds(CALL.replace(b"<file>eA==</file>", b"<login/>"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<file>", b"<files>"),
        (b"<file>", b"<file new=''>"),
        (b"<file>", b"<s:file>"),
        (b"<file>", b"<file><new/>"),
        (b"<file>", b"<file><![CDATA[<new/>]]>"),
        (b"<file>", b"<file><!-- <login/> -->"),
        (b"<file>", b"<file><!--><login/>-->"),
        (b"<file>", b"<file><?login/><new?>"),
        (b"<file>", b"<file>&new;"),
        (b"<file>", b"<file>&gt"),
        (b"<login/>", b"<login/ >"),
        (b"<login/>", b"<login /><login"),
        (b"<login/>", b"<login/>" + b"\t \n" * 9),
        (b"\n  <s:Body>", b"\n   <s:Body>"),
        (b'"urn:t"', b'"urn:new"'),
        (b'"urn:t"', b"'urn:t'"),
        (b"'urn:s'", b"'urn:s\" s:by=\"'"),
        (b'"me"', b'"me" new="1"'),
        (b'"me"', b'"me>" new="1"'),
        (b'"me"', b"\"me\" xml:id='new'"),
        (b's:by = "me"', b"s:by"),
        (b"<?xml version", b"<!DOCTYPE a><?xml version"),
        (b'"utf-8"', b'"utf-7"'),
        (b"<?xml", b"new<?xml"),
        (b"<?xml", b"\xef\xbb\xbf<?xml"),
        (b"</s:Envelope >", b"</s:Envelope"),
    ],
)
def test_what_brings_or_hides_a_name_is_not_known(old: bytes, new: bytes) -> None:
    known = full_after(CALL)
    assert old in CALL
    assert not known.holds(CALL.replace(old, new, 1))
    assert known.holds(CALL)


def test_a_value_that_looks_like_attributes_hides_nothing() -> None:
    first = b"""<a xmlns:p=" b='x'" b='y'/>"""
    known = full_after(first)
    assert known.holds(first.replace(b"'y'", b"'z'"))
    assert not known.holds(first.replace(b"'x'", b"'z'")), "it is part of a namespace"


def test_no_more_is_kept_than_there_is_room_for() -> None:
    known = KnownMarkup(most=100, most_bytes=400)
    held = [known.holds(b"<a%d/>" % number) for number in range(1000)]
    assert sum(held) == 100
    assert held[:100] == [True] * 100
    known = KnownMarkup(most=100, most_bytes=400)
    assert sum(known.holds(b"<%s/>" % (b"a" * number)) for number in range(1, 200)) < 28
    assert not KnownMarkup(10**6, 10**6).holds(b"<%s/>" % (b"a" * 1000))
    assert not KnownMarkup(10**6, 10**6).holds(b"<a>" + b"<b/>" * 1000 + b"</a>")


def test_threads_share_the_room() -> None:
    known = KnownMarkup(most=500, most_bytes=100_000)
    texts = [b"<r><a%d/><b%d/></r>" % (number, number) for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(known.holds, texts * 3))
    assert sum(held[:2000]) <= 249
    assert all(known.holds(text) == kept for text, kept in zip(texts, held[4000:], strict=True))


PIECES = (
    "<a", "</a", "/>", ">", ">", "</a>", "<a>", "<b c='", "'", '"', " d=", ' e="', "=", " ", "<!--", "-->", "<?p ",
    "?>", "<![CDATA[", "]]>", "<!", " xmlns:p='", " xmlns='u'", "<p:a", "&x;", "&lt;", "&", "text", "\n" + " " * 20,
    " f ", "<", "<?xml version='1.0'?>", "ñ", " xml:id='i'",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=500, deadline=None)
def test_the_parser_finds_no_name_outside_of_the_known_pieces(text: str) -> None:
    known = KnownMarkup(1000, 100_000)
    if not known.holds(text.encode()):
        return
    pieces = b"\0".join(known._pieces).decode()
    parser = etree.XMLParser(recover=True, resolve_entities=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return
    for node in () if root is None else root.iter():
        if isinstance(node, etree._ProcessingInstruction):  # a declaration in a wrong place
            assert node.target == "xml"
            continue
        assert isinstance(node.tag, str), "a comment or an entity"
        names = [str(name) for name in (node.tag, *node.attrib)] + [str(one) for one in node.nsmap.items()]
        words = {word for name in names for word in re.split(r"[{}(),:' ]|None", name)}
        assert all(word in pieces for word in words - {"http", "//www.w3.org/XML/1998/namespace"}), text
        blanks = [one for one in (node.text, node.tail) if one and one.isspace()]
        assert all(one in pieces for one in blanks)
