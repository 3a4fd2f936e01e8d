"""Prompt experiments: a plan of combinations, its run, and a report."""
