"""A user's studio before a faulty network and a real service, and the rules that must hold whatever happens."""

from __future__ import annotations

import concurrent.futures
import hashlib
import socket
import time
from collections import Counter

import anyio
import pytest
from faults.catalogue import CATALOGUE, huge
from faults.outside import Outside
from faults.patience import PATIENCE
from faults.proxy import Proxy
from faults.services import LOCAL
from quick import MarkedEngine
from sqlalchemy import delete

from sora_nb import background, media
from sora_nb.errors import SoraError
from sora_nb.models import Purchase, State
from sora_nb.providers import registry
from sora_nb.providers.hosted import HostedProvider
from sora_nb.providers.profile import Pace
from sora_nb.server.server import LocalServer
from sora_nb.server.tables import TASKS
from sora_nb.storage.ledger import OPEN
from sora_nb.studio import Studio

LONGEST = 60.0
"""Real seconds after which a call counts as hanging; the faults themselves take tenths of seconds."""
BUDGET = 1.0
"""Dollars: six videos and a few characters; some programs come to its end."""
SMALL = {"seconds": 1, "size": "64x64"}
RULES = {"timeout_create": 0.4, "key_required": True, "free": False}
VIDEO = registry.get("local").video.model_copy(update={"poll": Pace(), "wait_longest": 300})
RULES |= {"video": VIDEO}
DEAF = {"echoes_key": False, "honours_key": False}
PROFILES = {
    # the local server shows the keys it was given
    "local": registry.get("local").model_copy(update={**RULES, "free": True}),
    # a hosted service that lists its tasks, and ignores keys
    "listing": registry.get("local").model_copy(
        update={**RULES, **DEAF, "name": "listing", "failures_charged": ("chat",)}
    ),
    # one that neither lists nor shows keys: what is lost there stays unknown
    "blind": registry.get("local").model_copy(update={**RULES, **DEAF, "name": "blind", "listing": False}),
}


class Violation(AssertionError):
    """A promise was broken."""


class Service:
    """The real local server behind the proxy, used by one world after the other."""

    def __init__(self, home, key):
        self.key = key
        self.engine = MarkedEngine()
        self._server = LocalServer(home, self.engine, api_key=key, private_sources=True).start()
        self.store = self._server._store
        self.proxy = Proxy(int(self._server.url.rpartition(":")[2]), LOCAL)

    def reset(self, *, deaf):
        """Forget all tasks and faults.

        Args:
            deaf: whether the service ignores idempotency keys.
        """
        self.proxy.reset(deaf=deaf)
        with self.store._database.write() as connection:
            connection.execute(delete(TASKS))

    def is_busy(self):
        """Whether it works on tasks."""
        return any({"queued", "in_progress"} & counts.keys() for counts in self.store.counts().values())

    def film(self, task):
        """Return the right bytes of a task's film."""
        return self.store.video_path(task).read_bytes()

    def films(self):
        """Return the right bytes of all films."""
        return [path.read_bytes() for path in (self.store.home / "videos").glob("*.mp4")]

    def close(self):
        self.proxy.close()
        self._server.stop()


