"""Draw scenes with characters in them, and encode them as an MP4 with sound."""
