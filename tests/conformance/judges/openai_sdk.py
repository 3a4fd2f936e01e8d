"""Run with the official SDK alone: python openai_sdk.py URL KEY CLIP. Ends with one line of JSON."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")  # OpenAI closed its own service, so the SDK calls these methods deprecated
import openai  # noqa: E402
from openai.types import Video  # noqa: E402

url, key, clip = sys.argv[1], sys.argv[2], Path(sys.argv[3])
SMALL = {"seconds": "4", "size": "320x180"}
report = {"version": openai.__version__}

with openai.OpenAI(base_url=f"{url}/v1", api_key=key) as sdk:
    video = sdk.videos.create_and_poll(prompt="a corgi", model="sora-2", **SMALL)
    assert (video.status, video.progress, video.seconds, video.size) == ("completed", 100, "4", "320x180"), video
    heads = {"video": (4, b"ftyp"), "thumbnail": (8, b"WEBP"), "spritesheet": (0, b"\xff\xd8\xff")}
    for variant, (place, head) in heads.items():
        content = sdk.videos.download_content(video.id, variant=variant).read()
        assert content[place : place + len(head)] == head, (variant, content[:16])
    report["variants"] = list(heads)

    made = [sdk.videos.create(prompt=f"take {number}", **SMALL).id for number in range(3)]
    assert [found.id for found in sdk.videos.list(limit=2)] == [*made[::-1], video.id]
    assert [found.id for found in sdk.videos.list(limit=1, order="asc")] == [video.id, *made]

    character = sdk.videos.create_character(name="Mossy", video=clip)
    assert character.name == "Mossy"
    assert character.id.startswith("char_")
    assert sdk.videos.get_character(character.id).to_dict() == character.to_dict()
    cast = {"characters": [{"id": character.id}]}
    played = sdk.videos.create_and_poll(prompt="Mossy, a teapot, runs", extra_body=cast, **SMALL)
    assert (played.status, played.prompt) == ("completed", "Mossy, a teapot, runs"), played
    report["named_in"] = played.id

    remix = sdk.videos.poll(sdk.videos.remix(played.id, prompt="at night").id)
    assert (remix.status, remix.remixed_from_video_id) == ("completed", played.id), remix
    report["remix"] = remix.id

    edit = sdk.videos.poll(sdk.videos.edit(prompt="in the rain", video=clip).id)
    longer = sdk.videos.poll(sdk.videos.extend(prompt="and on", seconds="4", video=clip).id)
    assert (edit.status, edit.seconds) == ("completed", "2"), edit
    assert (longer.status, longer.seconds) == ("completed", "6.5"), longer

    # the SDK's own types offer {"id": ...} here, and its own code refuses it; so it goes by the SDK's general method
    try:
        sdk.videos.edit(prompt="in the rain", video={"id": played.id})
    except (RuntimeError, TypeError) as error:
        report["deviation"] = type(error).__name__
    for path, more, seconds in (("/videos/edits", {}, "4"), ("/videos/extensions", {"seconds": "4"}, "8")):
        body = {"prompt": "in the rain", "video": {"id": played.id}, **more}
        task = sdk.videos.poll(sdk.post(path, body=body, cast_to=Video).id)
        assert (task.status, task.seconds) == ("completed", seconds), task

    assert sdk.videos.delete(video.id).deleted
    try:
        sdk.videos.retrieve(video.id)
    except openai.NotFoundError:
        report["deleted"] = True
    try:
        sdk.videos.create(prompt="@nobody runs")
    except openai.BadRequestError as error:
        report["refusal"] = error.code
    models = [model.id for model in sdk.models.list()]
    assert "sora-2-character" in models
    assert [sdk.models.retrieve(name).id for name in models] == models

    kept = [sdk.files.create(file=clip, purpose="vision") for _ in range(2)]
    assert [file.id for file in sdk.files.list(limit=1)] == [file.id for file in kept[::-1]]
    assert sdk.files.retrieve(kept[0].id) == kept[0]
    assert (kept[0].bytes, kept[0].filename) == (clip.stat().st_size, clip.name)
print(json.dumps(report))
