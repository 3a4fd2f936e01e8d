"""Run with Comfy's SDK alone, against its proxy before a ComfyUI: python comfy_proxy.py URL WORKFLOW PICTURE FILM."""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version

url, workflow, picture, film = sys.argv[1:]
os.environ["COMFY_BASE_URL"] = url
from comfy_sdk import Comfy  # noqa: E402
from comfy_sdk.exceptions import ComfyError  # noqa: E402

with Comfy() as sdk:

    def filled(**inputs):
        """Return the workflow with a picture, small and short."""
        found = sdk.workflows.from_file(workflow)
        found.set_input("7", "image", sdk.assets.from_file(picture))
        for name, value in {"width": 160, "height": 96, "length": 17}.items():
            found.set_input("8", name, value)
        for name, value in inputs.items():
            found.set_input("9", name, value)
        return found

    job = sdk.submit(filled())
    events = [type(event).__name__ for event in job.events()]
    job.refresh()
    (output,) = job.get_outputs("13")
    output.to_file(film)
    try:
        sdk.submit(filled(sampler_name="none"))
        refused = ""
    except ComfyError as error:
        refused = str(error)
    stopped = sdk.submit(filled(steps=10000))
    stopped.cancel()
    print(
        json.dumps(
            {
                "version": version("comfy-api-proxy"),
                "status": job.status,
                "events": sorted(set(events)),
                "refused": refused,
                "stopped": stopped.wait(timeout=60).status,
            }
        )
    )
