"""The routes of the local server."""
