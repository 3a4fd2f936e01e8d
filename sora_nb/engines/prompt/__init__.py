"""What the local engine understands of a prompt."""
