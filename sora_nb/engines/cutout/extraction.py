"""Extract a character: find the main subject of a clip, segment it, and assemble its cut-out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines import memory
from sora_nb.engines.base import SHOWN, SUBJECT_HINT, Cutout, Preview
from sora_nb.engines.cutout import candidates as subjects
from sora_nb.engines.cutout import footage as source
from sora_nb.engines.cutout import people, sprite
from sora_nb.engines.cutout.confidence import estimate
from sora_nb.engines.cutout.masks import bounds, cut_sides, most_cut, shows, window_of
from sora_nb.engines.cutout.matting import matte
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.scenery import pictured
from sora_nb.engines.cutout.second_opinion import second_opinion
from sora_nb.engines.cutout.segmentation import moving_evidence, segment
from sora_nb.engines.cutout.tracks import follow, middle
from sora_nb.engines.opencv import one_thread
from sora_nb.errors import NoSubject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sora_nb.engines.base import Control, Hint
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.confidence import Confidence
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Box, Mask
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation
    from sora_nb.engines.cutout.sprite import View
    from sora_nb.engines.cutout.tracks import Track
    from sora_nb.models import Clip

MIN_QUALITY = 0.13
"""Below this a cut-out is refused."""
DOUBTFUL_QUALITY = 0.55
"""Below this it is said to be doubtful, and why.

Of the tuned clips one good cut-out in twelve is, and five bad ones in six.
"""
FACES_OF_A_PERSON = 3
"""Pictures, of the few in which the face of what moves is looked for, that must show one for it to be a person."""
FACE_ALONE = 2.0
"""Area of the masks, by that of the face in them, below which they show hardly more than a face."""
CUT_SHARE = 0.08
"""Part of a subject's size that must touch an edge of the picture for that edge to cut it."""
CUT_PICTURES = 0.3
"""Share of the pictures in which an edge cuts the subject, from which on it is told."""
LEAST_SEEN = 1.0
"""Seconds in which all of a subject must be in the picture for them to be named: services take no fewer."""


@dataclass(frozen=True)
class Analysis:
    """What is measured in a clip before anybody is chosen; it serves any number of hints.

    Attributes:
        video: the file.
        footage: the sampled pictures.
        scene: what was measured in them.
        tracks: the faces in them.
        pictures: those of the faces that are only pictures of one.
    """

    video: Path
    footage: Footage
    scene: Scene
    tracks: list[Track]
    pictures: list[Track]


@one_thread()
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
    analysis = measure(video, clip, control)
    segmentation, kind, confidence = segmented(analysis, control, hint)
    return _assemble(analysis, segmentation, control, kind=kind, confidence=confidence)


@one_thread()
def measure(video: Path, clip: Clip, control: Control) -> Analysis:
    """Read a clip, and measure what does not depend on who is meant.

    Raises:
        NoSubject, MediaError, Cancelled: see extract().
    """
    footage = source.read(video, clip, control)
    control.step(0.1, "measuring the camera")
    scene = analyse(footage.work)
    control.step(0.11, "looking for faces")
    tracks = follow(scene)
    return Analysis(video, footage, scene, tracks, pictured(scene, tracks))


def segmented(
    analysis: Analysis, control: Control, hint: Hint | None = None, evidence: Evidence | None = None
) -> tuple[Segmentation, str, Confidence]:
    """Find the main subject and its masks; also return what found it, and how certain that is.

    Args:
        analysis: the clip.
        control: for progress and cancellation.
        hint: where the subject is, if the user knows better.
        evidence: what moving_evidence() says, where that is at hand.

    Raises:
        NoSubject, Cancelled: see extract().
    """
    segmentation, kind = _followed(analysis, control, hint, evidence)
    confidence = estimate(analysis.scene, segmentation, kind)
    if confidence.quality < MIN_QUALITY:
        said = f"No subject could be cut out cleanly in these seconds. {confidence.reason}"
        raise NoSubject(f"{said}{_in_sight(analysis, segmentation)}", hint=SUBJECT_HINT)
    return segmentation, kind, confidence


def track(
    video: Path, clip: Clip, control: Control, hint: Hint | None = None
) -> tuple[Footage, Scene, Segmentation, str]:
    """Find the main subject and its mask in every sampled picture, however certain; also return what found it.

    Raises:
        NoSubject, MediaError, Cancelled: see extract().
    """
    analysis = measure(video, clip, control)
    return analysis.footage, analysis.scene, *_followed(analysis, control, hint)


def _followed(
    analysis: Analysis, control: Control, hint: Hint | None, evidence: Evidence | None = None
) -> tuple[Segmentation, str]:
    footage, scene = analysis.footage, analysis.scene
    found = people.find(scene, hint, analysis.tracks, analysis.pictures)
    person = people.segment(footage, scene, found, control, hint)
    if person is not None:
        return person[1], "face"
    control.step(0.28, "separating the background")
    evidence = moving_evidence(scene) if evidence is None else evidence
    control.step(0.29, "looking for what moves")
    likeliest = next(iter(subjects.find(scene, evidence, hint)), None)
    if likeliest is None:
        raise NoSubject("Nobody stands out in these seconds.", hint=SUBJECT_HINT)
    evidence = replace(evidence, energy=())  # it was only asked for to find somebody, and takes much memory
    memory.give_back()
    segmentation = segment(footage, scene, evidence, likeliest, control)
    segmentation = second_opinion(footage, scene, evidence, segmentation, pointed=hint is not None)
    if _is_face_alone(segmentation.masks, analysis.tracks):
        segmentation = replace(segmentation, merged=True)
    return segmentation, likeliest.kind


