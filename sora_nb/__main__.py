"""Run the command line with `python -m sora_nb`."""

from sora_nb.cli import main

main()
