"""Run with LiteLLM alone, an order on the input: python litellm_video.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import os
from importlib.metadata import version

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # its price list is otherwise fetched
import litellm
from reading import order, report, sent, until

litellm.user_url_allowed_hosts = ["127.0.0.1"]
url, key, wanted = order()
service = wanted["service"]
if service == "runwayml":
    here = {"custom_llm_provider": service, "api_base": f"{url}/v1", "api_key": key}
    more = {
        "references": [{"uri": address} for address in wanted["pictures"]],
        "ratio": wanted["ratio"] or wanted["size"].replace("x", ":"),
        "audio": wanted["sound"],
    }
else:
    here = {"custom_llm_provider": service, "api_base": url, "api_key": key}
    pictures = [{"url": address} for address in wanted["pictures"]]
    content = [{"type": "image_url", "image_url": picture, "role": "reference_image"} for picture in pictures]
    more = {"content": content, "ratio": wanted["ratio"], "resolution": wanted["resolution"]}
if service == "volcengine":
    more |= {"seed": wanted["seed"], "generate_audio": wanted["sound"]}
if wanted["begin"]:
    more = {name: value for name, value in more.items() if name not in {"content", "references"}}
    more["input_reference"] = wanted["begin"]
more |= {"model": f"{service}/{wanted['model']}", "prompt": wanted["prompt"], "seconds": str(wanted["seconds"])}
given = {name: value for name, value in more.items() if value is not None}
made = sent(lambda: litellm.video_generation(max_retries=0, **given, **here))
seen = set()


def ask():
    """Return the video, and keep the word for where it is."""
    video = litellm.video_status(video_id=made.id, **here)
    seen.add(video.status)
    return video


video = until(lambda video: video.status not in {"queued", "in_progress"}, ask)
fetched = wanted["fetch"] and video.status == "completed"
content = litellm.video_content(video_id=made.id, **here) if fetched else b""
report(
    version=version("litellm"),
    id=made.id,
    status=video.status,
    seen=sorted(seen),
    seconds=video.seconds,
    charge=video.usage,
    error=video.error,
    content=content[4:8].decode("latin-1"),
)
