"""The protocol on this machine: an HTTP server over the local engine, for `sora-nb serve` and the tests."""
