"""Film with a ComfyUI of one's own: a workflow in API format, whose slots are told by the titles of its nodes."""
