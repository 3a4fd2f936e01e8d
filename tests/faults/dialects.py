"""A user's studio before each live service's rehearsal, on a faulty network; what its wire can get wrong by itself."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import ClassVar
from urllib.parse import urlsplit

from faults.catalogue import CATALOGUE, Fault
from faults.proxy import Proxy
from faults.services import SERVICES
from faults.world import RULES, Violation, World
from portrayed import SAID, kept, portrayed
from quick import MarkedEngine

from sora_nb.models import Price, State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.server import rehearsal

FILMS = 6
"""As many films as a world's budget is worth."""
LIST_PRICE = Price(kind="video", usd="2.00", source="a test, dearer than any service", date="2026-11-26")
MOST_STEPS = 8
"""Characters that a world of a service which keeps them begins with; a program has fewer steps."""
ELEMENT_PRICE = LIST_PRICE.model_copy(update={"kind": "registration", "usd": "0"})
ALIKE = {"result": "poll", "element": "poll", "registration": "create"}
"""Kinds of requests to which the faults of another kind happen."""
RIGHT = {"slow drip", "the task fails", "the link to its result has ended", "policy, refused", "throttled, refused"}
"""Faults of creates whose answers are right, however late."""
CHARGES = {
    "missing": ...,
    "null": None,
    "negative": -5,
    "text": "a lot",
    "absurd": 1e308,
    "no number": math.nan,
    "a list": [1, 2],
    "an object": {"credits": 1},
    "all the money there is": 10**16,
}
"""What may stand where an answer says what was charged."""
OWN: dict[str, Fault] = {}
"""Faults that a rehearsal server does when told to, and those of charges."""


def ordered(name, kind):
    """The service itself does what its rehearsal can be told to do."""

    def act(x):
        x.proxy.order(kind)
        answer = x.forward()
        if kind == "lost":
            x.create.accepted = x.proxy.newest(x.kind)
        task = x.create.accepted
        if task and kind in {"failed", "policy"}:  # there are services that accept what they refuse later
            x.proxy.truth.failed.add(task)
        if kind == "link_expired":
            x.proxy.truth.over.add(task)
        x.pass_on(answer)

    OWN[name] = Fault(name, ("create",), act)


ordered("policy, refused", "policy")
ordered("throttled, refused", "throttled")
ordered("lost by the service", "lost")
ordered("the task fails", "failed")
ordered("the link to its result has ended", "link_expired")


def misbilled(name, value):
    """The first answer that says what was charged says something else."""

    def act(x):
        answer = x.forward()
        if spoil(answer, x.proxy.wire.charge, value):
            x.proxy.truth.misbilled = True
        else:  # not yet
            x.proxy.truth.hits[name] -= 1
            x.proxy.plan[x.kind].appendleft(OWN[name])
        x.pass_on(answer)

    OWN[name] = Fault(name, ("poll", "result"), act)


for _name, _value in CHARGES.items():
    misbilled(f"a charge that is {_name}", _value)


