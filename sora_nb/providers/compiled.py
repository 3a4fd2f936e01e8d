"""An order as one model gets it: its words, and the pictures and clips that go along."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.models import Model
from sora_nb.providers.shapes import Shape
from sora_nb.providers.wire import MEDIA_TYPES

if TYPE_CHECKING:
    from sora_nb.providers.profile import ReferenceRules


class Shown(Model):
    """A picture or clip that goes along with a prompt.

    Attributes:
        username: whose it is.
        kind: "image" or "clip".
        number: its number among those of its kind, as the model counts them.
        label: what the prompt calls it, such as "Image 1" or "luna".
        path: its file on this machine.
        address: where the service can fetch it; "" where it goes inside the request.
        seconds: of a clip.
    """

    username: str
    kind: str
    number: int
    label: str
    path: Path
    address: str = ""
    seconds: float = 0

    @property
    def media_type(self) -> str:
        """Such as "image/jpeg"."""
        return MEDIA_TYPES[self.path.suffix.lower()]

    def base64(self) -> str:
        """Return its bytes as base64."""
        return base64.b64encode(self.path.read_bytes()).decode()

    def url(self) -> str:
        """Return its address, or its bytes as a data URI."""
        return self.address or f"data:{self.media_type};base64,{self.base64()}"


class Compiled(Model):
    """An order as one model gets it.

    Attributes:
        prompt: its words.
        pictures, clips: what shows its characters, in order.
        known: the characters that the service knows already, by their alias or handle.
        shape: the size that the model really makes.
        seconds: the length it really makes.
        sound: whether sound is asked for; None where there is no choice.
        notes: what is left out or changed, and why, in sentences.
    """

    prompt: str
    pictures: tuple[Shown, ...] = ()
    clips: tuple[Shown, ...] = ()
    known: dict[str, str] = {}  # noqa: RUF012  a field of a record; pydantic copies it
    shape: Shape
    seconds: int
    sound: bool | None = None
    notes: tuple[str, ...] = ()

    def unaddressed(self, shows: ReferenceRules | None) -> list[Path]:
        """Return the files that the service can only fetch from a public address, and that have none yet.

        Args:
            shows: what the model takes.
        """
        if shows is None:
            return []
        needing = [*(() if shows.inline else self.pictures), *(() if shows.clip_inline else self.clips)]
        return [each.path for each in needing if not each.address]
