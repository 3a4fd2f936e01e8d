"""The caller's side of a Dask cluster: hand tasks over, follow them to their end, and again where the scheduler was lost."""

from __future__ import annotations

import contextlib
import pickle
import secrets
import threading
import time
from concurrent.futures import CancelledError
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from distributed import Client, KilledWorker
from distributed.client import ClosedClientError

from sora_nb.display import plain
from sora_nb.engines.base import Control
from sora_nb.engines.dask.task import Task, describe, run
from sora_nb.errors import Cancelled, ConfigError, GenerationFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sora_nb.engines.dask.jobs import Job
    from sora_nb.engines.dask.task import Outcome
    from sora_nb.engines.film import FilmModel

PATIENCE_SECONDS = 10
"""How long a scheduler is waited for at first, and by Dask before it gives a lost one up."""
LOOK_SECONDS = 0.1
"""How often is looked what became of a task."""
WORKERS_SECONDS = 2.0
"""How often is looked which workers there are."""
NOBODY_SECONDS = 30.0
"""How long a worker is waited for that can tell what its engine makes, where there is none."""
NOBODY = "waiting for a worker"


class _Step(NamedTuple):
    """One call of a function on a worker.

    Attributes:
        name: what it is called in its order.
        function: what is called; of a module that workers have.
        arguments: what with; all but those that it gets of steps before.
    """

    name: str
    function: Callable[..., Outcome]
    arguments: tuple[Any, ...]


