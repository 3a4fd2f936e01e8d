"""A face in the scenery is told from somebody's."""

import numpy as np
import pytest

from sora_nb.engines.cutout import people as found_people
from sora_nb.engines.cutout.motion import analyse
from tests.quality import clips, people
from tests.quality.drawings import Drawing

POSTER = (150, 330)
"""Where the middle of the poster's lower edge is, in pixels."""


def pictures(*, face, walks, shift=0.0):
    """Film a photograph with a poster, before which a bear may walk; or the same person in the flesh, who nods."""
    back = clips.scenery("coffee", 1)
    shown = people.Actor("astronaut", action="nod")
    for number in range(16):
        across = shift * np.sin(number)
        picture = back[100:460, 100 - int(across) : 740 - int(across)]
        time = number / 12 if face == "alive" else 0.0
        drawn = people._posed(shown, time, 260)
        picture, _ = clips.laid(picture, drawn, POSTER[0] + int(across), POSTER[1], 0.0)
        if walks:
            bear = Drawing(3, "bear").draw(220, number / 12, "walk")
            picture, _ = clips.laid(picture, bear, 330 + 14 * number, 350, 0.0)
        yield (np.clip(picture, 0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("shift", [0.0, 3.0])
@pytest.mark.parametrize(
    ("face", "walks", "seen"),
    [("painted", True, False), ("painted", False, True), ("alive", True, True), ("alive", False, True)],
)
def test_a_face_that_never_moves_is_nobody_while_something_else_does(face, walks, seen, shift):
    scene = analyse(list(pictures(face=face, walks=walks, shift=shift)))
    assert bool(found_people.find(scene)) is seen
