"""What a notebook shows: the app and its widgets."""
