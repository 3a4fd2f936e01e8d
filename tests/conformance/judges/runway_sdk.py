"""Run with Runway's SDK alone, an order on the input: python runway_sdk.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import typing

from reading import order, picture, report, sent, strange, until, words
from runwayml import RunwayML, __version__
from runwayml.types import task_retrieve_response as answers
from runwayml.types.image_to_video_create_params import ImageToVideoCreateParams
from runwayml.types.text_to_video_create_params import TextToVideoCreateParams

RUNNING = {"PENDING", "THROTTLED", "RUNNING"}
ANSWERS = ("Pending", "Throttled", "Running", "Succeeded", "Failed", "Cancelled")


def kind_of(model):
    """Return the SDK's type for the body of a model."""
    kinds = typing.get_args(ImageToVideoCreateParams if wanted["begin"] else TextToVideoCreateParams)
    return next(kind for kind in kinds if words(typing.get_type_hints(kind)["model"]) == [model])


def clips(model, addresses):
    """Return reference videos as the SDK's type for this model has them."""
    hints = typing.get_type_hints(kind_of(model))
    items = typing.get_args(hints["reference_videos"]) if "reference_videos" in hints else ()
    marked = all("type" in getattr(item, "__annotations__", {"type": ""}) for item in items)
    return [{"type": "video", "uri": address} if marked else {"uri": address} for address in addresses]


def refused(body):
    """Return what the SDK's type for the body of this model does not have, or misses."""
    kind = kind_of(body["model"])
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {}
    for name, given in hints.items():
        hint = typing.get_args(given)[0] if typing.get_origin(given) is typing.Required else given
        extras = getattr(hint, "__metadata__", ())
        fields[next((extra.alias for extra in extras if getattr(extra, "alias", None)), name)] = hint
    found = [name for name in body if name not in fields]
    for name in fields.keys() & body.keys():
        value, allowed = body[name], words(fields[name])
        if isinstance(value, str) and allowed and value not in allowed:
            found.append(f"{name}={value}")
    needed = {name for name, hint in fields.items() if name in kind.__required_keys__}
    return sorted([*found, *(f"no {name}" for name in needed - body.keys())])


def handed_over(sdk, address):
    """Bring a file to where the SDK brings it, and return what it is called there."""
    kind, data = picture(address)
    return sdk.uploads.create_ephemeral(file=(f"picture.{kind.partition('/')[2]}", data, kind)).uri


url, key, wanted = order()
body = {
    "model": wanted["model"],
    "prompt_text": wanted["prompt"],
    "prompt_image": wanted["begin"],
    "ratio": wanted["ratio"] or wanted["size"].replace("x", ":"),
    "resolution": wanted["resolution"] if wanted["ratio"] else None,
    "duration": wanted["seconds"],
    "references": [{"uri": address} for address in wanted["pictures"]],
    "reference_videos": clips(wanted["model"], wanted["clips"]),
    "seed": wanted["seed"],
    "audio": wanted["sound"],
}
given = {name: value for name, value in body.items() if value not in (None, [], "")}
with RunwayML(base_url=url, api_key=key, max_retries=0, _strict_response_validation=True) as sdk:
    if wanted["upload"]:
        given["references"] = [{"uri": handed_over(sdk, address)} for address in wanted["pictures"]]
    made = sent(lambda: (sdk.image_to_video if wanted["begin"] else sdk.text_to_video).create(**given))
    seen, odd = set(), set()

    def ask():
        """Return the task, and keep the word for where it is."""
        raw = sdk.tasks.with_raw_response.retrieve(made.id)
        task = raw.parse()
        seen.add(task.status)
        odd.update(strange(task, raw.json()))
        return task

    task = until(lambda task: task.status not in RUNNING, ask)
    if wanted["stop"]:
        sdk.tasks.delete(made.id)
report(
    version=__version__,
    id=made.id,
    estimate=made.estimated_cost.credits,
    status=task.status,
    seen=sorted(seen),
    url=(getattr(task, "output", None) or [None])[0],
    charge=task.cost.credits,
    error=getattr(task, "failure_code", None),
    words=sorted(
        {word for name in ANSWERS for word in words(getattr(answers, name).model_fields["status"].annotation)}
    ),
    strange=sorted(odd),
    refused=refused(wanted["ours"]) if wanted["ours"] else [],
)
