"""Characters in the OpenAI shape: a name and a clip; the name stands in prompts as it is."""

from __future__ import annotations

import contextlib

import pytest
from client import Client
from conftest import KEY
from serving import ended, finished, usage

from sora_nb import media
from sora_nb.models import Clip
from sora_nb.providers import registry

CHARACTERS = "/v1/videos/characters"


def make(http, clip, name="Mossy", **headers):
    with clip.open("rb") as file:
        return http.post(CHARACTERS, files={"name": (None, name), "video": ("a.mp4", file)}, headers=headers)


@pytest.fixture
def mossy(http, clip):
    return make(http, clip).json()


def test_a_name_and_a_clip_make_a_character(http, mossy):
    assert mossy["id"].startswith("char_")
    assert (mossy["name"], mossy["status"], mossy["timestamps"]) == ("Mossy", "completed", "0,2.5")
    assert http.get(f"{CHARACTERS}/{mossy['id']}").json() == mossy
    assert http.get(mossy["profile_picture_url"]).content.startswith(b"\x89PNG")
    assert http.get(f"{CHARACTERS}/char_none").status_code == 404


def test_its_name_in_the_prompt_is_the_character(http, engine, mossy):
    prompt = "Mossy, a moss-covered teapot mascot, meets Mossyface. Mossy runs"
    task = finished(http, prompt=prompt, characters=[{"id": mossy["id"]}])
    assert task["prompt"] == prompt
    request = engine.requests[-1]
    assert request.prompt == "@mossy, a moss-covered teapot mascot, meets Mossyface. @mossy runs"
    assert list(request.cast) == ["mossy"]


@pytest.mark.parametrize("name", ["characters[][id]", "characters[0][id]"])
def test_forms_name_characters_in_brackets(http, engine, mossy, name):
    fields = {"prompt": "Mossy runs", "seconds": "1", "size": "64x64", name: mossy["id"]}
    task = http.post("/v1/videos", files={key: (None, value) for key, value in fields.items()}).json()
    assert ended(http, task)["status"] == "completed"
    assert list(engine.requests[-1].cast) == ["mossy"]


@pytest.mark.release
def test_two_of_one_name_and_names_without_latin_letters(http, clip, engine, mossy):
    other, panda = make(http, clip).json(), make(http, clip, "小熊猫").json()
    assert (mossy["username"], other["username"]) == ("mossy", "mossy2")
    assert panda["username"].count(".") == 1
    finished(http, prompt="一只小熊猫在跑", characters=[{"id": panda["id"]}])
    assert engine.requests[-1].prompt == f"一只@{panda['username']}在跑"
    assert list(engine.requests[-1].cast) == [panda["username"]]


def test_handles_work_for_named_characters_too(http, engine, mossy):
    finished(http, prompt="@mossy runs")
    finished(http, prompt="@mossy jumps", characters=[{"id": mossy["id"]}])
    assert [list(request.cast) for request in engine.requests] == [["mossy"], ["mossy"]]


def test_characters_that_cannot_play(http, mossy):
    for characters, prompt, status, code in (
        ([{"id": "char_none"}], "Mossy runs", 404, "character_not_found"),
        ([{"id": mossy["id"]}], "mossy runs", 400, "character_not_named"),
        ("char_1", "Mossy runs", 400, None),
        ([{"name": "Mossy"}], "Mossy runs", 400, None),
        ([], "@a @b", 400, "cameo_not_found"),
    ):
        refused = http.post("/v1/videos", json={"prompt": prompt, "characters": characters})
        assert (refused.status_code, refused.json()["error"]["code"]) == (status, code), prompt
    assert usage(http)["video"]["accepted"] == 0


@pytest.mark.parametrize("name", ["", " ", "a" * 81])
def test_names_have_1_to_80_letters(http, clip, name):
    assert make(http, clip, name).status_code == 400
    assert usage(http)["character"]["accepted"] == 0


def test_clips_of_another_length_and_no_clips_are_refused(http, footage, tmp_path):
    media.cut(footage, Clip(1, 2), tmp_path / "short.mp4")
    (tmp_path / "text.mp4").write_text("not a video")
    for path, code in ((footage, "invalid_duration"), (tmp_path / "short.mp4", "invalid_duration"),
                       (tmp_path / "text.mp4", "unusable_video")):  # fmt: skip
        refused = make(http, path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert http.post(CHARACTERS, files={"name": (None, "Mossy")}).status_code == 400
    assert usage(http)["character"]["accepted"] == 0


@pytest.mark.release
def test_a_key_makes_one_character(http, clip):
    first, again = (make(http, clip, **{"idempotency-key": "k"}).json() for _ in range(2))
    assert first["id"] == again["id"]
    assert make(http, clip, "Other", **{"idempotency-key": "k"}).status_code == 409
    assert usage(http)["character"]["accepted"] == 1


def test_our_own_client_speaks_this_shape(server, clip, engine):
    client = Client(registry.settings("openai-shape", base_url=server.url, api_key=KEY))
    with contextlib.closing(client):
        mossy = client.create_video_character("Mossy", clip)
        video = client.create_video("@mossy runs", size="64x64", seconds=4, cast=(mossy,))
        assert client.wait(video).status == "completed"
    assert (mossy.username, mossy.display_name) == ("mossy", "Mossy")
    assert list(engine.requests[-1].cast) == ["mossy"]
