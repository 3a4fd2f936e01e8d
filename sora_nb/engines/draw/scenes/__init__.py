"""Draw the scenes: one function for each.

where = setting("beach", time="sunset", weather="clear", width=1280, height=720, seconds=8, seed=1)
scene = draw("beach", where)
for element in scene.back:
    element.draw(frame, view)

A new scene is a function in a file beside this one and an entry in OUTDOORS or INDOORS here; its words are in
prompt/vocabulary.py, and its sound is in draw/sound.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes import cafe, city, landscapes, light, office, reef, rooms, shore, space, stage, woods
from sora_nb.engines.draw.scenes.scene import Scene, Setting
from sora_nb.engines.draw.scenes.weather import mist

if TYPE_CHECKING:
    from collections.abc import Callable

MARGIN = 0.10
"""Part of the frame's width that the panorama reaches beyond it on either side."""

OUTDOORS: dict[str, Callable[[Setting], Scene]] = {
    "beach": shore.beach,
    "city street": city.street,
    "forest": woods.forest,
    "space": space.outer_space,
    "underwater": reef.underwater,
    "mountains": landscapes.mountains,
    "snow": landscapes.snow_field,
    "desert": landscapes.desert,
    "meadow": landscapes.meadow,
}
INDOORS: dict[str, Callable[[Setting], Scene]] = {
    "coffee shop": cafe.coffee_shop,
    "kitchen": cafe.kitchen,
    "living room": rooms.living_room,
    "office": office.office,
    "stage": stage.stage,
}

MEDIUMS = {"space": "space", "underwater": "water"}
"""What bodies move in; "ground" where they stand."""


def setting(name: str, *, time: str, weather: str, width: int, height: int, seconds: float, seed: int) -> Setting:
    """Choose the light and the frame of a scene.

    Args:
        name: a key of OUTDOORS or INDOORS.
        time: dawn, day, sunset or night.
        weather: clear, cloudy, rain, snow or fog.
        width: of the frame, pixels.
        height: of the frame, pixels.
        seconds: length of the video.
        seed: the same seed draws the same scene.
    """
    lit = light.indoors(time, weather) if name in INDOORS else light.outdoors(time, weather)
    margin = max(2, int(width * MARGIN))
    return Setting(width, height, margin, max(1.0, seconds), lit, np.random.default_rng([seed, 77]))


def draw(name: str, where: Setting) -> Scene:
    """Draw the layers of a scene.

    Args:
        name: a key of OUTDOORS or INDOORS.
        where: made by setting() for the same name.

    Raises:
        KeyError: there is no such scene.
    """
    scene = (OUTDOORS | INDOORS)[name](where)
    scene.medium = MEDIUMS.get(name, "ground")
    if where.light.weather == "fog" and name in OUTDOORS and scene.medium == "ground":
        scene.back.append(mist(where))
    return scene
