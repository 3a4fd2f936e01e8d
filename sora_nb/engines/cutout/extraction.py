"""Extract a character: find the main subject of a clip, segment it, and assemble its cut-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.base import Control, Cutout
from sora_nb.engines.cutout import candidates as subjects
from sora_nb.engines.cutout import footage as source
from sora_nb.engines.cutout import people, sprite
from sora_nb.engines.cutout.confidence import cut_sides, estimate
from sora_nb.engines.cutout.masks import bounds
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.second_opinion import without_scenery
from sora_nb.engines.cutout.segmentation import moving_evidence, segment
from sora_nb.errors import NoSubject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sora_nb.engines.base import Hint
    from sora_nb.engines.cutout.confidence import Confidence
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Box, Mask
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation
    from sora_nb.models import Clip

MIN_QUALITY = 0.2
"""Below this a cut-out is refused."""
DOUBTFUL_QUALITY = 0.55
"""Below this it is said to be doubtful, and why: one good cut-out of the tuned clips in fifteen is, as are four bad ones in five."""
SUBJECT_HINT = "Choose other seconds, or mark the subject with subject=(x, y) or with a box around it."
FACES_OF_A_PERSON = 3
"""Pictures, of the few in which the face of what moves is looked for, that must show one for it to be a person."""
CUT_SHARE = 0.08
"""Part of a subject's size that must touch an edge of the picture for that edge to cut it."""
CUT_PICTURES = 0.3
"""Share of the pictures in which an edge cuts the subject, from which on it is told."""


@dataclass(frozen=True)
class Found:
    """A possible subject of a clip.

    Attributes:
        kind: what found it: "face", "motion" or "saliency".
        score: the higher the likelier; comparable within one clip only.
        box: left, top, right, bottom as parts of width and height.
        time: seconds from the start of the file, where it has this box.
    """

    kind: str
    score: float
    box: tuple[float, float, float, float]
    time: float


def extract(video: Path, clip: Clip, control: Control, hint: Hint | None = None) -> Cutout:
    """Cut the main subject of the clip out of a local video file.

    Args:
        video: the file.
        clip: its seconds.
        control: for progress and cancellation.
        hint: where the subject is, if the user knows better.

    Raises:
        NoSubject: no subject stands out in these seconds, or not clearly enough to be cut out.
        MediaError: the file is not a video, or ends before the clip does.
        Cancelled: see Control.
    """
    footage, scene, segmentation, kind = track(video, clip, control, hint)
    confidence = estimate(scene, segmentation, kind)
    if confidence.quality < MIN_QUALITY:
        raise NoSubject(f"No subject could be cut out cleanly in these seconds. {confidence.reason}", hint=SUBJECT_HINT)
    return _assemble(video, footage, scene, segmentation, control, kind=kind, confidence=confidence)


def track(
    video: Path, clip: Clip, control: Control, hint: Hint | None = None
) -> tuple[Footage, Scene, Segmentation, str]:
    """Find the main subject and its mask in every sampled picture; also return what found it.

    Raises:
        NoSubject, MediaError, Cancelled: see extract().
    """
    footage = source.read(video, clip, control)
    control.step(0.1, "Measuring the camera")
    scene = analyse(footage.work)
    control.step(0.11, "Looking for faces")
    person = people.segment(footage, scene, people.find(scene, hint), control, hint)
    if person is not None:
        return footage, scene, person[1], "face"
    control.step(0.28, "Separating the background")
    evidence = moving_evidence(scene)
    control.step(0.29, "Looking for what moves")
    likeliest = next(iter(subjects.find(scene, evidence, hint)), None)
    if likeliest is None:
        raise NoSubject("Nobody stands out in these seconds.", hint=SUBJECT_HINT)
    segmentation = segment(footage, scene, evidence, likeliest, control)
    if hint is None:
        segmentation = without_scenery(footage, scene, evidence, segmentation)
    return footage, scene, segmentation, likeliest.kind


def candidates(video: Path, clip: Clip) -> list[Found]:
    """List possible subjects of a clip, the likeliest first.

    Raises:
        MediaError: the file is not a video, or ends before the clip does.
    """
    control = Control()
    footage = source.read(video, clip, control)
    scene = analyse(footage.work)
    faces = []
    for person in people.find(scene):
        number, face = max(person.track.faces.items(), key=lambda pair: pair[1].score)
        # somebody whose face is seen comes before all that only moves
        faces.append(Found("face", 1 + person.score, _normalized(face[:4], scene.shape), footage.times[number]))
    return faces + [
        Found(candidate.kind, candidate.score, _normalized(candidate.box, scene.shape), footage.times[candidate.frame])
        for candidate in subjects.find(scene, moving_evidence(scene))
    ]


def _normalized(box: Box, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    """Turn left, top, width, height in pixels into left, top, right, bottom as parts."""
    left, top, wide, tall = box
    height, width = shape
    return left / width, top / height, (left + wide) / width, (top + tall) / height


def _assemble(
    video: Path,
    footage: Footage,
    scene: Scene,
    segmentation: Segmentation,
    control: Control,
    *,
    kind: str,
    confidence: Confidence,
) -> Cutout:
    masks = segmentation.masks
    control.step(0.7, "Choosing the best frame")
    views = sprite.score_views(scene, masks, segmentation.faces)
    run = sprite.steady_run(scene, masks)
    best = max(run, key=lambda number: views[number].score)
    if kind in {"motion", "saliency"} and sum(view.face is not None for view in views) >= FACES_OF_A_PERSON:
        kind = "person"
    bust = sprite.is_bust(masks)
    frames, path = sprite.animate(footage, scene, masks, run, control, bust=bust)
    control.step(0.93, "Looking closer")
    close_up = sprite.close_up(source.closest(video, footage, best), masks[best], frames[run.index(best)])
    control.step(0.95, "Drawing the avatar")
    return Cutout(
        frames=tuple(frames),
        fps=footage.fps,
        best=run.index(best),
        bust=bust,
        avatar=sprite.portrait(footage.full[best], masks[best], views[best].face),
        quality=confidence.quality,
        kind=kind,
        box=_normalized(bounds(masks[best]), scene.shape),
        warnings=(
            *footage.warnings,
            *segmentation.doubts,
            *_doubts([masks[number] for number in run], confidence, bust=bust),
        ),
        close_up=close_up,
        path=path,
        face=sprite.face_share(masks[best], views[best].face),
    )


def _doubts(masks: Sequence[Mask], confidence: Confidence, *, bust: bool) -> list[str]:
    """Say what a person should know about a cut-out before it is used.

    Args:
        masks: of the pictures that the sprite is made of.
        confidence: how certain they are.
        bust: whether the lower edge of the picture cuts the subject.
    """
    doubts = []
    if confidence.quality < DOUBTFUL_QUALITY:
        doubts.append(f"The cut-out is doubtful. {confidence.reason} Check the preview. {SUBJECT_HINT}")
    sides = [cut_sides(mask) for mask in masks]
    cut = [name for name in sides[0] if np.mean([side[name] > CUT_SHARE for side in sides]) > CUT_PICTURES]
    if bust and "bottom" in cut:
        cut.remove("bottom")  # the next sentence says it
    if cut:
        doubts.append(f"The subject is cut off at the {' and the '.join(cut)} of the picture.")
    if bust:
        doubts.append("The picture shows it without feet: in a scene it stands on the lower edge.")
    return doubts
