"""What is kept on this machine: the ledger, characters, videos, files, and locks of living processes."""
