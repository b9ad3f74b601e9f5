"""The content of a received document as text, and what tells it from others where it has no folio."""

from __future__ import annotations

import hashlib
import json

from dteplanows.document.model import Document, Group
from dteplanows.document.values import write


def written(document: Document) -> str:
    """Everything that *document* says, as JSON: values as texts, groups as lists. Equal documents give equal texts."""
    return json.dumps(_data(document.root), ensure_ascii=False, sort_keys=True)


def fingerprint(document: Document) -> str:
    """SHA-256 of what *document* says, hexadecimal. How the file was written (charset, blanks) does not matter."""
    return hashlib.sha256(written(document).encode("utf-8")).hexdigest()


def _data(group: Group) -> dict[str, object]:
    data: dict[str, object] = {}
    for name, fields in group.fields.items():
        texts = [write(one.value) for one in fields]
        data[name] = texts[0] if len(texts) == 1 else texts
    for name, groups in group.groups.items():
        full = [_data(one) for one in groups if not one.is_empty()]
        if full:
            data[name] = full
    return data
