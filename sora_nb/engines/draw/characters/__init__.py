"""Characters the engine draws itself: people, animals, a robot."""
