"""Run with OpenRouter's SDK alone, an order on the input: python openrouter_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

from importlib.metadata import version

import httpx
from openrouter import OpenRouter
from openrouter.components import VideoGenerationRequest, VideoGenerationResponse
from reading import order, report, sent, strange, until, words

RUNNING = {"pending", "in_progress"}
url, key, wanted = order()
references = []
for kind, addresses in (("image_url", wanted["pictures"]), ("video_url", wanted["clips"])):
    references += [{"type": kind, kind: {"url": address}} for address in addresses]
begin = {"type": "image_url", "image_url": {"url": wanted["begin"]}, "frame_type": "first_frame"}
with OpenRouter(api_key=key, server_url=url, retry_config=None) as sdk:
    given = {
        "model": wanted["model"],
        "prompt": wanted["prompt"],
        "duration": wanted["seconds"],
        "resolution": wanted["resolution"] or None,
        "aspect_ratio": wanted["ratio"] or None,
        "size": None if wanted["ratio"] else wanted["size"],
        "seed": wanted["seed"],
        "generate_audio": wanted["sound"],
        "input_references": references or None,
        "frame_images": [begin] if wanted["begin"] else None,
    }
    made = sent(lambda: sdk.video_generation.generate(**given))
    seen = set()

    def ask():
        """Return the job, and keep the word for where it is."""
        job = sdk.video_generation.get_generation(job_id=made.id)
        seen.add(job.status)
        return job

    job = until(lambda job: job.status not in RUNNING, ask)
    fetched = wanted["fetch"] and job.status == "completed"
    content = sdk.video_generation.get_video_content(job_id=made.id).read() if fetched else b""
ours = wanted["ours"]
raw = httpx.get(f"{url}/videos/{made.id}", headers={"authorization": f"Bearer {key}"}).json()
report(
    version=version("openrouter"),
    id=made.id,
    status=job.status,
    seen=sorted(seen),
    url=(job.unsigned_urls or [None])[0],
    charge=getattr(job.usage, "cost", None),
    error=job.error,
    content=content[4:8].decode("latin-1"),
    words=words(VideoGenerationResponse.model_fields["status"].annotation),
    strange=strange(job, raw),
    refused=strange(VideoGenerationRequest.model_validate(ours), ours) if ours else [],
)
