"""How long the clients of these tests wait for an answer: as short as the machine allows, which the first programs find out."""

from __future__ import annotations

ATTEMPTS = 5
FIRST, MOST = 4, 16
"""How patient a program's first attempt is at most, for a machine that was busy may be free again; and any."""


class Patience:
    """A factor that grows where clients gave up before their faults came.

    Attributes:
        factor: how many times longer than usual clients wait.
    """

    factor = 1

    def attempts(self):
        """Yield until the loop is left; each attempt but the first waits twice as long as the one before."""
        self.factor = min(self.factor, FIRST)
        for _ in range(ATTEMPTS):
            yield
            self.factor = min(2 * self.factor, MOST)

    def shorten(self, monkeypatch):
        """Let clients wait for tenths of seconds where it is half a minute in earnest."""
        monkeypatch.setattr("sora_nb.providers.hosted.READ_SECONDS", 0.3 * self.factor)
        monkeypatch.setattr("sora_nb.providers.hosted.UPLOAD_SECONDS", 1.0 * self.factor)
        monkeypatch.setattr("sora_nb.providers.http.STALL_SECONDS", 0.3 * self.factor)
        # two calls of one studio may wait for each other's rows, too
        monkeypatch.setattr("sora_nb.storage.place.BUSY_SECONDS", 0.2 * self.factor)


PATIENCE = Patience()
"""Of all tests of a process."""
