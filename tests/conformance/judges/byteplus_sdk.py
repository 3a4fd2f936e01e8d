"""Run with BytePlus's SDK alone, an order on the input: python byteplus_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

from importlib.metadata import version

import httpx
from byteplussdkarkruntime import Ark
from byteplussdkarkruntime.types.content_generation import create_task_content_param as parts
from pydantic import TypeAdapter
from reading import order, report, sent, strange, until

ROLES = {"image_url": "reference_image", "video_url": "reference_video"}
PARTS = TypeAdapter(list[parts.CreateTaskContentParam])
url, key, wanted = order()
content = [{"type": "text", "text": wanted["prompt"]}]
if wanted["begin"]:
    content.append({"type": "image_url", "image_url": {"url": wanted["begin"]}, "role": "first_frame"})
for kind, addresses in (("image_url", wanted["pictures"]), ("video_url", wanted["clips"])):
    content += [{"type": kind, kind: {"url": address}, "role": ROLES[kind]} for address in addresses]
with Ark(base_url=url, api_key=key, max_retries=0) as sdk:
    tasks = sdk.content_generation.tasks
    same = {name: wanted[name] for name in ("model", "ratio", "resolution", "seed")}
    same |= {"duration": wanted["seconds"], "generate_audio": wanted["sound"]}
    made = sent(lambda: tasks.create(content=content, **same))
    seen = set()

    def ask():
        """Return the task, and keep the word for where it is."""
        task = tasks.get(task_id=made.id)
        seen.add(task.status)
        return task

    task = until(lambda task: task.status not in {"queued", "running"}, ask)
    raw = sdk.get(f"/contents/generations/tasks/{made.id}", cast_to=httpx.Response).json()
    if wanted["stop"]:
        tasks.delete(made.id)
    listed = tasks.list(page_num=1, page_size=10, model=wanted["model"]).items
if wanted["ours"]:
    PARTS.validate_python(wanted["ours"]["content"])
report(
    version=version("byteplus-python-sdk-v2"),
    id=made.id,
    status=task.status,
    seen=sorted(seen),
    url=getattr(task.content, "video_url", None),
    charge=getattr(task.usage, "completion_tokens", None),
    error=getattr(task.error, "code", None),
    listed=[item.id for item in listed],
    strange=strange(task, raw),
    refused=[],
)
