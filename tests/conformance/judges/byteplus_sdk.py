"""Run with BytePlus's SDK alone, an order on the input: python byteplus_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

from importlib.metadata import version

import httpx
from byteplussdkarkruntime import Ark
from reading import order, report, unknown, until

url, key, wanted = order()
content = [{"type": "text", "text": wanted["prompt"]}]
content += [
    {"type": "image_url", "image_url": {"url": address}, "role": "reference_image"} for address in wanted["pictures"]
]
content += [
    {"type": "video_url", "video_url": {"url": address}, "role": "reference_video"}
    for address in wanted.get("clips", ())
]
names = ("model", "ratio", "resolution", "seed")
with Ark(base_url=f"{url}/api/v3", api_key=key, max_retries=0) as sdk:
    tasks = sdk.content_generation.tasks
    made = tasks.create(
        content=content,
        duration=wanted["seconds"],
        generate_audio=wanted.get("sound"),
        **{name: wanted.get(name) for name in names},
    )
    seen = []

    def ask():
        """Return the task, and keep the word for where it is."""
        task = tasks.get(task_id=made.id)
        seen.append(task.status)
        return task

    task = until(lambda task: task.status not in {"queued", "running"}, ask)
    said = sdk.get(f"/contents/generations/tasks/{made.id}", cast_to=httpx.Response).json()
    listed = tasks.list(page_num=1, page_size=10, model=wanted["model"]) if wanted.get("list") else None
report(
    version=version("byteplus-python-sdk-v2"),
    id=made.id,
    status=task.status,
    seen=sorted(set(seen)),
    url=getattr(task.content, "video_url", None),
    tokens=getattr(task.usage, "completion_tokens", None),
    error=getattr(task.error, "code", None),
    listed=listed and [item.id for item in listed.items],
    unknown=unknown(task, said),
)
