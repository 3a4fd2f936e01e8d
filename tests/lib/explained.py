"""What becomes of a prompt: who plays and does what, and all that is told of it."""

from sora_nb.engines.prompt.parser import explain


def cast(prompt):
    """Return who is drawn, and what each does."""
    return [(role.name, role.action) for role in explain(prompt).spec.cast]


def told(prompt):
    """Return all warnings as one text."""
    return " ".join(explain(prompt).warnings())
