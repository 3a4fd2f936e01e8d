"""Parse the prompts of the local engine."""
