"""Drawn scenes with characters in them, as an MP4 with picture and sound."""
