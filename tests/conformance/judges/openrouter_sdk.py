"""Run with OpenRouter's SDK alone, an order on the input: python openrouter_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

from importlib.metadata import version

from openrouter import OpenRouter
from openrouter.components import VideoGenerationResponse
from reading import order, report, until, words

RUNNING = {"pending", "in_progress"}
url, key, wanted = order()
parts = [{"type": "image_url", "image_url": {"url": address}} for address in wanted["pictures"]]
parts += [{"type": "video_url", "video_url": {"url": address}} for address in wanted.get("clips", ())]
with OpenRouter(api_key=key, server_url=f"{url}/api/v1", retry_config=None) as sdk:
    made = sdk.video_generation.generate(
        model=wanted["model"],
        prompt=wanted["prompt"],
        duration=wanted["seconds"],
        resolution=wanted["resolution"],
        aspect_ratio=wanted["ratio"],
        seed=wanted.get("seed"),
        generate_audio=wanted.get("sound"),
        input_references=parts,
    )
    seen = []

    def ask():
        """Return the job, and keep the word for where it is."""
        job = sdk.video_generation.get_generation(job_id=made.id)
        seen.append(job.status)
        return job

    job = until(lambda job: job.status not in RUNNING, ask)
    size = 0
    if wanted.get("download") and job.status == "completed":
        size = len(sdk.video_generation.get_video_content(job_id=made.id).read())
report(
    version=version("openrouter"),
    id=made.id,
    status=job.status,
    seen=sorted(set(seen)),
    url=(job.unsigned_urls or [None])[0],
    signed=(job.urls or [None])[0],
    cost=getattr(job.usage, "cost", None),
    error=job.error,
    size=size,
    words=words(VideoGenerationResponse.model_fields["status"].annotation),
)
