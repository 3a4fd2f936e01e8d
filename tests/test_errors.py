"""The exception tree is what its docstring draws, and every error says what it means for money."""

from __future__ import annotations

import re

from IPython.core.interactiveshell import InteractiveShell

from sora_nb import errors


def drawn():
    """The tree of the docstring: name -> parent."""
    parents, path = {}, {}
    for line in errors.__doc__.splitlines():
        match = re.match(r"    ((?:[│ ]   )*(?:[├└]── )?)(\w+)", line)
        if not match or not hasattr(errors, match[2]):
            continue
        depth = len(match[1]) // 4
        path[depth] = match[2]  # four letters to the right is one row down
        if depth:
            parents[match[2]] = path[depth - 1]
    return parents


def test_the_drawing_is_the_tree():
    real = {
        name: kind.__mro__[1].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and kind.__module__ == errors.__name__ and kind is not errors.SoraError
    }
    assert drawn() == real


def test_every_error_has_its_three_sentences():
    error = errors.OutcomeUnknown("No answer came.")
    assert str(error) == f"No answer came. {error.money} {error.hint}"
    assert str(errors.InvalidInput("Wrong.", hint="Do this.")) == (
        "Wrong. Nothing was sent, nothing was charged. Do this."
    )
    assert isinstance(errors.InvalidInput("x"), ValueError)
    assert isinstance(errors.WaitTimeout("x"), TimeoutError)


def test_the_services_words_come_with_status_and_request_id():
    error = errors.ApiError("No.", status=400, request_id="r1", money="Free.", hint="Go.")
    assert str(error) == "No. [request id: r1] Free. Go."


def test_ipython_shows_the_readers_lines_and_the_sentences(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell()
    shell.run_cell("from sora_nb.prompts import check\ndef ask(words):\n    return check(words, [])\nask(' ')")
    shell.history_manager.end_session()
    said = capsys.readouterr().out
    assert "ask(' ')" in said
    assert "return check(words, [])" in said
    assert "PromptError: The prompt is empty. Nothing was sent, nothing was charged. Say what should be seen." in said
    assert "prompts.py" not in said
    assert said.count("\n") < 12
