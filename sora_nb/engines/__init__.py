"""Engines: cut characters out of footage and render videos with them, on this machine."""
