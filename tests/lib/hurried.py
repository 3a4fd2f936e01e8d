"""A client of a service that may answer wrongly; its clock runs as fast as it waits."""

from __future__ import annotations

from client import Client
from conftest import KEY

from sora_nb.providers import registry
from sora_nb.providers.profile import Profile


class Hurried(Client):
    """Sends orders to one address.

    Args:
        url: where it is.
        profile: what it is like, by default a gateway of one's own.
        patience: seconds that a create may take.
        options: as HostedProvider takes them.

    Attributes:
        now: seconds that have passed.
        waits: the pauses that were made, in seconds.
    """

    def __init__(self, url, profile="custom", *, patience=1.0, **options):
        self.now = 0.0
        self.waits = []
        base = profile if isinstance(profile, Profile) else registry.get(profile)
        base = base.model_copy(update={"timeout_create": patience})
        settings = registry.settings(base, base_url=url, api_key=KEY)
        super().__init__(settings, sleep=self.sleep, clock=lambda: self.now, **options)

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds
