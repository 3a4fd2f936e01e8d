"""Reusable characters from video, in Jupyter."""
