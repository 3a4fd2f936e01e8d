"""What is waited for before anything begins: the import of the studio, and the command line's help, against typer's own."""

from __future__ import annotations

import subprocess
import sys

from speed import in_turns

ROUNDS = 7
TOLD = "import time; print(time.process_time())"
STUDIO = f"from sora_nb import Studio; {TOLD}"
HELP = f"import sys; from sora_nb.cli import app; app(['--help'], standalone_mode=False); {TOLD}"
TYPER = f"""
import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)

@app.callback()
def options() -> None:
    "Take no options."

@app.command()
def work(name: str = "") -> None:
    "Do nothing."

app(["--help"], standalone_mode=False)
{TOLD}
"""


def seconds(code):
    """CPU seconds of a process, from its beginning."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(run.stdout.split()[-1])


def test_importing_the_studio_and_asking_for_help_take_little_longer_than_typer_s_help(row):
    def enough(studio, ours, typer):
        return max(studio, ours) <= 1.5 * typer

    taken = in_turns(STUDIO, HELP, TYPER, rounds=ROUNDS, seconds=seconds, enough=enough)
    studio, ours, typer = taken
    floor = {"unit": "x", "limit": f"the help of a typer program with one command, {1000 * typer:.0f} ms"}
    row("`from sora_nb import Studio`", before="10x", now=studio / typer, reach=1.56, **floor)
    row("`sora-nb --help`", before="10x", now=ours / typer, reach=1.25, **floor)
    assert enough(*taken)
