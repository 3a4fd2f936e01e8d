"""From a few seconds of footage to a character cut out of its background."""
