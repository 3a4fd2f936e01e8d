"""Film with open weights through diffusers: `Studio(engine="diffusers:/models/vace")`, needs the extra `gpu`."""

RESOURCES = {"GPU": 1}
"""What a worker must have, see installed.resources()."""
