"""A hosted provider for tests that do not await: orders written in one line each, on the background loop."""

from __future__ import annotations

import functools
import secrets

from sora_nb import background
from sora_nb.models import Video
from sora_nb.providers.base import Order, Source, Ticket
from sora_nb.providers.hosted import HostedProvider


def unseen(*_):
    """Take a progress that nobody looks at."""


class Client:
    """Sends orders to one service.

    Args:
        settings: see registry.settings().
        options: as HostedProvider takes them.
    """

    def __init__(self, settings, **options):
        async def make():
            return HostedProvider(settings, **options)

        self.settings = settings
        self.profile = settings.profile
        self.provider = background.run(make)

    def run(self, method, *args, **options):
        return background.run(functools.partial(method, *args, **options))

    def create(self, order, key=None, report=unseen):
        self.provider.check(order)
        return self.run(self.provider.create, order, key or secrets.token_hex(8), report)

    def create_character(self, clip, *, url=None, from_task=None, subject=None, key=None):
        source = Source(origin=f"task:{from_task}" if from_task else f"url:{url}", url=url, task=from_task)
        model = self.profile.character.model or ""
        order = Order(kind="character", model=model, clip=clip, source=source, subject=subject)
        return self.create(order, key).character

    def create_video_character(self, name, video, *, key=None):
        source = Source(origin=f"file:{video.name}", file=video, as_file=True)
        return self.create(Order(kind="character", name=name, source=source, clip_file=video), key).character

    def create_video(self, prompt, *, key=None, report=unseen, **asked):
        rules = self.profile.video
        defaults = {"model": rules.model, "size": rules.size, "seconds": rules.seconds}
        return self.create(Order(kind="video", prompt=prompt, **(defaults | asked)), key, report).video

    def generate_sync(self, prompt, *, model, key=None, report=unseen, **asked):
        sizes = {"size": "704x1280", "seconds": 10}
        order = Order(kind="video", route="sync", prompt=prompt, model=model, **(sizes | asked))
        return self.create(order, key, report).video

    def retrieve(self, task):
        return self.run(self.provider._ask, Video(id=task))

    def wait(self, video, report=unseen):
        return self.run(self.provider.wait, Ticket(id=video.id, video=video), report).video

    def list_tasks(self, **options):
        return self.run(self.provider.list_tasks, **options)

    def list_characters(self):
        return self.run(self.provider._entries, self.provider._dialect.listing("character"))

    def cancel(self, task):
        return self.run(self.provider.cancel, "k", Ticket(id=task, video=Video(id=task)))

    def upload(self, path):
        return self.run(self.provider.upload, path)

    def download(self, video, target):
        return self.run(self.provider.fetch, video, target)

    def fetch(self, url, target, **options):
        return self.run(self.provider.fetch_file, url, target, **options)

    def close(self):
        self.run(self.provider.close)
