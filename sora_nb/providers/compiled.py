"""An order as one model gets it: its words, and the pictures and clips that go along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.models import Model
from sora_nb.providers.shapes import Shape
from sora_nb.providers.wire import MEDIA_TYPES, as_base64, data_uri

if TYPE_CHECKING:
    from sora_nb.providers.profile import ReferenceRules


class Shown(Model):
    """A picture or clip that goes along with a prompt.

    Attributes:
        username: whose it is.
        kind: "image" or "clip".
        number: its number among those of its kind, as the model counts them.
        label: what the prompt calls it, such as "Image 1" or "luna".
        path: its file on this machine; None where the service has it already.
        address: where the service can fetch it, or what it calls what it has; "" where it goes inside the request.
        seconds: of a clip.
    """

    username: str
    kind: str
    number: int
    label: str
    path: Path | None
    address: str = ""
    seconds: float = 0

    @property
    def media_type(self) -> str:
        """Such as "image/jpeg"."""
        return MEDIA_TYPES[self._file.suffix.lower()]

    @property
    def _file(self) -> Path:
        assert self.path is not None, f"{self.label} is known as {self.address} alone"
        return self.path

    def base64(self) -> str:
        """Return its bytes as base64."""
        return as_base64(self._file)

    def url(self) -> str:
        """Return its address, or its bytes as a data URI."""
        return self.address or data_uri(self._file)


class Compiled(Model):
    """An order as one model gets it.

    Attributes:
        prompt: its words.
        pictures, clips: what shows its characters, in order.
        known: how the service knows characters already, by their alias or handle.
        shape: the size that the model really makes.
        seconds: the length it really makes.
        sound: whether sound is asked for; None where there is no choice.
        notes: what is left out or changed, and why, in sentences.
        warnings: what will probably be refused, in sentences.
    """

    prompt: str
    pictures: tuple[Shown, ...] = ()
    clips: tuple[Shown, ...] = ()
    known: dict[str, str] = {}  # noqa: RUF012  a field of a record; pydantic copies it
    shape: Shape
    seconds: int
    sound: bool | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files that go along; each tells its content by a hash."""
        return tuple(each.path.name for each in (*self.pictures, *self.clips) if each.path is not None)

    def unaddressed(self, shows: ReferenceRules | None) -> list[Path]:
        """Return the files that the service can only fetch from a public address, and that have none yet.

        Args:
            shows: what the model takes.
        """
        if shows is None:
            return []
        needing = [*(() if shows.inline else self.pictures), *(() if shows.clip_inline else self.clips)]
        return [each.path for each in needing if each.path is not None and not each.address]
