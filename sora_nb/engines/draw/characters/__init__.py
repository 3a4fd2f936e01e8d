"""Draw stock characters: people, animals, a robot."""
