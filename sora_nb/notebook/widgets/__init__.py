"""Widgets to choose a video, trim it, look at characters, write prompts and see costs. Each works alone.

They know files and models, but no network and no ledger; `Studio.app()` joins them to a studio.
"""
