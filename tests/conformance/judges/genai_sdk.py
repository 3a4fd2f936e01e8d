"""Run with Google's SDK alone, an order on the input: python genai_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import base64
import warnings

warnings.simplefilter("ignore")  # Interactions are called experimental
from google import genai  # noqa: E402
from google.genai import types  # noqa: E402
from reading import order, picture, report, until, words  # noqa: E402

RUNNING = {"queued", "in_progress"}
url, key, wanted = order()
given = []
for address in wanted["pictures"]:
    kind, data = picture(address)
    given.append({"type": "image", "mime_type": kind, "data": base64.b64encode(data).decode()})
for address in wanted.get("clips", ()):
    kind, data = picture(address)
    given.append({"type": "video", "mime_type": kind, "data": base64.b64encode(data).decode()})
given.append({"type": "text", "text": wanted["prompt"]})
shape = {
    "type": "video",
    "aspect_ratio": wanted["ratio"],
    "resolution": wanted["resolution"],
    "duration": f"{wanted['seconds']}s",
    "delivery": "uri",
}
once = types.HttpOptions(
    base_url=url, api_version=wanted.get("version"), retry_options=types.HttpRetryOptions(attempts=1)
)
sdk = genai.Client(api_key=key, http_options=once)
made = sdk.interactions.create(
    model=wanted["model"],
    input=given,
    background=True,
    store=True,
    generation_config={"video_config": {"task": "reference_to_video"}},
    response_format=shape,
)
seen = []


def ask():
    """Return the interaction, and keep the word for where it is."""
    interaction = sdk.interactions.get(id=made.id)
    seen.append(interaction.status)
    return interaction


task = until(lambda task: task.status not in RUNNING, ask)
strict = type(task).model_validate(task.model_dump(mode="json", exclude_none=True))
report(
    version=genai.__version__,
    id=made.id,
    status=strict.status,
    seen=sorted(set(seen)),
    url=strict.output_video and strict.output_video.uri,
    tokens=strict.usage and strict.usage.total_output_tokens,
    error=[error.code for error in strict.errors or ()],
    words=words(type(task).model_fields["status"].annotation),
    extra=sorted(task.model_extra or {}),
)
