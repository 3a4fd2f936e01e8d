"""MiniMax H3's wire, as litellm 1.110.2 sends and reads it, and the loop against its rehearsal server."""

from __future__ import annotations

import pytest
from PIL import Image
from quick import QuickEngine

from sora_nb.errors import GenerationFailed, InvalidInput, OutcomeUnknown, PolicyError, PromptError
from sora_nb.models import Character, Status, Still
from sora_nb.money import prices
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order
from sora_nb.studio import Studio

PROFILE = registry.get("minimax")
WIRE = registry.dialect(PROFILE)
DONE = {
    "task": {
        "id": "106916112212032",
        "model": "MiniMax-H3",
        "status": "succeeded",
        "content": {"url": "https://cdn.example/film.mp4?signature=1"},
        "resolution": "768P",
        "ratio": "16:9",
        "duration": 5,
        "usage": {"total_seconds": 5, "input_seconds": 0, "output_seconds": 5, "input_image_count": 7},
        "created_at": 1795600000,
        "updated_at": 1795600140,
    }
}


@pytest.fixture
def luna(tmp_path):
    path = tmp_path / "luna.jpg"
    Image.new("RGB", (400, 500), "grey").save(path)
    return Member(
        character=Character(id="ch_1", username="luna", display_name="Luna", description="a grey cat"),
        stills=(Still(path=path, width=400, height=500, kind="figure"),),
    )


def order(prompt="@luna walks", *members, **more):
    return Order(
        kind="video",
        prompt=prompt,
        members=members,
        **{"model": "MiniMax-H3", "size": "1280x720", "seconds": 5, **more},
    )


def test_an_order_has_its_characters_as_numbered_pictures(luna):
    request = WIRE.create(order("@luna walks", luna), "key")
    assert (request.method, request.path, request.paid) == ("POST", "/v2/video_generation", True)
    text, picture = request.json["content"]
    assert text == {"type": "text", "text": "Luna is the character in Image 1: a grey cat. Luna walks"}
    assert (picture["type"], picture["role"]) == ("image_url", "reference_image")
    assert picture["image_url"]["url"].startswith("data:image/jpeg;base64,")
    told = {name: request.json[name] for name in ("model", "resolution", "duration", "ratio")}
    assert told == {"model": "MiniMax-H3", "resolution": "768P", "duration": 5, "ratio": "16:9"}


def test_with_a_picture_to_start_from_the_ratio_is_its_own(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "first.png")
    request = WIRE.create(order("a corgi", image=tmp_path / "first.png"), "key")
    assert "ratio" not in request.json
    assert request.json["content"][1]["role"] == "first_frame"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"seconds": 4}, "5 s or more"),
        ({"seconds": 16}, "up to 15 s"),
        ({"seed": 7}, "takes no seed"),
        ({"model": "MiniMax-H9"}, "has no model"),
        ({"route": "sync"}, "makes videos alone"),
    ],
)
def test_what_it_does_not_make_is_refused_here(asked, said):
    with pytest.raises(InvalidInput, match=said):
        WIRE.check(order("a corgi", **asked))


def test_ten_characters_are_too_many(luna):
    many = [luna.model_copy(update={"character": Character(id=f"ch_{n}", username=f"cat{n}")}) for n in range(10)]
    with pytest.raises(PromptError, match="can be shown 9"):
        WIRE.check(order(" ".join(f"@cat{n}" for n in range(10)), *many))


def test_a_task_is_read_to_its_end():
    assert WIRE.video({"task_id": "106916112212032"}).id == "106916112212032"
    assert WIRE.video({"task": {**DONE["task"], "status": "running", "content": None}}).status is Status.IN_PROGRESS
    made = WIRE.video(DONE)
    assert (made.status, made.url, made.seconds) == (Status.COMPLETED, DONE["task"]["content"]["url"], 5)
    failed = {"task": {"id": "1", "status": "failed", "error": {"code": "1026", "message": "sensitive content"}}}
    read = WIRE.video(failed)
    assert (read.status, read.error, read.error_code) == (Status.FAILED, "sensitive content", "1026")


def test_what_was_charged_is_the_price_of_what_was_counted():
    assert WIRE.charge(WIRE.video(DONE).raw) == 5 * 80_000 + 2 * 40_000  # five pictures are free


def test_the_price_before_is_that_of_the_pictures_that_go_along(luna):
    asked = order("@luna walks", luna, size="2560x1440", seconds=6)
    assert prices.estimate(PROFILE, prices.ordered(PROFILE, asked)).micros == 6 * 130_000


@pytest.fixture
def studio(tmp_path):
    with Studio(home=tmp_path / "home", progress=False, engine=QuickEngine()) as made:
        yield made


@pytest.fixture
def server(studio):
    return studio.rehearse("minimax")


def test_the_loop(studio, server, clip):
    studio.extract(clip, 0, 2, name="luna")
    film = studio.generate("@luna walks on the beach", model="minimax/MiniMax-H3", consent="Ada: my own cat")
    assert film.path.is_file()
    assert studio.costs()[["profile", "estimate", "charged"]].iloc[-1].tolist() == ["minimax", 0.4, 0.4]


def test_its_failures_say_what_they_mean_for_money(studio, server):
    for fault, error, charged in (
        ("policy", PolicyError, 0),
        ("failed", GenerationFailed, None),
        ("lost", OutcomeUnknown, None),
    ):
        server.fail(fault)
        with pytest.raises(error):
            studio.generate("a corgi", model="minimax/MiniMax-H3")
        assert studio.ledger.calls()[-1].charged == charged
