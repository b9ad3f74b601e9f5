"""Designs of letters: four that are ready, and files of a company's own.

* :mod:`model` has what a design says, :mod:`reading` the files, ``listos/`` the ready ones, ``claves.tsv`` every key;
* :mod:`logo` reads a company's picture.
"""

from __future__ import annotations

from dteplanows.printing.design.model import Design
from dteplanows.printing.design.reading import described, read, ready, ready_design

__all__ = ["Design", "described", "read", "ready", "ready_design"]
