"""Run with OpenAI's SDK alone, an order on the input: python videos_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import warnings

warnings.simplefilter("ignore")  # OpenAI closed its own service, so the SDK calls these methods deprecated
import openai  # noqa: E402
from openai.types import Video  # noqa: E402
from reading import order, picture, report, sent, strange, until, words  # noqa: E402

url, key, wanted = order()
body = {"prompt": wanted["prompt"], "seconds": str(wanted["seconds"]), "size": wanted["size"], "model": wanted["model"]}
shown = [wanted["begin"]] if wanted["begin"] else wanted["pictures"]
if shown:
    [address] = shown  # the SDK takes one
    kind, data = picture(address)
    body["input_reference"] = (f"picture.{kind.partition('/')[2]}", data, kind)
with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as sdk:
    made = sent(lambda: sdk.videos.create(**body))
    seen, odd = set(), set()

    def ask():
        """Return the video, and keep the word for where it is."""
        raw = sdk.videos.with_raw_response.retrieve(made.id)
        video = raw.parse()
        seen.add(video.status)
        odd.update(strange(video, raw.http_response.json()))
        return video

    video = until(lambda video: video.status not in {"queued", "in_progress"}, ask)
report(
    version=openai.__version__,
    id=made.id,
    status=video.status,
    seen=sorted(seen),
    url=getattr(video, "video_url", None),
    error=video.error and video.error.code,
    words=words(Video.model_fields["status"].annotation),
    strange=sorted(odd),
)
