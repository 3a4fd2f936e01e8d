"""What would be sent for a prompt, shown before any money is spent."""

from __future__ import annotations

from typing import Any

from sora_nb import display
from sora_nb.models import Model
from sora_nb.money.prices import Estimate
from sora_nb.providers.compiled import Shown
from sora_nb.providers.shapes import Shape

THUMBNAIL = 128
"""Longer side of a picture, in pixels."""


class Preview(Model):
    """An order as its model would get it. Nothing was sent, and nothing was uploaded.

    Attributes:
        model: "provider/model".
        prompt: the words as they would be sent.
        pictures, clips: what would show the characters, in order.
        shape: the size that the model really makes.
        seconds: the length it really makes.
        sound: whether sound is asked for; None where there is no choice.
        price: what it costs at list price.
        notes: what is left out or changed, and why, in sentences.
        consent: mentions of characters that would leave this machine for the first time; generate() asks for `consent=`.
    """

    model: str
    prompt: str
    pictures: tuple[Shown, ...] = ()
    clips: tuple[Shown, ...] = ()
    shape: Shape
    seconds: float
    sound: bool | None = None
    price: Estimate
    notes: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()

    def _lines(self) -> list[str]:
        sound = {True: ", with sound", False: ", without sound"}.get(self.sound, "") if self.sound is not None else ""
        asks = (
            f"{', '.join(self.consent)}: not sent to any service yet: who agrees to that is asked first."
            if self.consent
            else ""
        )
        facts = f"{self.shape.size}, {self.seconds:g} s{sound}"
        return [line for line in (self.model, facts, f"Price: {self.price}", *self.notes, asks) if line]

    def __str__(self) -> str:
        shown = [
            f"{each.label}: @{each.username}, {each.path.name if each.path else each.address}"
            for each in (*self.pictures, *self.clips)
        ]
        return "\n".join([self.prompt, *shown, *self._lines()])

    def __repr__(self) -> str:
        return f"Preview({self.model!r}, {display.plain(self.prompt, 80)!r}, {self.price})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        pictures = [
            (display.data_url(each.path, THUMBNAIL), f"{each.label}: @{each.username}") for each in self.pictures
        ]
        clips = [("", f"{each.label}: the clip of @{each.username}, {each.seconds:g} s") for each in self.clips]
        return {"text/plain": str(self), "text/html": display.strip(self.prompt, [*pictures, *clips], self._lines())}
