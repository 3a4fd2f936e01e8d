"""Tables of texts from outside, in both front ends: a dollar sign is a dollar sign."""

from __future__ import annotations

CODE = """
import pandas as pd
from sora_nb import Studio
from sora_nb.storage.call import Call
with Studio(progress=False) as studio:
    studio.ledger.add(Call(kind="video", profile="local", prompt="a fox for $x$ and $y$"))
    costs = studio.costs()
"""
FORMULAS = "(root) => root.querySelectorAll('mjx-container, .MathJax').length"


def shown(notebook, code):
    index = notebook.run(code)
    output = notebook.output(index)
    output.locator("table").wait_for()
    return output


def test_dollar_signs_of_costs_are_no_formula_and_those_of_other_tables_are(notebook):
    notebook.run(CODE)
    other = shown(notebook, "pd.DataFrame({'prompt': ['a fox for $x$ and $y$']})")
    other.locator("mjx-container, .MathJax").first.wait_for(state="attached")
    for code in ("costs", "costs[['prompt', 'estimate']].tail(1)"):
        table = shown(notebook, code)
        assert "$x$ and $y$" in table.inner_text()
        assert table.evaluate(FORMULAS) == 0
