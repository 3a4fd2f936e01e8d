"""Archives of characters, good ones and such as nobody should open."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime

import numpy as np
from PIL import Image

from sora_nb.archive.record import RECORD
from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout import files
from sora_nb.models import Character, Clip, Consent, Registration, Still


def png(size=(8, 8), mode="RGB", kind="PNG"):
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def hero(folder, film, **changes):
    """A character with all that one may have, its files in a folder."""
    frames = tuple(np.full((6, 5, 4), value, np.uint8) for value in (0, 90, 255))
    cutout = Cutout(frames, 8.0, 1, False, np.zeros((4, 4, 3), np.uint8), 0.75, "motion", (0.1, 0.2, 0.3, 0.4))
    best = files.save(cutout, folder / "cutout")
    paths = {name: folder / name for name in ("clip.mp4", "avatar.jpg", "figure.png")}
    for path, content in zip(paths.values(), (film, png(kind="JPEG"), png((9, 7))), strict=True):
        path.write_bytes(content)
    made = {
        "id": "ch_1",
        "username": "luna",
        "display_name": "Luna",
        "avatar": paths["avatar.jpg"],
        "clip": Clip(2, 3),
        "clip_file": paths["clip.mp4"],
        "cutout": best,
        "description": "a grey figure\nwith ears",
        "stills": (Still(path=paths["figure.png"], width=9, height=7, kind="figure"),),
        "consent": Consent(by="Ada: it is my cat", at=datetime(2026, 11, 1, tzinfo=UTC)),
        "licence": "CC BY 4.0",
        "providers": {"local": Registration(id="ch_1")},
        "source": "file:cat.mp4",
        "profile": "local",
        "created_at": datetime(2026, 11, 2, 3, 4, 5, 678, tzinfo=UTC),
        "raw": {"id": "ch_1", "quality": 0.75, "found_by": "motion", "warnings": ["Dark."]},
    }
    return Character(**{**made, **changes})


def opened(packed):
    """The files of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents, *, listed=True, extra=(), compression=zipfile.ZIP_STORED, **record):
    """An archive of these files; its record lists them, whatever they are.

    Args:
        contents: bytes by name.
        listed: whether the record is made to list them.
        extra: entries added as they are, pairs of a name or ZipInfo and bytes.
        compression: as zipfile takes it.
        record: fields that are changed in the record.
    """
    contents = dict(contents)
    told = {**json.loads(contents[RECORD]), **record}
    if listed and "files" not in record:
        told["files"] = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
            if name != RECORD
        ]
    contents[RECORD] = json.dumps(told).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for entry, content in (*contents.items(), *extra):
            archive.writestr(entry, content)
    return out.getvalue()
