"""Run with Runway's SDK alone, an order on the input: python runway_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

from reading import order, report, unknown, until, words
from runwayml import RunwayML, __version__
from runwayml.types import task_retrieve_response as answers

RUNNING = {"PENDING", "THROTTLED", "RUNNING"}
url, key, wanted = order()
body = {
    "model": wanted["model"],
    "prompt_text": wanted["prompt"],
    "ratio": wanted["ratio"],
    "duration": wanted["seconds"],
    "references": [{"uri": address} for address in wanted["pictures"]],
    "reference_videos": [{"type": "video", "uri": address} for address in wanted.get("clips", ())],
    "seed": wanted.get("seed"),
    "audio": wanted.get("sound"),
}
given = {name: value for name, value in body.items() if value not in (None, [])}
kinds = [getattr(answers, name) for name in ("Pending", "Throttled", "Running", "Succeeded", "Failed", "Cancelled")]
with RunwayML(base_url=url, api_key=key, max_retries=0, _strict_response_validation=True) as sdk:
    made = sdk.text_to_video.create(**given)
    seen, strange = [], set()

    def ask():
        """Return the task, and keep the word for where it is."""
        raw = sdk.tasks.with_raw_response.retrieve(made.id)
        task = raw.parse()
        seen.append(task.status)
        strange.update(unknown(task, raw.json()))
        return task

    task = until(lambda task: task.status not in RUNNING, ask)
report(
    version=__version__,
    id=made.id,
    estimate=made.estimated_cost.credits,
    status=task.status,
    seen=sorted(set(seen)),
    url=(getattr(task, "output", None) or [None])[0],
    credits=task.cost.credits,
    error=getattr(task, "failure_code", None),
    words=sorted({word for kind in kinds for word in words(kind.model_fields["status"].annotation)}),
    unknown=sorted(strange),
)
