"""Cut a character out of a few seconds of footage."""