def spoil(answer, where, value):
    """Put something else where an answer says what was charged; False where it does not say."""
    if where[0] == "headers":
        others = [pair for pair in answer.headers if pair[0] != where[1]]
        told = len(others) < len(answer.headers)
        answer.headers[:] = [*others, (where[1], str(value))] if told and value is not ... else others
        return told
    data = holder = answer.json()
    try:
        for step in where[:-1]:
            holder = holder[step]
        holder[where[-1]] = value
        if value is ...:
            del holder[where[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    answer.body = json.dumps(data).encode()
    return True


def faults_of(name):
    """Return the names of the faults that can happen to each kind of request of a service."""
    wire = SERVICES[name]
    known = [each for each in CATALOGUE.values() if not each.own] + list(OWN.values())
    found = {}
    for kind in dict.fromkeys(kind for kind, _ in wire.kinds):
        fitting = [each.name for each in known if kind in each.kinds or ALIKE.get(kind) in each.kinds]
        if not wire.charge or (kind == "poll") == (wire.charge[0] == "headers"):
            fitting = [each for each in fitting if not each.startswith("a charge")]
        if kind == "registration":
            fitting = [each for each in fitting if "link" not in each and "policy" not in each]
        found[kind] = sorted(fitting)
    return found


def actions_of(name):
    """Return what can be done with a service, and the kinds of requests that makes."""
    kinds = dict.fromkeys(kind for kind, _ in SERVICES[name].kinds)
    film = [kind for kind in ("upload", "create", "poll", "result", "content") if kind in kinds]
    shown = [kind for kind in film if kind != "upload"]
    again = [kind for kind in ("list", "poll", "result", "content") if kind in kinds]
    made = {"generate": film, "plain": shown, "twins": shown, "resume": again, "restart": [], "costs": []}
    return made | ({"register": ["registration", "element"]} if "registration" in kinds else {})


def grid(name):
    """Programs in which each fault happens once to each kind of request, by that kind; a budget is worth FILMS films."""
    found = {}
    for kind, names in faults_of(name).items():
        several = 3 if kind in {"poll", "element"} else 1  # a poll that went wrong is done again
        alone = [each for each in names if each.startswith("a charge")]
        others = [each for each in names if each not in alone]
        together = [others[start : start + several] for start in range(0, len(others), several)]
        action = "register" if kind in {"registration", "element"} else "generate"
        steps = [[(action, {kind: each})] for each in [*together, *([each] for each in alone)]]
        if kind == "list":
            steps = [[("generate", {"create": ["reply lost"]}), ("resume", {kind: each})] for each in together]
        groups = [steps[start : start + FILMS] for start in range(0, len(steps), FILMS)]
        found[kind] = [(name, [step for each in group for step in each]) for group in groups]
    return found


# --- a service ----------------------------------------------------------------------------------------------------------


class Rehearsed:
    """A rehearsal server behind the proxy, used by one world after the other.

    Args:
        name: of the service.
        folder: where its films are.
        key: the client's key.
        footage: bytes of a film, copies of which are all that is made.
    """

    def __init__(self, name, folder, key, footage):
        self.name, self.key = name, key
        self.wire = SERVICES[name]
        self.folder = folder
        self.server = rehearsal.start(name, folder, MarkedEngine(footage))
        address = urlsplit(rehearsal.base_url(self.server))
        self.path = address.path
        self.proxy = Proxy(address.port, self.wire)
        self.proxy.order, self.proxy.newest = self.server.fail, self.newest

    def reset(self, *, deaf):
        """Forget all tasks and faults."""
        self.proxy.reset()
        self.server._faults.clear()
        for task in self.server.tasks():
            self.server.delete(task.id)

    def is_busy(self):
        """Whether it works on tasks."""
        return not all(task.ended for task in self.server.tasks())

    def task(self, ident):
        """Return a task by the id that the client has."""
        return self.server.task(ident.rpartition("/")[2])

    def newest(self, kind):
        """Return the newest task by the id that the client will have."""
        if kind == "registration":
            return f"element:{list(self.server.elements.values())[-1].task}"
        task = self.server.tasks()[0]
        return f"{task.extra['model']}/{task.id}" if self.name == "comfy" else task.id

    def task_at(self, path):
        """Return the task that an address of a file is about."""
        return next((task for task in self.server.tasks() if task.name in path or task.id in path), None)

    def film(self, ident):
        """Return the right bytes of a task's film."""
        return self.server._tasks.path(self.task(ident).name).read_bytes()

    def films(self):
        """Return the right bytes of all films."""
        return [path.read_bytes() for path in self.folder.glob("*.mp4")]

    def charge(self, ident):
        """Return the micro-dollars that it says a task was charged; None where it does not say."""
        if ident.startswith("element:"):
            return 0
        task = self.task(ident)
        refused = self.name == "runway" and task.error_code.startswith("SAFETY.")
        if task.ended and task.state != "succeeded" and not refused:
            return 0
        return task.charge if self.wire.tells else None

    def close(self):
        self.proxy.close()
        self.server.stop()


class DialectWorld(World):
    """One user of one live service, with a character to show it.

    Args:
        service: the service, with its proxy.
        home: the user's folder, new.
        tally: what is counted.
    """

    budget = FILMS * float(LIST_PRICE.usd)
    catalogue = CATALOGUE | OWN
    small: ClassVar = {}

    def __init__(self, service, home, tally):
        self.wire = service.wire
        super().__init__(service, home, service.name, None, tally)
        (home / "pictures").mkdir()
        keeps = "register" in actions_of(service.name)
        first, *self.strangers = [self._hero(number) for number in range(MOST_STEPS if keeps else 1)]
        self.heroes = [first]

    def _profile(self, name):
        known = registry.get(name)
        video = known.video.model_copy(update={"poll": Pace(), "wait_longest": 300})
        changes = {"video": video, "timeout_create": RULES["timeout_create"], "prices": (LIST_PRICE, ELEMENT_PRICE)}
        return known.model_copy(update=changes)

    def _address(self):
        return super()._address() + self.service.path

    @property
    def sending(self):
        """What a row says while its paid request is on its way; resume() sends one again where its key protects it."""
        return (State.SENT, State.UNKNOWN) if self.profile.replay_hours else (State.SENT,)

    def _hero(self, number):
        return kept(self.studio, portrayed(self.home / "pictures", f"luna{number}", consent=SAID))

    def generate(self):
        self.clips.append(self._result(self.studio.submit(f"{self.heroes[-1]} walks, take {self.number}")))

    def plain(self):
        """A film of nobody."""
        self.clips.append(self._result(self.studio.submit(f"a corgi, take {self.number}")))

    def register(self):
        """The service is made to know another character."""
        self.heroes.append(self.strangers.pop())
        self._bounded(lambda: self.studio.register(self.heroes[-1], self.service.name))

    def _parts(self, path):
        task = self.service.task_at(path)
        return [] if task is None else self._parts_of(task.id)

    def _price(self, task):
        told = self.service.charge(task)
        return LIST_PRICE.cost() if told is None else told

    def _may_repeat(self, create):
        return self.profile.replay_hours > 0

    def _can_be_found(self, call):
        return bool(self.wire.finds)

    def _check_library(self):
        """All characters are here, and those that were registered are known."""
        if len(self.studio.characters()) != len(self.heroes) + len(self.strangers):
            raise Violation("a character was lost")

    def _check_end(self, call, create):
        super()._check_end(call, create)
        if create is None or call.state is State.UNKNOWN:
            return
        told = self.service.charge(create.accepted)
        if call.state is not State.DONE or call.kind == "registration":
            return
        allowed = {call.estimate if told is None else told}
        allowed |= {call.estimate} if self.proxy.truth.misbilled else set()
        if call.charged not in allowed:
            raise Violation(
                f"{call.id} says that {call.charged} was charged, the service {told}: {dict(self.proxy.truth.hits)}"
            )

    def _check_ends(self):
        super()._check_ends()
        rows = self._rows()
        creates = self.proxy.truth.creates
        accepted = {create.key for create in creates if create.accepted}
        missed = {each.key for each in creates if each.accepted and each.fault and each.fault not in RIGHT}
        self.tally.services.setdefault(self.service.name, Counter()).update(
            sent=len(creates),
            accepted=len(accepted),
            missed=len(missed),
            found=sum(rows[key].state is not State.UNKNOWN for key in missed),
        )
