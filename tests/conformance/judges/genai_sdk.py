"""Run with Google's SDK alone, an order on the input: python genai_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import base64
import json
import warnings

warnings.simplefilter("ignore")  # Interactions are called experimental
from google import genai  # noqa: E402
from google.genai import types  # noqa: E402
from google.genai.interactions import CreateModelInteraction, Interaction, VideoResponseFormat  # noqa: E402
from reading import order, picture, report, sent, strange, until, words  # noqa: E402

RUNNING = {"queued", "in_progress"}
url, key, wanted = order()
content = []
for kind, addresses in (
    ("image", [wanted["begin"]] if wanted["begin"] else wanted["pictures"]),
    ("video", wanted["clips"]),
):
    for address in addresses:
        media_type, data = picture(address)
        content.append({"type": kind, "mime_type": media_type, "data": base64.b64encode(data).decode()})
content.append({"type": "text", "text": wanted["prompt"]})
once = types.HttpOptions(base_url=url, api_version="v1beta", retry_options=types.HttpRetryOptions(attempts=1))
sdk = genai.Client(api_key=key, http_options=once)
given = {
    "model": wanted["model"],
    "input": content,
    "background": True,
    "store": True,
    "generation_config": {"video_config": {"task": "image_to_video" if wanted["begin"] else "reference_to_video"}},
    "response_format": {
        "type": "video",
        "aspect_ratio": wanted["ratio"],
        "resolution": wanted["resolution"],
        "duration": f"{wanted['seconds']}s",
        "delivery": "uri",
    },
}
made = sent(lambda: sdk.interactions.create(**given))
seen, odd = set(), set()


def ask():
    """Return the interaction, and keep the word for where it is."""
    raw = json.loads(sdk.interactions.with_raw_response.get(id=made.id).text())
    interaction = Interaction.model_validate(raw)
    seen.add(interaction.status)
    odd.update(strange(interaction, raw))
    return interaction


task = until(lambda task: task.status not in RUNNING, ask)
if wanted["stop"]:
    sdk.interactions.cancel(id=made.id)
ours = wanted["ours"]
refused = []
if ours:
    shape = ours["response_format"]  # the type of the whole body takes any object for it
    refused += strange(VideoResponseFormat.model_validate(shape), shape, "response_format.")
    refused += strange(CreateModelInteraction.model_validate(ours), ours)
report(
    version=genai.__version__,
    id=made.id,
    status=task.status,
    seen=sorted(seen),
    url=task.output_video and task.output_video.uri,
    charge=task.usage and [each.tokens for each in task.usage.output_tokens_by_modality or ()],
    error=[error.code for error in task.errors or ()],
    words=words(Interaction.model_fields["status"].annotation),
    strange=sorted(odd),
    refused=refused,
)
