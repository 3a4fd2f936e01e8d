"""Programs of steps and faults, made by hypothesis, run in worlds of their own."""

from __future__ import annotations

import contextlib
import itertools

from faults.catalogue import ANY, CATALOGUE
from faults.world import ACTIONS, PROFILES, SURROUNDINGS, Violation
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

BY_KIND = {kind: sorted(name for name, fault in CATALOGUE.items() if kind in fault.kinds) for kind in ANY}
BATCH = 40
"""Programs tried with one seed."""
MOST = {"create": 3, "stream": 3, "upload": 2, "list": 2, "poll": 6, "content": 4, "picture": 3, "around": 1,
        "result": 2, "registration": 2, "element": 3}  # fmt: skip


@st.composite
def steps(draw, actions, by_kind):
    """An action, and what goes wrong with each kind of request it makes."""
    action = draw(st.sampled_from(sorted(actions)))
    faults = {kind: draw(st.lists(st.sampled_from(by_kind[kind]), max_size=MOST[kind])) for kind in actions[action]}
    if faults:
        faults["around"] = draw(st.lists(st.sampled_from(sorted(SURROUNDINGS)), max_size=MOST["around"]))
    return action, {kind: names for kind, names in faults.items() if names}


def programs(profiles, actions, by_kind):
    """Some steps with one of the profiles."""
    return st.tuples(st.sampled_from(sorted(profiles)), st.lists(steps(actions, by_kind), min_size=3, max_size=7))


PROGRAMS = programs(PROFILES, ACTIONS, BY_KIND)


def grid():
    """Programs in which each fault happens once to each kind of request it can happen to."""
    makers = {"create": "generate", "poll": "generate", "content": "generate", "stream": "stream",
              "upload": "extract", "picture": "extract", "list": "resume"}  # fmt: skip
    places = [(kind, name) for kind, names in BY_KIND.items() for name in names]
    places += [("around", name) for name in SURROUNDINGS]
    profiles = itertools.cycle(sorted(PROFILES))
    for group in (places[start : start + 6] for start in range(0, len(places), 6)):  # the budget is worth six videos
        steps = []
        for kind, name in group:
            steps += [("generate", {"create": ["reply lost"]})] if kind == "list" else []
            steps += [(makers.get(kind, "generate"), {kind: [name]})]
        yield "local" if group[0][0] == "list" else next(profiles), steps


def run(world, tally, start, enough, most=60, made_of=PROGRAMS, size=BATCH):
    """Run batches of programs until enough faults were done.

    Args:
        world: makes a world.
        tally: what is counted.
        start: seed of the first batch; the next ones count on.
        enough: faults.
        most: batches after which it ends anyway.
        made_of: a strategy of programs.
        size: programs of a batch.

    Raises:
        Violation: a promise was broken; hypothesis prints the shortest program that breaks it.
    """
    for number in range(start, start + most):
        if tally.faults.total() >= enough:
            return
        _batch(world, tally, number, size, (Phase.generate, Phase.shrink), made_of)


def caught(world, tally, start, batches=6, made_of=PROGRAMS):
    """Look for what breaks a deliberately wrong client, without looking for the shortest way to break it.

    Raises:
        Violation: the first one found.
    """
    seen = []

    def watched(*args):
        made = world(*args)
        step, calm = made.step, made.calm

        def noting(function):
            def call(*args, **kwargs):
                try:
                    return function(*args, **kwargs)
                except Violation as violation:
                    seen.append(violation)
                    raise

            return call

        made.step, made.calm = noting(step), noting(calm)
        return made

    for number in range(start, start + batches):
        with contextlib.suppress(Exception):  # hypothesis also complains when a race does not repeat itself
            _batch(watched, tally, number, 25, (Phase.generate,), made_of)
        if seen:
            raise seen[0]


def _batch(world, tally, number, size, phases, made_of):
    @seed(number)
    @settings(max_examples=size, phases=phases, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made_of)
    def tried(program):
        play(world, tally, program)

    tried()


def play(world, tally, program):
    """Run one program."""
    profile, steps = program
    made = world(profile, tally)
    try:
        for action, faults in steps:
            made.step(action, faults)
        made.calm()
    finally:
        made.close()
