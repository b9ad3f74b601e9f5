"""Marks of tests that are of the nature of one engine."""

from __future__ import annotations

import pytest

only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""Of a test that looks at the file, the log or the plans of SQLite."""

only_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
"""Of one that looks at what the server keeps or does."""
