"""Bound the time that a client may take to send a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

READ_SECONDS = 20.0
"""Longest time to send a request in, for one of few bytes."""
LEAST_RATE = 4000.0
"""Bytes that a longer request has to bring in each further second."""


class ReadingProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1, which by itself waits without end for the rest of a request, with a bound on that time."""

    _deadline: asyncio.TimerHandle | None = None
    _begun = 0.0
    _received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to read the first request."""
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        if self._deadline is None:
            self._begin()
        self._received += len(data)
        super().data_received(data)
        if self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete:
            self._end()  # it is read; what follows takes as long as the answer takes

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._begun, self._received = self.loop.time(), 0
        self._deadline = self.loop.call_later(READ_SECONDS, self._look)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _look(self) -> None:
        if self.flow.read_paused:  # the application is slow here, not the client
            self._begin()
            return
        left = self._begun + READ_SECONDS + self._received / LEAST_RATE - self.loop.time()
        if left > 0:
            self._deadline = self.loop.call_later(left, self._look)
        else:
            self._deadline = None
            self.transport.close()