def _is_face_alone(masks: Sequence[Mask], tracks: Sequence[Track]) -> bool:
    """Whether masks show somebody's face and hardly anything else of him: in old film that is all that moves."""
    shares = [
        np.count_nonzero(masks[number]) / (face.width * face.height)
        for track in tracks
        for number, face in track.faces.items()
        if shows(masks[number], middle(face))
    ]
    return bool(shares) and float(np.median(shares)) < FACE_ALONE


@one_thread()
def preview(analysis: Analysis, evidence: Evidence, control: Control, hint: Hint | None = None) -> Preview:
    """Cut a subject out as extract() would, and show its best picture.

    Args:
        analysis: the clip.
        evidence: what moving_evidence() says of it.
        control: for progress and cancellation.
        hint: where the subject is, if the user knows better.

    Raises:
        NoSubject, Cancelled: see extract().
    """
    segmentation, _, confidence = segmented(analysis, control, hint, evidence)
    masks = segmentation.masks
    _, run, best = _best(analysis.scene, segmentation)
    sheet, _ = matte(analysis.footage.full[best], masks[best])
    picture = sheet[window_of(sheet[..., 3] > SHOWN)]
    sight = _in_sight(analysis, segmentation)
    doubts = _doubts([masks[number] for number in run], confidence, sight, bust=sprite.is_bust(masks))
    warnings = *segmentation.doubts, *doubts
    box = normalized(bounds(next(mask for mask in masks if mask.any())), analysis.scene.shape)
    return Preview(picture, confidence.quality, box, (*analysis.footage.warnings, *warnings))


def _best(scene: Scene, segmentation: Segmentation) -> tuple[list[View], list[int], int]:
    """Return how well each picture shows the subject, the run of steady ones, and the best of those."""
    views = sprite.score_views(scene, segmentation.masks, segmentation.faces)
    run = sprite.steady_run(scene, segmentation.masks)
    return views, run, max(run, key=lambda number: views[number].score)


def normalized(box: Box, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    """Turn left, top, width, height in pixels into left, top, right, bottom as parts."""
    left, top, wide, tall = box
    height, width = shape
    right, bottom = left + wide, top + tall
    return round(left / width, 4), round(top / height, 4), round(right / width, 4), round(bottom / height, 4)


def _assemble(
    analysis: Analysis, segmentation: Segmentation, control: Control, *, kind: str, confidence: Confidence
) -> Cutout:
    footage, scene, masks = analysis.footage, analysis.scene, segmentation.masks
    control.step(0.7, "choosing the best frame")
    views, run, best = _best(scene, segmentation)
    if kind in {"motion", "saliency"} and sum(view.face is not None for view in views) >= FACES_OF_A_PERSON:
        kind = "person"
    bust = sprite.is_bust(masks)
    frames, path = sprite.animate(footage, scene, masks, run, control, bust=bust)
    control.step(0.93, "looking closer")
    close_up = sprite.close_up(source.closest(analysis.video, footage, best), masks[best], frames[run.index(best)])
    control.step(0.95, "drawing the avatar")
    return Cutout(
        frames=tuple(frames),
        fps=footage.fps,
        best=run.index(best),
        bust=bust,
        avatar=sprite.portrait(footage.full[best], masks[best], views[best].face),
        quality=confidence.quality,
        kind=kind,
        box=normalized(bounds(masks[best]), scene.shape),
        warnings=(
            *footage.warnings,
            *segmentation.doubts,
            *_doubts([masks[number] for number in run], confidence, _in_sight(analysis, segmentation), bust=bust),
        ),
        close_up=close_up,
        path=path,
        face=sprite.face_share(masks[best], views[best].face),
    )


def _in_sight(analysis: Analysis, segmentation: Segmentation) -> str:
    """Say in which seconds all of a subject that comes or goes is in the picture; "" where it always is, or never for long."""
    times = analysis.footage.times
    whole = [bool(mask.any()) and most_cut(mask) <= CUT_SHARE for mask in segmentation.masks]
    if all(whole):
        return ""
    runs = [[number for number, _ in run] for seen, run in groupby(enumerate(whole), lambda one: one[1]) if seen]
    first, *_, last = max(runs, key=len, default=[0]) * 2
    if times[last] - times[first] < LEAST_SEEN:
        return ""
    return f" All of it is in the picture from {times[first]:.1f} to {times[last]:.1f} s: choose those seconds."


def _doubts(masks: Sequence[Mask], confidence: Confidence, sight: str, *, bust: bool) -> list[str]:
    """Say what a person should know about a cut-out before it is used.

    Args:
        masks: of the pictures that the sprite is made of.
        confidence: how certain they are.
        sight: in which seconds all of the subject is seen, if not always.
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
        doubts.append(f"The subject is cut off at the {' and the '.join(cut)} of the picture.{sight}")
    if bust:
        doubts.append("The picture shows it without feet: in a scene it stands on the lower edge.")
    return doubts
