"""Film with open weights through diffusers: `Studio(engine="diffusers:/models/vace")`, needs the extra `gpu`."""
