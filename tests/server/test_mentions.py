"""What a service receives of a prompt with characters in it, and what is refused before it is sent."""

from __future__ import annotations

import pytest
from conftest import KEY
from serving import finished, usage

from sora_nb import Studio
from sora_nb.errors import PromptError

SHAPES = ["local", "openai-shape"]


@pytest.fixture
def studio(server, tmp_path, request):
    """A studio that knows one character of the server, whose username it is called by."""
    with Studio(request.param, base_url=server.url, api_key=KEY, home=tmp_path / "home", progress=False) as made:
        yield made


@pytest.fixture
def hero(studio, footage):
    return studio.extract(footage, 1, 3)


@pytest.mark.parametrize("studio", SHAPES, indirect=True)
def test_what_only_looks_like_a_mention_is_not_sent(studio, hero, http):
    before = usage(http)
    name = hero.username
    for prompt in (f"＠{name} waves", f"@\u200b{name} waves", f"@<{name}> waves", f"@ {name}", f"{hero}@{name}"):
        with pytest.raises(PromptError, match=f"@{name}") as refused:
            studio.generate(prompt, seconds=4)
        assert "Nothing was sent, nothing was charged." in str(refused.value)
    assert usage(http) == before


@pytest.mark.parametrize("studio", SHAPES, indirect=True)
def test_a_literal_sign_brings_nobody_in(studio, hero, engine):
    studio.generate(rf"a sign says \@{hero.username}, write to joe\@x.example or joe@x.example, @24fps", seconds=4)
    asked = engine.requests[-1]
    assert dict(asked.cast) == {}
    assert asked.prompt == f"a sign says ＠{hero.username}, write to joe@x.example or joe@x.example, @24fps"


@pytest.mark.parametrize("studio", ["local"], indirect=True)
def test_a_literal_sign_is_sent_on_the_synchronous_route_too(studio, hero, engine):
    studio.generate(rf"a sign says \@{hero.username}", seconds=10, route="sync")
    assert (engine.requests[-1].prompt, dict(engine.requests[-1].cast)) == (f"a sign says ＠{hero.username}", {})


def test_the_server_reads_the_same_grammar(http, engine):
    finished(http, prompt=r"joe@nobody.example at \@nobody, https://x.y/@nobody, @24fps")
    assert dict(engine.requests[-1].cast) == {}
    refused = http.post("/v1/videos", json={"prompt": "@nobody waves"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "cameo_not_found")
