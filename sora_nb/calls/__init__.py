"""One call from its ledger row to its result: send, follow, keep, cancel and recover."""