class World:
    """One user, one ledger, one service; every step ends in a result or in an error of the package.

    Attributes:
        budget: dollars.

    Args:
        service: the service, with its proxy.
        home: the user's folder, new.
        profile: one of PROFILES.
        footage: a video file.
        tally: what is counted.
    """

    budget = BUDGET
    catalogue = CATALOGUE
    small = SMALL
    """What a video is asked for with, where a service makes small ones."""
    sending = (State.SENT,)
    """What a row says while its paid request is on its way."""

    def __init__(self, service, home, profile, footage, tally):
        huge()  # before a client waits for it
        self.service, self.home, self.footage, self.tally = service, home, footage, tally
        self.proxy = service.proxy
        known = self._profile(profile)
        self.profile = known.model_copy(update={"timeout_create": known.timeout_create * PATIENCE.factor})
        service.reset(deaf=not self.profile.echoes_key)
        self.proxy.parts = self._parts
        self.now = 0.0
        self.refusals = 0
        self.unresolved = 0
        self.leap = ""
        self.number = 0
        self.heroes = []
        self.clips = []
        self.settings = registry.settings(self.profile, base_url=self._address(), api_key=service.key)
        self.studio = self._open()
        self.ledger = self.proxy.ledger = Outside(home)

    def _profile(self, name):
        return PROFILES[name]

    def _address(self):
        return f"http://localhost:{self.proxy.port}"

    def _open(self):
        studio = Studio(
            self.profile,
            base_url=self.settings.base_url,
            api_key=self.service.key,
            home=self.home,
            progress=False,
            budget=self.budget,
        )

        async def make():
            return HostedProvider(self.settings, sleep=self._sleep, clock=lambda: self.now)

        studio._session.services._providers[studio._session.service] = background.run(make)
        return studio

    async def _sleep(self, seconds):
        """Waiting takes no time, but the clock goes on; a network that was away comes back after a while."""
        self.now += seconds
        if self.leap:
            self.now += 400 if "ahead" in self.leap else -400
            self.proxy.truth.hits[self.leap] += 1
            self.leap = ""
        if not 0 <= seconds <= 120:
            raise Violation(f"a pause of {seconds} s")
        self.refusals = max(0, self.refusals - 1)
        if not self.refusals:
            self.proxy.accept()
        await anyio.sleep(min(seconds, 0.003))

    def lookup(self, host, *args, **kwargs):
        """socket.getaddrinfo with failures."""
        if host in {"localhost", b"localhost"}:
            if self.unresolved:
                self.unresolved -= 1
                self.proxy.truth.hits["DNS failure"] += 1
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            host = "127.0.0.1"
        return self.real_lookup(host, *args, **kwargs)

    real_lookup = staticmethod(socket.getaddrinfo)

    def _parts(self, path):
        """The part files of the task that an address is about."""
        return self._parts_of(
            path.rpartition("/content")[0].rpartition("/")[2] or path.rpartition("/")[2].partition(".")[0]
        )

    def _parts_of(self, task):
        return [self.home / "incoming" / f"{ident}.mp4.part" for ident in self.ledger.calls_of(task)]

    # --- steps --------------------------------------------------------------------------------------------------------

    def step(self, action, faults=None):
        """Do one thing under faults.

        Args:
            action: one of ACTIONS.
            faults: for each kind of request the names of faults that its requests meet in turn; what surrounds the
                service is listed under "around".
        """
        self.number += 1
        self.ledger.release()
        self.proxy.plan.clear()
        for kind, names in (faults or {}).items():
            for name in names:
                if kind == "around":
                    getattr(self, f"_{SURROUNDINGS[name]}")(name)
                else:
                    self.proxy.plan[kind].append(self.catalogue[name])
        before = Counter(self.proxy.truth.hits)
        try:
            getattr(self, action)()
        except SoraError as error:
            if not str(error) or self.service.key in str(error):
                raise Violation(f"{type(error).__name__} says {str(error)[:200]!r}") from error
            if not error.money:
                raise Violation(f"{type(error).__name__} does not say what it means for money: {error}") from error
            self.tally.errors[type(error).__name__] += 1
        except Violation:
            raise
        except concurrent.futures.TimeoutError as error:
            raise Violation(f"{action} hangs after {faults}") from error
        except BaseException as error:
            raise Violation(f"{type(error).__name__} is outside the tree: {error}"[:400]) from error
        self.tally.faults += self.proxy.truth.hits - before
        self.tally.steps += 1
        self.check()

    def _refuse(self, name):
        self.refusals = 2 + self.number % 4
        self.proxy.truth.hits[name] += 1
        self.tally.faults[name] += 1
        self.proxy.refuse()

    def _unresolve(self, name):
        self.unresolved = 1 + self.number % 5

    def _jump(self, name):
        self.leap = name  # in the next pause

    def _lock(self, name):
        """Another process holds the ledger for longer than anybody waits."""
        self.ledger.hold()
        self.tally.faults[name] += 1

    def _lock_later(self, name):
        """The same, but from the moment on at which the service takes the next paid request."""
        del name
        for kind in ("create", "stream"):
            self.proxy.plan[kind].append(self._locking)

    @property
    def _locking(self):
        from faults.catalogue import Fault

        def act(exchange):
            answer = exchange.forward()
            self._lock("ledger locked once the service has accepted")
            exchange.pass_on(answer)

        return Fault("ledger locked once the service has accepted", (), act)

    def generate(self):
        self.clips.append(self._result(self.studio.submit(f"a corgi, take {self.number}", **SMALL)))

    def twins(self):
        """Two calls at once with the same words; both end before anything is checked, also where the first one fails."""
        jobs = [self.studio.submit("twins", **self.small) for _ in range(2)]
        for job in jobs:
            concurrent.futures.wait([job._future], LONGEST)
        for job in jobs:
            self.clips.append(self._result(job))

    def stream(self):
        self.clips.append(self._result(self.studio.submit(f"a fox, take {self.number}", route="sync")))

    def reuse(self):
        if not self.heroes:
            self.extract()
        self.clips.append(self._result(self.studio.submit(f"{self.heroes[-1]} walks, {self.number}", **SMALL)))

    def extract(self):
        self.heroes.append(self._bounded(lambda: self.studio.extract(self.footage, 1, 2)))

    def extract_video(self):
        if not self.clips:
            self.generate()
        self.heroes.append(self._bounded(lambda: self.studio.extract(self.clips[-1], 0, 1)))

    def resume(self):
        """Nobody resumes while a request that was given up is on its way: the service could not know of it yet."""
        self._until(lambda: not self.proxy.connections, "requests are on their way for ever")
        table = self._bounded(self.studio.resume)
        if not table["note"].map(bool).all():
            raise Violation(f"resume() says nothing: {table.values.tolist()}")

    def restart(self):
        """The kernel ends, and another one takes over."""
        self.ledger.release()
        self.studio.close()
        self.studio = self._open()

    def costs(self):
        self.studio.costs()

    @staticmethod
    def _result(job):
        return job._future.result(LONGEST)

    @staticmethod
    def _bounded(function):
        pool = concurrent.futures.ThreadPoolExecutor(1)
        try:
            return pool.submit(function).result(LONGEST)
        finally:
            pool.shutdown(wait=False)

    # --- what must hold -------------------------------------------------------------------------------------------------

    def check(self):
        """What must hold at any time."""
        rows = self._rows()
        self._check_creates(rows)
        if not self.profile.free:
            self._check_budget(rows)
        for request in self.proxy.truth.elsewhere:
            head = request.partition(b"\r\n\r\n")[0].lower()
            posted = request.startswith(b"POST") and not self.proxy.takes(request)
            if self.service.key.encode() in request or b"authorization" in head or posted:
                raise Violation(f"another host was told {request[:200]!r}")
        incoming = [path for path in (self.home / "incoming").glob("*.mp4") if not path.name.endswith(".clip.mp4")]
        for path in [*incoming, *(self.home / "videos").glob("*")]:
            if path.read_bytes() not in self.service.films():
                raise Violation(f"{path.name} is there under its final name, and is not whole")
        for call in rows.values():
            if call.state is State.DONE:
                self._check_done(call)

    def _rows(self):
        """The calls to the service, by their keys."""
        return {call.key: call for call in self.studio.ledger.calls() if call.profile == self.profile.name}

    def _check_budget(self, rows):
        """Neither by the ledger's sums, nor by what the service took."""
        counted = sum(call.reserved if call.charged is None else call.charged for call in rows.values())
        taken = sum(map(self._price, {create.accepted for create in self.proxy.truth.creates if create.accepted}))
        if max(counted, taken) > self.budget * 1_000_000:
            raise Violation(f"a budget of ${self.budget} is exceeded: {counted} counted, {taken} taken")

    def _price(self, task):
        """Micro-dollars that the service charges for a task."""
        kind = "character" if task.startswith("ch_") else "video"
        failed = task in self.proxy.truth.failed  # not charged for
        return 0 if failed else self.profile.price(Purchase(kind=kind)).micros

    def _check_creates(self, rows):
        truth = self.proxy.truth
        settled: dict[str, bool] = {}
        for create in truth.creates:
            if create.state is None or create.key not in rows:
                raise Violation(f"a paid request arrived that the ledger did not know: {create}")
            if create.state not in self.sending and not create.late:
                raise Violation(f"a paid request arrived whose row said {create.state}")
            if not settled.get(create.key, True):
                raise Violation(f"sent again without a refusal: {[c for c in truth.creates if c.key == create.key]}")
            refused = not create.accepted and was_refused(create)
            settled[create.key] = refused or self._may_repeat(create)

    def _may_repeat(self, create):
        """Whether the service answers a create that is sent again after this one with the same task."""
        return self.profile.honours_key and "Retry-After" in create.fault

    def _check_done(self, call):
        if call.kind == "video":
            if hashlib.sha256(call.file.read_bytes()).hexdigest() != call.sha256:
                raise Violation(f"the file of {call.id} is not what the ledger says")
            if not call.poster.is_file():
                raise Violation("a video has no poster")
            media.probe(call.file)
        elif call.kind == "registration":
            return
        elif call.file is None:
            if "avatar" not in call.error:
                raise Violation("a character has no avatar, and its row does not say so")
        elif hashlib.sha256(call.file.read_bytes()).hexdigest() != call.sha256:
            raise Violation("the avatar is not what the ledger says")

    def calm(self):
        """The network is well again: after a restart and resume(), nothing that was paid for may be missing."""
        self.unresolved = self.refusals = 0
        self.proxy.accept()
        self.ledger.release()
        for part in (self.home / "incoming").glob("*.part"):
            if part.is_symlink():
                part.unlink()
        self.settle()
        with pytest.MonkeyPatch.context() as patient:  # nobody is silent any more; a busy machine may be slow
            for name in ("providers.hosted.READ_SECONDS", "providers.http.STALL_SECONDS", "storage.place.BUSY_SECONDS"):
                patient.setattr(f"sora_nb.{name}", LONGEST / 4)
            self.step("restart")
            self.step("resume")
            if self.studio.ledger.calls(OPEN):
                self.step("resume")
        self._check_library()
        self._check_ends()

    def settle(self):
        """Wait until the service has ended its tasks, whose time is real and not the client's, and has said so."""
        self._until(
            lambda: not (self.proxy.connections or self.service.is_busy()), "the service does not end its tasks"
        )

    @staticmethod
    def _until(happened, otherwise):
        end = time.monotonic() + LONGEST
        while not happened():
            if time.monotonic() > end:
                raise Violation(otherwise)
            time.sleep(0.01)

    def _check_library(self):
        for call in self.studio.ledger.calls((State.DONE,), "character"):
            if call.file is None and "link has ended" not in call.error:
                raise Violation(f"an avatar was lost: {call.error}")
        for who in self.studio.characters():
            if who.clip_file is None or not who.clip_file.is_file():
                raise Violation(f"the clip of {who} was lost")

    def _check_ends(self):
        rows = self._rows()
        owned = Counter(call.task for call in rows.values() if call.task)
        if owned and owned.most_common(1)[0][1] > 1:
            raise Violation(f"two rows claim one task: {owned}")
        accepted = {create.key: create for create in self.proxy.truth.creates if create.accepted}
        by_task = {create.accepted: create for create in self.proxy.truth.creates if create.accepted}
        if len(by_task) > len(accepted):
            raise Violation("the service has two tasks for one call")
        for key, call in rows.items():
            # a service that shows no keys cannot tell calls of the same words apart: each has the task it found
            found = by_task.get(call.task) if call.prompt == "twins" and not self.profile.echoes_key else None
            self._check_end(call, found or accepted.get(key))
        self.tally.sent += len(self.proxy.truth.creates)
        self.tally.accepted += len(accepted)
        self.tally.finished += sum(call.state is State.DONE for call in rows.values())
        self.tally.unknown += sum(call.state is State.UNKNOWN for call in rows.values())

    def _check_end(self, call, create):
        if create is None:
            if call.state in {State.DONE, State.RUNNING} or call.charged:
                sent = [each for each in self.proxy.truth.creates if each.key == call.key]
                raise Violation(f"never taken: {sent}, but the row of {call.id} says {call.state}, {call.charged}")
            return
        if create.accepted in self.proxy.truth.failed:
            return
        if create.accepted in self.proxy.truth.over and call.state in {State.FAILED, State.RUNNING}:
            return  # it is asked for until its time is over
        if call.state is State.DONE:
            if call.kind == "video" and call.file.read_bytes() != self.service.film(create.accepted):
                raise Violation(f"{call.id} has the file of another task")
            return
        if call.state is not State.UNKNOWN or self._can_be_found(call):
            raise Violation(f"paid for and lost: {create} is {call.state}: {call.error!r}")

    def _can_be_found(self, call):
        """Whether the service tells what became of a create whose answer was lost."""
        twin = call.prompt == "twins"
        return self.profile.echoes_key or (self.profile.listing and call.kind == "video" and not twin)

    def close(self):
        self.ledger.release()
        self.proxy.accept()
        self.studio.close()
        self.ledger.close()


def was_refused(create):
    """Whether the client was told no, so that it may send the request again."""
    return create.fault.startswith(("429", "451")) or create.fault.endswith(", refused")


SURROUNDINGS = {
    "connection refused": "refuse",
    "DNS failure": "unresolve",
    "the clock jumps ahead": "jump",
    "the clock jumps back": "jump",
    "ledger locked by another process": "lock",
    "ledger locked once the service has accepted": "lock_later",
}
ACTIONS = {
    # what can be done, and the kinds of requests it makes
    "generate": ("create", "poll", "content"),
    "twins": ("create", "poll", "content"),
    "stream": ("stream", "content"),
    "extract": ("upload", "create", "picture"),
    "extract_video": ("create", "picture"),
    "reuse": ("create", "poll", "content"),
    "resume": ("list", "poll", "content", "picture"),
    "restart": (),
    "costs": (),
}
