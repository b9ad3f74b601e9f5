"""PDF files as objects and bytes (ISO 32000-1, section 7), in the form that PDF/A-3b asks for (ISO 19005-3).

reportlab's own writer ends streams without the line end that PDF/A wants, and takes twice the time.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from functools import cache
from itertools import starmap
from struct import Struct
from typing import NamedTuple
from xml.sax.saxutils import escape

from PIL import ImageCms

LANGUAGE = "es-CL"
_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
"""The second line says that the file has bytes above 127."""
_WIDTHS, _ROW = (1, 4, 2), Struct(">BLH")
"""Bytes of each number in a row of the table of places, and the row."""
_CREATED = slice(24, 36)
"""Where a profile of colours says when it was made (ICC.1, 7.2.8)."""

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{program}</xmp:CreatorTool><pdf:Producer>{program}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
"""What the file says of itself (XMP), which must agree with its older form in ``Info``."""

_PROGRAM = "dteplanows"


class Attached(NamedTuple):
    """A file inside the PDF file."""

    name: str
    """In letters that every file system takes."""
    content: bytes
    mime: str
    description: str


class About(NamedTuple):
    """What a file says of itself."""

    title: str
    author: str
    structure: bytes
    """Of its root: where its structure is."""


class File:
    """A PDF file that is being made: objects by number, and then its bytes."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []
        self._small: list[int] = []

    def reserve(self) -> int:
        """The number of an object that is told later."""
        self._objects.append(b"")
        return len(self._objects)

    def tell(self, number: int, content: bytes) -> None:
        """What the object of that *number* is."""
        self._objects[number - 1] = content

    def tell_small(self, number: int, content: bytes) -> None:
        """The same of one of many, which is no stream: they are compressed together."""
        self._small.append(number)
        self.tell(number, content)

    def add(self, content: bytes) -> int:
        """A new object; its number."""
        self._objects.append(content)
        return len(self._objects)

    def stream(self, content: bytes, words: bytes = b"", *, plain: bool = False) -> int:
        """A new stream; its number.

        :param words: what its dictionary says besides.
        :param plain: it stays as it is.
        """
        if not plain:
            return self.packed(zlib.compress(content), words)
        return self.add(b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(content), words, content))

    def packed(self, content: bytes, words: bytes, way: str = "FlateDecode") -> int:
        """A new stream of what is compressed already in that *way*; its number."""
        filtered = b" /Filter /%b" % way.encode("ascii")
        return self.add(b"<< /Length %d%b%b >>\nstream\n%b\nendstream" % (len(content), words, filtered, content))

    def finished(self, root: int, info: int) -> bytes:
        """The whole file."""
        holder, inside = self._pack()
        parts, rows, at = [_HEAD], [(0, 0, 0xFFFF)], len(_HEAD)
        for number, content in enumerate(self._objects, 1):
            if number in inside:
                rows.append((2, holder, inside[number]))
                continue
            rows.append((1, at, 0))
            part = b"%d 0 obj\n%b\nendobj\n" % (number, content)
            parts.append(part)
            at += len(part)
        # The table of places (7.5.8): a stream, since only such a one tells of objects inside another.
        rows.append((1, at, 0))
        name = hashlib.blake2b(b"".join(parts), digest_size=16).hexdigest().encode("ascii")
        words = b" /Type /XRef /W [%d %d %d] /Size %d /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>]" % (
            *_WIDTHS, len(rows), root, info, name, name,
        )  # fmt: skip
        places = self.stream(b"".join(starmap(_ROW.pack, rows)), words)
        parts.append(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (places, self._objects[-1], at))
        return b"".join(parts)

    def _pack(self) -> tuple[int, dict[int, int]]:
        """Put the small objects into one stream (7.5.7); its number, and the place of each in it."""
        if not self._small:
            return 0, {}
        heads, at = [], 0
        for number in self._small:
            heads.append(b"%d %d" % (number, at))
            at += len(self._objects[number - 1]) + 1
        head = b" ".join(heads) + b"\n"
        body = b"\n".join(self._objects[number - 1] for number in self._small)
        holder = self.stream(head + body, b" /Type /ObjStm /N %d /First %d" % (len(heads), len(head)))
        return holder, {number: place for place, number in enumerate(self._small)}


def text(words: str) -> bytes:
    """*words* as a string of a PDF file, in Unicode."""
    return b"<FEFF%b>" % words.encode("utf-16-be").hex().upper().encode("ascii")


def catalogue(file: File, pages: int, about: About, attached: Attached | None) -> tuple[int, int]:
    """The root of *file* and what it says of itself, as PDF/A wants both; their numbers."""
    title, author, structure = about
    words = {"title": title, "author": author, "language": LANGUAGE, "program": _PROGRAM}
    xmp = XMP.format(**{name: escape(_in_xml(one)) for name, one in words.items()}).encode("utf-8")
    metadata = file.stream(xmp, b" /Type /Metadata /Subtype /XML", plain=True)
    colours = file.packed(_colours(), b" /N 3")
    parts = [
        b"/Type /Catalog /Pages %d 0 R /Metadata %d 0 R /Lang (%b)" % (pages, metadata, LANGUAGE.encode("ascii")),
        b"/ViewerPreferences << /DisplayDocTitle true >>",
        structure,
        b"/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1)"
        b" /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>]" % colours,
    ]
    if attached:
        number = _attach(file, attached)
        parts.append(
            b"/AF [%d 0 R] /Names << /EmbeddedFiles << /Names [%b %d 0 R] >> >>" % (number, text(attached.name), number)
        )
    root = file.add(b"<< %b >>" % b" ".join(parts))
    said: Mapping[str, str] = {"Title": title, "Author": author, "Creator": _PROGRAM, "Producer": _PROGRAM}
    info = b" ".join(b"/%b %b" % (name.encode("ascii"), text(_in_xml(one))) for name, one in said.items())
    return root, file.add(b"<< %b >>" % info)


def _attach(file: File, one: Attached) -> int:
    mime = one.mime.replace("/", "#2F").encode("ascii")
    words = b" /Type /EmbeddedFile /Subtype /%b /Params << /Size %d >>" % (mime, len(one.content))
    content = file.stream(one.content, words)
    name = text(one.name)
    return file.add(
        b"<< /Type /Filespec /F %b /UF %b /Desc %b /AFRelationship /Source /EF << /F %d 0 R /UF %d 0 R >> >>"
        % (name, name, text(one.description), content, content)
    )


def _in_xml(words: str) -> str:
    """*words* without what XML cannot hold."""
    return "".join(one for one in words if one.isprintable() and one not in "\ufffe\uffff")


@cache
def _colours() -> bytes:
    """The profile of sRGB, compressed; made by Little CMS, but for the moment when."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_CREATED] = bytes.fromhex("07d0 0001 0001 0000 0000 0000")
    return zlib.compress(bytes(made), 9)
