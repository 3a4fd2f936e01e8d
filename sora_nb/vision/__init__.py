"""Measure pictures: faces, cuts, sharpness and light, and the seconds that show a character best."""
