"""Tables for spreadsheets: no prompt or name becomes a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb import Studio
from sora_nb.errors import ConfigError
from sora_nb.models import State
from sora_nb.storage.call import Call
from sora_nb.storage.export import write_csv
from sora_nb.storage.ledger import Ledger

HOSTILE = ['=HYPERLINK("http://x.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", " =1+1", "\u00a0=1", "\uff1d1+1"]  # fmt: skip
BEGINNINGS = "=+-@\uff1d\uff0b\uff0d\uff20"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.builds(str.__add__, st.text(" \t\r\n\u3000", max_size=2), st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text("=1ab,\"'\n"))),
)  # fmt: skip


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@given(texts=st.lists(TEXTS, min_size=1, max_size=5), number=st.floats(-1e6, 1e6))
@settings(max_examples=100)
def test_no_text_is_a_formula_and_every_number_stays_one(texts, number):
    table = pd.DataFrame(
        {"prompt": texts, "charged": [number] * len(texts), "seed": pd.array([-7] * len(texts), "Int64")}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        write_csv(table, path)
        rows = read(path)
    for text, row in zip(texts, rows, strict=True):
        written = row["prompt"]
        assert not written.lstrip().startswith(tuple(BEGINNINGS))
        assert written[:1] not in {"\t", "\r", "\n"}
        assert written in {text, f"'{text}"}
        assert (float(row["charged"]), row["seed"]) == (number, "-7")


@pytest.mark.parametrize("text", ["a fox = a vixen", "plain", "", "'=1", "1-2", "x@y"])
def test_a_harmless_text_is_written_as_it_is(tmp_path, text):
    write_csv(pd.DataFrame({"prompt": [text], "note": ["x"]}), tmp_path / "a.csv")
    assert read(tmp_path / "a.csv")[0]["prompt"] == text


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ConfigError, match="cannot be written"):
        write_csv(pd.DataFrame({"a": [1]}), tmp_path / "none" / "a.csv")


def test_an_experiment_is_exported_without_formulas(tmp_path, engine):
    with Studio("local", home=tmp_path, engine=engine, progress=False) as studio:
        sweep = studio.sweep(["=1+1", "a fox"], seconds=1, size="64x64")
        sweep.run()
        sweep.note(1, "@home")
        rows = read(sweep.to_csv(tmp_path / "a.csv"))
        assert [row["prompt"] for row in rows] == ["'=1+1", "a fox"]
        assert rows[1]["note"] == "'@home"
        with pytest.raises(ConfigError, match="cannot be written"):
            sweep.to_csv(tmp_path / "none" / "a.csv")


@pytest.fixture
def costs(tmp_path):
    ledger = Ledger(tmp_path / "ledger.db")
    for prompt in HOSTILE:
        ledger.add(Call(kind="video", profile="local", prompt=prompt, characters=("a.b",), estimate=150_000, seed=3))
    ledger.change(ledger.calls()[0], state=State.DONE, charged=0)
    yield ledger.costs()
    ledger.close()


def test_a_spreadsheet_of_the_costs(costs, tmp_path):
    pytest.importorskip("openpyxl", reason="an export that pandas makes with it")
    costs.to_excel(tmp_path / "costs.xlsx", index=False)
    back = pd.read_excel(tmp_path / "costs.xlsx")
    assert back["time"].tolist() == costs["time"].tolist()
    assert back["estimate"].tolist() == costs["estimate"].tolist()
    assert back["characters"].tolist() == ["@a.b"] * len(HOSTILE)