class Cluster:
    """A Dask cluster: its scheduler is known, its workers come and go.

    Args:
        address: of the scheduler, as Dask writes it: "tcp://host:8786".
        store: address of the store that its workers share with this process.

    Raises:
        ConfigError: no scheduler answers there.
    """

    def __init__(self, address: str, store: str) -> None:
        self.address = address
        self._store = store
        self._progress: dict[str, _Progress] = {}
        self._connecting = threading.Lock()
        self._closed = False
        self._client = self._connected()
        self._workers: list[Mapping[str, Any]] = []
        self._looked = float("-inf")

    def _connected(self) -> Client:
        try:
            return Client(self.address, timeout=PATIENCE_SECONDS, set_as_default=False, name="sora_nb")
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(
                f"No Dask scheduler answers at {plain(self.address, 100)}: {plain(str(error), 200)}",
                hint='Start one with "dask scheduler", and name it like "dask:tcp://HOST:8786".',
            ) from error

    def close(self) -> None:
        """Let go of the cluster; what it still does for this process ends."""
        self._closed = True
        self._client.close()

    def size(self) -> int:
        """Return how many workers there are now."""
        return len(self._client.scheduler_info()["workers"])

    def carry_out(
        self, order: str, named: Sequence[tuple[str, Job]], control: Control, needs: Mapping[str, float]
    ) -> None:
        """Have jobs done, whose results are in the exchange then.

        A job whose worker dies is done by another one. Where the scheduler is lost, all are handed over again to the
        one that comes; what is done by then is found, and not done twice.

        Args:
            order: an id that no other order has.
            named: jobs by name. All but the last may be done at the same time, and the last one when they are done.
            control: receives the progress, and may cancel.
            needs: what a worker must have, as `dask worker --resources` names it.

        Raises:
            SoraError: as the engine does.
            Cancelled: see Control.
            ConfigError: workers have another version of this package, or none.
            GenerationFailed: several workers died of it.
        """

        def steps(topic: str) -> list[_Step]:
            tasks = [Task(job=job, order=order, name=name, topic=topic, files=self._store) for name, job in named]
            return [_Step(task.name, run, (version("sora_nb"), pickle.dumps(task))) for task in tasks]

        self._follow(order, len(named), steps, control, needs)

    def model_of(self, engine: str, needs: Mapping[str, float]) -> FilmModel | None:
        """Ask a worker for the model of an engine; None for one that cuts characters out, too.

        Args:
            engine: its name.
            needs: as of carry_out().

        Raises:
            ConfigError: there is no such engine there, or no worker that has what it needs.
        """
        begun = time.monotonic()

        def report(_: float, stage: str) -> None:
            if stage.startswith(NOBODY) and time.monotonic() - begun > NOBODY_SECONDS:
                wanted = " ".join(f'--resources "{name}={much:g}"' for name, much in needs.items())
                raise ConfigError(
                    f"Nobody can tell what {engine!r} makes: still {stage} at {self.address}.",
                    hint=f"Start one there: dask worker {self.address} {wanted}",
                )

        control = Control(report)
        control.urgency = 0
        step = _Step("describe", describe, (version("sora_nb"), engine))
        model: FilmModel | None = self._follow(secrets.token_hex(16), 1, lambda _: [step], control, needs)
        return model

    def _follow(
        self,
        order: str,
        count: int,
        steps: Callable[[str], list[_Step]],
        control: Control,
        needs: Mapping[str, float],
    ) -> Any:
        """Have steps done, and return the value of the last one.

        Args:
            order, control, needs: as of carry_out().
            count: how many steps there are.
            steps: makes them, told under which topic Dask takes their progress here.
        """
        progress = self._progress[order] = _Progress(count)
        try:
            while True:
                outcome = self._attempt(order, steps, control, needs)
                # a worker that leaves cancels what it has under way
                if outcome is not None and not isinstance(outcome.error, Cancelled):
                    if outcome.error is not None:
                        raise outcome.error
                    return outcome.value
                control.step(progress.fraction, "handing it over again")
        finally:
            del self._progress[order]

    def _attempt(
        self, order: str, steps: Callable[[str], list[_Step]], control: Control, needs: Mapping[str, float]
    ) -> Outcome | None:
        """Hand steps over and wait for the last one; return None where they were lost together with the scheduler."""
        client = self._reached(control)
        futures: list[Any] = []
        try:
            client.subscribe_topic(client.id, self._hear)  # the scheduler may be a new one
            made = steps(client.id)
            for step in made:
                future = client.submit(
                    step.function,
                    *step.arguments,
                    *(futures if step is made[-1] else []),
                    key=f"sora_nb {step.name}-{order}",
                    pure=False,
                    priority=-control.urgency,
                    resources=dict(needs) or None,
                    # kept by the scheduler until a worker is free: one that waited at a worker already would come
                    # before whatever is more urgent; needs distributed.scheduler.worker-saturation: 1.0 there
                    _data_producer=True,
                )
                futures.append(future)
            return self._wait(futures[-1], order, control, needs)
        except ClosedClientError:
            return None
        finally:
            with contextlib.suppress(ClosedClientError, OSError, RuntimeError):  # who has gone needs no word of it
                client.cancel(futures)

    def _reached(self, control: Control) -> Client:
        """Return a client that has a scheduler, once there is one."""
        while True:
            if self._closed:
                raise Cancelled("The connection to the workers was closed.", money="They charge nothing.")
            if self._client.status == "running":
                return self._client
            control.step(0.0, f"waiting for the scheduler at {self.address}")
            with self._connecting, contextlib.suppress(ConfigError):
                if self._client.status == "closed" and not self._closed:
                    self._client = self._connected()
            time.sleep(LOOK_SECONDS)

    def _wait(self, last: Any, order: str, control: Control, needs: Mapping[str, float]) -> Outcome | None:
        """Wait for the end of a task; return None where it was lost together with the scheduler."""
        progress = self._progress[order]
        while last.status in {"pending", "lost"}:
            control.step(progress.fraction, progress.stage or self._waiting(needs))
            time.sleep(LOOK_SECONDS)
        failed = last.status == "error"
        try:
            found: Outcome = last.result()
        except CancelledError:
            return None
        except OSError:
            if failed:  # the engine
                raise
            return None  # what it returned was on its way
        except KilledWorker as error:
            raise GenerationFailed(
                f"{error.allowed_failures + 1} workers died of it, one after another.",
                money="They charge nothing.",
                hint="See in their logs why; memory that does not suffice is the usual reason.",
            ) from error
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"A worker of {self.address} lacks a module: {error}.",
                money="Nothing was charged.",
                hint="Install the same sora_nb where workers run, with the extra that their engine needs.",
            ) from error
        return found

    def _waiting(self, needs: Mapping[str, float]) -> str:
        """Say what a task waits for that nobody has begun."""
        if self._client.status == "running" and time.monotonic() - self._looked > WORKERS_SECONDS:
            self._looked = time.monotonic()
            with contextlib.suppress(ClosedClientError, OSError):
                self._workers = list(self._client.scheduler_info()["workers"].values())
        able = (
            all(worker["resources"].get(name, 0) >= much for name, much in needs.items()) for worker in self._workers
        )
        with_them = "".join(f" with {name}={much:g}" for name, much in needs.items())
        return "waiting for its turn" if any(able) else f"{NOBODY}{with_them}"

    def _hear(self, event: tuple[float, Any]) -> None:
        """Take a word about the progress; Dask's own come by the same way."""
        _, told = event
        if isinstance(told, dict) and (progress := self._progress.get(told.get("order", ""))) is not None:
            progress.take(told)


class _Progress:
    """How far an order is.

    Args:
        steps: how many it has; each counts the same.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._fractions: dict[str, float] = {}
        self.stage = ""
        self.fraction = 0.0

    def take(self, told: Mapping[str, Any]) -> None:
        """Take what a worker tells; one that begins anew does not throw the order back."""
        self.stage = told["stage"]
        self._fractions[told["name"]] = told["fraction"]
        self.fraction = max(self.fraction, sum(self._fractions.values()) / self._steps)
