"""Serve the local engine over HTTP, for `sora-nb serve` and the tests."""
