"""Extract a character: find the main subject of a clip, segment it, and assemble its cut-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.base import Control, Cutout
from sora_nb.engines.cutout import candidates as subjects
from sora_nb.engines.cutout import footage as source
from sora_nb.engines.cutout import sprite
from sora_nb.engines.cutout.confidence import estimate
from sora_nb.engines.cutout.masks import bounds
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.segmentation import moving_evidence, segment
from sora_nb.errors import NoSubject

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.engines.base import Hint
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Box
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation
    from sora_nb.models import Clip

MIN_QUALITY = 0.4
"""Below this a cut-out is refused: a wrong character costs more than a second try."""
DOUBTFUL_QUALITY = 0.54
"""Below this the outline is said to be uncertain: most such cut-outs are good, but not all."""
SUBJECT_HINT = "Choose other seconds, or mark the subject with subject=(x, y)."


@dataclass(frozen=True)
class Found:
    """A possible subject of a clip.

    Attributes:
        kind: what found it: "face", "cat", "person", "motion" or "saliency".
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
    quality = estimate(scene, segmentation)
    if quality < MIN_QUALITY:
        raise NoSubject(
            f"No subject could be cut out cleanly in these seconds (quality {quality:.2f}).", hint=SUBJECT_HINT
        )
    return _assemble(video, footage, scene, segmentation, control, kind=kind, quality=quality)


def track(
    video: Path, clip: Clip, control: Control, hint: Hint | None = None
) -> tuple[Footage, Scene, Segmentation, str]:
    """Find the main subject and its mask in every sampled picture; also return what found it.

    Raises:
        NoSubject, MediaError, Cancelled: see extract().
    """
    footage = source.read(video, clip, control)
    scene, evidence = _measure(footage, control)
    control.step(0.22, "Looking for the subject")
    found = subjects.find(scene, evidence, hint)
    if not found:
        raise NoSubject("Nobody stands out in these seconds.", hint=SUBJECT_HINT)
    return footage, scene, segment(footage, scene, evidence, found[0], control), found[0].kind


def candidates(video: Path, clip: Clip) -> list[Found]:
    """List possible subjects of a clip, the likeliest first.

    Raises:
        MediaError: the file is not a video, or ends before the clip does.
    """
    control = Control()
    footage = source.read(video, clip, control)
    scene, evidence = _measure(footage, control)
    return [
        Found(candidate.kind, candidate.score, _normalized(candidate.box, scene.shape), footage.times[candidate.frame])
        for candidate in subjects.find(scene, evidence)
    ]


def _measure(footage: Footage, control: Control) -> tuple[Scene, Evidence]:
    control.step(0.1, "Measuring motion")
    scene = analyse(footage.work)
    control.step(0.18, "Separating the background")
    return scene, moving_evidence(scene)


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
    quality: float,
) -> Cutout:
    masks = segmentation.masks
    control.step(0.7, "Choosing the best frame")
    views = sprite.score_views(scene, masks)
    run = sprite.steady_run(scene, masks)
    best = max(run, key=lambda number: views[number].score)
    bust = sprite.is_bust(masks)
    frames = sprite.animate(footage, scene, masks, run, control, bust=bust)
    control.step(0.93, "Looking closer")
    close_up = sprite.close_up(source.closest(video, footage, best), masks[best], frames[run.index(best)])
    control.step(0.95, "Drawing the avatar")
    return Cutout(
        frames=tuple(frames),
        fps=footage.fps,
        best=run.index(best),
        bust=bust,
        avatar=sprite.portrait(footage.full[best], masks[best], views[best].face),
        quality=quality,
        kind=kind,
        box=_normalized(bounds(masks[best]), scene.shape),
        warnings=(*footage.warnings, *segmentation.doubts, *_doubts(segmentation, quality)),
        close_up=close_up,
    )


def _doubts(segmentation: Segmentation, quality: float) -> list[str]:
    doubts = []
    if quality < DOUBTFUL_QUALITY:
        doubts.append("The outline is uncertain; check the preview, or mark the subject with subject=(x, y).")
    edges = np.mean([mask[:, 0].any() or mask[:, -1].any() for mask in segmentation.masks])
    if edges > 0.5:
        doubts.append("The subject is cut off at the side of the picture.")
    return doubts
