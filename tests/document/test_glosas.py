from __future__ import annotations

import csv
from importlib import resources

from dteplanows.document.glosas import glosas


def test_no_code_has_two_meanings() -> None:
    text = resources.files("dteplanows.document").joinpath("glosas.tsv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    keys = [(row["tabla"], row["codigo"]) for row in rows]
    assert len(keys) == len(set(keys)) > 700
    assert all(row["glosa"] == row["glosa"].strip() != "" for row in rows)


def test_a_table_gives_its_words_and_an_unknown_one_nothing() -> None:
    assert glosas("FmaPago")["2"] == "Crédito"
    assert glosas("CodUnid.sigla")["10"] == "U"
    assert glosas("CodUnid.sigla").keys() == glosas("CodUnid").keys()
    assert glosas("Nada") == {}
