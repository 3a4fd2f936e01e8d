"""Run with the LiteLLM SDK alone: python litellm_sdk.py URL KEY CLIP. Ends with one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # its price list is otherwise fetched
import litellm

url, key, clip = sys.argv[1], sys.argv[2], Path(sys.argv[3])
HERE = {"custom_llm_provider": "openai", "api_base": f"{url}/v1", "api_key": key}
report = {}


def ended(video):
    """Follow a task to its end."""
    while video.status not in {"completed", "failed"}:
        time.sleep(0.1)
        video = litellm.video_status(video_id=video.id, **HERE)
    assert video.status == "completed", video
    return video


video = ended(litellm.video_generation(prompt="a corgi", model="openai/sora-2", seconds="4", size="320x180", **HERE))
assert (video.seconds, video.size) == ("4", "320x180"), video
report["wrapped"] = video.id
assert litellm.video_content(video_id=video.id, **HERE)[4:8] == b"ftyp"
listed = litellm.video_list(**HERE)
assert len(listed["data"]) == 1, listed
remix = ended(litellm.video_remix(video_id=video.id, prompt="at night", **HERE))
report["remixed_from"] = remix.remixed_from_video_id
assert ended(litellm.video_edit(video_id=video.id, prompt="in the rain", **HERE)).seconds == "4"
assert ended(litellm.video_extension(video_id=video.id, prompt="and on", seconds="4", **HERE)).seconds == "8"
with clip.open("rb") as file:
    character = litellm.video_create_character(name="Mossy", video=file, **HERE)
assert character.name == "Mossy"
found = litellm.video_get_character(character_id=character.id, **HERE)
assert found.name == "Mossy"
report["character"] = character.id
print(json.dumps(report))
