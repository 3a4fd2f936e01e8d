"""The caller's side of a Dask cluster: hand tasks over, follow them to their end, and again where the scheduler was lost."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, NamedTuple

from distributed import Client, KilledWorker

from sora_nb.display import plain
from sora_nb.errors import Cancelled, ConfigError, GenerationFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sora_nb.engines.base import Control
    from sora_nb.engines.dask.task import Outcome

PATIENCE_SECONDS = 10
"""How long a scheduler is waited for at first, and by Dask before it gives a lost one up."""
LOOK_SECONDS = 0.1
"""How often is looked what became of a task."""


NOBODY = "waiting for a worker"


class Step(NamedTuple):
    """One call of a function on a worker.

    Attributes:
        name: what it is called in its order; its Dask key begins with the letters of it.
        function: of a module that workers have; returns an Outcome.
        arguments: told how the caller hears of the progress, returns what the function is called with.
    """

    name: str
    function: Callable[..., Outcome]
    arguments: Callable[[str], tuple[Any, ...]]


class Cluster:
    """A Dask cluster: its scheduler is known, its workers come and go.

    Args:
        address: of the scheduler, as Dask writes it: "tcp://host:8786".

    Raises:
        ConfigError: no scheduler answers there.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._progress: dict[str, _Progress] = {}
        self._connecting = threading.Lock()
        self._closed = False
        self._client = self._connected()

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

    def carry_out(
        self, order: str, steps: Sequence[Step], control: Control, resources: Mapping[str, float] | None = None
    ) -> Outcome:
        """Have steps done, and return how the last one ended.

        A step whose worker dies is done by another one. Where the scheduler is lost, all are handed over again to the
        one that comes; what is done by then is found, and not done twice.

        Args:
            order: an id that no other order has.
            steps: all but the last may be done at the same time; the last one is called with what they return.
            control: receives the progress, and may cancel.
            resources: what a worker must have, as `dask worker --resources` names it.

        Raises:
            Cancelled: see Control.
            ConfigError: workers do not have this package.
            GenerationFailed: several workers died of it.
        """
        progress = self._progress[order] = _Progress(len(steps))
        try:
            while True:
                futures = self._submit(order, steps, control, resources)
                try:
                    outcome = self._wait(futures[-1], progress, control, resources or {})
                finally:
                    with contextlib.suppress(OSError, ValueError):  # the scheduler has gone, and all tasks with it
                        self._client.cancel(futures)
                if outcome is not None and not isinstance(outcome.error, Cancelled):
                    return outcome
                control.step(progress.fraction, "handing it over again")
        finally:
            del self._progress[order]

    def _submit(
        self, order: str, steps: Sequence[Step], control: Control, resources: Mapping[str, float] | None
    ) -> list[Any]:
        client = self._reached(control)
        client.subscribe_topic(client.id, self._hear)  # the scheduler may be a new one
        futures: list[Any] = []
        for number, step in enumerate(steps):
            before = futures if number == len(steps) - 1 else []
            futures.append(
                client.submit(
                    step.function,
                    *step.arguments(client.id),
                    *before,
                    key=f"sora_nb {step.name}-{order}",
                    pure=False,
                    priority=-control.urgency,
                    resources=resources,
                )
            )
        return futures

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

    def _wait(self, last: Any, progress: _Progress, control: Control, resources: Mapping[str, float]) -> Outcome | None:
        """Wait for the end of a task; return None where it was lost together with the scheduler."""
        while last.status in {"pending", "lost"}:
            control.step(progress.fraction, progress.stage or self._waiting(resources))
            time.sleep(LOOK_SECONDS)
        try:
            found: Outcome = last.result()
        except CancelledError:
            return None
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

    def _waiting(self, resources: Mapping[str, float]) -> str:
        """Say what a task waits for that nobody has begun."""
        workers = self._client.scheduler_info()["workers"].values()
        able = [
            one for one in workers if all(one["resources"].get(name, 0) >= much for name, much in resources.items())
        ]
        with_them = "".join(f" with {name}={much:g}" for name, much in resources.items())
        return "waiting for its turn" if able else f"{NOBODY}{with_them}"

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
