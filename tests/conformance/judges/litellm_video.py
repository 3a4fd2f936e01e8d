"""Run with LiteLLM alone, an order on the input: python litellm_video.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import os
from importlib.metadata import version

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # its price list is otherwise fetched
import litellm
from reading import order, report, until

BASES = {"volcengine": "", "runwayml": "/v1", "minimax": ""}
url, key, wanted = order()
service = wanted["service"]
here = {"custom_llm_provider": service, "api_base": url + BASES[service], "api_key": key}
if service == "runwayml":
    more = {"references": [{"uri": address} for address in wanted["pictures"]], "ratio": wanted["ratio"]}
else:
    role = "reference_image"
    content = [{"type": "image_url", "image_url": {"url": address}, "role": role} for address in wanted["pictures"]]
    more = {"content": content, "ratio": wanted["ratio"], "resolution": wanted["resolution"]}
for name in ("seed", "generate_audio"):
    if wanted.get(name) is not None:
        more[name] = wanted[name]
made = litellm.video_generation(
    model=f"{service}/{wanted['model']}",
    prompt=wanted["prompt"],
    seconds=str(wanted["seconds"]),
    max_retries=0,
    **more,
    **here,
)
seen = []


def ask():
    """Return the video, and keep the word for where it is."""
    video = litellm.video_status(video_id=made.id, **here)
    seen.append(video.status)
    return video


video = until(lambda video: video.status not in {"queued", "in_progress"}, ask)
report(
    version=version("litellm"),
    id=made.id,
    status=video.status,
    seen=sorted(set(seen)),
    seconds=video.seconds,
    size=video.size,
    usage=made.usage,
    error=video.error,
)
