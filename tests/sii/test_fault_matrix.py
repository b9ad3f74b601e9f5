"""Each transport under each fault: what comes of it is what the manual's page says."""

from __future__ import annotations

import difflib

from tests.sii import fault_matrix


def test_the_page_says_what_comes_of_each_fault() -> None:
    with fault_matrix.samples() as made:
        found = fault_matrix.page(made)
    kept = fault_matrix.FILE.read_text("utf-8")
    told = "\n".join(difflib.unified_diff(kept.splitlines(), found.splitlines(), "kept", "found", lineterm="", n=3))
    assert found == kept, f"if it is meant: python -m tests.sii.fault_matrix\n{told}"
