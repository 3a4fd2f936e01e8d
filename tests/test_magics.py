"""The magics in a real InteractiveShell, with a real server and a quick engine."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from quick import QuickEngine

from sora_nb import Studio, magics


@pytest.fixture
def shell(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    running = InteractiveShell()
    studio = Studio(base_url=settings.base_url, api_key=settings.api_key.get_secret_value(), profile="local")
    running.user_ns["studio"] = studio
    running.run_line_magic("load_ext", "sora_nb")
    yield running
    studio.close()
    running.history_manager.end_session()


def test_the_text_of_a_cell_is_the_prompt(shell):
    shown = shell.run_cell_magic("sora", "--seconds 4 --size 320x176 --seed 3 --name snow", "a fox\nin the snow\n")
    made = shell.user_ns["snow"]
    assert shown is made
    assert (made.prompt, made.seconds, made.size) == ("a fox\nin the snow", 4, "320x176")
    assert made.path.is_file()


def test_a_line_shows_what_the_studio_has(shell, footage):
    hero = shell.user_ns["studio"].extract(footage, 2, 4)
    assert shell.run_line_magic("sora", "characters") == [hero]
    assert shell.run_line_magic("sora", "videos") == []
    assert list(shell.run_line_magic("sora", "costs")["kind"]) == ["character"]
    assert shell.run_line_magic("sora", "resume").empty
    assert repr(shell.run_line_magic("sora", "app")) == "App(1 character, 0 videos)"


def test_what_the_documents_show_is_what_there_is(shell, footage):
    page = (Path(__file__).parents[1] / "notebooks/guide/widgets.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`%sora (\w+)`", page)) == set(magics.SHOWN)
    hero = shell.user_ns["studio"].extract(footage, 2, 4)
    (example,) = re.findall(r"^    %%.*\n    .*", magics.__doc__, re.MULTILINE)
    shell.run_cell(textwrap.dedent(example).replace("@carlo.meadow", str(hero))).raise_error()
    made = shell.user_ns["snow"]
    assert (made.characters, made.seconds) == ((hero.username,), 4)


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("", None, "Say what to show. %sora shows app, characters, costs, resume, videos"),
        ("prices", None, "There is nothing called prices."),
        ("a fox", "runs", "The prompt goes below the line"),
        ("--name 3d", "a fox", "'3d' cannot be the name of a variable"),
        ("--seconds four", "a fox", "The length of a video is a whole number of seconds from 1 on, not 'four'."),
        ("--seconds 2.5", "a fox", "The length of a video is a whole number of seconds from 1 on, not '2.5'."),
        ("--size potato", "a fox", "'potato' is not the size of a video."),
        ("--seed lucky", "a fox", "A seed is a whole number from 0 to 2**63 - 1, not 'lucky'."),
    ],
)
def test_a_slip_is_explained_and_costs_nothing(shell, line, cell, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        shell.run_line_magic("sora", line) if cell is None else shell.run_cell_magic("sora", line, cell)
    assert shell.user_ns["studio"].costs().empty


def test_another_thing_by_the_name_of_the_studio_is_not_overwritten(shell):
    studio = shell.user_ns["studio"]
    shell.user_ns["studio"] = "my studio"
    with pytest.raises(UsageError, match="is not a Studio"):
        shell.run_line_magic("sora", "costs")
    shell.user_ns["studio"] = studio


def test_without_a_studio_one_is_made(shell):
    del shell.user_ns["studio"]
    assert shell.run_line_magic("sora", "characters") == []
    assert isinstance(shell.user_ns["studio"], Studio)
    shell.user_ns["studio"].close()


def completed(shell, code):
    """What the front end offers for a cell, as the kernel asks for it."""
    with provisionalcompleter():
        return [found.text for found in shell.Completer.completions(code, len(code))]


def test_names_are_completed_in_a_cell(shell, footage):
    hero = shell.user_ns["studio"].extract(footage, 2, 4)
    start = hero.username[:3]
    assert hero.username in completed(shell, f"%%sora\nwalks with @{start}")
    assert hero.username not in completed(shell, f"walks with {start}")
    assert hero.username not in completed(shell, f"mail me at {start}@{start}")
    assert completed(shell, "%%sora\n@zz9") == []


def matchers(shell):
    return [matcher for matcher in shell.Completer.custom_matchers if matcher.__module__ == magics.__name__]


def test_loading_again_leaves_one_completion_and_unloading_none(shell):
    for _ in range(3):
        shell.run_line_magic("reload_ext", "sora_nb")
    shell.extension_manager.load_extension("sora_nb")
    magics.load(shell)
    assert len(matchers(shell)) == 1
    assert shell.find_line_magic("sora")
    shell.run_line_magic("unload_ext", "sora_nb")
    assert matchers(shell) == []
    assert not shell.find_line_magic("sora")
    assert not shell.find_cell_magic("sora")
    shell.run_line_magic("load_ext", "sora_nb")
    assert shell.run_line_magic("sora", "characters") == []


def test_help_tells_what_there_is(shell):
    assert "--seconds" in shell.find_magic("sora").__doc__


def test_a_character_is_sent_to_another_service_with_consent(shell, clip, tmp_path):
    with Studio("local", home=tmp_path / "mine", engine=QuickEngine(), progress=False) as studio:
        shell.user_ns["studio"] = studio
        studio.extract(clip, 0, 2, name="luna")
        with studio.rehearse("minimax"):
            asked = '--model minimax/MiniMax-H3 --consent "Ada Lovelace: my own cat"'
            made = shell.run_cell_magic("sora", asked, "@luna walks on the beach")
        assert (made.profile, made.characters) == ("minimax", ("luna",))
        assert studio.character("luna").consent.by == "Ada Lovelace: my own cat"
