"""What the package shows, and what importing it costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jedi
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from pydantic import BaseModel

import sora_nb
from sora_nb import errors

HEAVY = ["pandas", "av", "cv2", "sqlalchemy", "fastapi", "ipywidgets", "httpx", "pydantic", "numpy", "IPython"]


def modules_after(code):
    script = f"import sys; {code}; print(*sorted(sys.modules))"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_loads_nothing_heavy():
    assert set(modules_after("import sora_nb")).isdisjoint(HEAVY)


@pytest.mark.parametrize("code", ["from sora_nb import Studio", "import sora_nb.cli"])
def test_the_studio_and_the_command_line_load_nothing_heavy_before_they_are_used(code):
    assert set(modules_after(code)).isdisjoint({*HEAVY, "asyncio", "anyio", "filelock", "importlib.metadata"})


def test_a_studio_comes_without_video_tables_and_server():
    loaded = modules_after("from sora_nb import Studio; Studio(progress=False)")
    assert set(loaded).isdisjoint({"pandas", "av", "cv2", "httpx", "fastapi", "ipywidgets", "IPython"})


def test_type_checkers_and_completion_read_the_same_names():
    stub = Path(sora_nb.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    names = {
        re.fullmatch(r"from (\S+) import (\w+) as \2", line)[2]: line for line in stub.splitlines() if " as " in line
    }
    assert sorted(names) == sora_nb.__all__
    for name, line in names.items():
        found: dict[str, object] = {}
        exec(line, found)
        assert found[name] is getattr(sora_nb, name)


def test_a_hosted_provider_comes_without_video_tables_and_server():
    loaded = modules_after("from sora_nb.providers.hosted import HostedProvider")
    assert set(loaded).isdisjoint({"pandas", "av", "cv2", "sqlalchemy", "fastapi", "ipywidgets", "IPython"})


def test_the_public_names_are_sorted_and_exist():
    assert sora_nb.__all__ == sorted(sora_nb.__all__)
    assert [*sora_nb.__all__, "__version__"] == sora_nb.__dir__()
    for name in sora_nb.__all__:
        thing = getattr(sora_nb, name)
        assert thing.__doc__, name
        assert thing.__module__.startswith("sora_nb")
    assert sora_nb.__version__.count(".") == 2


def test_every_error_is_at_hand():
    tree = {name for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, Exception)}
    assert tree <= set(sora_nb.__all__)


def test_what_a_studio_hands_out_is_at_hand():
    handed_out = {
        "Budget",
        "Character",
        "Clip",
        "Estimate",
        "Job",
        "Price",
        "SpanRule",
        "State",
        "Status",
        "Sweep",
        "Video",
    }
    assert handed_out <= set(sora_nb.__all__)


@pytest.fixture
def tab():
    shell = InteractiveShell()

    def offered(thing):
        shell.user_ns["thing"] = thing
        with provisionalcompleter():
            return {found.text.removeprefix(".") for found in shell.Completer.completions("thing.", len("thing."))}

    offered.completer = shell.Completer
    yield offered
    shell.history_manager.end_session()


PLUMBING = {name for name in dir(BaseModel) if not name.startswith("__")}


@pytest.mark.parametrize("jedi", [True, False])
def test_tab_offers_what_is_for_the_person_typing(tab, jedi):
    tab.completer.use_jedi = jedi
    hero = sora_nb.Character(id="ch_1", username="a.b")
    assert tab(hero) == {
        *type(hero).model_fields,
        "avatar_expires_at",
        "called",
        "mention",
        "save",
        "service",
        "warnings",
    }
    assert {"of", "check", "parse", "timestamps", "span"} <= tab(sora_nb.Clip)
    for thing in (hero, sora_nb.Video(), sora_nb.Clip(1, 3), sora_nb.Clip, sora_nb.Video, sora_nb.Price):
        assert not tab(thing) & PLUMBING
        assert not set(dir(thing)) & PLUMBING


@pytest.mark.parametrize(
    ("call", "keywords"),
    [
        ("generate", {"seconds=", "size=", "seed=", "image=", "budget=", "model="}),
        ("submit", {"seconds=", "size=", "seed=", "image=", "budget=", "model="}),
        ("extract", {"subject=", "name=", "description=", "budget="}),
        ("submit_extract", {"subject=", "name=", "description=", "budget="}),
        ("load", {"name="}),
        ("sweep", {"seconds=", "size=", "seed=", "repeats=", "models="}),
    ],
)
def test_tab_inside_a_call_offers_its_keywords(tab, call, keywords):
    typed = f'studio.{call}("a", '
    with sora_nb.Studio("local", progress=False) as studio, provisionalcompleter():
        tab.completer.namespace["studio"] = studio
        assert keywords <= {found.text for found in tab.completer.completions(typed, len(typed))}


def test_characters_and_videos_may_be_keys_of_a_table():
    hero = sora_nb.Character(id="ch_1", username="a.b", raw={"a": 1})
    assert {hero: 1}[hero.model_copy()] == 1
    assert len({sora_nb.Video(id="1", raw={"a": 1}), sora_nb.Video(id="1", raw={"a": 1}), sora_nb.Video(id="2")}) == 2


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Studios'"):
        sora_nb.Studios  # noqa: B018


def test_the_sample_footage_comes_with_its_licence():
    from sora_nb import samples

    assert sora_nb.footage().name == "bigbuckbunny.mp4"
    assert "Blender Foundation" in samples.CREDIT
    assert samples.CREDIT.split(",")[0] in sora_nb.footage.__doc__.replace("\n    ", " ")


def test_a_studio_comes_without_tables():
    """Pandas is loaded at the first frame; it takes longer than everything else that a studio needs."""
    used = (
        "studio = Studio('local', progress=False); studio.videos(); studio.characters(); studio.budget; studio.close()"
    )
    assert "pandas" not in modules_after(f"from sora_nb import Studio; {used}")


@pytest.mark.parametrize(("method", "keyword"), [("generate", "seconds="), ("extract", "subject="), ("sweep", "seed=")])
def test_editors_complete_keywords_without_a_kernel(method, keyword):
    code = f'from sora_nb import Studio\nstudio = Studio()\nstudio.{method}("a", s'
    assert keyword in [found.name for found in jedi.Script(code).complete()]
