"""The place of the last film is kept for the next one, and nothing shows it."""

import threading

import numpy as np
import pytest

from sora_nb.engines.base import RenderRequest
from sora_nb.engines.draw import scenes, surroundings
from sora_nb.engines.draw.film import Film


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """The places that were drawn, not taken from the last film; none is kept before or after."""
    names = []
    draw = scenes.draw
    monkeypatch.setattr(scenes, "draw", lambda name, where: names.append(name) or draw(name, where))
    surroundings.kept.drop()
    yield names
    surroundings.kept.drop()


def pictures(prompt, **changes):
    size = {"width": 320, "height": 180, "seconds": 1.0, **changes}
    film = Film(RenderRequest(prompt, {}, **size))
    return [film.planes(index) for index in (0, 7, 23)]


def test_films_in_one_place_share_its_drawing(drawn):
    prompts = [
        f"{who} in a rainy street, {camera}"
        for who in ("a fox walks", "a cat dances")
        for camera in ("slow pan", "static camera", "zoom in")
    ]
    shared = [pictures(prompt) for prompt in prompts]
    assert drawn == ["city street"]
    for prompt, seen in zip(prompts, shared, strict=True):
        surroundings.kept.drop()
        assert all(map(np.array_equal, pictures(prompt), seen))


@pytest.mark.parametrize(
    ("prompt", "changes"),
    [
        ("a fox walks in a forest", {}),
        ("a fox walks on the beach at night", {}),
        ("a fox walks on the beach in the rain", {}),
        ("a fox walks on the beach", {"seed": 1}),
        ("a fox walks on the beach", {"seconds": 2.0}),
        ("a fox walks on the beach", {"width": 322}),
        ("a fox walks on the beach", {"height": 182}),
    ],
)
def test_another_place_is_drawn(drawn, prompt, changes):
    pictures("a fox walks on the beach")
    pictures(prompt, **changes)
    assert len(drawn) == 2


def test_a_place_is_forgotten_after_a_while(drawn, monkeypatch):
    monkeypatch.setattr(surroundings, "KEPT_SECONDS", 0.01)
    pictures("a fox walks on the beach")
    for timer in [each for each in threading.enumerate() if isinstance(each, threading.Timer)]:
        timer.join(30)
    pictures("a fox walks on the beach")
    assert len(drawn) == 2


def test_a_large_place_is_not_kept(drawn, monkeypatch):
    monkeypatch.setattr(surroundings, "KEPT_PIXELS", 320 * 180 - 1)
    pictures("a fox walks on the beach")
    pictures("a fox walks on the beach")
    assert len(drawn) == 2
