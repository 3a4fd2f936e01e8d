"""The offline half: a server that speaks the protocol, and the engine that answers it."""
